"""Writing rows that changed: the only code that writes the published tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import F

from cases.publishing import corrections
from cases.publishing.corrections import Change
from cases.publishing.rendering import Rendered, Row
from tracker.audiences import AUDIENCES, Audience
from tracker.facts import Facts


@dataclass
class Written:
    """How many documents were written, which roots appeared or disappeared for an audience, and which failed."""

    count: int = 0
    came_or_went: set[UUID] = field(default_factory=set)
    failures: dict[UUID, Exception] = field(default_factory=dict)

    def __add__(self, other: "Written") -> "Written":
        return Written(self.count + other.count, self.came_or_went | other.came_or_went, self.failures | other.failures)


@dataclass(frozen=True)
class Occasion:
    """What is true of a whole write. `reasons` are the public reasons of the editions, by root."""

    kind: str
    today: date
    withdrawn: frozenset[UUID] = frozenset()
    reasons: Mapping[UUID, str] = field(default_factory=dict)
    refresh: bool = False


def write(occasion: Occasion, rendered: Sequence[Rendered]) -> Written:
    """All together; if the database refuses that, each by itself, so that the one that it refuses stands alone."""
    try:
        with transaction.atomic():
            return sum((_write(audience, occasion, rendered) for audience in AUDIENCES), Written())
    except DatabaseError as error:
        if len(rendered) == 1:
            return Written(failures={rendered[0].root_id: error})
        return sum((write(occasion, [one]) for one in rendered), Written())


def _write(audience: Audience, occasion: Occasion, rendered: Sequence[Rendered]) -> Written:
    """To one audience: a number for each root whose document changed, and none where nothing did."""
    written = Written()
    changes: list[Change] = []
    existing = audience.document_model._default_manager.in_bulk([one.root_id for one in rendered])
    changed: list[list[Row]] = []
    unchanged: list[list[Row]] = []
    for one in rendered:
        old = existing.get(one.root_id)
        rows = one.rows[audience.name]
        if rows is None and old is None:
            continue  # never published: no row, no number, no trace
        rows = rows or [Row(one.root_id, occasion.kind, None, None, Facts())]
        if old and (old.document, old.merged_into) == (rows[0].text, rows[0].merged_into):
            unchanged.append(rows)
            continue
        changed.append(rows)
        if old and old.document is not None:
            reason = occasion.reasons.get(one.root_id, "")
            changes.append(Change(one.root_id, old.document, rows[0].text, reason))
        if (old is not None and old.document is not None) != (rows[0].text is not None):
            written.came_or_went.add(one.root_id)
    _store(audience, changed, [(number, occasion.today) for number in _numbers(audience, len(changed))])
    corrections.keep(audience, changes, occasion.withdrawn, occasion.today)
    if occasion.refresh:
        olds = [existing[rows[0].id] for rows in unchanged]
        _store(audience, unchanged, [(old.seq, old.changed_on) for old in olds])
    written.count = len(changed)
    return written


def _numbers(audience: Audience, count: int) -> Iterable[int]:
    """The next numbers of this audience, drawn under the gate's lock."""
    if not count:
        return ()
    feed = audience.feed_model._default_manager
    if not feed.update(last_seq=F("last_seq") + count):
        feed.create(last_seq=count)
    last = feed.get().last_seq
    return range(last - count + 1, last + 1)


def _store(audience: Audience, roots: Sequence[list[Row]], stamps: Sequence[tuple[int, date]]) -> None:
    """Each root with its parts; `stamps` are their number and day. Parts that are no longer there are removed."""
    if not roots:
        return
    documents = audience.document_model._default_manager
    spans = audience.span_model._default_manager
    rows = [row for its_rows in roots for row in its_rows]
    documents.filter(parent__in=[its_rows[0].id for its_rows in roots]).exclude(
        id__in=[row.id for row in rows]
    ).delete()
    documents.bulk_create(
        (
            _document(audience, row, number, day)
            for its_rows, (number, day) in zip(roots, stamps, strict=True)
            for row in its_rows
        ),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[one.name for one in documents.model._meta.concrete_fields if not one.primary_key],
    )
    spans.filter(**{"of__in": [row.id for row in rows]}).delete()
    spans.bulk_create(
        audience.span_model(
            **{"of_id": row.id},
            fact=span.fact,
            value=span.value,
            first_day=span.first_day,
            last_day=span.last_day,
        )
        for row in rows
        for span in row.facts.spans
    )


def _document(audience: Audience, row: Row, number: int, day: date) -> Any:
    return audience.document_model(
        id=row.id,
        kind=row.kind,
        parent=row.parent,
        seq=number,
        changed_on=day,
        document=row.text,
        merged_into=row.merged_into,
        facts=row.facts.equal,
        search_key=row.facts.search_key,
        sort_name=row.facts.sort_name,
        sort_date=row.facts.sort_date,
        sort_number=row.facts.sort_number,
    )
