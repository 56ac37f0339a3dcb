"""What readers may take: so many connections, and so much time."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.core.checks import run_checks

from cases.publishing import watchdog
from config.embedded_postgres import CONNECTIONS

Logins = Callable[[str], psycopg.Connection[Any]]


def end_long_reads(session: psycopg.Connection[Any], seconds: float) -> int:
    """By this login itself."""
    (ended,) = session.execute(watchdog._END, [seconds]).fetchone() or (0,)
    return int(ended)


def is_open(session: psycopg.Connection[Any]) -> bool:
    try:
        session.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.parametrize("reader", ["public", "partners"])
def test_what_a_readers_login_reads_for_too_long_is_ended_though_it_set_its_timeout_away(
    reader: str, logins: Logins
) -> None:
    reading, waiting, desk = logins(reader), logins(reader), logins("desk")
    for session in (reading, desk):
        session.execute("SET statement_timeout = 0")
        session.execute("SET idle_in_transaction_session_timeout = 0")
        session.execute("BEGIN")
        session.execute("SELECT 1")
    publisher = logins("publisher")
    assert end_long_reads(publisher, 60) == 0
    assert is_open(reading)
    assert end_long_reads(publisher, 0) == 1
    assert not is_open(reading)
    assert is_open(waiting)
    assert is_open(desk)


@pytest.mark.parametrize("role", ["public", "partners", "desk", "owner"])
def test_nobody_but_the_publisher_ends_anothers_session(
    role: str, logins: Logins
) -> None:
    reading = logins("public")
    reading.execute("BEGIN")
    reading.execute("SELECT 1")
    assert end_long_reads(logins(role), 0) == 0
    assert is_open(reading)


def test_no_login_can_take_all_connections(logins: Logins, settings: Any) -> None:
    """Nor all of them together: the owner needs one, to help."""
    asked = "SELECT rolconnlimit FROM pg_roles WHERE rolname = session_user"
    together = 0
    for role in ("desk", "publisher", "public", "partners"):
        session = logins(role)
        (limit,) = session.execute(asked).fetchone() or (-1,)
        (most,) = session.execute("SHOW max_connections").fetchone() or ("0",)
        assert 0 < limit <= int(most) / 2
        together += limit
    assert together < int(most) - 3  # a superuser's own
    # Two web workers with their pools, and as much again for commands.
    assert CONNECTIONS["desk"] > 2 * 2 * 4


@pytest.mark.parametrize(
    ("role", "minutes"), [("desk", "5min"), ("publisher", "30min")]
)
def test_what_the_desk_and_the_publisher_ask_ends_at_some_time(
    role: str, minutes: str, logins: Logins
) -> None:
    session = logins(role)
    assert session.execute("SHOW statement_timeout").fetchone() == (minutes,)
    idle = session.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    assert idle == ("5min",)


@pytest.mark.django_db
def test_a_reader_without_a_limit_fails_the_check_before_going_live(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def found() -> list[Any]:
        checks = run_checks(include_deployment_checks=True, databases=["public"])
        return [check.msg for check in checks if check.id == "config.E004"]

    monkeypatch.setattr("config.checks.CONNECTIONS", "SELECT 'public', 40, 100")
    assert found() == []
    monkeypatch.setattr("config.checks.CONNECTIONS", "SELECT 'public', -1, 100")
    assert found() == ["The login “public” may take all 100 connections."]


def test_what_readers_ask_ends_after_half_a_minute(settings: Any) -> None:
    for alias in ("public", "partners"):
        options = settings.DATABASES[alias]["OPTIONS"]["options"]
        assert "-c statement_timeout=30s" in options
        assert "-c idle_in_transaction_session_timeout=30s" in options
