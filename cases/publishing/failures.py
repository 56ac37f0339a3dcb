"""Roots that could not be published. Each is tried again, later each time; one of which
something is still to be taken back, within seconds. None is forgotten.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import ngettext

from cases.day import older_than, today
from cases.models import Mark, PublishingFailure
from cases.statements import Statement
from tracker.audiences import AUDIENCES

SOON = timedelta(seconds=2)  # where something is still to be taken back
FIRST = timedelta(seconds=10)
LAST = timedelta(hours=1)
TOO_LATE = timedelta(seconds=10)  # for what was taken back


def mark_those_due() -> None:
    """Within the gate's transaction: their marks are read right after. If the clock of
    the database went back since, what seems to wait for longer than it may is due.
    """
    if not _are_due():
        return
    due = PublishingFailure.objects.filter(_DUE)
    marks = []
    for failure in due:
        mark = Mark(root_kind=failure.root_kind, root_id=failure.root_id)
        mark.withdrawal = failure.is_withdrawal
        marks.append(mark)
    if marks:
        Mark.objects.bulk_create(marks)
        # Where one is changed just now, its mark waits; it needs no second one.
        due.update(retry_at=Now() + FIRST)


_DUE = (
    Q(retry_at__lte=Now())
    | Q(retry_at__gt=Now() + LAST)
    | Q(retry_at__gt=Now() + FIRST, is_withdrawal=True)
)


@Statement
def _are_due() -> Any:
    return PublishingFailure.objects.filter(_DUE).values_list("id")[:1]


def report(
    kind: str,
    ids: Sequence[UUID],
    errors: Mapping[UUID, Exception],
    still_to_take_back: Collection[UUID],
) -> None:
    """Of these roots, which stood still: what failed waits, what did not is settled."""
    before: dict[UUID, PublishingFailure] = {}
    if errors or _have_failed(kind, ids):
        rows = PublishingFailure.objects.filter(root_kind=kind, root_id__among=ids)
        before = {failure.root_id: failure for failure in rows}
        rows.exclude(root_id__in=errors).delete()
    for root_id in ids:
        if root_id not in errors:
            continue
        failure = before.get(root_id)
        if failure is None:
            failure = PublishingFailure(root_kind=kind, root_id=root_id, tries=0)
        # The message of an error may hold a name: only its kind is kept.
        failure.error = type(errors[root_id]).__name__
        failure.tries += 1
        failure.is_withdrawal = root_id in still_to_take_back
        failure.retry_at = Now() + _wait(failure)
        failure.save()


@Statement
def _have_failed(kind: str, ids: Collection[UUID]) -> Any:
    failures = PublishingFailure.objects.filter(root_kind=kind, root_id__among=ids)
    return failures.values_list("root_id")


@dataclass(frozen=True)
class Late:
    """Cases of which something was taken back, and is published still after TOO_LATE:
    readers may see it, or it is held back.
    """

    in_sight: int
    out_of_sight: int

    def __bool__(self) -> bool:
        return bool(self.in_sight or self.out_of_sight)

    def sentences(self) -> list[str]:
        told = []
        if self.in_sight:
            words = ngettext(
                "What was taken back of %(count)s case may still be public.",
                "What was taken back of %(count)s cases may still be public.",
                self.in_sight,
            )
            told.append(words % {"count": self.in_sight})
        if self.out_of_sight:
            words = ngettext(
                "What was taken back of %(count)s case is out of sight, and the case has"
                " waited for more than 10 seconds to be published without it.",
                "What was taken back of %(count)s cases is out of sight, and they have"
                " waited for more than 10 seconds to be published without it.",
                self.out_of_sight,
            )
            told.append(words % {"count": self.out_of_sight})
        return told


def late_withdrawals() -> Late:
    marks = Mark.objects.filter(older_than(TOO_LATE, "marked_at"), withdrawal=True)
    failed = PublishingFailure.objects.filter(
        older_than(TOO_LATE, "failed_at"), is_withdrawal=True
    )
    late = set(marks.exclude(due_on__gt=today()).values_list("root_id", flat=True))
    late.update(failed.values_list("root_id", flat=True))
    in_sight = _in_sight(late)
    return Late(len(in_sight), len(late) - len(in_sight))


def _in_sight(ids: Collection[UUID]) -> set[UUID]:
    """Those that are published, and held back from nobody. What is held back from some
    was taken back from them alone.
    """
    shown: set[UUID] = set()
    held: set[UUID] = set()
    for audience in AUDIENCES:
        rows = audience.document_model._default_manager.filter(id__in=ids)
        rows = rows.exclude(document=None, merged_into=None)
        shown.update(rows.values_list("id", flat=True))
        rows = rows.filter(audience.is_held)
        held.update(rows.values_list("id", flat=True))
    return shown - held


def _wait(failure: PublishingFailure) -> timedelta:
    if failure.is_withdrawal:
        return SOON
    doublings = min(failure.tries - 1, 10)
    return min(FIRST * 2**doublings, LAST)
