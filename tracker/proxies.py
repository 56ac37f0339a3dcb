"""What proxies may do with an answer, which browsers may not.

A proxy may keep what anyone may see. It must ask each time whether its answer still
holds: a withdrawal counts at once. docs/operations.md, “A proxy in front”, says how to
set one up.
"""

from typing import TypeVar

from django.http import HttpRequest, HttpResponseBase

# Who looks for whom stands in no file and in no memory. An identifier, and words that are
# looked for in texts, say it as a name does.
SEARCHES = frozenset({"q", "text", "search", "identifier"})

Response = TypeVar("Response", bound=HttpResponseBase)

FOR_PROXIES = {
    "CDN-Cache-Control": "public, no-cache",  # RFC 9213; browsers ignore it
    "X-Accel-Expires": "@1",  # nginx: keep it, as what was stale in 1970 already
}


def may_keep(request: HttpRequest, response: Response) -> Response:
    """A proxy keeps no search for a name: it writes the address into its files."""
    if SEARCHES.isdisjoint(request.GET):
        for name, value in FOR_PROXIES.items():
            response[name] = value
    return response
