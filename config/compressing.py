"""Answers that anyone may have are sent compressed: docs/decisions/compression.md."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressForAnyone(GZipMiddleware):
    """Nothing of the desk, and nothing that is asked with a key or a cookie: the length
    of a compressed answer may tell a secret that stands in it.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not _is_for_anyone(request) or response.cookies:
            return response
        return super().process_response(request, response)


def _is_for_anyone(request: HttpRequest) -> bool:
    return (
        settings.SERVE != "partners"
        and request.method in ("GET", "HEAD")
        and not request.path_info.startswith(settings.DESK_ADDRESSES)
        and "Authorization" not in request.headers
        and not request.headers.get("Cookie")
    )
