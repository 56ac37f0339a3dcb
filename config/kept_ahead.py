"""What is kept in memory (tracker/answers.py), before Django: a whole answer to anyone,
as Django gave it, told again while nothing else is published and the day is the same.

Django marks the answers that follow from nothing else. Kept with them in one memory, and
counted with them, these are asked for by all that Django looks at of such a request.
"""

from django.db import connections

from config.said import OF_ONE
from config.usual import Asked, Environ
from tracker import clock, feed
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
                return told
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
    """In no language: the address says it."""
    days = (clock.today(), clock.last_day_on_earth())
    return (
        PUBLIC.name,
        None,
        (asked.path, asked.query, asked.accept, is_new, *days, *asked.way),
    )


def _tag(told: Told) -> str:
    return dict(told.headers)["ETag"].removeprefix("W/")
