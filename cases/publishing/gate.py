"""From marks to published documents, one transaction a batch, under one advisory lock.

The numbers are drawn under that lock, and PostgreSQL lets go of it only once the commit
is visible: whoever sees number N sees every lower one that will ever be. READ COMMITTED
is required: each statement must see what was committed before the lock was had.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection, transaction

from cases import aggregate
from cases.aggregate import Aggregate
from cases.disclosure.disclosing import Surroundings
from cases.history.since import newest_event
from cases.models import Edition, Mark, PublishingFailure
from cases.publishing import desk_entries as desk
from cases.publishing import epochs
from cases.publishing.copying import copy_in
from cases.publishing.pruning import prune
from cases.publishing.rendering import Rendered, render
from cases.publishing.rows import Occasion, write
from cases.publishing.surroundings import Present, read_present, surroundings
from cases.review import waiting
from cases.triggered import mark_referrers
from tracker.audiences import AUDIENCES, Audience
from tracker.clock import today

LOCK = 7_201_925  # any number, the same for all who publish
LOCK_TIMEOUT = "3s"
BATCH = 200  # roots in one transaction
WINDOW = 10 * BATCH  # marks looked at to find them

Key = tuple[str, UUID]


@dataclass
class _Batch:
    """The roots of one transaction, with the ids of the marks that named them."""

    marks: dict[Key, list[int]]
    withdrawals: set[Key] = field(default_factory=set)


def publish_pending(*, refresh: bool = False) -> int:
    """Publish all that is marked; returns the number of documents written.

    Waits for whoever publishes now, at most LOCK_TIMEOUT: then OperationalError. With
    `refresh`, what lists filter by is computed anew for documents that did not change,
    too: for use after an upgrade.
    """
    written = 0
    while True:
        progress, count = _publish_batch(refresh)
        written += count
        if not progress:
            return written


def publish_if_free() -> None:
    """As publish_pending, after a save. If another has the lock for too long, the
    safety loop will do it.
    """
    try:
        publish_pending()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != "55P03":  # lock_not_available
            raise


def mark_everything() -> None:
    """For a full rebuild: every root there is, and every published document whose root
    is gone.
    """
    for kind, model in aggregate.ROOTS.items():
        ids = set(model._default_manager.values_list("id", flat=True))
        for audience in AUDIENCES:
            published = audience.document_model._default_manager.filter(
                kind=kind, document__isnull=False
            )
            ids.update(published.values_list("id", flat=True))
        Mark.objects.bulk_create(
            [Mark(root_kind=kind, root_id=one) for one in ids], batch_size=5000
        )


@transaction.atomic
def renew_epochs() -> None:
    """Every copy begins anew. Raises OperationalError if the lock is not to be had."""
    _lock()
    epochs.renew()
    mark_everything()


@transaction.atomic
def _publish_batch(refresh: bool) -> tuple[bool, int]:
    """(was there anything that could be done, documents written)"""
    _lock()
    if epochs.hold():
        mark_everything()
    prune(today())
    batch = _next_batch()
    written = 0
    finished: list[Key] = []
    for kind in aggregate.ROOTS:
        ids = [root_id for a_kind, root_id in batch.marks if a_kind == kind]
        if ids:
            count, stood_still = _publish(kind, ids, batch.withdrawals, refresh)
            written += count
            finished += [(kind, root_id) for root_id in stood_still]
    Mark.objects.filter(
        id__in=[mark for key in finished for mark in batch.marks[key]]
    ).delete()
    return bool(finished), written


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _next_batch() -> _Batch:
    """The roots marked first, withdrawals before all, with every mark that they have by
    now.
    """
    due = Mark.objects.exclude(due_on__gt=today())
    first = due.order_by("-withdrawal", "id").values_list("root_kind", "root_id")[
        :WINDOW
    ]
    keys = list(dict.fromkeys(first))[:BATCH]
    batch = _Batch({key: [] for key in keys})
    of_these = due.filter(root_id__in=[root_id for _kind, root_id in keys])
    for mark, kind, root_id, withdrawal in of_these.values_list(
        "id", "root_kind", "root_id", "withdrawal"
    ):
        batch.marks[kind, root_id].append(mark)
        if withdrawal:
            batch.withdrawals.add((kind, root_id))
    return batch


def _publish(
    kind: str, ids: Sequence[UUID], withdrawals: set[Key], refresh: bool
) -> tuple[int, list[UUID]]:
    """Render and write roots of one kind. Returns the documents written, and the roots
    that stood still meanwhile.
    """
    newest = 0 if settings.REQUIRE_REVIEW else newest_event()
    versions = aggregate.versions(kind, ids)
    now = aggregate.read(kind, ids)
    then = _editions(kind, ids, now, versions, newest)
    present = read_present(then.values())
    around = {
        audience: surroundings(audience, present, today()) for audience in AUDIENCES
    }
    approvals = _approvals(kind, ids)
    rendered, failures = _render(
        kind,
        ids,
        then,
        now,
        around,
        {one: day for one, (_why, day) in approvals.items()},
    )
    stood_still = _stood_still(kind, ids, versions, then, present)
    withdrawn = frozenset(one for a_kind, one in withdrawals if a_kind == kind)
    reasons = {one: why for one, (why, _day) in approvals.items()}
    occasion = Occasion(kind, today(), withdrawn, reasons, refresh)
    written = write(occasion, [rendered[one] for one in stood_still if one in rendered])
    failures |= written.failures
    # What was to be taken back is taken back even where it cannot be rendered.
    written += write(
        occasion,
        [
            Rendered.nothing(one)
            for one in stood_still
            if one in failures and one in withdrawn
        ],
    )
    mark_referrers(kind, written.came_or_went)
    desk.update(kind, {one: now[one] for one in stood_still if one in now}, today())
    waiting.update(kind, stood_still, now, versions)
    _report(kind, stood_still, failures)
    return written.count, stood_still


def _render(
    kind: str,
    ids: Sequence[UUID],
    then: Mapping[UUID, Aggregate],
    now: Mapping[UUID, Aggregate],
    around: Mapping[Audience, Surroundings],
    approved_on: Mapping[UUID, date],
) -> tuple[dict[UUID, Rendered], dict[UUID, Exception]]:
    rendered: dict[UUID, Rendered] = {}
    failures: dict[UUID, Exception] = {}
    for one in ids:
        try:
            rendered[one] = render(
                kind, one, then.get(one), now.get(one), around, approved_on.get(one)
            )
        except (
            Exception
        ) as error:  # one case that cannot be rendered must not hold up the others
            failures[one] = error
    return rendered, failures


def _editions(
    kind: str,
    ids: Sequence[UUID],
    now: Mapping[UUID, Aggregate],
    versions: Mapping[UUID, int],
    newest: int,
) -> dict[UUID, Aggregate]:
    """The last edition of each that may be shown today. Where no review is required,
    saving has approved.

    `newest` is the event before they were read: what is not in such an edition came
    after it.
    """
    editions = Edition.objects.filter(root_kind=kind, root_id__in=ids).order_by(
        "root_id", "-number"
    )
    shown = editions.exclude(not_before__gt=today()).distinct("root_id")
    snapshots: dict[UUID, Aggregate] = dict(shown.values_list("root_id", "snapshot"))
    if settings.REQUIRE_REVIEW:
        return snapshots
    numbers = dict(editions.distinct("root_id").values_list("root_id", "number"))
    approved = {
        root_id: present
        for root_id, present in now.items()
        if root_id in versions and snapshots.get(root_id) != present
    }
    copy_in(
        Edition._meta.db_table,
        [
            "root_kind",
            "root_id",
            "number",
            "version",
            "snapshot",
            "reason",
            "public_reason",
            "event",
        ],
        (
            (
                kind,
                root_id,
                numbers.get(root_id, 0) + 1,
                versions[root_id],
                json.dumps(present),
                "",
                "",
                newest,
            )
            for root_id, present in approved.items()
        ),
    )
    return snapshots | approved


def _approvals(kind: str, ids: Sequence[UUID]) -> dict[UUID, tuple[str, date]]:
    """Of the last edition of each that may be shown today: the public reason, and the
    day.
    """
    editions = Edition.objects.filter(root_kind=kind, root_id__in=ids).exclude(
        not_before__gt=today()
    )
    last = editions.order_by("root_id", "-number").distinct("root_id")
    return {
        one: (why, at.date())
        for one, why, at in last.values_list("root_id", "public_reason", "approved_at")
    }


def _stood_still(
    kind: str,
    ids: Sequence[UUID],
    versions: Mapping[UUID, int],
    then: Mapping[UUID, Aggregate],
    present: Present,
) -> list[UUID]:
    """Those that nobody changed while they were read in several statements; the others
    keep their marks.

    What they refer to must not have moved either: a source hidden meanwhile would still
    be named.
    """
    if read_present(then.values()) != present:
        return []
    again = aggregate.versions(kind, ids)
    return [one for one in ids if again.get(one) == versions.get(one)]


def _report(kind: str, ids: Sequence[UUID], failures: Mapping[UUID, Exception]) -> None:
    PublishingFailure.objects.filter(root_kind=kind, root_id__in=ids).delete()
    PublishingFailure.objects.bulk_create(
        # The message of an error may hold a name: only its kind is kept.
        PublishingFailure(root_kind=kind, root_id=one, error=type(error).__name__)
        for one, error in failures.items()
        if one in ids
    )
