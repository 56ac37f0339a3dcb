"""Keeping each audience's corrections beside its documents."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from tracker.audiences import AUDIENCES, Audience
from tracker.corrections import Difference, differences, records


@dataclass(frozen=True)
class Change:
    """A document that this audience had, and the one that it has now; None is a
    tombstone.
    """

    root_id: UUID
    before: str
    after: str | None
    reason: str
    subtracted: bool = False


def keep(
    audience: Audience,
    changes: Sequence[Change],
    withdrawn: Collection[UUID],
    today: date,
) -> None:
    """A withdrawal says that something went, and nothing of what it was; what was said
    of the case before is emptied. What is lost because of the present, with no mark of
    a withdrawal, counts as one: an earlier birth makes a minor.

    So is, always, what was said of a record that is no longer there.
    """
    corrections: Any = audience.correction_model._default_manager
    earlier = corrections.filter(of__in=[change.root_id for change in changes])
    corrected_before = set(earlier.values_list("of", flat=True))
    new: list[Any] = []
    for change in changes:
        of_document = corrections.filter(of=change.root_id)
        if change.after is None:
            of_document.delete()
            continue
        before, after = json.loads(change.before), json.loads(change.after)
        changed_fields = differences(before, after)
        is_taken_back = change.root_id in withdrawn
        if change.subtracted and any(map(_lost, changed_fields)):
            is_taken_back = True
        if change.root_id in corrected_before:
            emptied = of_document
            if not is_taken_back:
                there = [record_id for (_kind, record_id), _record in records(after)]
                emptied = of_document.filter(~Q(record_id__in=there))
            emptied.update(before=None, after=None, reason="")
        for difference in changed_fields:
            new.append(_correction(audience, change, difference, is_taken_back, today))
    corrections.bulk_create(new)


def forget(ids: Collection[str]) -> None:
    """For every audience: what was said of these documents, and of these records in
    others, is emptied.
    """
    for audience in AUDIENCES:
        of_them = Q(of_id__in=ids) | Q(record_id__in=ids)
        audience.correction_model._default_manager.filter(of_them).update(
            before=None, after=None, reason=""
        )


def _lost(difference: Difference) -> bool:
    return difference.change == "removed" or (
        difference.change == "changed" and not difference.after
    )


def _correction(
    audience: Audience,
    change: Change,
    difference: Difference,
    is_taken_back: bool,
    today: date,
) -> Any:
    correction: Any = audience.correction_model(
        **{"of_id": change.root_id},
        corrected_on=today,
        record_kind=difference.record_kind,
        record_id=difference.record_id,
        change=difference.change,
        field=difference.field,
        before=difference.before,
        after=difference.after,
        reason=change.reason,
    )
    if is_taken_back:
        correction.before = correction.after = None
        correction.reason = ""
    return correction
