"""History can only be added to, and only by its triggers: each way around is tried with
the logins themselves.
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from cases.history import timeline
from cases.models import Citation, Prisoner, RecordEvent
from cases.models.history import TRACKED
from config import logins as database_logins
from tests import factories as make

Logins = Callable[[str], psycopg.Connection[Any]]
AsOwner = Callable[[], AbstractContextManager[None]]

HISTORY = sorted(
    model._meta.db_table
    for model in apps.get_models()
    if issubclass(model, RecordEvent)
)
TRIGGERS = """
    SELECT tgname FROM pg_trigger WHERE tgrelid = 'cases_claimant'::regclass AND tgname LIKE 'pgtrigger%%'
"""
NEW_CLAIMANT = """
    INSERT INTO {schema}cases_claimant
        (id, name, internal_notes, role_as_stated, protected_pseudonym, visibility, version)
    VALUES (gen_random_uuid(), 'A monitor', '', '', FALSE, 'internal', 1)
    RETURNING id
"""


def test_every_model_of_the_record_has_a_history() -> None:
    assert len(HISTORY) == len(TRACKED) == 33


@pytest.mark.parametrize("table", HISTORY)
def test_the_desk_may_read_history_and_nothing_else(table: str, logins: Logins) -> None:
    desk = logins("desk")
    assert desk.execute(f"SELECT count(*) FROM {table}").fetchone() is not None
    for attack in (
        f"INSERT INTO {table} (pgh_created_at, pgh_label) VALUES (now(), 'insert')",
        f"UPDATE {table} SET pgh_context = NULL",
        f"UPDATE {table} SET pgh_login = 'another' WHERE FALSE",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"COPY {table} FROM STDIN",
        f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"DROP TABLE {table}",
        f"CREATE RULE silent AS ON INSERT TO {table} DO INSTEAD NOTHING",
        f"ALTER TABLE {table} ALTER pgh_login SET DEFAULT 'another'",
    ):
        with pytest.raises(InsufficientPrivilege), desk.transaction():
            desk.execute(attack)


@pytest.mark.parametrize("role", ["public", "partners"])
@pytest.mark.parametrize("table", HISTORY)
def test_the_audiences_logins_see_nothing_of_it(
    role: str, table: str, logins: Logins
) -> None:
    with pytest.raises(InsufficientPrivilege):
        logins(role).execute(f"SELECT pgh_id FROM {table} LIMIT 0")


@pytest.mark.parametrize(
    "attack",
    [
        "ALTER TABLE cases_prisoner DISABLE TRIGGER ALL",
        "ALTER TABLE cases_prisoner DISABLE TRIGGER USER",
        "ALTER TABLE cases_claimant DISABLE TRIGGER {trigger}",
        "DROP TRIGGER {trigger} ON cases_claimant",
        "ALTER FUNCTION {trigger}() SECURITY INVOKER",
        "ALTER FUNCTION {trigger}() RENAME TO another",
        "DROP FUNCTION {trigger}() CASCADE",
        "SELECT {trigger}()",
        "CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER swallow BEFORE INSERT ON cases_prisoner FOR EACH ROW EXECUTE FUNCTION {trigger}()",
        "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
        " LANGUAGE sql AS 'SELECT TRUE'",
        "CREATE FUNCTION public.nextval(regclass) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "CREATE FUNCTION pg_temp.nextval(regclass) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "CREATE TEMPORARY TABLE cases_claimanthistory (id int)",
        "CREATE SCHEMA desk",
        "CREATE EVENT TRIGGER planted ON ddl_command_end EXECUTE FUNCTION {trigger}()",
        "SET session_replication_role = replica",
        "SELECT set_config('session_replication_role', 'replica', FALSE)",
        "ALTER ROLE CURRENT_USER SET session_replication_role = replica",
        "SELECT setval('cases_history_order', 1)",
        "SELECT nextval('cases_history_order')",
        "ALTER SEQUENCE cases_history_order RESTART",
        "SET ROLE {owner}",
        "SET SESSION AUTHORIZATION {owner}",
        "GRANT {owner} TO CURRENT_USER",
        "REASSIGN OWNED BY {owner} TO CURRENT_USER",
        "TRUNCATE cases_prisoner CASCADE",
        "UPDATE cases_edition SET snapshot = '{{}}'",
        "DELETE FROM cases_edition",
        "TRUNCATE cases_edition",
    ],
)
def test_the_desk_cannot_switch_it_off_or_go_around_it(
    attack: str, logins: Logins
) -> None:
    desk = logins("desk")
    trigger = next(name for (name,) in desk.execute(TRIGGERS) if "write_insert" in name)
    names = {
        "trigger": sql.Identifier(trigger),
        "owner": sql.Identifier(settings.DATABASE_LOGINS["owner"]["USER"]),
    }
    with pytest.raises(psycopg.errors.Error) as refusal:
        desk.execute(sql.SQL(attack).format(**names))
    # 42501 is a right that is missing; 0LP01 is a role that one may not grant.
    assert refusal.value.sqlstate in {"42501", "0LP01"}, refusal.value


def test_the_desk_cannot_give_itself_rights_on_history(logins: Logins) -> None:
    desk = logins("desk")
    desk.execute(
        "GRANT ALL ON cases_prisonerhistory TO CURRENT_USER"
    )  # PostgreSQL only warns that it did nothing
    with pytest.raises(InsufficientPrivilege):
        desk.execute("DELETE FROM cases_prisonerhistory")


@pytest.mark.parametrize(
    "setting",
    [
        "SELECT set_config('pgtrigger.ignore', '{' || string_agg(tgname, ',') || '}', FALSE) FROM pg_trigger",
        "SET search_path = pg_temp, pg_catalog",
        "SET search_path = pg_catalog",
        "SET CONSTRAINTS ALL DEFERRED",
    ],
)
def test_no_setting_of_the_session_keeps_a_change_out(
    setting: str, logins: Logins
) -> None:
    desk = logins("desk")
    with desk.transaction(force_rollback=True):
        desk.execute(setting)
        (new,) = desk.execute(NEW_CLAIMANT.format(schema="public.")).fetchone() or ("",)
        events = desk.execute(
            "SELECT pgh_label, pgh_login, session_user FROM public.cases_claimanthistory WHERE id = %s",
            [new],
        ).fetchall()
    desk_login = settings.DATABASE_LOGINS["desk"]["USER"]
    assert events == [("insert", desk_login, desk_login)]


def test_the_login_that_an_event_shows_is_postgresqls_own_word(logins: Logins) -> None:
    desk = logins("desk")
    with desk.transaction(force_rollback=True):
        desk.execute(
            "SELECT set_config('pghistory.context_metadata', '{\"pgh_login\": \"another\"}', TRUE)"
        )
        desk.execute("SELECT set_config('application_name', 'another', TRUE)")
        desk.execute(NEW_CLAIMANT.format(schema=""))
        found = desk.execute(
            "SELECT DISTINCT pgh_login FROM cases_claimanthistory"
            " WHERE pgh_transaction::text::xid8 = pg_current_xact_id()"
        )
        assert found.fetchall() == [(settings.DATABASE_LOGINS["desk"]["USER"],)]


def _unguarded() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'pgtrigger_write%'"
            " AND NOT (prosecdef AND proconfig = '{\"search_path=pg_catalog, public, pg_temp\"}')"
            " UNION SELECT proname FROM pg_proc WHERE proname = '_pgtrigger_should_ignore' AND prosrc <> 'SELECT FALSE'"
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_what_installing_triggers_undoes_the_next_migrate_does_again(
    as_owner: AsOwner,
) -> None:
    with as_owner():
        call_command("pgtrigger", "install")
        assert "_pgtrigger_should_ignore" in _unguarded()
        call_command("migrate", verbosity=0)
        assert _unguarded() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_set_ups_that_meet_the_later_one_tries_again(
    as_owner: AsOwner, logins: Logins
) -> None:
    def set_up() -> None:
        try:
            database_logins.after_migrating("default", plan=[])
        except Exception as error:
            failures.append(error)
        finally:
            connections["default"].close()

    failures: list[Exception] = []
    other = logins("owner")
    with as_owner():
        thread = threading.Thread(target=set_up)
        with other.transaction():
            other.execute(
                "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
                " LANGUAGE sql AS 'SELECT TRUE'"
            )
            thread.start()
            _until_somebody_waits(logins("owner"))
        thread.join()
        assert failures == []
        assert _unguarded() == []


def _until_somebody_waits(watcher: psycopg.Connection[Any]) -> None:
    for _ in range(1000):
        (waiting,) = watcher.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
        ).fetchone() or (0,)
        if waiting:
            return
        time.sleep(0.01)
    pytest.fail("nobody waited")


@pytest.mark.django_db
def test_the_id_of_a_record_never_changes() -> None:
    record = Prisoner.objects.create()
    with pytest.raises(Exception, match="the id of a record never changes"):
        Prisoner.objects.filter(id=record.id).update(
            id="00000000-0000-4000-8000-000000000000"
        )


@pytest.mark.django_db
def test_a_citation_cannot_be_pointed_at_nothing_and_then_be_deleted_unseen() -> None:
    """What has no case stands in no case's history."""
    prisoner = make.make_prisoner("Known Name")
    citation = make.make_citation(prisoner.names.get(), "value")
    nothing = uuid4()
    with pytest.raises(IntegrityError, match="does not exist"), transaction.atomic():
        Citation.objects.filter(pk=citation.pk).update(person_name=nothing)
    assert Citation.objects.get(pk=citation.pk).root_id == prisoner.pk
    Citation.objects.filter(pk=citation.pk).delete()
    events: Any = Citation.pgh_event_model.objects  # type: ignore[attr-defined]
    last = events.filter(id=citation.pk).latest("pgh_id")
    assert (last.pgh_label, last.root_id) == ("delete", prisoner.pk)


@pytest.mark.django_db
def test_a_citation_of_a_case_cannot_be_pointed_at_nothing_either() -> None:
    prisoner = make.make_prisoner("Known Name")
    citation = make.make_citation(prisoner, "sex")
    nothing = uuid4()
    with pytest.raises(IntegrityError, match="does not exist"), transaction.atomic():
        Citation.objects.filter(pk=citation.pk).update(prisoner=nothing)
    Citation.objects.filter(pk=citation.pk).delete()
    operations = [
        change.operation
        for change in timeline("prisoner", prisoner.pk)
        if change.record_id == str(citation.pk)
    ]
    assert operations == ["insert", "delete"]


@pytest.mark.django_db
def test_an_event_has_the_time_of_its_statement_and_the_number_of_its_transaction() -> (
    None
):
    prisoner = make.make_prisoner("Known Name")
    connection.check_constraints()
    time.sleep(0.02)
    Prisoner.objects.filter(pk=prisoner.pk).update(sex="male")
    first, *_rest, last = timeline("prisoner", prisoner.pk)
    assert last.at - first.at >= timedelta(milliseconds=20)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        assert (first.transaction, last.transaction) == cursor.fetchone() * 2
