"""Who acted is proved to the database: whoever has a login of it, and no more, puts no
other person's name on a change.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from psycopg.errors import InsufficientPrivilege, ObjectNotInPrerequisiteState

from cases.doctor import acting as doctor
from cases.history import acting, proof
from cases.models import ActingSecret, Claimant
from tests import factories as make
from tests.cases.editorial import Desk
from tests.cases.test_history_guards import NEW_CLAIMANT
from tests.roles import acting_as

Logins = Callable[[str], psycopg.Connection[Any]]
AsOwner = Callable[[], Any]
Said = dict[str, Any]

ADA: Said = {"user": 7, "username": "ada", "reason": "The letter came."}


def say(session: psycopg.Connection[Any], said: object) -> None:
    session.execute(
        "SELECT set_config('pghistory.context_metadata', %s, FALSE)",
        [json.dumps(said)],
    )


def proved(session: psycopg.Connection[Any], said: Said) -> Said:
    """As the desk's own process says it, in this session."""
    return {**said, **proof.proof(session, said["user"], said["username"])}


def change(session: psycopg.Connection[Any]) -> Said | None:
    """What history says of a change in this session, which is not kept."""
    with session.transaction(force_rollback=True):
        (new,) = session.execute(NEW_CLAIMANT.format(schema="")).fetchone() or ("",)
        found = session.execute(
            "SELECT pgh_context FROM cases_claimanthistory WHERE id = %s", [new]
        )
        (context,) = found.fetchone() or (None,)
    said: Said | None = context
    return said


def test_a_name_without_a_proof_is_refused(logins: Logins) -> None:
    desk = logins("desk")
    for forged in (
        ADA,
        {"username": "ada"},
        {"user": 7},
        {"user": None, "username": None},
        {**ADA, "proof": None, "session": None, "until": None},
        {**ADA, "proof": "", "session": 1, "until": 99999999999},
    ):
        say(desk, forged)
        with pytest.raises(InsufficientPrivilege, match="who acts is not proved"):
            change(desk)


def test_a_proof_puts_that_name_on_a_change_and_is_not_kept(logins: Logins) -> None:
    desk = logins("desk")
    say(desk, proved(desk, ADA))
    assert change(desk) == ADA


def test_a_proof_is_good_for_one_person(logins: Logins) -> None:
    desk = logins("desk")
    for another in ({"user": 8}, {"username": "ben"}, {"user": "7\n7"}):
        say(desk, {**proved(desk, ADA), **another})
        with pytest.raises(InsufficientPrivilege, match="who acts is not proved"):
            change(desk)


def test_a_proof_is_good_in_one_session(logins: Logins) -> None:
    """Whoever has the password of a login sees what its other sessions ask."""
    ours, stolen = logins("desk"), logins("desk")
    seen = proved(ours, ADA)
    say(stolen, seen)
    with pytest.raises(ObjectNotInPrerequisiteState):  # it has no number at all
        change(stolen)
    stolen.execute("SELECT acting_session()")
    for attack in (
        f"SELECT setval('cases_acting_session', {seen['session']})",
        "SELECT nextval('cases_acting_session')",
        "ALTER SEQUENCE cases_acting_session RESTART",
    ):
        with pytest.raises(InsufficientPrivilege):
            stolen.execute(attack)
    with pytest.raises(InsufficientPrivilege, match="who acts is not proved"):
        change(stolen)


