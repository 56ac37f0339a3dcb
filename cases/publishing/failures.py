"""Roots that could not be published. Each is tried again, later each time; one of which
something is still to be taken back, within seconds. None is forgotten.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from cases.day import today
from cases.models import Mark, PublishingFailure

SOON = timedelta(seconds=2)  # where something is still to be taken back
FIRST = timedelta(seconds=10)
LAST = timedelta(hours=1)
TOO_LATE = timedelta(seconds=10)  # for what was taken back


def mark_those_due() -> None:
    """Within the gate's transaction: their marks are read right after."""
    now = timezone.now()
    due = PublishingFailure.objects.filter(retry_at__lte=now)
    marks = []
    for failure in due:
        mark = Mark(root_kind=failure.root_kind, root_id=failure.root_id)
        mark.withdrawal = failure.is_withdrawal
        marks.append(mark)
    if marks:
        Mark.objects.bulk_create(marks)
        # Where one is changed just now, its mark waits; it needs no second one.
        due.update(retry_at=now + FIRST)


def report(
    kind: str,
    ids: Sequence[UUID],
    errors: Mapping[UUID, Exception],
    still_to_take_back: Collection[UUID],
) -> None:
    """Of these roots, which stood still: what failed waits, what did not is settled."""
    rows = PublishingFailure.objects.filter(root_kind=kind, root_id__in=ids)
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
        failure.retry_at = timezone.now() + _wait(failure)
        failure.save()


def late_withdrawals() -> int:
    """The roots of which something was taken back, and may be public after TOO_LATE."""
    before = timezone.now() - TOO_LATE
    marks = Mark.objects.filter(withdrawal=True, marked_at__lt=before)
    failed = PublishingFailure.objects.filter(is_withdrawal=True, failed_at__lt=before)
    late = set(marks.exclude(due_on__gt=today()).values_list("root_id", flat=True))
    late.update(failed.values_list("root_id", flat=True))
    return len(late)


def _wait(failure: PublishingFailure) -> timedelta:
    if failure.is_withdrawal:
        return SOON
    doublings = min(failure.tries - 1, 10)
    return min(FIRST * 2**doublings, LAST)
