"""What the desk answers while it is closed: its login may read nothing."""

import sys
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config import closed
from tracker.api.problems import problem
from tracker.site import errors

_DESK = ("/admin/", "/api/editorial/")


def desk_is_closed_or(
    handler: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """An error handler, for errors that Django hands on while it handles them."""

    def told(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        failed = isinstance(sys.exc_info()[1], DatabaseError)
        if not (failed and request.path.startswith(_DESK) and _is_closed()):
            return handler(request, *args, **kwargs)
        words = _(
            "The desk is closed. Nobody can sign in until an administrator opens it."
        )
        if request.path.startswith("/api/"):
            return problem(503, words)(request)
        return errors.unavailable(request, words)

    return told


def _is_closed() -> bool:
    """By a login that may still connect, in another transaction than that which failed."""
    try:
        return bool(closed.why(closed.DESK, "public"))
    except DatabaseError:
        return False
