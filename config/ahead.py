"""One document of the read API, asked without a key: answered before Django.

Nothing that an answer says is written here. Django answers first. What it said around two
documents in the same words is said around others of that kind, to who asks in the same
way; the document and its number are read from its row each time. Whatever is not as
usual goes to Django: docs/decisions/caching.md.
"""

import gzip
import logging
import os
import re
from collections.abc import Callable, Iterable
from time import monotonic
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import Error, connections
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.text import compress_string

from config import load, request_ids
from config.said import Headers, Said, around
from tracker.api.rows import Row, row_of
from tracker.api.throttles import ByAddress
from tracker.api.views import is_held, tag_of
from tracker.audiences import PUBLIC
from tracker.contract.documents import PLACES

Environ = dict[str, Any]
Application = Callable[..., Iterable[bytes]]

_KINDS = {place: kind for kind, place in PLACES.items()}
_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DOCUMENT = re.compile(f"/api/v1/({'|'.join(_KINDS)})/({_ID})/")
# Who sends anything else is for Django: a cookie, a key, a range, an origin.
_SENT = {"HTTP_HOST", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH"}
_SENT |= {"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID"}
_SENT |= {"HTTP_USER_AGENT", "HTTP_ACCEPT_LANGUAGE", "HTTP_CONNECTION"}
# What proxies add by themselves, and Django does not read here.
_SENT |= {"HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_VIA"}
# The server hands on its own environment, too; nobody sends these.
_SENT |= {name for name in os.environ if name.startswith("HTTP_")}
_KNOWN = _SENT | set(os.environ)
_TAKES = {"*/*", "application/json"}
_IN_ADDRESSES = ["wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_HOST"]
_IN_ADDRESSES += ["SERVER_NAME", "SERVER_PORT"]
_SCHEMES = {None, "http", "https"}
PAUSE = 5.0  # seconds for which a database that failed is asked by Django alone

log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """`caller` is what counting looks at of a request."""

    kind: str
    id: str
    way: tuple[object, ...]
    caller: Any
    address: ByAddress
    takes_packed: bool


class Ahead:
    def __init__(self, application: Application) -> None:
        self.application = application
        self._said = Said()
        self._not_before = 0.0

    def __call__(
        self, environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        asked = _asked(environ)
        if asked is None:
            return self.application(environ, start_response)
        try:
            answer = self._answer(environ, asked)
        except Exception as error:  # whatever it is, Django answers
            log.error("Not answered before Django: %s", type(error).__name__)
            answer = None
        if answer is None:
            return self._by_django(environ, start_response, asked)
        status, headers, body = answer
        start_response(status, headers)
        return [body]

    def _answer(
        self, environ: Environ, asked: Asked
    ) -> tuple[str, Headers, bytes] | None:
        """None where Django has to say it."""
        if not self._is_known(asked) or monotonic() < self._not_before:
            return None
        request_id = request_ids.of(environ)
        request_ids.current.set(request_id)
        if not asked.address.has_plenty(asked.caller):
            return None
        row = self._row_in_its_place(environ, asked)
        if row is None:
            return None
        tag = _tag(row)
        is_new = not is_held(tag, environ.get("HTTP_IF_NONE_MATCH", ""))
        words = self._said.of((asked.way, is_new))
        if words is None or not asked.address.allow_request(asked.caller, None):  # type: ignore[arg-type]
            return None
        headers = words.headers(asked.id, tag)
        headers.append((request_ids.HEADER, request_id))
        if not is_new:
            return "304 Not Modified", headers, b""
        body = str(row.document).encode()
        if words.is_packed:
            salt = GZipMiddleware.max_random_bytes
            packed = compress_string(body, max_random_bytes=salt)
            if len(packed) >= len(body):
                return None
            body = packed
        headers.append(("Content-Length", str(len(body))))
        return "200 OK", headers, body

    def _by_django(
        self, environ: Environ, start_response: Callable[..., Any], asked: Asked
    ) -> Iterable[bytes]:
        told: list[Any] = []
        pieces: Any = self.application(environ, lambda *started: told.extend(started))
        try:
            body = b"".join(pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        try:
            self._learn(asked, told[0], told[1], body)
        except Exception as error:  # the answer is there all the same
            log.error("Not learned: %s", type(error).__name__)
        start_response(*told)
        return [body]

    def _learn(self, asked: Asked, status: str, headers: Headers, body: bytes) -> None:
        is_new = status.startswith("200")
        if not is_new and not status.startswith("304"):
            return
        way = (asked.way, is_new)
        row = _row(asked) if self._said.of(way) is None else None
        words = around(headers, asked.id, _tag(row)) if row else None
        if row is None or words is None:
            return
        if is_new and asked.takes_packed and not words.is_packed:
            return  # of a very short one: others are packed
        if is_new and words.is_packed:
            body = gzip.decompress(body)
        if not is_new or body == str(row.document).encode():
            self._said.learn(way, asked.id, words)

    def _row_in_its_place(self, environ: Environ, asked: Asked) -> Row | None:
        """Who finds no place is told so by Django, at once. If the database fails, it is
        asked once and not twice.
        """
        places = load.PLACES["readers"]
        if not places.take():
            environ[load.NO_PLACE] = True
            return None
        try:
            return _row(asked)
        except Error:
            self._not_before = monotonic() + PAUSE
            return None
        finally:
            places.leave()

    def _is_known(self, asked: Asked) -> bool:
        return any(self._said.of((asked.way, is_new)) for is_new in (True, False))


def _asked(environ: Environ) -> Asked | None:
    """None of what is not as usual."""
    if (
        environ["REQUEST_METHOD"] != "GET"
        or environ.get("QUERY_STRING")
        or environ.get("SCRIPT_NAME")
        or environ.get("CONTENT_LENGTH")
    ):
        return None
    found = DOCUMENT.fullmatch(environ["PATH_INFO"])
    if found is None or environ.get("HTTP_ACCEPT", "*/*") not in _TAKES:
        return None
    if environ.get("HTTP_X_FORWARDED_PROTO") not in _SCHEMES:
        return None
    for name in environ.keys() - _KNOWN:
        if name.startswith("HTTP_"):
            return None
    sent = {"x-forwarded-for": environ.get("HTTP_X_FORWARDED_FOR")}
    caller: Any = SimpleNamespace(META=environ, headers=sent)
    address = ByAddress()
    is_counted = address.get_cache_key(caller, None) is not None
    accepts = re_accepts_gzip.search(environ.get("HTTP_ACCEPT_ENCODING", ""))
    takes_packed = accepts is not None
    way: list[object] = [found[1], is_counted, takes_packed]
    way += map(environ.get, _IN_ADDRESSES)
    kind = _KINDS[found[1]]
    return Asked(kind, found[2], tuple(way), caller, address, takes_packed)


def _row(asked: Asked) -> Row | None:
    """None where there is nothing to be told."""
    try:
        row = row_of(PUBLIC, asked.kind, UUID(asked.id))
    finally:
        database = connections[PUBLIC.name]
        if not database.in_atomic_block:  # as in a test
            database.close_if_unusable_or_obsolete()
    if row is None or row.document is None or row.held:
        return None
    return row


def _tag(row: Row) -> str:
    return tag_of(settings.LANGUAGE_CODE, PUBLIC, row.epoch.hex, row.seq)


def in_front_of(application: Application) -> Application:
    """Where anyone is answered at all."""
    if not PUBLIC.is_served or settings.SERVE == "partners":
        return application
    return Ahead(application)
