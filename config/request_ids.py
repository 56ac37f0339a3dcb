"""Every answer has an id, and so has every line that the log holds of its request:
whoever writes to us about an answer can name it, and tells nobody what was asked.
"""

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any
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
        request_id = of(request.META)
        current.set(request_id)
        response = get_response(request)
        response[HEADER] = request_id
        return response

    return middleware


def of(meta: Mapping[str, Any]) -> str:
    """Given by a proxy of ours, or a new one. Nobody else writes into the log; and digits
    name nobody.
    """
    given = meta.get("HTTP_X_REQUEST_ID", "")
    if settings.REST_FRAMEWORK["NUM_PROXIES"] and re.fullmatch(
        r"[0-9a-f-]{16,64}", given
    ):
        return str(given)
    return uuid4().hex
