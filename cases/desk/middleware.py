"""What the desk's requests bring into the history."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cases.history import acting
from cases.named import seeing_as


def say_who_acts(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Requests for public pages pass as they are: they change nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.DESK_ADDRESSES):
            return get_response(request)
        with (
            seeing_as(request.user),
            acting(
                user=request.user, page=request.path, request_id=id_from_proxy(request)
            ),
        ):
            return get_response(request)

    return middleware


def id_from_proxy(request: HttpRequest) -> str:
    """The id that the proxy wrote into its own log, if it gives one."""
    request_id = request.headers.get("X-Request-ID", "")
    if re.fullmatch(r"[\w.:-]{1,100}", request_id):
        return request_id
    return ""
