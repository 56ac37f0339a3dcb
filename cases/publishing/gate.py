"""From marks to published documents, one transaction a batch, under one lock.

The numbers are drawn under that lock, and PostgreSQL lets go of it only once the commit
is visible: whoever sees number N sees every lower one that will ever be. READ COMMITTED
is required: each statement must see what was committed before the lock was had.
"""

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import DatabaseError, OperationalError, connection, transaction

from cases import aggregate, editions
from cases.aggregate import Aggregate
from cases.day import advance
from cases.disclosure.surroundings import Surroundings
from cases.history.since import newest_event
from cases.merging import comparing
from cases.models import Mark, Prisoner
from cases.named.seeing import seeing_everything
from cases.publishing import (
    copies,
    court_cases,
    epochs,
    failures,
    holding,
    kept_names,
    merged,
    officials,
    related,
)
from cases.publishing import desk_entries as desk
from cases.publishing.batches import (
    BATCH,
    Batch,
    Key,
    delete_marks,
    is_more,
    marks_of,
    next_batch,
    of_kind,
    take_marks,
)
from cases.publishing.confirming import must_be_confirmed
from cases.publishing.fallback import what_stays
from cases.publishing.heartbeat import loop_runs
from cases.publishing.passing import LOCK_NOT_AVAILABLE, passes, sqlstate
from cases.publishing.pruning import prune
from cases.publishing.rendering import Rendered, render
from cases.publishing.rows import Occasion, Written, write
from cases.publishing.surroundings import (
    Present,
    named_by,
    read_present,
    surroundings,
    with_words_of,
    words_by_root,
)
from cases.review import waiting
from cases.review.rule import saving_approves
from cases.statements import asked
from cases.triggered import mark_referrers
from cases.visibility import is_narrower
from tracker.audiences import AUDIENCES, Audience

LOCK_TIMEOUT = "3s"
# Beside the safety loop, a save waits for no more than this.
LOCK_TIMEOUT_OF_A_SAVE = "300ms"
BATCH_OF_A_SAVE = 20
SECONDS_OF_A_SAVE = 0.3
# One row, which only the publisher and the owner may update, and so lock. An advisory
# lock asks for no right: with one a login that may only read could stop all withdrawals.
_TURN = AUDIENCES[0].feed_model
_ROW = f"SELECT id FROM {_TURN._meta.db_table} WHERE id = 1"  # noqa: S608 - our own name
ONE_PUBLISHES = f"{_ROW} FOR UPDATE"
NOBODY_PUBLISHES = f"{_ROW} FOR SHARE"  # several may hold it
MOST_STUCK = 3  # roots that fail one after the other: then it is not them


class Again(OperationalError):
    """The database could not, for now, and nothing was written: the marks of these
    roots are still there.
    """

    def __init__(self, roots: Collection[Key]) -> None:
        super().__init__("The database could not publish, for now.")
        self.roots = frozenset(roots)


@dataclass(frozen=True)
class _Pace:
    """How long to wait for whoever publishes now, how many roots to take at once, and
    when to leave the rest to others: after so many seconds, or when `leaves` says so
    after a batch.
    """

    lock_timeout: str | None = None  # None is LOCK_TIMEOUT
    batch: int | None = None  # None is BATCH
    seconds: float = math.inf
    leaves: Callable[[], bool] = lambda: False


def publish_pending(
    *,
    refresh: bool = False,
    after_each: Callable[[], object] = lambda: None,
) -> int:
    """Publish all that is marked; returns the number of documents written.

    Waits for whoever publishes now, at most LOCK_TIMEOUT: then OperationalError. With
    `refresh`, what lists filter by is computed anew for documents that did not change,
    too: for use after an upgrade. `after_each` is called after each batch,
    as long as nothing is stuck.

    Where the database cannot write a batch, its roots are tried one by one, so that one
    of them does not hold up the others. Raises Again for those that are left.
    """
    return _publish_all(_Pace(), refresh, after_each)


