"""The doctor finds each break when it is planted, and nothing in a sound database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from pghistory.trigger import Event
from pgtrigger.registry import registered

from cases.doctor import publishing as doctor_of_publishing
from cases.models import (
    Edition,
    Heartbeat,
    KeptName,
    Mark,
    Prisoner,
    PublishingDay,
    PublishingFailure,
)
from cases.publishing import publish_pending
from cases.review.approving import approve
from cases.triggers.owner import OwnersTrigger
from cases.triggers.published import KEEP_PUBLICATIONS, RAISE_REVISION
from config import doctor as config_doctor
from tests.factories import (
    make_citation,
    make_name,
    make_prisoner,
    make_release,
    make_sentence,
    make_source,
)
from tests.held import hold_back
from tests.roles import acting_as
from tracker.audiences import PUBLIC
from tracker.models import PublicDocument, PublicFeed, PublicHeld, PublicSpan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]

AsOwner = Callable[[], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


@pytest.fixture
def case() -> Any:
    with transaction.atomic():
        case = make_prisoner("Known Name", visibility="public")
        make_sentence(case, term_months=60)
        make_release(case, released_on="2025-09-11")
    publish_pending()
    return case


def findings(*options: str) -> list[str]:
    """What it says; none if it ends well."""
    out = StringIO()
    try:
        call_command("doctor", *options, stdout=out)
    except CommandError as error:
        return [*out.getvalue().splitlines(), str(error)]
    assert out.getvalue().endswith("Everything agrees.\n")
    return out.getvalue().splitlines()[:-1]


def only_finding() -> str:
    *found, end = findings()
    (words,) = found
    assert end == "1 findings are for a person to look at."
    return words


def mended() -> None:
    """By the doctor, so that nothing is left to find."""
    assert "Mended." in findings("--mend")
    assert findings() == []


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_in_a_sound_database_everything_agrees(case: Any, settings: Any) -> None:
    withdrawn = make_prisoner(visibility="public")
    publish_pending()
    type(withdrawn).objects.filter(pk=withdrawn.pk).update(visibility="internal")
    publish_pending()
    assert findings() == []
    settings.REQUIRE_REVIEW = True
    type(case).objects.filter(pk=case.pk).update(affiliation="Waits for review")
    make_prisoner("Never approved", visibility="public")
    publish_pending()
    assert findings() == []


def test_what_saving_does_not_approve_does_not_differ(case: Any) -> None:
    """To take back a source makes no edition."""
    source = make_source(visibility="public")
    make_citation(case, "affiliation", source)
    publish_pending()
    type(source).objects.filter(pk=source.pk).update(visibility="internal")
    publish_pending()
    assert findings() == []


def test_what_was_approved_for_a_later_day_does_not_differ(case: Any) -> None:
    make_name(case, "Later Name")
    case.refresh_from_db()
    in_a_week = timezone.now().date() + timedelta(days=7)
    approve("prisoner", case.pk, seen_version=case.version, not_before=in_a_week)
    publish_pending()
    assert "Later Name" not in str(PublicDocument.objects.get(id=case.pk).document)
    Mark.objects.all().delete()  # which would excuse any difference
    assert findings() == []
    make_name(case, "Lost Name")
    Mark.objects.all().delete()
    assert "Something else is published" in only_finding()


# --- What is published ---------------------------------------------------------------


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE tracker_public_document SET document = replace(document, 'Known', 'Other') WHERE kind = 'prisoner'",
        "DELETE FROM tracker_public_span; DELETE FROM tracker_public_document WHERE kind = 'sentence'",
        "UPDATE tracker_public_document SET search_key = 'other' WHERE kind = 'prisoner'",
        "UPDATE tracker_public_document SET facts = '{}' WHERE kind = 'sentence'",
    ],
)
def test_a_document_that_was_changed_by_hand_is_found_and_made_anew(
    case: Any, planted: str
) -> None:
    sql(planted)
    assert "Something else is published" in findings()[-2]
    mended()


@pytest.mark.parametrize("planted", ["cases_keptname", "cases_toldwords"])
def test_a_name_that_is_kept_back_and_forgotten_is_found(
    case: Any, planted: str
) -> None:
    """Else the next edit of a source would publish it."""
    Prisoner.objects.filter(pk=case.pk).update(name_withheld=True)
    publish_pending()
    sql(f"DELETE FROM {planted}")
    assert "Something else is published" in findings()[-2]
    mended()
    assert KeptName.objects.filter(root_id=case.pk).exists()


def test_a_span_that_is_missing_is_found(case: Any) -> None:
    assert PublicSpan.objects.filter(of=case.pk).exists()
    PublicSpan.objects.all().delete()
    assert "Something else is published" in only_finding()
    mended()


def test_what_is_public_of_no_case_is_found_and_goes(case: Any) -> None:
    ghost = PublicDocument.objects.get(id=case.pk)
    ghost.id = make_prisoner().pk
    Mark.objects.filter(root_id=ghost.id).delete()
    ghost.seq += 100
    ghost.save(force_insert=True)
    assert "Something else is published" in findings()[-2]
    mended()
    assert not PublicDocument.objects.exclude(document=None).filter(id=ghost.id)


def test_a_change_whose_mark_was_lost_is_found(case: Any) -> None:
    make_name(case, "Another Name")
    Mark.objects.all().delete()
    assert "Something else is published" in only_finding()
    mended()
    assert "Another Name" in str(PublicDocument.objects.get(id=case.pk).document)


@pytest.mark.parametrize(
    "planted",
    [
        {"last_seq": 0},
        {"digests": {}},
        {"life": "another cluster"},
    ],
    ids=str,
)
def test_a_counter_that_does_not_fit_is_found(
    case: Any, planted: dict[str, Any]
) -> None:
    PublicFeed.objects.update(**planted)
    assert "The counter of the feed" in only_finding()


def test_an_older_contract_waits_until_its_statuses_are_confirmed(case: Any) -> None:
    PublicFeed.objects.update(contract=1)
    unconfirmed, counter, _end = findings()
    assert "manage.py statuses" in unconfirmed
    assert "The counter of the feed" in counter


def test_a_digest_that_does_not_fit_begins_a_new_epoch(case: Any) -> None:
    before = PublicFeed.objects.get().epoch
    PublicFeed.objects.update(digests={})
    mended()
    assert PublicFeed.objects.get().epoch != before


# --- What waits ----------------------------------------------------------------------


def test_what_has_waited_too_long_is_found_and_published(case: Any) -> None:
    make_name(case, "Another Name")
    Mark.objects.update(marked_at=timezone.now() - timedelta(minutes=2))
    assert "more than a minute" in only_finding()
    mended()


def test_a_late_withdrawal_is_found(case: Any) -> None:
    type(case).objects.filter(pk=case.pk).update(visibility="internal")
    Mark.objects.update(marked_at=timezone.now() - timedelta(seconds=11))
    assert "is out of sight" in only_finding()
    mended()
    assert PublicDocument.objects.get(id=case.pk).document is None


def test_a_failure_is_told(case: Any) -> None:
    PublishingFailure.objects.create(
        root_kind="prisoner", root_id=case.pk, error="KeyError"
    )
    assert str(case.pk) in only_finding()


def test_what_is_out_of_sight_for_more_than_a_minute_is_told_and_rendered(
    case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_back(PUBLIC, case.pk)
    assert findings() == []
    monkeypatch.setattr(doctor_of_publishing, "TOO_LONG", timedelta(0))
    assert "out of sight" in only_finding()
    mended()
    assert not PublicHeld.objects.exists()


def test_a_loop_that_does_not_run_is_told(case: Any) -> None:
    Heartbeat.objects.create(beat_at=timezone.now() - timedelta(minutes=2))
    assert "safety loop" in only_finding()


def test_a_clock_that_made_a_leap_is_told(case: Any) -> None:
    day = PublishingDay.objects.get().day
    PublishingDay.objects.update(doubted=day + timedelta(days=9))
    assert "--day-is-right" in only_finding()


# --- The record, editions and history --------------------------------------------------


def test_an_edition_that_says_something_else_of_an_unchanged_case_is_found(
    case: Any, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = True
    edition = Edition.objects.get(root_id=case.pk)
    edition.snapshot["root"]["affiliation"] = "Another party"
    with acting_as("owner"):
        Edition.objects.create(
            root_kind="prisoner",
            root_id=case.pk,
            number=edition.number + 1,
            version=edition.version,
            snapshot=edition.snapshot,
        )
    assert any("do not fit their history" in words for words in findings())


@pytest.mark.parametrize(
    "planted", [{"number": 7}, {"version": 1000}, {"event": 10**9}], ids=str
)
def test_an_edition_that_cannot_be_is_found(
    case: Any, settings: Any, planted: dict[str, int]
) -> None:
    settings.REQUIRE_REVIEW = True
    last = Edition.objects.get(root_id=case.pk)
    values = {
        "number": last.number + 1,
        "version": last.version,
        "event": last.event,
        **planted,
    }
    with acting_as("owner"):
        Edition.objects.create(
            root_kind="prisoner", root_id=case.pk, snapshot=last.snapshot, **values
        )
    assert any("do not fit their history" in words for words in findings())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("logins")
class TestByTheOwner:
    """Who has the owner's login can do what the desk cannot; the doctor sees it."""

    def planted(self, as_owner: AsOwner, *statements: str) -> None:
        with as_owner():
            for statement in statements:
                sql(statement)

    def test_a_row_changed_without_its_triggers_is_found(
        self, case: Any, as_owner: AsOwner
    ) -> None:
        self.planted(
            as_owner,
            "ALTER TABLE cases_sentence DISABLE TRIGGER USER",
            "UPDATE cases_sentence SET term_months = 6",
        )
        try:
            words = findings()
        finally:
            self.planted(as_owner, "ALTER TABLE cases_sentence ENABLE TRIGGER USER")
        assert any("cases_sentence: rows differ" in line for line in words)
        assert any("switched off" in line for line in words)

    def test_a_row_deleted_without_its_triggers_is_found(
        self, case: Any, as_owner: AsOwner
    ) -> None:
        self.planted(
            as_owner,
            "ALTER TABLE cases_release DISABLE TRIGGER USER",
            "DELETE FROM cases_release",
            "ALTER TABLE cases_release ENABLE TRIGGER USER",
        )
        assert any("cases_release: rows differ" in line for line in findings())

    @pytest.mark.parametrize(
        ("plant", "undo", "words"),
        [
            (
                "GRANT SELECT ON cases_prisoner TO {public}",
                "REVOKE SELECT ON cases_prisoner FROM {public}",
                "must not",
            ),
            (
                "REVOKE SELECT ON tracker_public_document FROM {public}",
                "GRANT SELECT ON tracker_public_document TO {public}",
                "and must.",
            ),
            (
                "GRANT UPDATE ON cases_edition TO {desk}",
                "REVOKE UPDATE ON cases_edition FROM {desk}",
                "must not",
            ),
        ],
    )
    def test_a_right_too_many_or_too_few_is_found(
        self,
        case: Any,
        as_owner: AsOwner,
        settings: Any,
        plant: str,
        undo: str,
        words: str,
    ) -> None:
        names = {}
        for role, login in settings.DATABASE_LOGINS.items():
            names[role] = connection.ops.quote_name(login["USER"])
        self.planted(as_owner, plant.format(**names))
        try:
            assert words in only_finding()
        finally:
            self.planted(as_owner, undo.format(**names))
        assert findings() == []

    def test_a_login_without_a_limit_or_a_timeout_is_found(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert list(config_doctor.examine()) == []
        limits = (
            "SELECT rolname, {}, '{{}}'::text[] FROM pg_roles WHERE rolname = ANY(%s)"
        )
        monkeypatch.setattr(config_doctor, "_LIMITS", limits.format("-1"))
        words = list(config_doctor.examine())
        assert sum("may take all" in told for told in words) == 4
        assert sum("has no statement_timeout" in told for told in words) == 2
        assert sum("has no idle_in_transaction" in told for told in words) == 2
        monkeypatch.setattr(config_doctor, "_LIMITS", limits.format("60"))
        assert "240 connections together" in list(config_doctor.examine())[-1]

    def test_a_view_of_what_only_named_staff_see_that_is_missing_is_found(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert list(config_doctor.examine()) == []
        there = config_doctor._VIEWS
        without = f"SELECT * FROM ({there}) AS views (name) WHERE name !~ 'prisoner$'"
        monkeypatch.setattr(config_doctor, "_VIEWS", without)
        (words,) = config_doctor.examine()
        assert words.startswith("The view of cases_prisoner is missing")

    def test_who_owns_the_database_is_asked_of_the_database(
        self, case: Any, as_owner: AsOwner, settings: Any
    ) -> None:
        """The owner's address is in no other environment."""
        known, urls = settings.DATABASE_LOGINS, settings.DATABASE_URLS
        desk = connection.ops.quote_name(known["desk"]["USER"])
        self.planted(as_owner, f"GRANT UPDATE ON cases_edition TO {desk}")
        settings.DATABASE_LOGINS = {**known, "owner": known["desk"]}
        settings.DATABASE_URLS = {**urls, "owner": ""}
        try:
            assert "must not" in only_finding()
        finally:
            settings.DATABASE_LOGINS, settings.DATABASE_URLS = known, urls
            self.planted(as_owner, f"REVOKE UPDATE ON cases_edition FROM {desk}")
        assert findings() == []

    @pytest.mark.parametrize("trigger", KEEP_PUBLICATIONS)
    def test_that_publications_are_no_longer_kept_is_found(
        self, trigger: str, case: Any, as_owner: AsOwner
    ) -> None:
        switch = f"ALTER TABLE tracker_public_document {{}} TRIGGER {trigger}"
        self.planted(as_owner, switch.format("DISABLE"))
        try:
            assert "tracker_public_document is not kept" in only_finding()
        finally:
            self.planted(as_owner, switch.format("ENABLE"))
        assert findings() == []

    @pytest.mark.parametrize("table", ["partners_span", "public_copy"])
    def test_that_answers_in_memory_may_be_old_is_found(
        self, table: str, case: Any, as_owner: AsOwner
    ) -> None:
        switch = f"ALTER TABLE tracker_{table} {{}} TRIGGER {RAISE_REVISION[1]}"
        self.planted(as_owner, switch.format("DISABLE"))
        try:
            assert f"what no longer stands in tracker_{table}" in only_finding()
        finally:
            self.planted(as_owner, switch.format("ENABLE"))
        assert findings() == []

    @pytest.mark.parametrize("kind", [Event, OwnersTrigger], ids=["history", "other"])
    def test_a_function_that_lost_its_guard_is_found(
        self, kind: type, case: Any, as_owner: AsOwner
    ) -> None:
        function = next(
            f"{trigger.get_pgid(model)}()"
            for model, trigger in registered()
            if isinstance(trigger, kind)
        )
        self.planted(as_owner, f"ALTER FUNCTION {function} SECURITY INVOKER")
        try:
            assert "is not guarded" in only_finding()
        finally:
            self.planted(as_owner, f"ALTER FUNCTION {function} SECURITY DEFINER")
        assert findings() == []


def test_an_extension_that_is_missing_is_found(
    case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config_doctor, "NEEDED", frozenset({"pg_trgm", "not_there"}))
    assert "The extension not_there is missing" in only_finding()
