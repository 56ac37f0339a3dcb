"""Who may do everything is made by the database's owner only."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

Logins = Callable[[str], psycopg.Connection[Any]]

NEW = """
    INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser,
        is_staff, is_active, date_joined)
    VALUES ('planted', '', '', '', '', {is_superuser}, TRUE, TRUE, now()) RETURNING id
"""
RAISE = "UPDATE auth_user SET is_superuser = TRUE WHERE username = 'planted'"
LOWER = "UPDATE auth_user SET is_superuser = FALSE WHERE username = 'planted'"


@pytest.mark.parametrize("setting", [None, "SET session_replication_role = replica"])
def test_the_desks_login_makes_nobody_a_superuser(
    setting: str | None, logins: Logins
) -> None:
    desk = logins("desk")
    if setting:
        with pytest.raises(InsufficientPrivilege):
            desk.execute(setting)
    with desk.transaction(force_rollback=True):
        with pytest.raises(InsufficientPrivilege), desk.transaction():
            desk.execute(NEW.format(is_superuser="TRUE"))
        assert desk.execute(NEW.format(is_superuser="FALSE")).fetchone()
        with pytest.raises(InsufficientPrivilege), desk.transaction():
            desk.execute(RAISE)


def test_the_owners_login_does_and_the_desks_may_take_it_away(logins: Logins) -> None:
    owner, desk = logins("owner"), logins("desk")
    owner.execute(NEW.format(is_superuser="TRUE"))
    try:
        assert desk.execute(LOWER).rowcount == 1
        with pytest.raises(InsufficientPrivilege):
            desk.execute(RAISE)
        assert owner.execute(RAISE).rowcount == 1
        # Who is one goes on signing in.
        signed_in = "UPDATE auth_user SET last_login = now() WHERE username = 'planted'"
        assert desk.execute(signed_in).rowcount == 1
    finally:
        owner.execute("DELETE FROM auth_user WHERE username = 'planted'")


LONG_AGO = "2001-01-01"


def test_the_desks_login_puts_nothing_into_a_log_for_another_hour(
    logins: Logins,
) -> None:
    desk = logins("desk")
    for attack in (
        "INSERT INTO access_accessevent (at, user_id, username, act, kind, record_id,"
        " page, asked, reason, request_id)"
        " VALUES (%s, 1, 'olga', 'read', '', '', '/', '', '', '')",
        "INSERT INTO signin_accountevent (at, account_id, account_name, act, by_name,"
        " reason) VALUES (%s, 1, 'olga', 'locked', 'marta', '')",
        "INSERT INTO signin_factorshown (id, account_id, at)"
        " VALUES (gen_random_uuid(), 1, %s)",
    ):
        with pytest.raises(InsufficientPrivilege):
            desk.execute(attack, [LONG_AGO])