def test_a_proof_is_good_for_minutes(
    logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = logins("desk")
    session = proof.session_of(desk)
    assert session.until - time.time() < 3600
    past = proof.Session(session.number, int(time.time()) - 1, session.renew_at)
    monkeypatch.setitem(proof._sessions, desk, past)
    say(desk, proved(desk, ADA))
    with pytest.raises(InsufficientPrivilege, match="who acts is not proved"):
        change(desk)


def test_it_is_renewed_before_that(
    logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = logins("desk")
    before = proof.session_of(desk)
    assert proof.session_of(desk) is before
    monkeypatch.setattr(proof, "monotonic", lambda: before.renew_at + 1)
    assert proof.session_of(desk).number > before.number
    say(desk, proved(desk, ADA))
    assert change(desk) == ADA


def test_a_secret_that_was_made_up_proves_nothing(
    logins: Logins, settings: Any
) -> None:
    settings.ACTING_SECRET = "another-secret-of-which-the-database-knows-nothing-at-all"
    desk = logins("desk")
    say(desk, proved(desk, ADA))
    with pytest.raises(InsufficientPrivilege, match="who acts is not proved"):
        change(desk)


def test_without_a_secret_nobody_is_named(logins: Logins, settings: Any) -> None:
    settings.ACTING_SECRET = ""
    assert proof.proof(logins("desk"), 7, "ada") == {}


@pytest.mark.parametrize("role", ["desk", "publisher", "public", "partners"])
def test_no_login_but_the_owners_reads_or_changes_the_secret(
    role: str, logins: Logins
) -> None:
    session = logins(role)
    for attack in (
        "SELECT inner_pad FROM cases_actingsecret",
        "SELECT outer_pad FROM cases_actingsecret",
        "SELECT * FROM cases_actingsecret",
        "UPDATE cases_actingsecret SET inner_pad = ''",
        "DELETE FROM cases_actingsecret",
        "INSERT INTO cases_actingsecret VALUES (2, '', '')",
        "SELECT acting_proved('{}')",
    ):
        with pytest.raises(InsufficientPrivilege):
            session.execute(attack)


def test_whoever_says_no_name_changes_as_nobody(logins: Logins) -> None:
    """A command, or a hand in psql: the login stands in history, and no person."""
    desk = logins("desk")
    said: object
    for said in ({"page": "manage.py loaddata"}, [], "ada", 7):
        say(desk, said)
        assert change(desk) == said


def test_the_owners_hand_puts_nobodys_name_on_a_change(logins: Logins) -> None:
    owner = logins("owner")
    say(owner, ADA)
    assert change(owner) == {"reason": ADA["reason"]}
    say(owner, proved(owner, ADA))
    assert change(owner) == ADA


@pytest.mark.django_db
def test_the_desks_pages_bear_the_name_of_who_is_signed_in() -> None:
    ada = make.make_documenter("ada")
    source = make.make_source()
    desk, address = Desk(ada), f"sources/{source.pk}/"
    answer = desk.patch(address, {"title": "Another"}, desk.etag(address))
    assert answer.status_code == 200, answer.content
    event = type(source).pgh_event_model.objects.latest("pgh_id")  # type: ignore[attr-defined]
    assert (event.pgh_context["user"], event.pgh_context["username"]) == (ada.pk, "ada")
    assert not {"proof", "session", "until"} & event.pgh_context.keys()


@pytest.mark.django_db
def test_within_one_block_another_may_act() -> None:
    ada, ben = make.make_documenter("ada"), make.make_documenter("ben")
    with acting(page="manage.py import"):
        with acting(user=ada):
            Claimant.objects.create(name="A monitor")
            with acting(user=ben):
                Claimant.objects.create(name="Another")
        Claimant.objects.create(name="A third")
    events: Any = Claimant.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    names = [event.pgh_context.get("username") for event in events]
    assert names == ["ada", "ben", None]
    assert connection.execute_wrappers == []


@pytest.mark.django_db
def test_reading_asks_the_database_for_no_proof() -> None:
    proof._sessions.clear()
    with acting(user=make.make_documenter()):
        assert User.objects.exists()
    assert not proof._sessions


@pytest.fixture
def secret_kept(as_owner: AsOwner) -> Iterator[None]:
    with as_owner():
        before = ActingSecret.objects.get()
    yield
    with as_owner():
        ActingSecret.objects.bulk_create(
            [before],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["inner_pad", "outer_pad"],
        )


@pytest.mark.django_db(transaction=True)
def test_migrating_stores_the_secret_of_the_environment(
    as_owner: AsOwner, logins: Logins, settings: Any, secret_kept: None
) -> None:
    settings.ACTING_SECRET = (
        "a-secret-that-was-changed-because-somebody-may-have-seen-it"
    )
    desk = logins("desk")
    with as_owner():
        call_command("migrate", verbosity=0)
    say(desk, proved(desk, ADA))
    assert change(desk) == ADA


def _told() -> list[str]:
    return [finding.words for finding in doctor.examine()]


@pytest.mark.django_db
def test_the_doctor_tells_that_the_secrets_differ(settings: Any) -> None:
    with acting_as("publisher"):
        assert _told() == []
        settings.ACTING_SECRET = "another"
        assert ["is not the one" in words for words in _told()] == [True]
        settings.ACTING_SECRET = ""
        assert _told() == []  # who has none cannot tell
    with acting_as("owner"):
        ActingSecret.objects.all().delete()
    with acting_as("publisher"):
        assert ["has no ACTING_SECRET" in words for words in _told()] == [True]


@pytest.mark.django_db
def test_a_desk_without_the_right_secret_fails_the_check_before_going_live(
    settings: Any,
) -> None:
    settings.DATABASE_LOGIN = "desk"

    def found() -> list[str]:
        checks = run_checks(include_deployment_checks=True, databases=["default"])
        return sorted(str(check.id) for check in checks if "ACTING" in check.msg)

    assert found() == []
    settings.ACTING_SECRET = "too short"
    assert found() == ["cases.E001", "config.E005"]
    settings.ACTING_SECRET = ""
    assert found() == ["config.E005"]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_migrated_without_a_secret(as_owner: AsOwner, settings: Any) -> None:
    settings.ACTING_SECRET = ""
    with as_owner(), pytest.raises(ImproperlyConfigured, match="ACTING_SECRET"):
        call_command("migrate", verbosity=0)
