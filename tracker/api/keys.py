"""Partners' keys, as a process that may not read their table sees them: by functions of
the database.

The functions run with their owner's rights (partners/migrations/0002_functions.py); the
table and its admin stand in the app `partners`, which only the desk has installed.
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connections

from tracker.api import secrets
from tracker.audiences import PARTNERS
from tracker.clock import today


@dataclass(frozen=True)
class KnownKey:
    """A key that holds: neither revoked nor expired. `cursor` is the last one of the
    change feed handed out to it.
    """

    id: UUID
    organisation: UUID
    scopes: frozenset[str]
    last_used_on: date | None
    cursor: str
    presented: str = field(
        repr=False
    )  # the key itself, for functions of the database that ask for it

    def used(self, cursor: str = "") -> None:
        """Remember the day, and the cursor if one was handed out. Nothing is written
        where nothing changes.
        """
        if self.last_used_on == today() and cursor in (
            "",
            self.cursor,
        ):
            return
        with connections[PARTNERS.name].cursor() as database:
            database.execute("SELECT partners_key_used(%s, %s)", [self.id, cursor])

    def counted(self) -> int:
        """How many requests it has made in this minute, this one included, to whichever
        process.
        """
        with connections[PARTNERS.name].cursor() as database:
            database.execute("SELECT partners_key_counted(%s)", [self.id])
            return database.fetchone()[0]


def find(key: str) -> KnownKey | None:
    """None: unknown, mistyped, revoked or expired; which of them is nobody's business."""
    prefix, _dot, _secret = key.partition(".")
    with connections[PARTNERS.name].cursor() as database:
        database.execute("SELECT * FROM partners_key_by_prefix(%s)", [prefix])
        found = database.fetchone()
    if found is None:
        return None
    hashed, id, organisation, scopes, last_used_on, cursor = found
    if not secrets.fits(key, hashed):
        return None
    return KnownKey(
        id, organisation, frozenset(scopes), last_used_on, cursor, presented=key
    )
