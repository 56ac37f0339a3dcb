"""What the five database logins may do, asked of the database itself."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connection, connections

Logins = Callable[[str], psycopg.Connection[Any]]

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
TABLES = """
    SELECT relname, ARRAY(SELECT one FROM unnest(%s::text[]) AS one WHERE has_table_privilege(oid, one))
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
"""


@pytest.mark.django_db
def test_tests_themselves_run_with_the_desks_login_on_every_alias() -> None:
    User.objects.create(username="uncommitted")
    for alias in ("default", "public", "partners"):
        assert User.objects.using(alias).filter(username="uncommitted").exists()
        assert (
            connections[alias].settings_dict["USER"] == connection.settings_dict["USER"]
        )


@pytest.mark.parametrize("audience", ["public", "partners"])
def test_an_audiences_login_reads_its_own_published_tables_and_no_other(
    audience: str, logins: Logins
) -> None:
    rights = dict(logins(audience).execute(TABLES, [list(RIGHTS)]).fetchall())
    own = {table for table in rights if table.startswith(f"tracker_{audience}")}
    assert f"tracker_{audience}_document" in own
    assert {table: held for table, held in rights.items() if held} == {
        table: ["SELECT"] for table in own
    }


def test_an_audiences_login_is_refused_by_the_database_itself(logins: Logins) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logins("public").execute("SELECT * FROM cases_prisoner")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logins("public").execute("SELECT * FROM tracker_partners_document")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logins("partners").execute("DELETE FROM tracker_partners_document")


@pytest.mark.parametrize("role", ["desk", "public", "partners"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE planted (id int)",
        "CREATE TEMPORARY TABLE planted (id int)",
        "TRUNCATE auth_user CASCADE",
    ],
)
def test_no_login_but_the_owners_changes_or_empties_tables(
    role: str, statement: str, logins: Logins
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logins(role).execute(statement)


def test_the_desk_reads_and_writes_the_record_but_not_the_list_of_migrations(
    logins: Logins,
) -> None:
    desk = logins("desk")
    assert desk.execute("SELECT count(*) FROM django_migrations").fetchone() is not None
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.execute("DELETE FROM django_migrations")


@pytest.mark.django_db(transaction=True)
def test_what_a_transactional_test_commits_is_seen_by_the_other_logins(
    logins: Logins,
) -> None:
    User.objects.create(username="committed")
    count = (
        logins("owner")
        .execute("SELECT count(*) FROM auth_user WHERE username = 'committed'")
        .fetchone()
    )
    assert count == (1,)


@pytest.mark.parametrize("role", ["public", "partners"])
def test_a_readers_login_sees_in_statistics_how_many_rows_there_are_and_none_of_them(
    role: str, logins: Callable[[str], Any]
) -> None:
    """As the page of what is not protected says."""
    reader = logins(role)
    counted = (
        "SELECT n_live_tup FROM pg_stat_all_tables WHERE relname = 'cases_prisoner'"
    )
    assert reader.execute(counted).fetchone() is not None
    values = "SELECT count(*) FROM pg_stats WHERE tablename LIKE 'cases_%'"
    assert reader.execute(values).fetchone() == (0,)
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE usename <> session_user"
        " AND query NOT IN ('', '<insufficient privilege>')"
    )
    logins("desk").execute("SELECT 1")
    assert reader.execute(others).fetchone() == (0,)