def _publish_all(
    pace: _Pace,
    refresh: bool = False,
    after_each: Callable[[], object] = lambda: None,
) -> int:
    """Whoever acts: what is published depends on what nobody at the desk may see, too."""
    with seeing_everything():
        return _publish_seen(pace, refresh, after_each)


def _publish_seen(pace: _Pace, refresh: bool, after_each: Callable[[], object]) -> int:
    written = 0
    size = pace.batch or BATCH
    end = time.monotonic() + pace.seconds
    passed_over: set[Key] = set()
    stuck: set[Key] = set()

    def is_over() -> bool:
        return time.monotonic() >= end or pace.leaves()

    while True:
        try:
            done = _publish_batch(refresh, size, passed_over, pace.lock_timeout)
        except Again as error:
            if size > 1:
                size = 1
                continue
            stuck |= error.roots
            if len(stuck) > MOST_STUCK:
                raise
            passed_over |= stuck
            continue
        written += done.written
        passed_over |= done.moved
        if not stuck:
            after_each()
        if not (done.looked_at and done.is_more) or is_over():
            break
    while _compare_names(size) and not is_over():
        pass
    if stuck:
        raise Again(stuck)
    return written


def _compare_names(size: int) -> bool:
    """Once nothing is marked: of cases whose names are other ones. Was there any? What
    the database cannot do for now is done another time.
    """
    if not comparing.is_due():
        return False
    try:
        with transaction.atomic():
            _lock(LOCK_TIMEOUT)
            return comparing.compare(size) > 0
    except OperationalError:
        return False


def publish_if_free() -> None:
    """As publish_pending, after a save, where this login may. What the database cannot
    do for now, or while another has the lock, the publisher's process will do. So it
    will with what others have marked, if that is much: who saves does not wait for it.
    """
    if not may_publish():
        return
    pace = _Pace(leaves=loop_runs)  # it may have been busy with a long batch
    if loop_runs():
        pace = _Pace(LOCK_TIMEOUT_OF_A_SAVE, BATCH_OF_A_SAVE, SECONDS_OF_A_SAVE)
    try:
        _publish_all(pace)
    except OperationalError as error:
        if not isinstance(error, Again) and sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise


