"""Single documents of the read API, before Django: what it said around two documents in
the same words is said around others of that kind, and the document and its number are
read from its row each time.
"""

import gzip
import re
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.middleware.gzip import GZipMiddleware
from django.utils.text import compress_string

from config.said import Said, around
from config.usual import Asked, Environ
from tracker.answers import Told
from tracker.api.rows import Row, row_of
from tracker.api.views import is_held, tag_of
from tracker.audiences import PUBLIC
from tracker.contract.documents import PLACES

_KINDS = {place: kind for kind, place in PLACES.items()}
_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DOCUMENT = re.compile(f"/api/v1/({'|'.join(_KINDS)})/({_ID})/")
_TAKES = {"*/*", "application/json"}


class Documents:
    def __init__(self) -> None:
        self._said = Said()

    @staticmethod
    def are_asked(asked: Asked) -> bool:
        is_plain = not asked.query and asked.accept in _TAKES
        return is_plain and DOCUMENT.fullmatch(asked.path) is not None

    def may_know(self, asked: Asked) -> bool:
        place, _id = _place_and_id(asked)
        return any(
            self._said.of((place, asked.way, is_new)) for is_new in (True, False)
        )

    def told(self, asked: Asked) -> Told | None:
        row = _row(asked)
        if row is None:
            return None
        tag = _tag(row)
        is_new = not is_held(tag, asked.tags)
        place, row_id = _place_and_id(asked)
        words = self._said.of((place, asked.way, is_new))
        if words is None:
            return None
        headers = words.headers(row_id, tag)
        if not is_new:
            return Told(b"", tuple(headers), "304 Not Modified")
        body = str(row.document).encode()
        if words.is_packed:
            salt = GZipMiddleware.max_random_bytes
            packed = compress_string(body, max_random_bytes=salt)
            if len(packed) >= len(body):
                return None
            body = packed
        headers.append(("Content-Length", str(len(body))))
        return Told(body, tuple(headers))

    def is_to_learn(self, environ: Environ) -> bool:
        return True

    def learn(self, asked: Asked, environ: Environ, told: Told) -> None:
        is_new = told.status.startswith("200")
        if not is_new and not told.status.startswith("304"):
            return
        place, row_id = _place_and_id(asked)
        way = (place, asked.way, is_new)
        row = _row(asked) if self._said.of(way) is None else None
        words = around(told.headers, row_id, _tag(row)) if row else None
        if row is None or words is None:
            return
        if is_new and asked.takes_packed and not words.is_packed:
            return  # of a very short one: others are packed
        body = told.body
        if is_new and words.is_packed:
            body = gzip.decompress(body)
        if not is_new or body == str(row.document).encode():
            self._said.learn(way, row_id, words)


def _place_and_id(asked: Asked) -> tuple[str, str]:
    found = DOCUMENT.fullmatch(asked.path)
    assert found is not None
    return found[1], found[2]


def _row(asked: Asked) -> Row | None:
    """None where there is nothing to be told."""
    place, row_id = _place_and_id(asked)
    try:
        row = row_of(PUBLIC, _KINDS[place], UUID(row_id))
    finally:
        database = connections[PUBLIC.name]
        if not database.in_atomic_block:  # as in a test
            database.close_if_unusable_or_obsolete()
    if row is None or row.document is None or row.held:
        return None
    return row


def _tag(row: Row) -> str:
    return tag_of(settings.LANGUAGE_CODE, PUBLIC, row.epoch.hex, row.seq)
