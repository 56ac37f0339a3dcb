"""What is kept in memory (tracker/answers.py), before Django: a whole answer to anyone,
as Django gave it, told again while nothing else is published and the day is the same.

Django marks the answers that follow from nothing else. Kept with them in one memory, and
counted with them, these are asked for by all that Django looks at of such a request.
"""

from gzip import FNAME
from secrets import randbelow

from django.db import connections
from django.middleware.gzip import GZipMiddleware

from config.said import OF_ONE
from config.usual import Asked, Environ
from tracker import feed
from tracker.answers import FOLLOWS_FROM, KEPT, Told
from tracker.api.views import is_held
from tracker.audiences import PUBLIC
from tracker.kept import Key


class Kept:
    def may_know(self, asked: Asked) -> bool:
        return any(KEPT.knows(_key(asked, is_new)) for is_new in (True, False))

    def told(self, asked: Asked) -> Told | None:
        try:
            now = feed.counter(PUBLIC)
        finally:
            database = connections[PUBLIC.name]
            if not database.in_atomic_block:  # as in a test
                database.close_if_unusable_or_obsolete()
        for is_new in (True, False):
            told = KEPT.kept_under(_key(asked, is_new), now)
            if told is not None and is_held(_tag(told), asked.tags) != is_new:
                return _salted(told)
        return None

    def is_to_learn(self, environ: Environ) -> bool:
        return FOLLOWS_FROM in environ

    def learn(self, asked: Asked, environ: Environ, told: Told) -> None:
        is_new = told.status.startswith("200")
        if not is_new and not told.status.startswith("304"):
            return
        names = {name for name, _value in told.headers}
        if names & OF_ONE or "ETag" not in names:
            return
        KEPT.keep(_key(asked, is_new), environ[FOLLOWS_FROM], told)


def _key(asked: Asked, is_new: bool) -> Key:
    """In no language: the address says it. No page looks at what is accepted."""
    accept = asked.accept if asked.path.startswith("/api/") else ""
    question = (asked.path, asked.query, accept, is_new, *asked.days, *asked.way)
    return PUBLIC.name, None, question


def _salted(told: Told) -> Told:
    """A packed answer has a name of up to 100 signs in it, as Django gives it, another one
    each time: so its length tells less of what is read (docs/decisions/compression.md).
    """
    if ("Content-Encoding", "gzip") not in told.headers:
        return told
    flags, begins = told.body[3], _HEADER
    if flags & FNAME:
        begins = told.body.index(b"\0", _HEADER) + 1
    name = b"a" * randbelow(GZipMiddleware.max_random_bytes) + b"\0"
    start = told.body[:3] + bytes([flags | FNAME]) + told.body[4:_HEADER]
    body = start + name + told.body[begins:]
    headers = dict(told.headers) | {"Content-Length": str(len(body))}
    return Told(body, tuple(headers.items()), told.status)


_HEADER = 10  # bytes of gzip, before the name


def _tag(told: Told) -> str:
    return dict(told.headers)["ETag"].removeprefix("W/")
