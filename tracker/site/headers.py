"""What every public answer asks of the browser."""

from typing import TypeVar

from django.http import HttpResponseBase

Response = TypeVar("Response", bound=HttpResponseBase)


def keep_nowhere(response: Response) -> Response:
    """A page kept on a phone has been used as evidence against its reader; so may be an address left behind."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
