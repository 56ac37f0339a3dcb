"""The change feed: the latest state of each root, in the order of publishing, for those
who keep a copy.

Numbers are drawn under the gate's lock and seen only in order, so whoever has read up
to a number has missed nothing before it. A root that changes again moves to the end: a
copy gets every root at least once, and its last state last. Sentences and deportations
are inside their prisoner.

What is held back (tracker/held.py) stops the feed: nobody can pass by it, and whoever
comes to it waits. Only what the database refuses to take is passed by. Once it is
written, it has a new number, so that whoever passed by gets it.

Tombstones of the public are deleted after some months, and with them the cursors that
may not have seen them yet.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections
from django.db.models.expressions import RawSQL
from psycopg import sql

from tracker.asking.cursor import pack, unpack
from tracker.audiences import Audience
from tracker.contract.documents import DOCUMENTS
from tracker.contract.walking import CHILD_KINDS
from tracker.database import asked_often
from tracker.digests import Digest, Stored, of_kinds
from tracker.held import BeingUpdated
from tracker.held import sql as held_sql

ROOT_KINDS = tuple(kind for kind in DOCUMENTS if kind not in CHILD_KINDS)
# For so long the public is told of a withdrawal; partners for ever.
TOMBSTONE_DAYS = 180


class BadCursor(ValueError):
    """Not a cursor that this feed gave to this audience."""


class OtherFilter(ValueError):
    """The cursor was earned with another choice of kinds: going on with this one would
    leave gaps.
    """


class ResyncRequired(Exception):
    """The cursor belongs to another life of the database: what it has seen may differ
    from what there is.
    """


class Counter(NamedTuple):
    """`last_seq` is the newest number; the epoch changes when numbers are no longer
    comparable with older ones.

    `pruned_seq` is the highest number of a tombstone that is no longer there. `held`
    says in a word what is held back, "" if nothing is: answers differ with it.
    `revision` says how often anything was written, with a new number or without. The
    database raises it itself (tracker/migrations/0005_revision.py). So while all five
    stand as they did, every answer is what it was: docs/decisions/caching.md.
    """

    epoch: UUID
    last_seq: int
    pruned_seq: int = 0
    held: str = ""
    revision: int = 0

    @classmethod
    def nothing(cls) -> "Counter":
        """As long as nothing was ever published."""
        return cls(UUID(int=0), 0)


class Cursor(NamedTuple):
    """Has seen everything up to `seq`. `begun` was the newest number when it began: it
    never held what was gone then.

    Whoever begins today needs no tombstone from before today. Past `begun` it is 0, so
    that all who have come as far have the same cursor.
    """

    audience: str
    epoch: UUID
    seq: int
    kinds: tuple[str, ...]
    begun: int = 0

    def __str__(self) -> str:
        return pack(
            self.audience, self.epoch.hex, self.seq, list(self.kinds), self.begun
        )

    @classmethod
    def read(cls, text: str) -> "Cursor":
        try:
            audience, epoch, seq, kinds, begun = unpack(text)
            cursor = cls(audience, UUID(epoch), seq, tuple(kinds), begun)
            known = set(cursor.kinds) <= set(ROOT_KINDS)
        except (ValueError, TypeError, AttributeError) as error:
            raise BadCursor from error
        if not known:
            raise BadCursor
        for number in (seq, begun):
            if type(number) is not int or not 0 <= number < 2**63:
                raise BadCursor
        return cursor

    def must_resync(self, now: Counter) -> bool:
        """Of another epoch, from the future, or from before a tombstone that it may
        have missed.
        """
        furthest = max(self.seq, self.begun)
        return (
            self.epoch != now.epoch
            or furthest > now.last_seq
            or furthest < now.pruned_seq
        )


class Change(NamedTuple):
    """One root as it is now. Without a document it is no longer published."""

    id: UUID
    kind: str
    seq: int
    changed_on: date
    document: str | None
    merged_into: UUID | None

    def as_text(self) -> str:
        """Its JSON, around the stored text of the document."""
        if self.document is None:
            tombstone: dict[str, object] = {
                "id": str(self.id),
                "kind": self.kind,
                "deleted": True,
            }
            if self.merged_into:
                tombstone["merged_into"] = str(self.merged_into)
            return json.dumps(tombstone, separators=(",", ":"))
        return (
            f'{{"id":"{self.id}","kind":"{self.kind}","seq":{self.seq},'
            f'"changed":"{self.changed_on}",'
            f'"deleted":false,"document":{self.document}}}'
        )


@dataclass(frozen=True)
class Changes:
    """One page. `next` goes on after it, also from the last page, which says `more` =
    False.
    """

    results: list[Change]
    next: Cursor
    more: bool
    counter: Counter


def counter(audience: Audience) -> Counter:
    """One statement, which each connection prepares once: almost every request asks it."""
    rows = asked_often(audience.name, _statement_of_counter(audience))
    return Counter(*rows[0]) if rows else Counter.nothing()


@cache
def _statement_of_counter(audience: Audience) -> str:
    held = audience.held_model._meta.db_table
    feed = audience.feed_model._meta.db_table
    # Whether the feed passes by a document changes the feed alone.
    passed_by = f"SELECT md5(string_agg(id::text, ',' ORDER BY id)) FROM {held}"  # noqa: S608
    return (
        "SELECT epoch, last_seq, pruned_seq,"  # noqa: S608
        f" concat(({_of_held(audience, _HASHED)}),"
        f" ({passed_by} WHERE passed_by IS NOT NULL)), revision FROM {feed}"
    )


# What can never be written does not stop the feed: docs/decisions/publishing.md.
_PASSED_BY = "SELECT root FROM {held} WHERE passed_by IS NOT NULL"
_HASHED = "COALESCE(md5(string_agg(concat(id, seq), ',' ORDER BY id)), '')"


def _of_held(audience: Audience, asked: str) -> str:
    """A question to the documents that are held back. Mostly nothing is: then the
    documents are not looked at.
    """
    held = audience.held_model._meta.db_table
    documents = audience.document_model._meta.db_table
    return (
        f"SELECT {asked} FROM {documents} WHERE EXISTS (SELECT FROM {held})"  # noqa: S608
        f" AND document IS NOT NULL AND {held_sql(held)}"
    )


def changes(
    audience: Audience, since: str | None, kinds: Iterable[str] | None, limit: int
) -> Changes:
    """What was published after the cursor `since`; from the beginning without one. No
    `kinds` are the cursor's, or all.

    Raises BadCursor, OtherFilter or ResyncRequired; BeingUpdated where what comes next
    is held back.
    """
    cursor = _cursor_of(audience, since) if since else None
    wanted = ROOT_KINDS
    if kinds is not None:
        wanted = _in_order(kinds)
    elif cursor:
        wanted = cursor.kinds
    if cursor and cursor.kinds != wanted:
        raise OtherFilter
    after = cursor.seq if cursor else 0
    now, stops, rows = _read(audience, after, wanted, limit + 1)
    if cursor and cursor.must_resync(now):
        raise ResyncRequired
    more = len(rows) > limit or stops
    rows = rows[:limit]
    if stops and not rows:
        raise BeingUpdated
    reached = now.last_seq
    if more:
        reached = rows[-1].seq
    begun = now.last_seq
    if cursor:
        begun = cursor.begun
    if begun <= reached:
        begun = 0
    following = Cursor(audience.name, now.epoch, reached, wanted, begun)
    return Changes(rows, following, more, now)


def _cursor_of(audience: Audience, text: str) -> Cursor:
    cursor = Cursor.read(text)
    if cursor.audience != audience.name:
        raise BadCursor
    return cursor


@dataclass(frozen=True)
class Standing:
    """What a copy that has come as far as `cursor` must hold, by kind. Counter and
    digests are of one moment.
    """

    cursor: Cursor
    digests: dict[str, Digest]
    counter: Counter


def standing(audience: Audience, kinds: Iterable[str] | None) -> Standing:
    """Raises BeingUpdated while anything is held back: nobody could reach its cursor."""
    rows = audience.feed_model._default_manager.using(audience.name)
    held = RawSQL(f"SELECT EXISTS ({_of_held(audience, '1')})", [])  # noqa: S611
    columns = ("epoch", "last_seq", "pruned_seq", "revision", "digests", "held")
    row = rows.annotate(held=held).values_list(*columns).first()
    now = Counter.nothing()
    stored: Stored = {}
    if row is not None:
        epoch, last_seq, pruned_seq, revision, stored, is_any_held = row
        if is_any_held:
            raise BeingUpdated
        now = Counter(epoch, last_seq, pruned_seq, revision=revision)
    wanted = ROOT_KINDS
    if kinds is not None:
        wanted = _in_order(kinds)
    cursor = Cursor(audience.name, now.epoch, now.last_seq, wanted)
    return Standing(cursor, of_kinds(stored, wanted), now)


def _in_order(kinds: Iterable[str]) -> tuple[str, ...]:
    asked = set(kinds)
    return tuple(kind for kind in ROOT_KINDS if kind in asked)


def _read(
    audience: Audience, after: int, kinds: Sequence[str], limit: int
) -> tuple[Counter, bool, list[Change]]:
    """With it whether what comes next is held back.

    One statement, so that counter and rows are of one moment: read apart, the
    counter could already stand above a row that the page does not have, and the next
    cursor would leap over it.
    """
    held = audience.held_model._meta.db_table
    passed_by = _PASSED_BY.format(held=held)
    after_and_kinds = (
        "parent IS NULL AND seq > %(after)s AND kind = ANY(%(kinds)s)"
        f" AND NOT id = ANY(ARRAY({passed_by}))"
    )
    statement = sql.SQL(
        f"WITH stop AS ({_of_held(audience, 'min(seq) AS seq')} AND {after_and_kinds})"  # noqa: S608
        " SELECT feed.epoch, feed.last_seq, feed.pruned_seq, concat(stop.seq,"
        f" (SELECT md5(string_agg(root::text, ',' ORDER BY root)) FROM ({passed_by}) AS passed)),"
        " feed.revision, stop.seq IS NOT NULL, change.*"
        " FROM {feed} AS feed CROSS JOIN stop LEFT JOIN LATERAL ("
        " SELECT id, kind, seq, changed_on, document, merged_into FROM {documents}"
        f" WHERE {after_and_kinds} AND (stop.seq IS NULL OR seq < stop.seq)"
        " ORDER BY seq LIMIT %(limit)s"
        ") AS change ON true ORDER BY change.seq"
    ).format(
        feed=sql.Identifier(audience.feed_model._meta.db_table),
        documents=sql.Identifier(audience.document_model._meta.db_table),
    )
    asked: dict[str, Any] = {"after": after, "kinds": list(kinds), "limit": limit}
    with connections[audience.name].cursor() as cursor:
        cursor.execute(statement, asked)
        rows = cursor.fetchall()
    if not rows:
        return Counter.nothing(), False, []
    now = Counter(*rows[0][:5])
    # Without a change, the row of the counter stands alone: its id is null.
    found = [Change(*row[6:]) for row in rows if row[6] is not None]
    return now, rows[0][5], found
