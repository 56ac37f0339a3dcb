"""What anyone asks as usual is answered before Django, where Django has said it already.

Nothing that an answer says is written here. Django answers first, and is heard: single
documents (config/documents_ahead.py), and whatever is kept in memory
(config/kept_ahead.py). Whether it still holds is asked of the database each time.
Whatever is not as usual goes to Django: docs/decisions/caching.md.
"""

import logging
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import Error

from config import load, request_ids
from config.documents_ahead import Documents
from config.kept_ahead import Kept
from config.usual import Asked, Environ, asked_as_usual
from tracker.answers import Told
from tracker.audiences import PUBLIC

Application = Callable[..., Iterable[bytes]]
Known = Documents | Kept
PAUSE = 5.0  # seconds for which a database that failed is asked by Django alone

log = logging.getLogger(__name__)


class Ahead:
    def __init__(self, application: Application) -> None:
        self.application = application
        self._documents = Documents()
        self._kept = Kept()
        self._not_before = 0.0

    def __call__(
        self, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        asked = told = None
        try:
            asked = asked_as_usual(environ)
            if asked is not None:
                known = self._documents if Documents.are_asked(asked) else self._kept
                told = self._told(environ, asked, known)
        except Exception as error:  # whatever it is, Django answers
            log.error("Not answered before Django: %s", type(error).__name__)
            asked = None
        if asked is None:
            return self.application(environ, start_response)
        if told is None:
            return self._by_django(environ, start_response, asked, known)
        request_id = (request_ids.HEADER, request_ids.current.get())
        start_response(told.status, [*told.headers, request_id])
        return [told.body]

    def _told(self, environ: Environ, asked: Asked, known: Known) -> Told | None:
        """None where Django has to say it."""
        if not known.may_know(asked) or monotonic() < self._not_before:
            return None
        request_ids.current.set(request_ids.of(environ))
        if not asked.address.has_plenty(asked.caller):
            return None
        told = self._told_in_its_place(environ, asked, known)
        if told is None or not asked.address.allow_request(asked.caller, None):  # type: ignore[arg-type]
            return None
        return told

    def _told_in_its_place(
        self, environ: Environ, asked: Asked, known: Known
    ) -> Told | None:
        """Who finds no place is told so by Django, at once. If the database fails, it is
        asked once and not twice.
        """
        places = load.PLACES["readers"]
        if not places.take():
            environ[load.NO_PLACE] = True
            return None
        try:
            return known.told(asked)
        except Error:
            self._not_before = monotonic() + PAUSE
            return None
        finally:
            places.leave()

    def _by_django(
        self,
        environ: Environ,
        start_response: Callable[..., Any],
        asked: Asked,
        known: Known,
    ) -> Iterable[bytes]:
        started: list[Any] = []
        pieces: Any = self.application(environ, lambda *told: started.extend(told))
        if not known.is_to_learn(environ):
            start_response(*started)
            return pieces
        try:
            body = b"".join(pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        status, headers = started[:2]
        own = [told for told in headers if told[0] != request_ids.HEADER]
        try:
            known.learn(asked, environ, Told(body, tuple(own), status))
        except Exception as error:  # the answer is there all the same
            log.error("Not learned: %s", type(error).__name__)
        start_response(*started)
        return [body]


def anyone_is_answered() -> bool:
    return PUBLIC.is_served and settings.SERVE != "partners"


def in_front_of(application: Application) -> Application:
    if anyone_is_answered():
        return Ahead(application)
    return application
