"""What every public page asks of browsers, and of proxies."""

from hashlib import sha256
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from tracker.proxies import may_keep

Response = TypeVar("Response", bound=HttpResponseBase)


def keep_nowhere(response: Response) -> Response:
    """A page kept on a phone has been used as evidence against its reader."""
    response["Cache-Control"] = "no-store"
    return response


def tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The tag is of its bytes: nothing can change beside it."""
    if request.method in ("GET", "HEAD"):
        response["ETag"] = f'"{sha256(response.content).hexdigest()[:32]}"'
    return response


def if_new(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """304 for a proxy that holds the very same page."""
    etag = response.headers.get("ETag")
    if etag is None or not isinstance(response, HttpResponse):
        return response
    answer = get_conditional_response(request, etag=etag, response=response)
    return may_keep(request, answer or response)
