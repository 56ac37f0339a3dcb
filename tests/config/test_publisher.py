"""The publisher's login and its process: what it alone may do, and how soon it does."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.checks import run_checks
from psycopg.errors import InsufficientPrivilege

from cases.models import Mark
from cases.publishing import gate
from tests.config.test_serve import address
from tests.roles import acting_as

Logins = Callable[[str], psycopg.Connection[Any]]
AsOwner = Callable[[], AbstractContextManager[None]]

PUBLISHED = [
    f"tracker_{audience}_{table}"
    for audience in ("public", "partners")
    for table in ("document", "span", "correction", "feed")
]
OF_THE_GATE = [
    "cases_publishingfailure",
    "cases_publishingday",
    "cases_confirmedcontract",
    "cases_heartbeat",
    "cases_deskentry",
    "cases_possibleduplicate",
    "cases_waitingcase",
]
KEYS = {"cases_deskentry": "prisoner_id", "cases_confirmedcontract": "contract"}
# Seconds from the commit of an edit until anyone sees it: under one, but on a machine that
# does five other things (docs/decisions/publishing.md).
SOON = 4.0


@pytest.mark.parametrize("table", [*PUBLISHED, *OF_THE_GATE])
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE {table} SET {key} = {key}",
        "INSERT INTO {table} DEFAULT VALUES",
        "DELETE FROM {table}",
        "LOCK TABLE {table} IN ROW EXCLUSIVE MODE",
        "LOCK TABLE {table} IN SHARE MODE",
        "SELECT * FROM {table} FOR SHARE",
    ],
)
def test_the_desk_reads_what_the_gate_writes_and_neither_writes_nor_locks_it(
    table: str, attack: str, logins: Logins
) -> None:
    desk = logins("desk")
    assert desk.execute(f"SELECT count(*) FROM {table}").fetchone() is not None
    with pytest.raises(InsufficientPrivilege), desk.transaction():
        desk.execute(attack.format(table=table, key=KEYS.get(table, "id")))


@pytest.mark.parametrize("role", ["public", "partners", "desk"])
@pytest.mark.parametrize(
    "lock",
    [
        *("FOR UPDATE", "FOR NO KEY UPDATE", "FOR SHARE", "FOR KEY SHARE"),
        "FOR UPDATE SKIP LOCKED",
    ],
)
def test_neither_a_reader_nor_the_desk_takes_the_turn_of_the_publisher(
    role: str, lock: str, logins: Logins
) -> None:
    login = logins(role)
    with pytest.raises(InsufficientPrivilege):
        login.execute(f"SELECT * FROM tracker_public_feed {lock}")


def test_what_a_reader_may_hold_is_not_in_the_publishers_way(logins: Logins) -> None:
    reader, desk, publisher = logins("public"), logins("desk"), logins("publisher")
    for login in (reader, desk):
        login.execute("BEGIN")
        login.execute("LOCK TABLE tracker_public_feed IN ACCESS SHARE MODE")
        login.execute("SELECT * FROM tracker_public_feed")
        login.execute("SELECT pg_advisory_xact_lock_shared(7201925)")
    with publisher.transaction():
        publisher.execute("SET LOCAL lock_timeout = '1s'")
        publisher.execute(gate.ONE_PUBLISHES)


@pytest.mark.parametrize(
    "attack", ["DELETE FROM cases_mark", "UPDATE cases_mark SET due_on = 'infinity'"]
)
def test_the_desk_leaves_marks_and_takes_none_away(attack: str, logins: Logins) -> None:
    desk = logins("desk")
    assert desk.execute("SELECT count(*) FROM cases_mark").fetchone() is not None
    with pytest.raises(InsufficientPrivilege):
        desk.execute(attack)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE cases_prisoner SET visibility = 'public'",
        "INSERT INTO cases_source DEFAULT VALUES",
        "DELETE FROM cases_personname",
        "UPDATE cases_edition SET snapshot = '{}'",
        "DELETE FROM cases_edition",
        "DELETE FROM cases_prisonerhistory",
        "SELECT password FROM auth_user",
        "UPDATE auth_user SET is_superuser = TRUE",
        "SELECT * FROM django_session",
        "SELECT * FROM mfa_authenticator",
        "SELECT * FROM partners_key",
        "SELECT * FROM proposals_proposal",
        "SELECT * FROM access_accessevent",
    ],
)
def test_the_publisher_changes_no_record_and_reads_nothing_of_accounts_and_partners(
    attack: str, logins: Logins
) -> None:
    publisher = logins("publisher")
    assert publisher.execute("SELECT count(*) FROM cases_prisoner").fetchone()
    with pytest.raises(InsufficientPrivilege):
        publisher.execute(attack)


@contextmanager
def process(log: Path, *command: str, **environment: str) -> Iterator[Any]:
    """With an environment that holds nothing but this."""
    given = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(settings.VAR_DIR),
        "SECRET_KEY": "a-long-random-string-of-which-nobody-knows-anything",
        "ALLOWED_HOSTS": "localhost",
        "REQUIRE_REVIEW": "off",
        **environment,
    }
    with log.open("w") as output:
        started = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=given,
            stdout=output,
            stderr=output,
        )
        try:
            yield started
        finally:
            started.terminate()
            started.wait()


def waited_for(question: Callable[[], object], seconds: float) -> float:
    """How long it took until there was an answer."""
    begun = time.monotonic()
    while not question():
        assert time.monotonic() < begun + seconds
        time.sleep(0.01)
    return time.monotonic() - begun


SAVE = """
from tests.factories import make_source
make_source(visibility="public")
"""


@pytest.mark.django_db(transaction=True)
def test_what_the_desk_saves_is_public_in_under_a_second_by_the_publishers_process(
    tmp_path: Path, logins: Logins
) -> None:
    """Each has its own password and no other. Every 60 seconds is too late by far."""
    own_login = {"DATABASE_PUBLISHER_URL": address("publisher")}
    anyone, desk = logins("public"), logins("desk")

    def public_cases() -> list[Any]:
        question = "SELECT id FROM tracker_public_document WHERE document IS NOT NULL"
        return anyone.execute(question).fetchall()

    def is_heard() -> bool:
        """The first round is over."""
        question = "SELECT count(*) FROM cases_heartbeat"
        return desk.execute(question).fetchone() != (0,)

    watch = ("publish", "--watch", "--every", "60")
    with process(tmp_path / "publisher", *watch, **own_login) as publisher:
        waited_for(is_heard, 60)
        time.sleep(0.5)
        shell = ("shell", "--no-imports", "-c", SAVE)
        desks_login = {"DATABASE_URL": address("desk")}
        with process(tmp_path / "desk", *shell, **desks_login) as saving:
            assert saving.wait() == 0, (tmp_path / "desk").read_text()
        assert (tmp_path / "desk").read_text() == ""
        waited_for(public_cases, 5)

        with desk.transaction():
            desk.execute("UPDATE cases_source SET visibility = 'internal'")
        assert waited_for(lambda: not public_cases(), 5) < SOON
    assert publisher.returncode == 0, "told to end, it ends by itself"
    assert (tmp_path / "publisher").read_text() == ""
    assert not Mark.objects.exists()


@pytest.mark.django_db
def test_a_desk_that_may_publish_fails_the_check_before_going_live(
    settings: Any,
) -> None:
    settings.DATABASE_LOGIN = "desk"

    def found() -> list[Any]:
        checks = run_checks(include_deployment_checks=True, databases=["default"])
        return [check.id for check in checks if check.id == "config.E003"]

    assert found() == []
    with acting_as("publisher"):
        assert found() == ["config.E003"]


@pytest.mark.django_db(transaction=True)
def test_a_login_that_may_not_publish_is_told_so(
    tmp_path: Path, logins: Logins
) -> None:
    desks_login = {"DATABASE_URL": address("desk")}
    with process(tmp_path / "log", "publish", **desks_login) as ended:
        assert ended.wait() == 1
    told = (tmp_path / "log").read_text()
    assert told.strip() == (
        "CommandError: This login may not publish. Set DATABASE_PUBLISHER_URL to the"
        " address of the publisher's login."
    )
