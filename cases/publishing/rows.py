"""Writing rows that changed: the only code that writes the published tables."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from cases.models import Facility, Prisoner, Source
from cases.publishing import copies, corrections, epochs
from cases.publishing.corrections import Change, Comparisons, Emptied
from cases.publishing.passing import passes
from cases.publishing.rendering import Rendered, Row
from cases.statements import Statement
from tracker import digests
from tracker.audiences import AUDIENCES, Audience
from tracker.copying import copy_in


@dataclass
class Written:
    """How many documents were written, which roots appeared or disappeared for an
    audience, or say what others hang on otherwise, and which failed.
    """

    count: int = 0
    came_or_went: set[UUID] = field(default_factory=set)
    failures: dict[UUID, Exception] = field(default_factory=dict)

    def __add__(self, more: "Written") -> "Written":
        return Written(
            self.count + more.count,
            self.came_or_went | more.came_or_went,
            self.failures | more.failures,
        )


@dataclass(frozen=True)
class Occasion:
    """What is true of a whole write. `reasons` are the public reasons of the editions,
    by root.
    """

    kind: str
    today: date
    withdrawn: frozenset[UUID] = frozenset()
    reasons: Mapping[UUID, str] = field(default_factory=dict)
    refresh: bool = False


def write(occasion: Occasion, rendered: Sequence[Rendered]) -> Written:
    """All roots together. If the database refuses that, each is written by itself, and
    only the bad one fails. Raises what passes, such as a full disk: nothing is written
    then, and no root is to blame.
    """
    written = Written()
    try:
        with transaction.atomic():
            comparisons = Comparisons()
            for audience in AUDIENCES:
                written += _write(audience, occasion, rendered, comparisons)
    except DatabaseError as error:
        if passes(error):
            raise
        if len(rendered) == 1:
            return Written(failures={rendered[0].root_id: error})
        written = Written()
        for root in rendered:
            written += write(occasion, [root])
    return written


class _Old(NamedTuple):
    """A row as it is stored."""

    id: UUID
    document: str | None
    merged_into: UUID | None
    seq: int
    changed_on: date


@dataclass(frozen=True)
class _Pair:
    """What an audience has of a root, if anything, and what it is to have."""

    root_id: UUID
    old: _Old | None
    rows: list[Row]

    @property
    def new(self) -> Row:
        """The root's own row."""
        return self.rows[0]

    @property
    def old_text(self) -> str | None:
        if self.old is None:
            return None
        return self.old.document

    @property
    def never_seen(self) -> bool:
        return self.old is None and self.new.text is None

    @property
    def is_same(self) -> bool:
        if self.old is None:
            return False
        return (self.old.document, self.old.merged_into) == (
            self.new.text,
            self.new.merged_into,
        )

    @property
    def came_or_went(self) -> bool:
        return (self.old_text is None) != (self.new.text is None)

    def says_otherwise(self, names: Sequence[str]) -> bool:
        """In one of these fields; or does it gain or lose its name?"""
        if not names:
            return False
        told = []
        for text in (self.old_text, self.new.text):
            document = json.loads(text) if text else {}
            is_named = bool(document.get("name"))
            told.append([is_named, *(document.get(name) for name in names)])
        return told[0] != told[1]


# What others are told hangs on what a document says here: where somebody is held, who
# judged, and who is told as related; and on whether it has a name, to which the address
# of a merged case may lead.
_READ_FOR_OTHERS = {
    Facility.kind: ("place_kind",),
    Prisoner.kind: ("related_cases",),
    Source.kind: ("source_kind", "publisher", "relays", "derived_from"),
}


def _write(
    audience: Audience,
    occasion: Occasion,
    rendered: Sequence[Rendered],
    comparisons: Comparisons,
) -> Written:
    """To one audience: a number for each root whose document changed, and none where
    nothing did. What was never published leaves no row, no number and no trace.
    """
    changed: list[_Pair] = []
    same: list[_Pair] = []
    for pair in _pairs(audience, occasion.kind, rendered):
        if pair.never_seen:
            continue
        if pair.is_same:
            same.append(pair)
        else:
            changed.append(pair)
    texts = [(pair.old_text, pair.new.text) for pair in changed]
    numbers = _numbers(audience, occasion.kind, texts)
    _store(
        audience,
        [pair.rows for pair in changed],
        [(number, occasion.today) for number in numbers],
    )
    changes = list(_changes(occasion, changed))
    corrections.keep(
        audience,
        occasion.kind,
        changes,
        comparisons,
        occasion.withdrawn,
        occasion.today,
    )
    if occasion.kind == Source.kind:
        written = [*changed, *same] if occasion.refresh else changed
        copies.keep(audience, [pair.new for pair in written])
    if occasion.refresh:
        olds = [pair.old for pair in same]
        stamps = [(old.seq, old.changed_on) for old in olds if old]
        _store(audience, [pair.rows for pair in same], stamps)
    came_or_went = {pair.root_id for pair in changed if pair.came_or_went}
    names = _READ_FOR_OTHERS.get(occasion.kind, ())
    came_or_went |= {pair.root_id for pair in changed if pair.says_otherwise(names)}
    return Written(len(changed), came_or_went)


