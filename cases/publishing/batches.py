"""Which roots are published next: those that are marked, with every mark that they have
by then.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Q, QuerySet

from cases.models import Mark
from cases.publishing import holding
from cases.statements import Statement

BATCH = 200  # roots in one transaction
WINDOW = 10 * BATCH  # marks looked at to find them
_DELETE_MARKS = f"DELETE FROM {Mark._meta.db_table} WHERE id = ANY(%s)"  # noqa: S608 - our own name

Key = tuple[str, UUID]


@dataclass
class Batch:
    """The roots of one transaction, with the ids of the marks that named them; and of
    those among them that hold something back. `held` is what they hold back; `is_held`:
    is anything held back at all?
    """

    is_held: bool
    marks: dict[Key, list[int]]
    withdrawals: set[Key] = field(default_factory=set)
    holding: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    held: set[UUID] = field(default_factory=set)


def of_kind(kind: str, keys: Iterable[Key]) -> list[UUID]:
    return [root_id for root_kind, root_id in keys if root_kind == kind]


def is_more(passed_over: Collection[Key], moved: set[Key], day: date) -> bool:
    """To ask for the next batch means twenty questions, most often for nothing."""
    if holding.is_to_be_marked():
        return True
    return bool(_one_due(day, _ids({*passed_over, *moved})))


def next_batch(
    size: int,
    passed_over: Collection[Key],
    day: date,
    *,
    is_held: bool,
    only_withdrawals: bool = False,
) -> Batch:
    """The roots marked first, what is held back and withdrawals before all, with every
    mark that they have by now.
    """
    but = _ids(passed_over)
    keys: list[Key] = []
    if is_held:
        keys = list(dict.fromkeys(_held_first(day, but)))[:size]
    if len(keys) < size:
        first = _withdrawn_first if only_withdrawals else _marked_first
        keys = list(dict.fromkeys([*keys, *first(day, but)]))[:size]
    batch = Batch(is_held, {key: [] for key in keys})
    take_marks(batch, keys, _withdrawals_of if only_withdrawals else marks_of, day)
    return batch


def take_marks(
    batch: Batch, keys: Iterable[Key], marks_of: Statement, day: date
) -> None:
    """All that these roots of the batch have by now, before they are read."""
    ids = [root_id for _kind, root_id in keys]
    for mark, kind, root_id, withdrawal, held_back in marks_of(day, ids):
        key = (kind, root_id)
        if key not in batch.marks:  # ids of two kinds may be equal
            continue
        batch.marks[key].append(mark)
        if withdrawal:
            batch.withdrawals.add(key)
        if held_back:
            batch.holding[key].append(mark)
            batch.held.add(held_back)


def _ids(keys: Collection[Key]) -> list[UUID]:
    """With one that is nobody's: a statement asks nothing where there is none."""
    return [_NOBODY, *(root_id for _kind, root_id in keys)]


_NOBODY = uuid4()


def _due(day: date) -> QuerySet[Mark]:
    return Mark.objects.exclude(due_on__gt=day)


_TAKES_BACK = Q(withdrawal=True) | Q(held__isnull=False)


def _roots(marks: QuerySet[Mark], passed_over: Collection[UUID]) -> Any:
    marks = marks.exclude(root_id__among=passed_over)
    return marks.values_list("root_kind", "root_id")[:WINDOW]


@Statement
def _one_due(day: date, passed_over: Collection[UUID]) -> Any:
    return _roots(_due(day), passed_over)[:1]


@Statement
def _held_first(day: date, passed_over: Collection[UUID]) -> Any:
    held = _due(day).filter(held__isnull=False)
    return _roots(held.order_by("id"), passed_over)


@Statement
def _marked_first(day: date, passed_over: Collection[UUID]) -> Any:
    return _roots(_due(day).order_by("-withdrawal", "id"), passed_over)


@Statement
def _withdrawn_first(day: date, passed_over: Collection[UUID]) -> Any:
    marks = _due(day).filter(_TAKES_BACK)
    return _roots(marks.order_by("-withdrawal", "id"), passed_over)


_OF_MARKS = ("id", "root_kind", "root_id", "withdrawal", "held")


@Statement
def marks_of(day: date, ids: Collection[UUID]) -> Any:
    return _due(day).filter(root_id__among=ids).values_list(*_OF_MARKS)


@Statement
def _withdrawals_of(day: date, ids: Collection[UUID]) -> Any:
    marks = _due(day).filter(_TAKES_BACK, root_id__among=ids)
    return marks.values_list(*_OF_MARKS)


def delete_marks(ids: Collection[int]) -> None:
    """Django would read each of them before, for whoever listens to deletions."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_MARKS, [list(ids)])
