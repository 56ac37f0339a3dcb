"""Editions: what was approved, as one reader reads it and one writer stores it.

An edition outlives the code that stored it. It is read in the shape of today: what the
models have and the edition lacks is empty in it, never as it is in the present, which
nobody approved. Forms and their upgrades are in cases/upgrades.py.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.dispatch import Signal

from cases.aggregate import (
    OF_CLAIMANT,
    OF_SOURCE,
    PARTS,
    ROOTS,
    Aggregate,
    columns,
    links,
)
from cases.models import Claimant, Edition, Source
from cases.models.base import Record
from cases.models.fields import CodeField
from cases.statements import Statement
from cases.upgrades import FORM, upgraded
from cases.visibility import NOBODY_OUTSIDE
from tracker.contract.vocabulary import Visibility
from tracker.copying import copy_in

Row = dict[str, Any]

# An edition is stored by a function of the database: Django sees no save.
stored = Signal()


@dataclass(frozen=True)
class StoredEdition:
    """`approved_by` is a user, or None where saving approved. `event` is the newest one
    of history at the time. `snapshot` is what is stored; None where it was not asked
    for.
    """

    id: int
    root_kind: str
    root_id: UUID
    number: int
    version: int
    event: int
    approved_at: datetime
    approved_by: Any
    reason: str
    public_reason: str
    not_before: date | None
    snapshot: Mapping[str, Any] | None = field(default=None, repr=False)

    @cached_property
    def case(self) -> Aggregate:
        """What was approved, in the shape of today. Raises what `read` raises."""
        assert self.snapshot is not None, "this edition was read without its case"
        return read(self.root_kind, self.snapshot)

    @property
    def shown_from(self) -> date:
        """The day of the approval, or the later one before which it is not shown."""
        return max(self.approved_at.date(), self.not_before or date.min)


# --- Reading -----------------------------------------------------------------------------------------------------


def read(kind: str, snapshot: Mapping[str, Any]) -> Aggregate:
    """A stored snapshot as an aggregate of today; what is stored does not change.

    Columns and lists that it lacks are empty, and those that the models no longer have
    are left out. So it equals the present exactly if nothing was changed since. Raises
    NewerForm where a newer release has stored it.
    """
    stored = upgraded(kind, snapshot)
    case: Aggregate = {"root": _whole(stored["root"], _empty_row(ROOTS[kind]))}
    for part in PARTS[kind]:
        empty = _empty_row(part.model)
        case[part.name] = [_whole(row, empty) for row in stored.get(part.name, ())]
    case["sources"] = _by_id(stored.get("sources", {}), Source, OF_SOURCE)
    case["claimants"] = _by_id(stored.get("claimants", {}), Claimant, OF_CLAIMANT)
    return case


def _by_id(
    rows: Mapping[str, Row], model: type[Record], names: tuple[str, ...]
) -> dict[str, Row]:
    empty = _empty_part_of_row(model, names)
    return {record_id: _whole(row, empty) for record_id, row in rows.items()}


def _whole(row: Row, empty: Row) -> Row:
    """The row with exactly these columns; the very row, if it has them."""
    if row.keys() == empty.keys():
        return row
    return {column: row.get(column, nothing) for column, nothing in empty.items()}


@cache
def _empty_row(model: type[Record]) -> Row:
    row = _empty_part_of_row(model, columns(model))
    for column in links(model):
        row[column] = []
    return row


@cache
def _empty_part_of_row(model: type[Record], names: tuple[str, ...]) -> Row:
    fields = {column.attname: column for column in model._meta.concrete_fields}
    return {name: empty(fields[name]) for name in names}


def empty(column: models.Field) -> Any:
    """What a column holds of which nobody has said anything.

    Never its default, which may say something. A visibility that every record must have
    is the narrowest; one that may be left empty is as wide as the case.
    """
    if column.null:
        return None
    if getattr(column, "vocabulary", None) is Visibility:
        return NOBODY_OUTSIDE
    if isinstance(column, ArrayField):
        return []
    if isinstance(column, models.JSONField):
        default = column.get_default()
        return type(default)() if isinstance(default, dict | list) else None
    if isinstance(column, models.BooleanField):
        return False if column.default is False else None  # a box that nobody ticked
    if isinstance(column, models.CharField | models.TextField):
        return None if isinstance(column, CodeField) else ""
    return None


# --- Finding -----------------------------------------------------------------------------------------------------


def last(kind: str, ids: Collection[UUID]) -> dict[UUID, StoredEdition]:
    """Of each root the last edition, though it may not be shown yet."""
    return _by_root(_last(kind, ids))


def last_shown(
    kind: str, ids: Collection[UUID], today: date
) -> dict[UUID, StoredEdition]:
    """Of each root the last edition that may be shown on this day."""
    return _by_root(_last_shown(kind, ids, today))


def embargoed(
    kind: str, ids: Collection[UUID], today: date
) -> dict[UUID, StoredEdition]:
    """Of each root the last edition, where that may not be shown before a later day."""
    return _by_root(_embargoed(kind, ids, today))


def embargo(kind: str, root_id: UUID, today: date) -> date | None:
    """The day before which the last edition may not be shown, if it is still to come."""
    edition = last_approval(kind, root_id)
    if edition is None or edition.not_before is None or edition.not_before <= today:
        return None
    return edition.not_before


def approvals(kind: str, root_id: UUID) -> list[StoredEdition]:
    """All editions of a root without their cases, the latest first."""
    return [_stored(row) for row in _of(kind, [root_id]).defer("snapshot")]


def last_approval(kind: str, root_id: UUID) -> StoredEdition | None:
    """The last edition of a root, without its case."""
    row = _of(kind, [root_id]).defer("snapshot").first()
    return _stored(row) if row else None


def numbering(kind: str) -> list[tuple[UUID, int, int, int]]:
    """Of each root its last number, how many editions it has, and their newest event."""
    of_kind = Edition.objects.filter(root_kind=kind).values("root_id")
    roots = of_kind.annotate(Max("number"), Count("id"), Max("event"))
    return list(
        roots.order_by("root_id").values_list(
            "root_id", "number__max", "id__count", "event__max"
        )
    )


def opened(edition: Edition) -> StoredEdition:
    """One that something else refers to."""
    return _stored(edition)


def seen_outside() -> QuerySet[Edition]:
    """Those of a case that was to be shown to anyone outside."""
    return Edition.objects.exclude(snapshot__root__visibility=NOBODY_OUTSIDE)


def _of(kind: str, ids: Collection[UUID]) -> QuerySet[Edition]:
    editions = Edition.objects.filter(root_kind=kind, root_id__among=ids)
    editions = editions.select_related("approved_by").defer("approved_by__password")
    return editions.order_by("root_id", "-number")


@Statement
def _last(kind: str, ids: Collection[UUID]) -> Any:
    return _columns(_of(kind, ids).distinct("root_id"))


@Statement
def _last_shown(kind: str, ids: Collection[UUID], today: date) -> Any:
    shown = _of(kind, ids).exclude(not_before__gt=today)
    return _columns(shown.distinct("root_id"))


@Statement
def _embargoed(kind: str, ids: Collection[UUID], today: date) -> Any:
    """The last number is asked for each of the roots."""
    numbers = Edition.objects.filter(root_kind=kind, root_id=OuterRef("root_id"))
    last = numbers.order_by("-number").values("number")[:1]
    waiting = _of(kind, ids).filter(not_before__gt=today, number=Subquery(last))
    return _columns(waiting.distinct("root_id"))


def _columns(editions: QuerySet[Edition]) -> Any:
    people = [f"approved_by__{name}" for name in _of_people()]
    return editions.values_list(*_OF_EDITIONS, *people)


_OF_EDITIONS = [field.attname for field in Edition._meta.concrete_fields]


@cache
def _of_people() -> list[str]:
    """Without their passwords."""
    columns = get_user_model()._meta.concrete_fields
    return [column.attname for column in columns if column.name != "password"]


def _by_root(rows: Iterable[Sequence[Any]]) -> dict[UUID, StoredEdition]:
    """`rows` have the columns of an edition, then those of who approved it."""
    editions = {}
    for values in rows:
        row = Edition.from_db("default", _OF_EDITIONS, values[: len(_OF_EDITIONS)])
        if row.approved_by_id is not None:
            of_person = values[len(_OF_EDITIONS) :]
            model = get_user_model()
            row.approved_by = model.from_db("default", _of_people(), of_person)
        editions[row.root_id] = _stored(row)
    return editions


def _stored(row: Edition) -> StoredEdition:
    has_snapshot = "snapshot" not in row.get_deferred_fields()
    return StoredEdition(
        id=row.pk,
        root_kind=row.root_kind,
        root_id=row.root_id,
        number=row.number,
        version=row.version,
        event=row.event,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
        reason=row.reason,
        public_reason=row.public_reason,
        not_before=row.not_before,
        snapshot=row.snapshot if has_snapshot else None,
    )


# --- Storing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Approval:
    """A case as it is to be approved. `version` and `event` are those at which it was
    read. `not_before` counts where saving approves.
    """

    root_id: UUID
    version: int
    event: int
    case: Aggregate
    not_before: date | None = None


def store(
    kind: str,
    approval: Approval,
    *,
    approved_by: Any = None,
    reason: str = "",
    public_reason: str = "",
    not_before: date | None = None,
) -> StoredEdition:
    """As the next edition. The caller has locked the root.

    By a function: the desk's login may not write editions itself. The database asks who
    approves, and refuses by IntegrityError (cases/triggers/approving.py).
    """
    snapshot = _snapshot(approval.case)
    asked = [
        kind,
        approval.root_id,
        approval.version,
        approval.event,
        json.dumps(snapshot),
        approved_by.pk if approved_by is not None else None,
        reason,
        public_reason,
        not_before,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, asked)
        edition_id, number, approved_at = cursor.fetchone()
    stored.send(sender=Edition)
    return StoredEdition(
        id=edition_id,
        root_kind=kind,
        root_id=approval.root_id,
        number=number,
        version=approval.version,
        event=approval.event,
        approved_at=approved_at,
        approved_by=approved_by,
        reason=reason,
        public_reason=public_reason,
        not_before=not_before,
        snapshot=snapshot,
    )


# No SELECT at its beginning: with that, nothing would be said of who acts.
_STORE = """
    WITH stored AS (
        SELECT * FROM edition_store(
            %s, %s, %s, %s, %s::jsonb, %s::integer, %s, %s, %s::date
        )
    )
    SELECT edition_id, edition_number, approved FROM stored
