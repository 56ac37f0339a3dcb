"""Partners' keys, as a process that may not read their table sees them: by functions of
the database.

The functions run with their owner's rights (partners/migrations). Those that write take
the key itself, so that nobody touches another's. The table and its admin stand in the
app `partners`, which only the desk has installed.
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connections

from tracker.api import secrets
from tracker.audiences import PARTNERS
from tracker.clock import today
from tracker.database import ask
from tracker.feed import BadCursor, Cursor


@dataclass
class KnownKey:
    """A key that holds: neither revoked nor expired.

    `cursor` is the last one of the change feed that it presented, of those that cover
    nothing but what was sent to it. `sent` is how far that is.
    """

    id: UUID
    organisation: UUID
    scopes: frozenset[str]
    last_used_on: date | None
    cursor: str
    sent: str
    presented: str = field(
        repr=False
    )  # the key itself, for functions of the database that ask for it

    def used(self) -> None:
        self._note(self.cursor, self.sent)

    def answered(self, since: str | None, following: Cursor) -> bool:
        """What changed between the two was sent to it.

        Was all before it sent, too? If not, the caller brought a cursor that it was
        not given, and nothing is noted.
        """
        if not since:
            self._note(self.cursor, self._further(following))
            return True
        if not _covers(self.sent, Cursor.read(since)):
            return False
        self._note(since, self._further(following))
        return True

    def went_on(self, following: Cursor) -> None:
        """More of the same answer was sent to it."""
        self._note(self.cursor, self._further(following))

    def counted(self) -> int:
        """How many requests it has made in this minute, this one included, to whichever
        process.
        """
        answer = ask("SELECT partners_key_counted(%s)", [self.presented])
        return int(answer[0][0] or 1)

    def _further(self, following: Cursor) -> str:
        if _covers(self.sent, following):
            return self.sent
        return str(following)

    def _note(self, cursor: str, sent: str) -> None:
        """Nothing is written where nothing changes."""
        noted = (self.last_used_on, self.cursor, self.sent)
        if noted == (today(), cursor, sent):
            return
        ask("SELECT partners_key_used(%s, %s, %s)", [self.presented, cursor, sent])
        self.last_used_on, self.cursor, self.sent = today(), cursor, sent


def _covers(sent: str, cursor: Cursor) -> bool:
    try:
        furthest = Cursor.read(sent)
    except BadCursor:
        return False
    of_the_same = (furthest.audience, furthest.epoch, furthest.kinds) == (
        cursor.audience,
        cursor.epoch,
        cursor.kinds,
    )
    return of_the_same and cursor.seq <= furthest.seq


def find(key: str) -> KnownKey | None:
    """None: unknown, mistyped, revoked or expired; which of them is nobody's business."""
    prefix, _dot, _secret = key.partition(".")
    with connections[PARTNERS.name].cursor() as database:
        database.execute("SELECT * FROM partners_key_by_prefix(%s)", [prefix])
        found = database.fetchone()
    if found is None:
        return None
    hashed, id, organisation, scopes, last_used_on, cursor, sent = found
    if not secrets.fits(key, hashed):
        return None
    return KnownKey(
        id,
        organisation,
        frozenset(scopes),
        last_used_on,
        cursor,
        sent,
        presented=key,
    )
