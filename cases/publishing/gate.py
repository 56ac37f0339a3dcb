"""From marks to published documents, one transaction a batch, under one advisory lock.

The numbers are drawn under that lock, and PostgreSQL lets go of it only once the commit
is visible: whoever sees number N sees every lower one that will ever be. READ COMMITTED
is required: each statement must see what was committed before the lock was had.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection, transaction

from cases import aggregate, editions
from cases.aggregate import Aggregate
from cases.disclosure.surroundings import Surroundings
from cases.history.since import newest_event
from cases.models import Mark, PublishingFailure
from cases.publishing import desk_entries as desk
from cases.publishing import epochs
from cases.publishing.fallback import what_stays
from cases.publishing.pruning import prune
from cases.publishing.rendering import Rendered, render
from cases.publishing.rows import Occasion, Written, write
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
        marks = [Mark(root_kind=kind, root_id=root_id) for root_id in ids]
        Mark.objects.bulk_create(marks, batch_size=5000)


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
    finished: list[int] = []
    progress = False
    for kind in aggregate.ROOTS:
        ids = _of_kind(kind, batch.marks)
        if ids:
            count, stood_still = _publish(kind, ids, batch.withdrawals, refresh)
            written += count
            for root_id in stood_still:
                progress = True
                finished += batch.marks[kind, root_id]
    Mark.objects.filter(id__in=finished).delete()
    return progress, written


def _of_kind(kind: str, keys: Iterable[Key]) -> list[UUID]:
    return [root_id for root_kind, root_id in keys if root_kind == kind]


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
    marks = due.filter(root_id__in=[root_id for _kind, root_id in keys])
    for mark, kind, root_id, withdrawal in marks.values_list(
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
    shown = _shown(kind, ids)
    if not settings.REQUIRE_REVIEW:
        _approve_saved(kind, shown, now, versions, newest)
    present = read_present(shown.cases.values())
    around: dict[Audience, Surroundings] = {}
    for audience in AUDIENCES:
        around[audience] = surroundings(audience, present, today())
    rendered, failures = _render(kind, ids, shown, now, around)
    stood_still = _stood_still(kind, ids, versions, shown.cases, present)
    withdrawn = frozenset(_of_kind(kind, withdrawals))
    occasion = Occasion(kind, today(), withdrawn, shown.reasons, refresh)
    written = write(
        occasion, [rendered[root_id] for root_id in stood_still if root_id in rendered]
    )
    failures |= written.failures
    failed = [root_id for root_id in stood_still if root_id in failures]
    written += _take_back(occasion, failed, now)
    mark_referrers(kind, written.came_or_went)
    present_cases: dict[UUID, Aggregate] = {}
    for root_id in stood_still:
        if root_id in now:
            present_cases[root_id] = now[root_id]
    desk.update(kind, present_cases, today())
    waiting.update(kind, stood_still, now, versions)
    _report(kind, stood_still, failures)
    return written.count, stood_still


@dataclass
class _Shown:
    """Of each root the last edition that may be shown today: what was approved, on
    which day, and the public reason.
    """

    cases: dict[UUID, Aggregate] = field(default_factory=dict)
    approved_on: dict[UUID, date] = field(default_factory=dict)
    reasons: dict[UUID, str] = field(default_factory=dict)
    unreadable: dict[UUID, Exception] = field(default_factory=dict)


def _shown(kind: str, ids: Sequence[UUID]) -> _Shown:
    shown = _Shown()
    for root_id, edition in editions.last_shown(kind, ids, today()).items():
        shown.approved_on[root_id] = edition.approved_at.date()
        shown.reasons[root_id] = edition.public_reason
        try:
            shown.cases[root_id] = edition.case
        except Exception as error:
            shown.unreadable[root_id] = error
    return shown


def _approve_saved(
    kind: str,
    shown: _Shown,
    now: Mapping[UUID, Aggregate],
    versions: Mapping[UUID, int],
    newest: int,
) -> None:
    """Where no review is required, saving has approved: what differs from its edition
    becomes the next one.

    `newest` is the event before the cases were read: what is not in such an edition
    came after it.
    """
    saved = []
    for root_id, present in now.items():
        if root_id not in versions or root_id in shown.unreadable:
            continue
        if shown.cases.get(root_id) != present:
            version = versions[root_id]
            saved.append(editions.Approval(root_id, version, newest, present))
            shown.cases[root_id] = present
            shown.approved_on[root_id] = today()
            shown.reasons[root_id] = ""
    editions.store_saved(kind, saved)


def _render(
    kind: str,
    ids: Sequence[UUID],
    shown: _Shown,
    now: Mapping[UUID, Aggregate],
    around: Mapping[Audience, Surroundings],
) -> tuple[dict[UUID, Rendered], dict[UUID, Exception]]:
    """One case that cannot be rendered must not hold up the others."""
    rendered: dict[UUID, Rendered] = {}
    failures = dict(shown.unreadable)
    for root_id in ids:
        if root_id in failures:
            continue
        try:
            rendered[root_id] = render(
                kind,
                root_id,
                shown.cases.get(root_id),
                now.get(root_id),
                around,
                shown.approved_on.get(root_id),
            )
        except Exception as error:
            failures[root_id] = error
    return rendered, failures


def _take_back(
    occasion: Occasion, failed: Sequence[UUID], now: Mapping[UUID, Aggregate]
) -> Written:
    """What cannot be published stays as it was, but what was taken back is taken back.
    If the database refuses that, too, the document goes.
    """
    if not failed:
        return Written()
    written = write(occasion, what_stays(occasion.kind, failed, now, occasion.today))
    refused = [Rendered.nothing(root_id) for root_id in written.failures]
    return written + write(occasion, refused)


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
    still = []
    for root_id in ids:
        if again.get(root_id) == versions.get(root_id):
            still.append(root_id)
    return still


def _report(kind: str, ids: Sequence[UUID], failures: Mapping[UUID, Exception]) -> None:
    PublishingFailure.objects.filter(root_kind=kind, root_id__in=ids).delete()
    reports = []
    for root_id, error in failures.items():
        if root_id in ids:
            # The message of an error may hold a name: only its kind is kept.
            report = PublishingFailure(root_kind=kind, root_id=root_id)
            report.error = type(error).__name__
            reports.append(report)
    PublishingFailure.objects.bulk_create(reports)
