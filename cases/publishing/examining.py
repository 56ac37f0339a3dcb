"""Is what is published what the gate would publish now? Writes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from cases.catalogue import KINDS
from cases.day import today
from cases.models import Mark, PublishingFailure
from cases.publishing import epochs, kept_names
from cases.publishing.gate import (
    BATCH,
    Reading,
    hold_still,
    read_cases,
    render_all,
    saved_since,
)
from cases.publishing.rendering import Rendered, Row
from cases.review.rule import saving_approves
from tracker import digests
from tracker.audiences import AUDIENCES, Audience
from tracker.contract.documents import CONTRACT, DOCUMENTS

Key = tuple[str, UUID]


def differing() -> Iterator[Key]:
    """The roots of which something else is published than was approved, though nothing
    of them waits to be published and nothing failed. The gate waits for each batch.
    """
    for kind in KINDS:
        ids = sorted(_ids(kind))
        for first in range(0, len(ids), BATCH):
            yield from _differing(kind, ids[first : first + BATCH])


def _ids(kind: str) -> set[UUID]:
    """Of those that there are, and of those that are published."""
    ids = set(KINDS[kind]._default_manager.values_list("id", flat=True))
    for audience in AUDIENCES:
        rows = audience.document_model._default_manager.filter(kind=kind, parent=None)
        ids.update(rows.values_list("id", flat=True))
    return ids


@transaction.atomic
def _differing(kind: str, ids: Sequence[UUID]) -> list[Key]:
    hold_still()
    reading = read_cases(kind, ids, today())
    rendered, errors = render_all(kind, ids, reading, today())
    different = set(errors)
    for audience in AUDIENCES:
        stored = _stored(audience, ids)
        for root_id, root in rendered.items():
            if stored.get(root_id, []) != _expected(audience, kind, root, stored):
                different.add(root_id)
    different |= _not_approved(kind, reading)
    shown = reading.shown
    different |= kept_names.out_of_step(
        kind, ids, reading.now, shown.cases, shown.approved_on, today()
    )
    # What was marked while we read is looked at by the gate.
    for model in (Mark, PublishingFailure):
        known = model._default_manager.filter(root_id__in=different)
        different.difference_update(known.values_list("root_id", flat=True))
    return [(kind, root_id) for root_id in different]


def _not_approved(kind: str, reading: Reading) -> Set[UUID]:
    """Where saving approves: those that were saved and are in no edition."""
    if not saving_approves():
        return frozenset()
    return saved_since(kind, reading, today()).keys()


_Stored = dict[str, Any]


def _stored(audience: Audience, ids: Sequence[UUID]) -> dict[UUID, list[_Stored]]:
    """By root, the rows of it and of its parts, with what they are found by."""
    spans: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    of_roots = Q(of__in=ids) | Q(of__parent__in=ids)
    columns = ("of_id", "fact", "value", "first_day", "last_day")
    for of_id, *span in audience.span_model._default_manager.filter(
        of_roots
    ).values_list(*columns):
        spans[of_id].append(tuple(span))
    stored: dict[UUID, list[_Stored]] = defaultdict(list)
    rows = audience.document_model._default_manager.filter(
        Q(id__in=ids) | Q(parent__in=ids)
    )
    for row in rows.order_by("id").values(*_COLUMNS):
        row["spans"] = sorted(spans[row["id"]], key=repr)
        stored[row["parent"] or row["id"]].append(row)
    return stored


_COLUMNS = (
    "id",
    "kind",
    "parent",
    "document",
    "merged_into",
    "facts",
    "named",
    "search_key",
    "sort_name",
    "sort_date",
    "sort_number",
)


def _expected(
    audience: Audience, kind: str, root: Rendered, stored: Mapping[UUID, Any]
) -> list[_Stored]:
    rows = root.rows.get(audience.name)
    if rows is None:
        if root.root_id not in stored:
            return []  # what was never published leaves no trace
        rows = [Row.tombstone(kind, root.root_id)]
    return [_as_stored(row) for row in sorted(rows, key=lambda row: row.id)]


def _as_stored(row: Row) -> _Stored:
    spans = []
    for span in row.facts.spans:
        spans.append((span.fact, span.value, span.first_day, span.last_day))
    return {
        "id": row.id,
        "kind": row.kind,
        "parent": row.parent,
        "document": row.text,
        "merged_into": row.merged_into,
        "facts": dict(row.facts.equal),
        "named": row.facts.named,
        "search_key": row.facts.search_key,
        "sort_name": row.facts.sort_name,
        "sort_date": row.facts.sort_date,
        "sort_number": row.facts.sort_number,
        "spans": sorted(spans, key=repr),
    }


# --- The counters of the feeds ---------------------------------------------------------


@transaction.atomic
def faulty_feeds() -> list[str]:
    """The audiences whose counter does not fit what is published, or another life of the
    database.
    """
    hold_still()
    return [audience.name for audience in AUDIENCES if _is_faulty(audience)]


def _is_faulty(audience: Audience) -> bool:
    feed: Any = audience.feed_model._default_manager.first()
    rows = audience.document_model._default_manager.all()
    if feed is None:
        return rows.exists()
    newest = rows.aggregate(newest=Max("seq"))["newest"] or 0
    counted = digests.of_kinds(epochs.digests_of_rows(audience), DOCUMENTS)
    return (
        feed.last_seq < newest
        or feed.life != epochs.lives()[audience]
        or feed.contract != CONTRACT
        or digests.of_kinds(feed.digests, DOCUMENTS) != counted
    )
