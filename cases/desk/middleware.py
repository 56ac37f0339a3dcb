"""What the desk's requests bring into the history."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cases.history import acting


def say_who_acts(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Public pages ask nothing of a session, and change nothing: they are passed on as
    they are.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.DESK_ADDRESSES):
            return get_response(request)
        with acting(
            user=request.user, page=request.path, request_id=id_from_proxy(request)
        ):
            return get_response(request)

    return middleware


def id_from_proxy(request: HttpRequest) -> str:
    """As it stands in the proxy's own log, if the proxy gives one."""
    given = request.headers.get("X-Request-ID", "")
    return given if re.fullmatch(r"[\w.:-]{1,100}", given) else ""
