"""What was read and what was done to accounts is written by functions, in the name of
whoever acts: the desk's login alone puts nobody else's name into a log.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import ForeignKeyViolation, InsufficientPrivilege

from cases.history import proof

Logins = Callable[[str], psycopg.Connection[Any]]

LINE = {
    "act": "read",
    "kind": "",
    "record_id": "",
    "case_id": None,
    "page": "-",
    "asked": "",
    "rows": None,
    "reason": "",
    "request_id": "",
}
NEW = """
    INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser,
        is_staff, is_active, date_joined)
    VALUES (%s, '', '', '', '', FALSE, TRUE, TRUE, now()) RETURNING id
"""


@pytest.fixture
def desk(logins: Logins) -> Iterator[psycopg.Connection[Any]]:
    session = logins("desk")
    with session.transaction(force_rollback=True):
        yield session


def person(desk: psycopg.Connection[Any], name: str) -> int:
    (number,) = desk.execute(NEW, [name]).fetchone() or (0,)
    return int(number)


def act_as(desk: psycopg.Connection[Any], number: int, name: str) -> None:
    said = {"user": number, "username": name, **proof.proof(desk, number, name)}
    say(desk, said)


def say(desk: psycopg.Connection[Any], said: object) -> None:
    desk.execute(
        "SELECT set_config('pghistory.context_metadata', %s, TRUE)", [json.dumps(said)]
    )


def test_nobody_reads_in_anothers_name(desk: psycopg.Connection[Any]) -> None:
    olga = person(desk, "olga")
    lines = json.dumps([LINE, {**LINE, "act": "signed_in"}])
    for said in ({}, {"user": olga, "username": "olga"}):
        say(desk, said)
        with pytest.raises(InsufficientPrivilege), desk.transaction():
            desk.execute("SELECT access_shown(%s)", [lines])
        with pytest.raises(InsufficientPrivilege), desk.transaction():
            desk.execute("SELECT access_signed_in('')")
    act_as(desk, olga, "olga")
    before = count(desk)
    desk.execute("SELECT access_shown(%s)", [lines])
    desk.execute("SELECT access_signed_in('')")
    asked = "SELECT username, act FROM access_accessevent ORDER BY id OFFSET %s"
    assert desk.execute(asked, [before]).fetchall() == [
        ("olga", "read"),
        ("olga", "signed_in"),
    ]


def count(desk: psycopg.Connection[Any]) -> int:
    found = desk.execute("SELECT count(*) FROM access_accessevent").fetchone()
    return int(found[0]) if found else 0


def test_an_act_on_an_account_bears_the_name_of_who_acts(
    desk: psycopg.Connection[Any],
) -> None:
    olga, marta = person(desk, "olga"), person(desk, "marta")
    say(desk, {"user": marta, "username": "marta"})
    with pytest.raises(InsufficientPrivilege), desk.transaction():
        desk.execute("SELECT account_act(%s, 'locked', '')", [olga])
    say(desk, {})
    desk.execute("SELECT account_act(%s, 'locked', '')", [olga])
    act_as(desk, marta, "marta")
    desk.execute("SELECT account_act(%s, 'unlocked', '')", [olga])
    asked = (
        "SELECT by_name, act FROM signin_accountevent WHERE account_id = %s ORDER BY id"
    )
    assert desk.execute(asked, [olga]).fetchall() == [
        ("manage.py account", "locked"),
        ("marta", "unlocked"),
    ]
    with pytest.raises(ForeignKeyViolation), desk.transaction():
        desk.execute("SELECT account_act(-1, 'locked', '')")


def test_nobody_shows_anothers_second_factor(desk: psycopg.Connection[Any]) -> None:
    olga = person(desk, "olga")
    for said in ({}, {"user": olga, "username": "olga"}):
        say(desk, said)
        with pytest.raises(InsufficientPrivilege), desk.transaction():
            desk.execute("SELECT account_factor_shown(%s)", [uuid4()])
    act_as(desk, olga, "olga")
    desk.execute("SELECT account_factor_shown(%s)", [uuid4()])
    asked = "SELECT count(*) FROM signin_factorshown WHERE account_id = %s"
    assert desk.execute(asked, [olga]).fetchone() == (1,)


@pytest.mark.parametrize("role", ["publisher", "public", "partners"])
@pytest.mark.parametrize(
    "function",
    [
        "access_shown('[]')",
        "access_signed_in('')",
        "access_not_let_in('', '')",
        "account_act(1, '', '')",
        "account_factor_shown(gen_random_uuid())",
    ],
)
def test_no_other_login_writes_into_a_log(
    role: str, function: str, logins: Logins
) -> None:
    with pytest.raises(InsufficientPrivilege):
        logins(role).execute(f"SELECT {function}")
