"""Pages of others may read in a browser what anyone may read: the read API without a
key. The desk, proposals and whatever comes with a key are for no page but our own.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

Handler = Callable[[HttpRequest], HttpResponse]

_OPEN = ("/api/v1/", "/api/schema/")
_CLOSED = "/api/v1/proposals"
_READING = {"GET", "HEAD", "OPTIONS"}
_READABLE = (
    "Content-Disposition, Deprecation, ETag, Link, RateLimit, RateLimit-Policy,"
    " Retry-After, Sunset, X-Request-ID"
)
# Nothing says that a key may be sent, so no browser sends one.
_ALLOWED = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",  # seconds
}


def tell_who_may_read(request: HttpRequest, response: HttpResponse) -> None:
    """Whatever the answer is: a page must be able to read a refusal, too."""
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    if not request.path_info.startswith(_OPEN):
        return
    patch_vary_headers(response, ["Authorization"])
    if _is_for_anyone(request):
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = _READABLE


def answer_preflights(get_response: Handler) -> Handler:
    """What a browser asks before it sends `If-None-Match`. Nothing is looked up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_preflight = (
            request.method == "OPTIONS"
            and "Access-Control-Request-Method" in request.headers
        )
        if is_preflight and _is_for_anyone(request):
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=_ALLOWED)
        return get_response(request)

    return middleware


def _is_for_anyone(request: HttpRequest) -> bool:
    return (
        settings.SERVE != "partners"
        and request.method in _READING
        and request.path_info.startswith(_OPEN)
        and not request.path_info.startswith(_CLOSED)
        and "Authorization" not in request.headers
    )
