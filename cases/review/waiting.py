"""The queue: which cases differ from their last edition. The gate keeps it, with what
it publishes.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from cases import aggregate, editions
from cases.aggregate import Aggregate
from cases.day import today
from cases.editions import StoredEdition
from cases.history.since import Edit, edits_since
from cases.models import (
    Citation,
    Release,
    ReportedCount,
    SentBack,
    WaitingCase,
)
from cases.review.difference import Side, approved, compared, kinds, last_events


def update(
    kind: str,
    root_ids: Sequence[UUID],
    now: Mapping[UUID, Aggregate],
    versions: Mapping[UUID, int],
) -> None:
    """`root_ids` were read, and stood still meanwhile; those that are not in `now` are
    gone. A case of which the edition cannot be read waits as it did.
    """
    there: list[UUID] = []
    if settings.REQUIRE_REVIEW:
        there = [root_id for root_id in root_ids if root_id in now]
    last = editions.last(kind, there)
    changes: dict[UUID, list[str]] = {}
    settled = set(root_ids)
    for root_id in there:
        try:
            of_case = _changes(kind, last.get(root_id), now[root_id])
        except Exception:
            settled.remove(root_id)
            continue
        if of_case:
            changes[root_id] = of_case
    edits = edits_since(kind, last_events(last, changes))
    no_more = WaitingCase.objects.filter(root_id__among=settled - changes.keys())
    no_more._raw_delete(no_more.db)  # nobody listens, and so none need be read
    WaitingCase.objects.bulk_create(
        [
            _waiting(
                kind, root_id, now[root_id], versions[root_id], of_case, edits[root_id]
            )
            for root_id, of_case in changes.items()
        ],
        update_conflicts=True,
        unique_fields=["root_id"],
        update_fields=["version", "changes", "visibility", "since", "editors"],
    )


def that_wait(kind: str, root_ids: Sequence[UUID]) -> set[UUID]:
    """Those of them that wait for their approval as they are now: the queue learns of a
    save only from the gate. One of which the edition cannot be read is none of them.
    """
    if not settings.REQUIRE_REVIEW:
        return set()
    last = editions.last(kind, root_ids)
    waiting = set()
    for root_id, now in aggregate.read(kind, root_ids).items():
        with suppress(Exception):
            if _changes(kind, last.get(root_id), now):
                waiting.add(root_id)
    return waiting


def _changes(kind: str, edition: StoredEdition | None, now: Aggregate) -> list[str]:
    """Codes of ChangeKind."""
    before, after = approved(kind, edition), Side(kind, now, today())
    return kinds(before.seen, after.seen, list(compared(before, after)))


def _waiting(
    kind: str,
    root_id: UUID,
    now: Aggregate,
    version: int,
    changes: list[str],
    edits: Sequence[Edit],
) -> WaitingCase:
    names = [edit.who for edit in reversed(edits) if edit.who]
    since: dict[str, datetime] = {}
    if edits:
        since["since"] = edits[0].at
    return WaitingCase(
        root_kind=kind,
        root_id=root_id,
        version=version,
        changes=changes,
        visibility=now["root"]["visibility"],
        editors=list(dict.fromkeys(names)),
        **since,
    )


def queue() -> QuerySet[WaitingCase]:
    """Those that waited longest first, with `is_sent_back`: nobody has edited it since.

    None where no review is required: rows may be left from when it was.
    """
    at_this_version = SentBack.objects.filter(
        root_id=OuterRef("root_id"), version=OuterRef("version")
    )
    rows = WaitingCase.objects.all()
    if not settings.REQUIRE_REVIEW:
        rows = WaitingCase.objects.none()
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
