"""Two people on one connection of the pool: neither reads as the other, whatever the
connection was told before. Asked of a process as it serves.
"""

import os
import socket
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DataError, connection, transaction
from django.test import Client

from cases.models import Prisoner
from cases.named import open_to, seeing_as, seeing_everything, views
from config import doctor, environment, logins
from tests import factories as make
from tests.named import CANARY, staff
from tests.roles import acting_as

pytestmark = pytest.mark.django_db(transaction=True)

PATH_OF_STAFF, PATH_OF_ALL = "seen, public", "public"


@pytest.fixture
def pooled() -> Iterator[None]:
    """One connection, which is shared in turn."""
    before = {**connection.settings_dict}
    connection.close()
    environment.pool(connection.settings_dict, 1)
    yield
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.clear()
    connection.settings_dict.update(before)


@pytest.fixture
def reader() -> User:
    return staff("reader", "administrator")


@pytest.fixture
def other() -> User:
    return staff("other", "administrator")


@pytest.fixture
def case(reader: User) -> Prisoner:
    made = make.make_prisoner(CANARY)
    open_to(made.pk, [reader], by=reader, reason="Most must not know of it.")
    return made


def told() -> tuple[str, str, int]:
    """As whom the connection reads, and which process of the server it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('search_path'),"
            " current_setting('tracker.reader', true), pg_backend_pid()"
        )
        path, number, process = cursor.fetchone()
    return path, number or "", process


def _fails() -> None:
    with transaction.atomic(), seeing_everything(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


class TestOneConnectionOfThePool:
    def test_serves_two_people_and_neither_sees_as_the_other(
        self, pooled: None, case: Prisoner, reader: User, other: User
    ) -> None:
        place = f"/api/editorial/v1/prisoners/{case.pk}/"
        named, unnamed = signed_in(reader), signed_in(other)
        processes = set()
        for _round in range(3):
            assert named.get(place).status_code == 200
            processes.add(told()[2])
            connection.close()  # as at the end of a request
            assert unnamed.get(place).status_code == 404
            processes.add(told()[2])
            connection.close()
        assert len(processes) == 1

    def test_is_nobodys_once_it_is_given_back_whatever_it_was_told(
        self, pooled: None, case: Prisoner, reader: User, other: User
    ) -> None:
        with seeing_as(reader):
            path, number, process = told()
            assert (path, number) == (PATH_OF_STAFF, str(reader.pk))
            connection.close()  # in the midst: told nothing more
        assert told() == (PATH_OF_ALL, "", process)
        with seeing_as(reader):
            connection.close()
            assert told() == (PATH_OF_STAFF, str(reader.pk), process)
            connection.close()
        with seeing_as(other):
            assert told() == (PATH_OF_STAFF, str(other.pk), process)
            assert Prisoner.objects.count() == 0

    def test_is_told_anew_after_a_transaction_that_failed(
        self, pooled: None, case: Prisoner, reader: User, other: User
    ) -> None:
        with seeing_as(other):
            with pytest.raises(DataError):
                _fails()
            assert Prisoner.objects.count() == 0
        assert told()[:2] == (PATH_OF_ALL, "")

    def test_is_handed_out_without_asking_the_server_unless_that_has_ended_it(
        self, pooled: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tried = []
        execute = psycopg.Connection.execute

        def noted(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            tried.append(query)
            return execute(self, query, *args, **kwargs)

        monkeypatch.setattr(psycopg.Connection, "execute", noted)
        process = told()[2]
        connection.close()
        assert told()[2] == process
        with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
            connection.close()
            assert "" not in tried
            line.shutdown(socket.SHUT_RDWR)  # as the server does it
        assert told()[2] != process
        assert "" in tried


def test_a_connection_of_ones_own_that_is_opened_meanwhile_sees_no_more(
    case: Prisoner, other: User
) -> None:
    with seeing_as(other):
        connection.close()
        assert told()[:2] == (PATH_OF_STAFF, str(other.pk))
        assert Prisoner.objects.count() == 0
    assert told()[:2] == (PATH_OF_ALL, "")


def test_who_is_not_known_sees_none(case: Prisoner) -> None:
    with seeing_as(None):
        assert Prisoner.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM seen.cases_prisoner")
        assert cursor.fetchone() == (0,)


class TestByTheLoginsThemselves:
    def test_statements_of_the_desk_find_it_in_no_table_while_another_is_served(
        self, logins: Any, case: Prisoner, other: User, reader: User
    ) -> None:
        desk = logins("desk")
        found: dict[User, set[str]] = {}
        for user in (other, reader):
            desk.execute(
                "SELECT set_config('search_path', 'seen, public', false),"
                " set_config('tracker.reader', %s, false)",
                [str(user.pk)],
            )
            found[user] = set()
            for table, _hidden in views.conditions():
                if table == "drafts_draft":
                    continue  # the desk reads its author's alone, by a function
                (text,) = desk.execute(
                    f"SELECT COALESCE(string_agg(row::text, ''), '') FROM {table} AS row"
                ).fetchone()
                if CANARY in text or str(case.pk) in text:
                    found[user].add(table)
        assert found[other] == set()
        assert {
            "cases_prisoner",
            "cases_personname",
            "cases_prisonerhistory",
            "cases_personnamehistory",
            "cases_namedstaff",
        } <= found[reader]

    def test_statements_of_the_desk_neither_change_nor_delete_it(
        self, logins: Any, case: Prisoner, other: User
    ) -> None:
        desk = logins("desk")
        desk.execute(
            "SELECT set_config('search_path', 'seen, public', false),"
            " set_config('tracker.reader', %s, false)",
            [str(other.pk)],
        )
        assert desk.execute("UPDATE cases_prisoner SET sex = 'f'").rowcount == 0
        assert desk.execute("DELETE FROM cases_personname").rowcount == 0
        assert desk.execute("SELECT FROM cases_prisoner FOR UPDATE").rowcount == 0

    @pytest.mark.parametrize("role", ["publisher", "public", "partners"])
    def test_no_other_login_has_the_views(self, logins: Any, role: str) -> None:
        login = logins(role)
        (may,) = login.execute(
            "SELECT has_schema_privilege(current_user, 'seen', 'USAGE')"
        ).fetchone()
        assert may is False


def test_the_publisher_sees_everything_though_it_has_no_views(case: Prisoner) -> None:
    with acting_as("publisher"):
        with seeing_everything():
            assert told()[:2] == (PATH_OF_ALL, "")
            assert Prisoner.objects.count() == 1
        assert told()[:2] == (PATH_OF_ALL, "")


def test_while_the_views_are_not_there_the_desk_answers_nobody(
    reader: User, as_owner: Any
) -> None:
    client = signed_in(reader)
    try:
        with as_owner(), connection.cursor() as cursor:
            views.tear_down(cursor)
        assert client.get("/admin/cases/prisoner/").status_code == 503
    finally:
        with as_owner(), connection.cursor() as cursor:
            views.set_up(cursor, settings.DATABASE_LOGINS["desk"]["USER"])
    assert client.get("/admin/cases/prisoner/").status_code == 200


def test_the_doctor_finds_a_view_that_is_gone_and_a_trigger_that_sees_too_little(
    as_owner: Any,
) -> None:
    with as_owner():
        assert list(doctor.examine()) == []
    try:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP VIEW seen.cases_edition")
            cursor.execute(
                "SELECT oid::regprocedure FROM pg_proc"
                " WHERE proname LIKE 'pgtrigger_raise_version%' LIMIT 1"
            )
            (function,) = cursor.fetchone()
            cursor.execute(f"ALTER FUNCTION {function} RESET search_path")
            found = "\n".join(doctor.examine())
        assert "The view of cases_edition is missing" in found
        assert "does not see every case" in found
    finally:
        with as_owner():
            logins.give_rights("default")
    with as_owner():
        assert list(doctor.examine()) == []