@cache
def _stored(audience: Audience) -> Statement:
    rows = audience.document_model._default_manager.values_list(*_Old._fields)
    return Statement(lambda ids: rows.filter(id__among=ids))


def _pairs(
    audience: Audience, kind: str, rendered: Sequence[Rendered]
) -> Iterator[_Pair]:
    roots = [root for root in rendered if audience.name in root.rows]
    olds: dict[UUID, _Old] = {}
    for values in _stored(audience)([root.root_id for root in roots]):
        old = _Old(*values)
        olds[old.id] = old
    for root in roots:
        rows = root.rows[audience.name] or [Row.tombstone(kind, root.root_id)]
        yield _Pair(root.root_id, olds.get(root.root_id), rows)


def _changes(occasion: Occasion, changed: Sequence[_Pair]) -> Iterator[Change]:
    """Of the documents that the audience had."""
    for pair in changed:
        if pair.old_text is not None:
            reason = occasion.reasons.get(pair.root_id, "")
            yield Change(
                pair.root_id,
                pair.old_text,
                pair.new.text,
                reason,
                pair.new.subtracted,
            )


def _numbers(
    audience: Audience, kind: str, texts: Sequence[tuple[str | None, str | None]]
) -> range:
    """The next numbers of this audience, one for each document that changed from one
    text to another.

    Number and digest are written together, under the gate's lock: a digest is that of
    its cursor.
    """
    if not texts:
        return range(0)
    feed = epochs.row_of(audience)
    first = feed.last_seq + 1
    feed.last_seq += len(texts)
    feed.digests = digests.changed(feed.digests, kind, texts)
    feed.save(update_fields=["last_seq", "digests"])
    return range(first, feed.last_seq + 1)


def renumber(
    audience: Audience, kind: str, documents: Sequence[Any], day: date
) -> None:
    """The same text, as a change of that day: the feed tells of it once more."""
    texts = [(row.document, row.document) for row in documents]
    for row, number in zip(documents, _numbers(audience, kind, texts), strict=True):
        rows = audience.document_model._default_manager.filter(
            Q(id=row.id) | Q(parent=row.id)
        )
        rows.update(seq=number, changed_on=day)


def tell_again(emptied: Emptied, day: date) -> None:
    """The feed tells once more of documents beside which something was emptied."""
    for audience, ids in emptied.items():
        documents = audience.document_model._default_manager
        rows = documents.filter(id__in=ids, document__isnull=False).order_by("kind")
        for kind, of_kind in groupby(rows, key=lambda row: row.kind):
            renumber(audience, kind, list(of_kind), day)


_COLUMNS = ["id", "kind", "parent", "seq", "changed_on", "document", "merged_into"]
_COLUMNS += ["facts", "named", "search_key", "text_words"]
_COLUMNS += ["sort_name", "sort_date", "sort_number"]
_SPAN_COLUMNS = ["of_id", "fact", "value", "first_day", "last_day"]


def _store(
    audience: Audience, roots: Sequence[list[Row]], stamps: Sequence[tuple[int, date]]
) -> None:
    """Each root with its parts; `stamps` are their number and day. Rows are taken out
    and put in again, parts that are gone only taken out: foreign keys are asked when
    the transaction ends.
    """
    if not roots:
        return
    documents = audience.document_model._meta.db_table
    spans = audience.span_model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {documents} WHERE id = ANY(%(ids)s) OR parent = ANY(%(ids)s)"  # noqa: S608
            " RETURNING id",
            {"ids": [rows[0].id for rows in roots]},
        )
        if gone := [row_id for (row_id,) in cursor.fetchall()]:
            statement = f"DELETE FROM {spans} WHERE of_id = ANY(%s)"  # noqa: S608
            cursor.execute(statement, [gone])
    copy_in(documents, _COLUMNS, _documents(roots, stamps))
    copy_in(spans, _SPAN_COLUMNS, _spans(roots))


def _documents(
    roots: Sequence[list[Row]], stamps: Sequence[tuple[int, date]]
) -> Iterator[tuple[object, ...]]:
    for rows, (number, day) in zip(roots, stamps, strict=True):
        for row in rows:
            yield _document(row, number, day)


def _spans(roots: Sequence[list[Row]]) -> Iterator[tuple[object, ...]]:
    """In the order of _SPAN_COLUMNS."""
    for rows in roots:
        for row in rows:
            for span in row.facts.spans:
                yield row.id, span.fact, span.value, span.first_day, span.last_day


def _document(row: Row, number: int, day: date) -> tuple[object, ...]:
    """In the order of _COLUMNS."""
    facts = row.facts
    return (
        row.id,
        row.kind,
        row.parent,
        number,
        day,
        row.text,
        row.merged_into,
        json.dumps(facts.equal),
        facts.named,
        facts.search_key,
        facts.text_words,
        facts.sort_name,
        facts.sort_date,
        facts.sort_number,
    )