def may_publish() -> bool:
    """The desk may not, but where one login is used for all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'UPDATE')", [_TURN._meta.db_table]
        )
        return bool(cursor.fetchone()[0])


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
    _lock(LOCK_TIMEOUT)
    epochs.renew()
    mark_everything()


@dataclass
class _Done:
    """In one transaction: how many roots were looked at, the documents written, and the
    roots that were changed while they were read. `is_more`: something is marked still,
    or is to be.
    """

    looked_at: int
    written: int = 0
    moved: set[Key] = field(default_factory=set)
    is_more: bool = False


@transaction.atomic
def _publish_batch(
    refresh: bool,
    size: int = BATCH,
    passed_over: Collection[Key] = (),
    lock_timeout: str | None = None,
) -> _Done:
    """The next roots but those passed over. Raises Again."""
    _lock(lock_timeout or LOCK_TIMEOUT)
    feeds = epochs.feeds()
    is_confirmed = not must_be_confirmed(feeds)
    if is_confirmed and epochs.hold(feeds):
        mark_everything()
    officials.follow_setting(feeds)
    day = advance()
    prune(day)
    failures.mark_those_due()
    # What is held back from now on is not marked: it is for the next batch.
    is_held = holding.is_anything_held()
    if is_held:
        holding.mark()
    batch = next_batch(
        size, passed_over, day, is_held=is_held, only_withdrawals=not is_confirmed
    )
    try:
        done = (
            _publish_marked(batch, refresh, day)
            if is_confirmed
            else _take_back_marked(batch, day)
        )
        if is_held:
            holding.let_go(batch.held if len(batch.marks) == size else None)
        done.is_more = bool(done.looked_at) and is_more(passed_over, done.moved, day)
        return done
    except DatabaseError as error:
        if passes(error):
            raise Again(batch.marks) from error
        raise


def _publish_marked(batch: Batch, refresh: bool, day: date) -> _Done:
    done = _Done(len(batch.marks))
    finished: list[int] = []
    held: list[int] = []
    waiting_on: list[Mark] = []
    for kind in aggregate.ROOTS:
        ids = of_kind(kind, batch.marks)
        if not ids:
            continue
        if done.written:
            # What has come in this batch marks who names it, and they come in it, too.
            keys = [(kind, root_id) for root_id in ids]
            take_marks(batch, keys, marks_of, day)
        published = _publish(kind, ids, batch, refresh, day)
        done.written += published.count
        stood_still = set(published.stood_still)
        for root_id in ids:
            if root_id in published.still_public:
                # What is to be taken back is still in it, and stays out of sight.
                held += batch.holding[kind, root_id]
                done.moved.add((kind, root_id))
            if root_id in stood_still:
                finished += batch.marks[kind, root_id]
                continue
            done.moved.add((kind, root_id))
            if root_id not in published.still_public:
                # One mark for all that it had: while it waits, they would grow with
                # each change of a source that it cites.
                finished += batch.marks[kind, root_id]
                waiting_on.append(Mark(root_kind=kind, root_id=root_id))
    delete_marks(set(finished).difference(held))
    Mark.objects.bulk_create(waiting_on)
    return done


def _take_back_marked(batch: Batch, day: date) -> _Done:
    """Until somebody has confirmed what a new contract tells: only what was taken back
    goes. That contract will mark everything.
    """
    done = _Done(len(batch.marks))
    finished: list[int] = []
    for kind in aggregate.ROOTS:
        ids = of_kind(kind, batch.marks)
        if not ids:
            continue
        occasion = Occasion(kind, day, frozenset(ids))
        now = aggregate.read(kind, ids)
        taken_back = _take_back(occasion, ids, now)
        kept_names.update(kind, ids, now, {}, {}, day)
        done.written += taken_back.count
        holding.pass_by(taken_back.failures)
        settled = [root_id for root_id in ids if root_id not in taken_back.failures]
        if batch.is_held:
            holding.come_back(kind, settled, day)
        mark_referrers(kind, taken_back.came_or_went)
        if kind == Prisoner.kind:
            done.written += merged.lead_to_no_nameless(ids, day).count
            copies.mark_pictures_of(ids)
            court_cases.follow(ids)
            related.follow(ids, taken_back.came_or_went)
        done.moved.update((kind, root_id) for root_id in taken_back.failures)
        for root_id in settled:
            finished += batch.marks[kind, root_id]
    delete_marks(finished)
    return done


@dataclass
class _Published:
    """The documents written; of the roots, those that stood still meanwhile, and those
    of which something is still to be taken back.
    """

    count: int
    stood_still: list[UUID]
    still_public: Collection[UUID]


def _lock(timeout: str) -> None:
    asked("SELECT set_config('lock_timeout', %s, true)", [timeout])
    _hold(ONE_PUBLISHES)


def take_turn() -> None:
    """Within a transaction: for who writes what is published beside the gate, before the
    first row of it. The gate, too, takes this lock first: in any other order each could
    wait for the other.
    """
    _hold(ONE_PUBLISHES)


def hold_still() -> None:
    """Within a transaction: nothing is published until it ends."""
    _hold(NOBODY_PUBLISHES)


def _hold(row: str) -> None:
    if not asked(row):  # nothing was ever published
        _TURN._default_manager.get_or_create(id=1)
        asked(row)


def _publish(
    kind: str, ids: Sequence[UUID], batch: Batch, refresh: bool, day: date
) -> _Published:
    """Render and write roots of one kind."""
    approves_saved = saving_approves()
    newest = newest_event() if approves_saved else 0
    reading = read_cases(kind, ids, day)
    now, shown = reading.now, reading.shown
    if approves_saved:
        _approve_saved(kind, reading, newest, day)
    words = words_by_root(shown.cases.values())
    told = with_words_of(_reasons(shown), words)
    present = read_present(shown.cases.values(), day, words=told)
    rendered, errors = _render(kind, ids, reading, _around(present, day))
    stood_still = _stood_still(kind, ids, reading, present, day)
    withdrawn = frozenset(of_kind(kind, batch.withdrawals))
    reasons = kept_names.without_names(shown.reasons, present.kept)
    occasion = Occasion(kind, day, withdrawn, reasons, refresh)
    written = write(
        occasion, [rendered[root_id] for root_id in stood_still if root_id in rendered]
    )
    errors |= written.failures
    failed = [root_id for root_id in stood_still if root_id in errors]
    # To take something back adds nothing to what is public. So it waits for nobody who
    # goes on changing the case, or what it names.
    restless = [root_id for root_id in withdrawn if root_id not in stood_still]
    taken_back = _take_back(occasion, failed + restless, now)
    written += taken_back
    holding.pass_by(taken_back.failures)
    settled = {*stood_still, *withdrawn} - taken_back.failures.keys()
    if batch.is_held:
        holding.come_back(kind, settled, day)
    mark_referrers(kind, written.came_or_went)
    if kind == Prisoner.kind:
        written += merged.lead_to_no_nameless(ids, day)
        copies.mark_pictures_of(ids)
        court_cases.follow(ids)
        related.follow(ids, written.came_or_went)
    present_cases: dict[UUID, Aggregate] = {}
    for root_id in stood_still:
        if root_id in now:
            present_cases[root_id] = now[root_id]
    kept_names.update_words(kind, stood_still, now, words)
    looked_at = list(dict.fromkeys([*stood_still, *withdrawn]))
    kept_names.update(kind, looked_at, now, shown.cases, shown.approved_on, day)
    desk.update(kind, present_cases)
    desk.forget(kind, [root_id for root_id in stood_still if root_id not in now])
    waiting.update(kind, stood_still, now, reading.versions)
    failures.report(kind, stood_still, errors, taken_back.failures)
    return _Published(written.count, stood_still, taken_back.failures)


@dataclass
class _Shown:
    """Of each root the last edition that may be shown today: what was approved, on
    which day, and the public reason.
    """

    cases: dict[UUID, Aggregate] = field(default_factory=dict)
    approved_on: dict[UUID, date] = field(default_factory=dict)
    reasons: dict[UUID, str] = field(default_factory=dict)
    unreadable: dict[UUID, Exception] = field(default_factory=dict)


def _reasons(shown: _Shown) -> list[dict[str, str]]:
    """They are words that are published, too."""
    documents = []
    for root_id, reason in shown.reasons.items():
        documents.append({"id": str(root_id), "reason": reason})
    return documents


@dataclass
class Reading:
    """Roots of one kind, as several statements read them: how they are, and what of
    each may be shown.
    """

    versions: dict[UUID, int]
    now: dict[UUID, Aggregate]
    shown: _Shown


def read_cases(kind: str, ids: Sequence[UUID], day: date) -> Reading:
    versions = aggregate.versions(kind, ids)
    now = aggregate.read(kind, ids)
    return Reading(versions, now, _shown(kind, ids, day))


def _around(present: Present, day: date) -> dict[Audience, Surroundings]:
    around: dict[Audience, Surroundings] = {}
    for audience in AUDIENCES:
        around[audience] = surroundings(audience, present, day)
    return around


def render_all(
    kind: str, ids: Sequence[UUID], reading: Reading, day: date
) -> tuple[dict[UUID, Rendered], dict[UUID, Exception]]:
    """What the gate would publish of these roots; and why it could not."""
    cases = reading.shown.cases.values()
    present = read_present(cases, day, words=words_by_root(cases))
    return _render(kind, ids, reading, _around(present, day))


def _shown(kind: str, ids: Sequence[UUID], day: date) -> _Shown:
    shown = _Shown()
    for root_id, edition in editions.last_shown(kind, ids, day).items():
        shown.approved_on[root_id] = edition.approved_at.date()
        shown.reasons[root_id] = edition.public_reason
        try:
            shown.cases[root_id] = edition.case
        except Exception as error:
            shown.unreadable[root_id] = error
    return shown


def _approve_saved(kind: str, reading: Reading, newest: int, day: date) -> None:
    """Where no review is required, saving has approved.

    `newest` is the event before the cases were read: what is not in such an edition
    came after it.
    """
    saved = []
    shown = reading.shown
    for root_id, until in saved_since(kind, reading, day).items():
        present, version = reading.now[root_id], reading.versions[root_id]
        saved.append(editions.Approval(root_id, version, newest, present, until))
        if until is None:
            shown.cases[root_id] = present
            shown.approved_on[root_id] = day
            shown.reasons[root_id] = ""
    editions.store_saved(kind, saved)


def saved_since(kind: str, reading: Reading, day: date) -> dict[UUID, date | None]:
    """Of which roots saving makes the next edition, since they differ from their last;
    and the day before which that is not shown, if the last one waits for it.
    """
    since: dict[UUID, date | None] = {}
    embargoed = editions.embargoed(kind, list(reading.now), day)
    for root_id, present in reading.now.items():
        if root_id not in reading.versions or root_id in reading.shown.unreadable:
            continue
        waiting_edition = embargoed.get(root_id)
        if waiting_edition is not None:
            if _adds_to(waiting_edition, present):
                since[root_id] = waiting_edition.not_before
        elif _says_anything_new(reading.shown.cases.get(root_id), present):
            since[root_id] = None
    return since


def _adds_to(edition: editions.StoredEdition, present: Aggregate) -> bool:
    try:
        return _says_anything_new(edition.case, present)
    except Exception:  # it cannot be read, and so nothing is to be added to it
        return False


def _says_anything_new(approved: Aggregate | None, present: Aggregate) -> bool:
    """Where nothing of the case itself was saved, to take back a source or a claimant
    approves nothing: approved anew without it, what it denied would be told as surer.
    """
    if approved is None:
        return True
    for name, rows in present.items():
        if name not in ("sources", "claimants"):
            if rows != approved[name]:
                return True
            continue
        for record_id, row in rows.items():
            before = approved[name].get(record_id)
            is_taken_back = before is not None and is_narrower(
                row["visibility"], before["visibility"]
            )
            if row != before and not is_taken_back:
                return True
    return False


def _render(
    kind: str,
    ids: Sequence[UUID],
    reading: Reading,
    around: Mapping[Audience, Surroundings],
) -> tuple[dict[UUID, Rendered], dict[UUID, Exception]]:
    """One case that cannot be rendered must not hold up the others."""
    rendered: dict[UUID, Rendered] = {}
    shown, now = reading.shown, reading.now
    errors = dict(shown.unreadable)
    for root_id in ids:
        if root_id in errors:
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
            errors[root_id] = error
    return rendered, errors


def _take_back(
    occasion: Occasion, ids: Sequence[UUID], now: Mapping[UUID, Aggregate]
) -> Written:
    """What cannot be published stays as it was, but what was taken back is taken back.
    If the database refuses that, too, the document goes. `failures` are those that are
    still there.
    """
    if not ids:
        return Written()
    written = write(occasion, what_stays(occasion.kind, ids, now, occasion.today))
    refused = [Rendered.nothing(root_id) for root_id in written.failures]
    gone = write(occasion, refused)
    return Written(
        written.count + gone.count,
        written.came_or_went | gone.came_or_went,
        gone.failures,
    )


def _stood_still(
    kind: str,
    ids: Sequence[UUID],
    reading: Reading,
    present: Present,
    day: date,
) -> list[UUID]:
    """Those that nobody changed while they were read in several statements; the others
    keep their marks.

    What a case names must not have moved either: a source hidden meanwhile would still
    be named.
    """
    then = reading.shown.cases
    # Which names are kept back is decided under the gate's lock, so it cannot move.
    moved = read_present(then.values(), day, words={}).moved_since(present)
    again = aggregate.versions(kind, ids)
    still = []
    for root_id in ids:
        if again.get(root_id) != reading.versions.get(root_id):
            continue
        if moved and not moved.isdisjoint(named_by(then.get(root_id))):
            continue
        still.append(root_id)
    return still
