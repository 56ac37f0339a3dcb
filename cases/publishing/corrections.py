"""Keeping each audience's corrections beside its documents."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from tracker.audiences import Audience
from tracker.corrections import differences, records


@dataclass(frozen=True)
class Change:
    """A document that this audience had, and the one that it has now; None is a tombstone."""

    root_id: UUID
    before: str
    after: str | None
    reason: str


def keep(audience: Audience, changes: Iterable[Change], withdrawn: Collection[UUID], today: date) -> None:
    """A withdrawal says that something went, and nothing of what it was; what was said of the case before is emptied.

    So is, always, what was said of a record that is no longer there.
    """
    corrections = audience.correction_model._default_manager
    for change in changes:
        of_it = corrections.filter(**{"of": change.root_id})
        if change.after is None:
            of_it.delete()
            continue
        before, after = json.loads(change.before), json.loads(change.after)
        taken_back = change.root_id in withdrawn
        gone = Q() if taken_back else ~Q(record_id__in=[record_id for (_kind, record_id), _record in records(after)])
        of_it.filter(gone).update(before=None, after=None, reason="")
        corrections.bulk_create(
            _correction(audience, change, difference, taken_back, today) for difference in differences(before, after)
        )


def _correction(audience: Audience, change: Change, difference: Any, taken_back: bool, today: date) -> Any:
    return audience.correction_model(
        **{"of_id": change.root_id},
        corrected_on=today,
        record_kind=difference.record_kind,
        record_id=difference.record_id,
        change=difference.change,
        field=difference.field,
        before=None if taken_back else difference.before,
        after=None if taken_back else difference.after,
        reason="" if taken_back else change.reason,
    )
