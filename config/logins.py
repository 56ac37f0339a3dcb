"""What each database login may do. Given anew after every migration, by the owner:
docs/operations.md.

A model may narrow or widen this by an attribute, role to rights: `database_rights =
{"desk": "SELECT"}`.
"""

import time
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import InternalError, connections, transaction
from psycopg import sql

from config import guards

ROLES = ("desk", "public", "partners")
# The tracker's tables of an audience are named after it, and hold nothing else.
AUDIENCE_TABLES = {"public": "tracker_public_", "partners": "tracker_partners_"}
# The functions that run with their owner's rights, and whom they are for; those of
# triggers are for nobody.
FUNCTIONS = {
    "partners_key_by_prefix": ("desk", "partners"),
    "partners_key_used": ("desk", "partners"),
    "partners_key_counted": ("desk", "partners"),
    "partners_proposals_hand_in": ("desk", "partners"),
    "partners_proposals_fates": ("desk", "partners"),
}
READ_ONLY = {
    "django_migrations",
    "pghistory_context",
}  # the latter stays empty: context stands in the event itself
ONE_AT_A_TIME = 7_120_260_911  # an advisory lock: two at once would fail with “tuple concurrently updated”
TRIES = 5  # the migrations of another process do not take that lock

# Sequences that number a table's rows. One that stands alone is for the functions that
# draw from it.
SEQUENCES_OF_COLUMNS = """
    SELECT objid::regclass::text FROM pg_depend JOIN pg_class ON pg_class.oid = objid
    WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace
    AND classid = 'pg_class'::regclass AND deptype IN ('a', 'i') AND refobjsubid > 0
"""
FUNCTIONS_WITH_THEIR_OWNERS_RIGHTS = """
    SELECT oid::regprocedure::text, proname FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND prosecdef
"""


def after_migrating(using: str, plan: Any = None, **_: Any) -> None:
    """`plan` is None after `flush`, which changes no right."""
    owner = settings.DATABASE_LOGINS["owner"]["USER"]
    if plan is None or connections[using].settings_dict["USER"] != owner:
        return
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic(using=using):
                give_rights(using)
            return
        except InternalError:  # “tuple concurrently updated”
            if attempt == TRIES:
                raise
            time.sleep(attempt / 5)


def rights(role: str, table: str, declared: dict[str, dict[str, str]]) -> str:
    """What a role may do with a table: a list as GRANT takes it, or nothing."""
    if role in declared.get(table, {}):
        return declared[table][role]
    if role == "desk":
        return "SELECT" if table in READ_ONLY else "SELECT, INSERT, UPDATE, DELETE"
    return "SELECT" if table.startswith(AUDIENCE_TABLES[role]) else ""


def give_rights(using: str) -> None:
    """Take every right from everyone but the owner, and give back what each login
    needs.
    """
    owner = settings.DATABASE_LOGINS["owner"]["USER"]
    logins = {role: settings.DATABASE_LOGINS[role]["USER"] for role in ROLES}
    logins = {role: login for role, login in logins.items() if login != owner}
    everyone = sql.SQL(", ").join(
        [sql.SQL("PUBLIC"), *map(sql.Identifier, set(logins.values()))]
    )
    declared = {
        model._meta.db_table: getattr(model, "database_rights", {})
        for model in apps.get_models()
    }
    with connections[using].cursor() as cursor:

        def run(statement: str, **names: sql.Composable) -> None:
            cursor.execute(
                sql.SQL(statement).format(schema=schema, database=database, **names)
            )

        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute("SELECT current_schema(), current_database()")
        schema, database = map(sql.Identifier, cursor.fetchone())
        tables = connections[using].introspection.table_names(
            cursor, include_views=True
        )
        for things in ("DATABASE {database}", "SCHEMA {schema}"):
            run(f"REVOKE ALL ON {things} FROM {{everyone}}", everyone=everyone)
        for things in ("TABLES", "SEQUENCES"):
            run(
                f"REVOKE ALL ON ALL {things} IN SCHEMA {{schema}} FROM {{everyone}}",
                everyone=everyone,
            )
        guards.set_up(cursor, schema)
        cursor.execute(FUNCTIONS_WITH_THEIR_OWNERS_RIGHTS)
        for function, name in cursor.fetchall():
            run(
                "REVOKE ALL ON ROUTINE {function} FROM {everyone}",
                function=sql.SQL(function),
                everyone=everyone,
            )
            for login in {
                logins[role] for role in FUNCTIONS.get(name, ()) if role in logins
            }:
                names = {"function": sql.SQL(function), "login": sql.Identifier(login)}
                run("GRANT EXECUTE ON ROUTINE {function} TO {login}", **names)
        for role, login in logins.items():
            run(
                "GRANT CONNECT ON DATABASE {database} TO {login}",
                login=sql.Identifier(login),
            )
            run(
                "GRANT USAGE ON SCHEMA {schema} TO {login}", login=sql.Identifier(login)
            )
            for table in tables:
                if allowed := rights(role, table, declared):
                    names = {
                        "table": sql.Identifier(table),
                        "login": sql.Identifier(login),
                    }
                    run(f"GRANT {allowed} ON {{table}} TO {{login}}", **names)
        if "desk" in logins:
            cursor.execute(SEQUENCES_OF_COLUMNS)
            for (sequence,) in cursor.fetchall():
                login = sql.Identifier(logins["desk"])
                run(
                    "GRANT ALL ON SEQUENCE {sequence} TO {login}",
                    sequence=sql.SQL(sequence),
                    login=login,
                )
