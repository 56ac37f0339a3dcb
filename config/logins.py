"""What each database login may do. The owner gives it anew after every migration.

A model may narrow or widen this by an attribute, role to rights: `database_rights =
{"desk": "SELECT"}`. docs/operations.md says how to make the logins.
"""

import time
from collections.abc import Mapping

from django.apps import apps
from django.conf import settings
from django.db import InternalError, connections, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from config import closed, guards
from tracker.database import is_owner

ROLES = ("desk", "publisher", "public", "partners")
# The tracker's tables of an audience are named after it, and hold nothing else.
AUDIENCE_TABLES = {"public": "tracker_public_", "partners": "tracker_partners_"}
# The functions that run with their owner's rights, and the roles that may call them.
# Nobody may call those of triggers.
FUNCTIONS = {
    "access_not_let_in": ("desk",),
    "access_shown": ("desk",),
    "access_signed_in": ("desk",),
    "account_act": ("desk",),
    "account_factor_shown": ("desk",),
    "acting_proved": (),
    "acting_session": ("desk", "publisher"),
    "acting_user": ("desk", "publisher"),
    "drafts_drop": ("desk",),
    "drafts_keep": ("desk",),
    "drafts_mine": ("desk",),
    "edition_store": ("desk",),
    "hold_back": ("desk", "publisher"),
    "hold_back_each": ("desk", "publisher"),
    "let_go_of": ("desk",),
    "partners_key_by_prefix": ("desk", "partners"),
    "partners_key_used": ("desk", "partners"),
    "partners_key_counted": ("desk", "partners"),
    "partners_proposals_hand_in": ("desk", "partners"),
    "partners_proposals_fates": ("desk", "partners"),
    "partners_proposals_withdraw": ("desk", "partners"),
    "publication_gone_partners": (),
    "publication_gone_public": (),
    "publication_kept_partners": (),
    "publication_kept_public": (),
}
# `pghistory_context` stays empty: an event holds its context itself.
READ_ONLY = {"django_migrations", "pghistory_context"}
# The publisher reads the record, and who approved it, but nobody's password.
RECORD = "cases_"
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
OF_OTHER_APPS: dict[str, dict[str, str]] = {
    "auth_user": {
        "publisher": "SELECT (id, username, first_name, last_name, email, is_active,"
        " is_staff, is_superuser, date_joined, last_login)"
    }
}
# An advisory lock: two at once would fail with “tuple concurrently updated”.
ONE_AT_A_TIME = 7_120_260_911
TRIES = 5  # the migrations of another process do not take that lock

# Sequences that number a table's rows. Others belong to the functions that use them.
SEQUENCES_OF_COLUMNS = """
    SELECT objid::regclass::text, refobjid::regclass::text
    FROM pg_depend JOIN pg_class ON pg_class.oid = objid
    WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace
    AND classid = 'pg_class'::regclass AND deptype IN ('a', 'i') AND refobjsubid > 0
"""
FUNCTIONS_WITH_THEIR_OWNERS_RIGHTS = """
    SELECT oid::regprocedure::text, proname FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND prosecdef
"""


def after_migrating(using: str, plan: list[object] | None = None, **_: object) -> None:
    """`plan` is None after `flush`, which changes no right."""
    if plan is None or not is_owner(using):
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


def rights(role: str, table: str, declared: Mapping[str, Mapping[str, str]]) -> str:
    """What a role may do with a table: a list as GRANT takes it, or nothing."""
    if role in declared.get(table, {}):
        return declared[table][role]
    is_published = table.startswith(tuple(AUDIENCE_TABLES.values()))
    if role == "desk":
        reads_only = is_published or table in READ_ONLY
        return "SELECT" if reads_only else EVERYTHING
    if role == "publisher":
        if is_published:
            return EVERYTHING
        return "SELECT" if table.startswith(RECORD) else ""
    if table.startswith(AUDIENCE_TABLES[role]):
        return "SELECT"
    return ""


def declared_rights() -> dict[str, Mapping[str, str]]:
    """By table, what its model says of single roles."""
    declared: dict[str, Mapping[str, str]] = dict(OF_OTHER_APPS)
    for model in apps.get_models():
        if hasattr(model, "database_rights"):
            declared[model._meta.db_table] = model.database_rights
    return declared