"""


_COPIED = ["root_kind", "root_id", "number", "version", "event", "snapshot"]
_COPIED += ["reason", "public_reason", "not_before"]


def store_saved(kind: str, approvals: Collection[Approval]) -> None:
    """Many at once, where saving approves: nobody is named, and nothing is said."""
    if not approvals:
        return
    numbers = _next_numbers(kind, [approval.root_id for approval in approvals])
    rows = (
        (
            kind,
            approval.root_id,
            numbers[approval.root_id],
            approval.version,
            approval.event,
            json.dumps(_snapshot(approval.case)),
            "",
            "",
            approval.not_before,
        )
        for approval in approvals
    )
    copy_in(Edition._meta.db_table, _COPIED, rows)


def _snapshot(case: Aggregate) -> dict[str, Any]:
    return {"form": FORM, **case}


def _next_numbers(kind: str, ids: Sequence[UUID]) -> dict[UUID, int]:
    numbers = dict(_last_numbers(kind, ids))
    return {root_id: numbers.get(root_id, 0) + 1 for root_id in ids}


@Statement
def _last_numbers(kind: str, ids: Collection[UUID]) -> Any:
    editions = Edition.objects.filter(root_kind=kind, root_id__among=ids)
    of_each = editions.values("root_id").annotate(number=Max("number"))
    return of_each.values_list("root_id", "number")
