"""The queue: which cases differ from their last edition. The gate keeps it, with what
it publishes.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from cases.aggregate import Aggregate
from cases.history.since import Edit, edits_since
from cases.models import (
    Citation,
    Edition,
    Release,
    ReportedCount,
    SentBack,
    WaitingCase,
)
from cases.review.difference import compared, kinds, seen_by


def update(
    kind: str,
    root_ids: Sequence[UUID],
    now: Mapping[UUID, Aggregate],
    versions: Mapping[UUID, int],
) -> None:
    """`root_ids` were read, and stood still meanwhile; those that are not in `now` are
    gone.
    """
    there = [one for one in root_ids if one in now] if settings.REQUIRE_REVIEW else []
    last = (
        Edition.objects.filter(root_kind=kind, root_id__in=there)
        .order_by("root_id", "-number")
        .distinct("root_id")
    )
    editions = {
        one: (event, then)
        for one, event, then in last.values_list("root_id", "event", "snapshot")
    }
    found = {}
    for one in there:
        then = editions[one][1] if one in editions else None
        if changes := kinds(
            seen_by(then), seen_by(now[one]), list(compared(kind, then, now[one]))
        ):
            found[one] = changes
    edits = edits_since(
        kind, {one: editions[one][0] if one in editions else 0 for one in found}
    )
    WaitingCase.objects.filter(
        root_id__in=[one for one in root_ids if one not in found]
    ).delete()
    WaitingCase.objects.bulk_create(
        [
            _waiting(kind, one, now[one], versions[one], changes, edits[one])
            for one, changes in found.items()
        ],
        update_conflicts=True,
        unique_fields=["root_id"],
        update_fields=["version", "changes", "visibility", "since", "editors"],
    )


def _waiting(
    kind: str,
    root_id: UUID,
    now: Aggregate,
    version: int,
    changes: list[str],
    edits: Sequence[Edit],
) -> WaitingCase:
    names = [edit.who for edit in reversed(edits) if edit.who]
    return WaitingCase(
        root_kind=kind,
        root_id=root_id,
        version=version,
        changes=changes,
        visibility=now["root"]["visibility"],
        editors=list(dict.fromkeys(names)),
        **({"since": edits[0].at} if edits else {}),
    )


def queue() -> QuerySet[WaitingCase]:
    """Those that waited longest first, with `is_sent_back`: nobody has edited it since.

    None where no review is required: rows may be left from when it was.
    """
    at_this_version = SentBack.objects.filter(
        root_id=OuterRef("root_id"), version=OuterRef("version")
    )
    rows = (
        WaitingCase.objects.all()
        if settings.REQUIRE_REVIEW
        else WaitingCase.objects.none()
    )
    return rows.annotate(is_sent_back=Exists(at_this_version))


def of_source(source_id: UUID) -> QuerySet[WaitingCase]:
    """The source itself, and the cases that cite it."""
    citing = Citation.objects.filter(source=source_id).values("root_id")
    return queue().filter(Q(root_id=source_id) | Q(root_id__in=citing))


def of_release_event(event_id: UUID) -> QuerySet[WaitingCase]:
    """The event itself, those whom it freed, and what was counted of it."""
    freed = Release.objects.filter(release_event=event_id).values("prisoner_id")
    counted = ReportedCount.objects.filter(release_event=event_id).values("pk")
    return queue().filter(
        Q(root_id=event_id) | Q(root_id__in=freed) | Q(root_id__in=counted)
    )
