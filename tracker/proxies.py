"""What proxies may do with an answer, where that is another thing than what browsers
may.

A proxy may keep what anyone may see, and ask each time whether it still holds: a
withdrawal counts at once. How to set one up: docs/operations.md, “A proxy in front”.
"""

from typing import TypeVar

from django.http import HttpRequest, HttpResponseBase

Response = TypeVar("Response", bound=HttpResponseBase)

FOR_PROXIES = {
    "CDN-Cache-Control": "public, no-cache",  # RFC 9213; browsers ignore it
    "X-Accel-Expires": "@1",  # nginx: keep it, as what was stale in 1970 already
}


def may_keep(request: HttpRequest, response: Response) -> Response:
    """Nothing where a name was searched for: a proxy writes the address into its files."""
    if "q" not in request.GET:
        for name, value in FOR_PROXIES.items():
            response[name] = value
    return response
