"""Writing rows that changed: the only code that writes the published tables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from cases.publishing import corrections
from cases.publishing.copying import copy_in
from cases.publishing.corrections import Change
from cases.publishing.rendering import Rendered, Row
from tracker import digests
from tracker.audiences import AUDIENCES, Audience
from tracker.contract.facts import Facts


@dataclass
class Written:
    """How many documents were written, which roots appeared or disappeared for an
    audience, and which failed.
    """

    count: int = 0
    came_or_went: set[UUID] = field(default_factory=set)
    failures: dict[UUID, Exception] = field(default_factory=dict)

    def __add__(self, other: "Written") -> "Written":
        return Written(
            self.count + other.count,
            self.came_or_went | other.came_or_went,
            self.failures | other.failures,
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
    """All together; if the database refuses that, each by itself, so that the one that
    it refuses stands alone.
    """
    try:
        with transaction.atomic():
            return sum(
                (_write(audience, occasion, rendered) for audience in AUDIENCES),
                Written(),
            )
    except DatabaseError as error:
        if len(rendered) == 1:
            return Written(failures={rendered[0].root_id: error})
        return sum((write(occasion, [one]) for one in rendered), Written())


def _write(
    audience: Audience, occasion: Occasion, rendered: Sequence[Rendered]
) -> Written:
    """To one audience: a number for each root whose document changed, and none where
    nothing did.
    """
    written = Written()
    changes: list[Change] = []
    existing = audience.document_model._default_manager.in_bulk(
        [one.root_id for one in rendered]
    )
    changed: list[list[Row]] = []
    unchanged: list[list[Row]] = []
    for one in rendered:
        old = existing.get(one.root_id)
        rows = one.rows[audience.name]
        if old is None and (rows is None or rows[0].text is None):
            continue  # never published: no row, no number, no trace
        rows = rows or [Row(one.root_id, occasion.kind, None, None, Facts())]
        if old and (old.document, old.merged_into) == (
            rows[0].text,
            rows[0].merged_into,
        ):
            unchanged.append(rows)
            continue
        changed.append(rows)
        if old and old.document is not None:
            reason = occasion.reasons.get(one.root_id, "")
            changes.append(
                Change(
                    one.root_id, old.document, rows[0].text, reason, rows[0].subtracted
                )
            )
        if (old is not None and old.document is not None) != (rows[0].text is not None):
            written.came_or_went.add(one.root_id)
    texts = [
        (old.document if old else None, rows[0].text)
        for rows in changed
        for old in [existing.get(rows[0].id)]
    ]
    _store(
        audience,
        changed,
        [
            (number, occasion.today)
            for number in _numbers(audience, occasion.kind, texts)
        ],
    )
    corrections.keep(audience, changes, occasion.withdrawn, occasion.today)
    if occasion.refresh:
        olds = [existing[rows[0].id] for rows in unchanged]
        _store(audience, unchanged, [(old.seq, old.changed_on) for old in olds])
    written.count = len(changed)
    return written


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
    feed: Any = audience.feed_model._default_manager.get()
    first = feed.last_seq + 1
    feed.last_seq += len(texts)
    feed.digests = digests.changed(feed.digests, kind, texts)
    feed.save(update_fields=["last_seq", "digests"])
    return range(first, feed.last_seq + 1)


_COLUMNS = ["id", "kind", "parent", "seq", "changed_on", "document", "merged_into"]
_COLUMNS += ["facts", "search_key", "sort_name", "sort_date", "sort_number"]
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
    documents, spans = (
        audience.document_model._meta.db_table,
        audience.span_model._meta.db_table,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {documents} WHERE id = ANY(%(ids)s) OR parent = ANY(%(ids)s) RETURNING id",  # noqa: S608
            {"ids": [rows[0].id for rows in roots]},
        )
        cursor.execute(
            f"DELETE FROM {spans} WHERE of_id = ANY(%s)",  # noqa: S608
            [[row_id for (row_id,) in cursor.fetchall()]],
        )
    copy_in(
        documents,
        _COLUMNS,
        (
            _document(row, number, day)
            for rows, (number, day) in zip(roots, stamps, strict=True)
            for row in rows
        ),
    )
    copy_in(
        spans,
        _SPAN_COLUMNS,
        (
            (row.id, span.fact, span.value, span.first_day, span.last_day)
            for rows in roots
            for row in rows
            for span in row.facts.spans
        ),
    )


def _document(row: Row, number: int, day: date) -> tuple[Any, ...]:
    """In the order of _COLUMNS."""
    facts = row.facts
    return (
        *(row.id, row.kind, row.parent, number, day, row.text, row.merged_into),
        *(
            json.dumps(facts.equal),
            facts.search_key,
            facts.sort_name,
            facts.sort_date,
            facts.sort_number,
        ),
    )