def give_rights(using: str) -> None:
    """Take every right from all but the owner, and give each login what it needs."""
    logins = logins_of_roles()
    everyone = [sql.SQL("PUBLIC"), *map(sql.Identifier, set(logins.values()))]
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute("SELECT current_schema(), current_database()")
        schema, database = map(sql.Identifier, cursor.fetchone())
        names = {
            "schema": schema,
            "database": database,
            "everyone": sql.SQL(", ").join(everyone),
        }
        _run(cursor, "REVOKE ALL ON DATABASE {database} FROM {everyone}", **names)
        _run(cursor, "REVOKE ALL ON SCHEMA {schema} FROM {everyone}", **names)
        for kind in ("TABLES", "SEQUENCES"):
            revoke = f"REVOKE ALL ON ALL {kind} IN SCHEMA {{schema}} FROM {{everyone}}"
            _run(cursor, revoke, **names)
        guards.set_up(cursor, schema)
        for role in closed.roles(using):
            logins.pop(role, None)
        _give_functions(cursor, logins, names)
        _give_tables(cursor, using, logins, names)
        _give_sequences(cursor, logins)
        # Here, because processes without the desk have no such app.
        from cases.named import views

        views.set_up(cursor, logins.get("desk"))


def logins_of_roles(owner: str | None = None) -> dict[str, str]:
    """The login of each role, but for roles that use the owner's login. A process that
    does not know the owner's login may have asked the database for it.
    """
    if owner is None:
        owner = settings.DATABASE_LOGINS["owner"]["USER"]
    logins = {}
    for role in ROLES:
        login = settings.DATABASE_LOGINS[role]["USER"]
        if login != owner:
            logins[role] = login
    return logins


def _run(cursor: CursorWrapper, statement: str, **names: sql.Composable) -> None:
    cursor.execute(sql.SQL(statement).format(**names))


def _give_functions(
    cursor: CursorWrapper,
    logins: Mapping[str, str],
    names: Mapping[str, sql.Composable],
) -> None:
    cursor.execute(FUNCTIONS_WITH_THEIR_OWNERS_RIGHTS)
    for signature, name in cursor.fetchall():
        function = sql.SQL(signature)
        revoke = "REVOKE ALL ON ROUTINE {function} FROM {everyone}"
        _run(cursor, revoke, function=function, everyone=names["everyone"])
        for role in FUNCTIONS.get(name, ()):
            if role in logins:
                login = sql.Identifier(logins[role])
                grant = "GRANT EXECUTE ON ROUTINE {function} TO {login}"
                _run(cursor, grant, function=function, login=login)


def _give_tables(
    cursor: CursorWrapper,
    using: str,
    logins: Mapping[str, str],
    names: Mapping[str, sql.Composable],
) -> None:
    declared = declared_rights()
    introspection = connections[using].introspection
    tables = introspection.table_names(cursor, include_views=True)
    for role, login_name in logins.items():
        login = sql.Identifier(login_name)
        connect = "GRANT CONNECT ON DATABASE {database} TO {login}"
        _run(cursor, connect, database=names["database"], login=login)
        usage = "GRANT USAGE ON SCHEMA {schema} TO {login}"
        _run(cursor, usage, schema=names["schema"], login=login)
        for table in tables:
            allowed = rights(role, table, declared)
            if allowed:
                grant = f"GRANT {allowed} ON {{table}} TO {{login}}"
                _run(cursor, grant, table=sql.Identifier(table), login=login)


def _give_sequences(cursor: CursorWrapper, logins: Mapping[str, str]) -> None:
    """To whoever adds rows to the table."""
    declared = declared_rights()
    cursor.execute(SEQUENCES_OF_COLUMNS)
    for sequence, table in cursor.fetchall():
        for role, login in logins.items():
            if "INSERT" in rights(role, table, declared):
                _run(
                    cursor,
                    "GRANT ALL ON SEQUENCE {sequence} TO {login}",
                    sequence=sql.SQL(sequence),
                    login=sql.Identifier(login),
                )
