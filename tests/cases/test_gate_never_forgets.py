"""What was taken back goes, whatever happens to the database meanwhile."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, OperationalError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from cases.models import Heartbeat, Mark, Prisoner, PublishingFailure, Source
from cases.publishing import gate, late_withdrawals, publish_if_free, publish_pending
from cases.publishing.failures import Late
from cases.publishing.heartbeat import beat, loop_runs
from cases.publishing.passing import passes
from cases.publishing.rows import Occasion
from tests.factories import ALL_TOLD, make_citation, make_prisoner, make_source
from tests.roles import acting_as
from tracker.audiences import AUDIENCES
from tracker.models import PublicDocument

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]

DOCUMENTS = PublicDocument._meta.db_table


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


def is_public(case: Prisoner) -> bool:
    return PublicDocument.objects.filter(id=case.pk, document__isnull=False).exists()


def public(case: Prisoner) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        PublicDocument.objects.get(id=case.pk).document or "null"
    )
    return document


def published(name: str = "Known Name") -> Prisoner:
    with transaction.atomic():
        case = make_prisoner(name, visibility="public")
    publish_pending()
    return case


def narrow(case: Prisoner) -> None:
    """Without the signal that would publish it."""
    Prisoner.objects.filter(pk=case.pk).update(visibility="internal")


def failed_with(state: str | None, kind: type[Exception] = OperationalError) -> Any:
    error = kind("Known Name")
    error.__cause__ = psycopg.Error()
    if state:
        error.__cause__ = psycopg.errors.lookup(state)()
    return error


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Exception]:
    """The database refuses whatever is to be written of these cases."""
    errors: dict[Any, Exception] = {}
    write = gate.write

    def refused(occasion: Occasion, rendered: Any) -> Any:
        for root in rendered:
            if root.root_id in errors:
                raise errors[root.root_id]
        return write(occasion, rendered)

    monkeypatch.setattr(gate, "write", refused)
    return errors


@pytest.mark.parametrize(
    "state", ["08006", "40001", "40P01", "53100", "55P03", "57014", "58030", None]
)
def test_what_the_database_cannot_do_for_now_passes(state: str | None) -> None:
    assert passes(failed_with(state))


@pytest.mark.parametrize("state", ["22001", "23505", "54000", "42501"])
def test_what_it_refuses_does_not(state: str) -> None:
    assert not passes(failed_with(state))
    assert not passes(failed_with(state, DataError))


def test_a_lock_on_the_published_table_only_delays_a_withdrawal(
    transactional_db: None,
    as_owner_connects: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "LOCK_TIMEOUT", "100ms")
    case = published()
    with as_owner_connects() as owner:
        owner.execute(f"LOCK TABLE {DOCUMENTS} IN SHARE MODE")  # as REINDEX does
        narrow(case)
        publish_if_free()
        with pytest.raises(gate.Again):
            publish_pending()
        assert is_public(case)
        assert Mark.objects.filter(root_id=case.pk, withdrawal=True).exists()
        assert not PublishingFailure.objects.exists()
    publish_pending()
    assert not is_public(case)
    assert not Mark.objects.exists()


@pytest.fixture
def as_owner_connects(
    logins: Callable[[str], psycopg.Connection[Any]],
) -> Callable[[], Any]:
    @contextmanager
    def connected() -> Iterator[psycopg.Connection[Any]]:
        owner = logins("owner")
        with owner.transaction():
            yield owner

    return connected


def test_a_full_disk_writes_nothing_and_forgets_nothing(
    refusing: dict[Any, Exception],
) -> None:
    case = published()
    narrow(case)
    refusing[case.pk] = failed_with("53100")
    with pytest.raises(gate.Again) as raised:
        publish_pending()
    assert raised.value.roots == {("prisoner", case.pk)}
    assert Mark.objects.filter(root_id=case.pk, withdrawal=True).exists()
    refusing.clear()
    publish_pending()
    assert not is_public(case)


def test_one_case_that_never_gets_through_holds_up_no_other(
    refusing: dict[Any, Exception],
) -> None:
    stuck, withdrawn = published("Stuck"), published("Withdrawn")
    refusing[stuck.pk] = failed_with("57014")  # its statement takes too long
    for case in (stuck, withdrawn):
        narrow(case)
    added = make_prisoner("Added", visibility="public")
    with pytest.raises(gate.Again) as raised:
        publish_pending()
    assert raised.value.roots == {("prisoner", stuck.pk)}
    assert not is_public(withdrawn)
    assert is_public(added)


def test_many_that_do_not_get_through_are_not_tried_one_by_one(
    refusing: dict[Any, Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(gate.MOST_STUCK + 3):
        case = make_prisoner(f"Number {number}", visibility="public")
        refusing[case.pk] = failed_with("53100")
    refused = []
    write = gate.write

    def counted(occasion: Occasion, rendered: Any) -> Any:
        refused.append([root for root in rendered if root.root_id in refusing])
        return write(occasion, rendered)

    monkeypatch.setattr(gate, "write", counted)
    with pytest.raises(gate.Again):
        publish_pending()
    one_by_one = [roots for roots in refused if len(roots) == 1]
    assert len(one_by_one) == gate.MOST_STUCK + 1


def test_a_withdrawal_that_the_database_refuses_is_tried_again_within_seconds(
    refuse_documents: Callable[[Prisoner], Any],
) -> None:
    case = published()
    with refuse_documents(case):
        narrow(case)
        publish_pending()
        assert is_public(case)
        failure = PublishingFailure.objects.get()
        assert failure.is_withdrawal
        assert failure.retry_at < timezone.now() + timedelta(seconds=5)
        PublishingFailure.objects.update(retry_at=timezone.now())
        publish_pending()
        assert PublishingFailure.objects.get().tries == 2
    PublishingFailure.objects.update(retry_at=timezone.now())
    publish_pending()
    assert not is_public(case)
    assert not PublishingFailure.objects.exists()


@pytest.fixture
def refuse_documents() -> Callable[[Prisoner], Any]:
    """A row of another case has the number that the next document would get: the
    database refuses that document, whatever is in it.
    """

    @contextmanager
    def refusing(case: Prisoner) -> Iterator[None]:
        taken = PublicDocument.objects.create(
            id=make_source().pk,
            kind="source",
            seq=PublicDocument.objects.get(id=case.pk).seq + 1,
            changed_on=timezone.now().date(),
        )
        Mark.objects.all().delete()
        yield
        taken.delete()

    return refusing


def test_what_fails_for_its_own_fault_is_tried_later_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(kind: str, *args: Any) -> Any:
        if kind == "prisoner":
            raise ValueError
        return render(kind, *args)

    case = make_prisoner(visibility="public")
    render = gate.render
    monkeypatch.setattr(gate, "render", failing)
    waits = []
    for _try in range(3):
        publish_pending()
        failure = PublishingFailure.objects.get()
        waits.append(round((failure.retry_at - timezone.now()).total_seconds()))
        PublishingFailure.objects.update(retry_at=timezone.now())
    assert waits == [10, 20, 40]
    assert not failure.is_withdrawal
    # Nobody edits it: it comes by itself, once the fault is mended.
    monkeypatch.setattr(gate, "render", render)
    publish_pending()
    assert is_public(case)
    assert not PublishingFailure.objects.exists()


# --- While others go on editing -----------------------------------------------------------------------------------


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> list[Source]:
    """Sources that somebody edits each time that the gate reads."""
    sources: list[Source] = []
    numbers = count()
    read = gate.read_present

    def edited(*cases: Any, **also: Any) -> Any:
        present = read(*cases, **also)
        for source in sources:
            label = f"Label number {next(numbers)}"
            with acting_as("desk"):
                Source.objects.filter(pk=source.pk).update(public_label=label)
        return present

    monkeypatch.setattr(gate, "read_present", edited)
    return sources


def test_a_source_that_is_edited_all_the_time_holds_up_only_who_cites_it(
    restless: list[Source],
) -> None:
    hot = make_source(visibility="public")
    citing, other, third = make_prisoner(visibility="public"), published(), published()
    make_citation(citing, "sex", hot)
    publish_pending()
    restless.append(hot)
    narrow(other)
    Prisoner.objects.exclude(pk=other.pk).update(affiliation="A party")
    publish_pending()
    assert not is_public(other)
    assert public(third)["affiliation"] == "A party"
    assert public(citing)["affiliation"] is None
    restless.clear()
    publish_pending()
    assert public(citing)["affiliation"] == "A party"


def test_nor_a_withdrawal_of_who_cites_it(restless: list[Source]) -> None:
    hot = make_source(visibility="public")
    gone = make_prisoner(visibility="public")
    part = make_prisoner(visibility="public", **ALL_TOLD)
    for case in (gone, part):
        make_citation(case, "sex", hot)
    publish_pending()
    names = part.names.count()
    restless.append(hot)
    narrow(gone)
    Prisoner.objects.filter(pk=part.pk).update(affiliation="Not shown yet")
    part.names.all().update(visibility="internal")
    publish_pending()
    assert not is_public(gone)
    assert names
    assert public(part)["names"] == []
    assert public(part)["affiliation"] is None  # it adds nothing
    assert not late_withdrawals()
    restless.clear()
    publish_pending()
    assert public(part)["affiliation"] == "Not shown yet"


def test_marks_do_not_grow_while_a_case_waits(restless: list[Source]) -> None:
    hot = make_source(visibility="public")
    case = make_prisoner(visibility="public")
    make_citation(case, "sex", hot)
    publish_pending()
    restless.append(hot)
    Prisoner.objects.filter(pk=case.pk).update(affiliation="A party")
    waiting = []
    for _round in range(6):
        publish_pending()
        waiting.append(Mark.objects.filter(root_id=case.pk).count())
    assert waiting[-1] == waiting[0]


def test_cases_that_do_not_stand_still_hold_up_none_behind_them(
    restless: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "BATCH", 1)
    hot = make_source(visibility="public")
    for _number in range(3):
        make_citation(make_prisoner(visibility="public"), "sex", hot)
    publish_pending()
    Prisoner.objects.update(affiliation="A party")
    last = make_prisoner("Last", visibility="public")
    restless.append(hot)
    publish_pending()
    assert is_public(last)


# --- The alarm ----------------------------------------------------------------------------------------------------


def test_a_withdrawal_that_waits_for_more_than_ten_seconds_is_an_alarm(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = published()
    narrow(case)
    Heartbeat.objects.create(beat_at=timezone.now())
    call_command("publish", heartbeat=60)
    assert "could not be published" in capsys.readouterr().out
    assert not late_withdrawals()
    eleven_seconds_ago = timezone.now() - timedelta(seconds=11)
    Mark.objects.update(marked_at=eleven_seconds_ago)
    assert late_withdrawals() == Late(in_sight=0, out_of_sight=1)
    with pytest.raises(CommandError, match="is out of sight"):
        call_command("publish", heartbeat=60)
    for audience in AUDIENCES:
        audience.held_model._default_manager.all().delete()
    assert late_withdrawals() == Late(in_sight=1, out_of_sight=0)
    with pytest.raises(CommandError, match="may still be public"):
        call_command("publish", heartbeat=60)
    publish_pending()
    call_command("publish", heartbeat=60)


A_DAY = timedelta(days=1)


@pytest.fixture(params=[-A_DAY, A_DAY], ids=["behind", "ahead"])
def another_clock_of_the_machine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + request.param)


def test_the_clock_of_the_machine_neither_hides_nor_makes_an_alarm(
    another_clock_of_the_machine: None,
) -> None:
    case = published()
    narrow(case)
    beat()
    call_command("publish", heartbeat=60)
    assert not late_withdrawals()
    Mark.objects.update(marked_at=Now() - timedelta(seconds=11))
    assert late_withdrawals()
    Mark.objects.all().delete()
    Heartbeat.objects.update(beat_at=Now() - timedelta(minutes=2))
    assert not loop_runs()
    with pytest.raises(CommandError, match="has not run lately"):
        call_command("publish", heartbeat=60)


def test_nor_does_it_put_off_what_is_tried_again(
    another_clock_of_the_machine: None, refuse_documents: Callable[[Prisoner], Any]
) -> None:
    case = published()
    with refuse_documents(case):
        narrow(case)
        publish_pending()
    failure = PublishingFailure.objects.get()
    soon = PublishingFailure.objects.filter(retry_at__lt=Now() + timedelta(seconds=5))
    assert soon.exists()
    assert failure.is_withdrawal


def test_a_clock_of_the_database_that_goes_back_puts_nothing_off(
    refuse_documents: Callable[[Prisoner], Any],
) -> None:
    """What was written by the time before seems to come from the future."""
    case = published()
    with refuse_documents(case):
        narrow(case)
        publish_pending()
    PublishingFailure.objects.update(retry_at=Now() + A_DAY, failed_at=Now() + A_DAY)
    assert late_withdrawals()
    Heartbeat.objects.create(beat_at=Now() + A_DAY)
    assert not loop_runs()
    Mark.objects.all().delete()
    publish_pending()
    assert not is_public(case)
    assert not PublishingFailure.objects.exists()


def test_so_is_one_that_the_database_refused(admin_client: Any) -> None:
    start = "/admin/"
    case = published()
    PublishingFailure.objects.create(
        root_kind="prisoner", root_id=case.pk, error="IntegrityError"
    )
    assert not late_withdrawals()
    assert "may still be public" not in admin_client.get(start).content.decode()
    PublishingFailure.objects.update(
        is_withdrawal=True, failed_at=timezone.now() - timedelta(seconds=11)
    )
    assert late_withdrawals() == Late(in_sight=1, out_of_sight=0)
    assert "may still be public" in admin_client.get(start).content.decode()
    narrow(case)
    assert late_withdrawals() == Late(in_sight=0, out_of_sight=1)
    page = admin_client.get(start).content.decode()
    assert "may still be public" not in page
    assert "out of sight" in page


def test_a_login_that_may_only_read_cannot_stop_the_gate(
    transactional_db: None, logins: Callable[[str], psycopg.Connection[Any]]
) -> None:
    case = published()
    reader = logins("public")
    with reader.transaction():
        turn = gate.AUDIENCES[0].feed_model._meta.db_table
        for lock in (
            gate.ONE_PUBLISHES,
            gate.NOBODY_PUBLISHES,
            f"SELECT FROM {turn} FOR NO KEY UPDATE",
            f"SELECT FROM {turn} FOR KEY SHARE",
            f"LOCK TABLE {turn} IN ROW SHARE MODE",
            f"LOCK TABLE {turn} IN ROW EXCLUSIVE MODE",
        ):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                reader.transaction(),
            ):
                reader.execute(lock)
        reader.execute("SELECT pg_advisory_xact_lock(7201925)")
        for audience_table in (turn, PublicDocument._meta.db_table):
            reader.execute(f"LOCK TABLE {audience_table} IN ACCESS SHARE MODE")
            reader.execute(f"SELECT * FROM {audience_table}")
        narrow(case)
        publish_pending()
    assert not is_public(case)
