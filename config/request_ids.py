"""Every answer has an id, and so has every line that the log holds of its request:
whoever writes to us about an answer can name it, and tells nobody what was asked.
"""

import re
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"

# A thread of the web server keeps it until its next request: the end of an answer that
# is sent in pieces, and what Django logs last, come after the middleware.
current: ContextVar[str] = ContextVar("current", default="")


def name_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Stands first, so that refusals have one, too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = _given(request) or uuid4().hex
        current.set(request_id)
        response = get_response(request)
        response[HEADER] = request_id
        return response

    return middleware


def _given(request: HttpRequest) -> str:
    """By a proxy of ours. Nobody else writes into the log; and digits name nobody."""
    given = request.headers.get(HEADER, "")
    if settings.REST_FRAMEWORK["NUM_PROXIES"] and re.fullmatch(
        r"[0-9a-f-]{16,64}", given
    ):
        return given
    return ""
