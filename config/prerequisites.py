"""Checks for what only a superuser can make, before the owner migrates.

docs/operations.md, “Database logins”, has the statements. The owner is an ordinary
login: it can neither make other logins nor take a database over. Without this check, a
migration would stop half-way with PostgreSQL's own words. Or it would go through and
leave a login with rights that nobody took from it.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

OLDEST = 15
# By these the gate knows its database again after a restore. Everyone may call them
# unless somebody took that right away.
ASKED_BY_THE_GATE = [
    "pg_control_system()",
    "pg_current_wal_lsn()",
    "pg_walfile_name(pg_lsn)",
]
FORBIDDEN = """
    SELECT name FROM unnest(%s::text[]) AS name
    WHERE NOT has_function_privilege(%s::name, name, 'EXECUTE')
"""
NOT_A_MEMBER = """
    SELECT reader FROM unnest(%s::text[]) AS reader
    WHERE NOT pg_has_role(%s::name, reader::name, 'MEMBER')
"""
ASKED = """
    SELECT current_setting('server_version_num')::int / 10000, current_database(),
        pg_get_userbyid(datdba), pg_has_role(datdba, 'USAGE'),
        ARRAY(SELECT unnest(%s::text[]) EXCEPT SELECT rolname FROM pg_roles ORDER BY 1)
    FROM pg_database WHERE datname = current_database()
"""


def before_migrating(using: str, **_: object) -> None:
    """Raises ImproperlyConfigured with the statements that a superuser has to run."""
    if not _is_by_owner(using):
        return
    refuse(using)
    # Here, because processes without the desk have no such app.
    from cases.named import views

    with connections[using].cursor() as cursor:
        views.tear_down(cursor)


def _is_by_owner(using: str) -> bool:
    owner = settings.DATABASE_LOGINS["owner"]["USER"]
    return bool(connections[using].settings_dict["USER"] == owner)


def refuse(using: str) -> None:
    """Changes nothing. Raises ImproperlyConfigured, as `migrate` would."""
    connection = connections[using]
    owner = settings.DATABASE_LOGINS["owner"]["USER"]
    publisher = settings.DATABASE_LOGINS["publisher"]["USER"]
    desk = settings.DATABASE_LOGINS["desk"]["USER"]
    if not settings.ACTING_SECRET:
        raise ImproperlyConfigured(
            "Nothing was migrated: ACTING_SECRET is not set. Give this command that of"
            " the desk: docs/operations.md, “Who acts”."
        )
    logins = {database["USER"] for database in settings.DATABASE_LOGINS.values()}
    faults = []
    statements = []
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [sorted(logins)])
        version, database, database_owner, is_owner, missing = cursor.fetchone()
        if version < OLDEST:
            raise ImproperlyConfigured(
                f"This is PostgreSQL {version}; version {OLDEST} or newer is needed."
            )
        for login in missing:
            faults.append(f"the login “{login}” does not exist")
            create = "CREATE ROLE {} LOGIN PASSWORD '…';"
            statements.append(_statement(cursor, create, sql.Identifier(login)))
        if not is_owner:
            faults.append(
                f"the database belongs to “{database_owner}”, not to “{owner}”"
            )
            change = "ALTER DATABASE {} OWNER TO {};"
            database_name, owner_name = sql.Identifier(database), sql.Identifier(owner)
            statements.append(_statement(cursor, change, database_name, owner_name))
        if publisher not in missing:
            for function in _forbidden_functions(cursor, publisher):
                faults.append(f"“{publisher}” may not call {function}")
                grant = "GRANT EXECUTE ON FUNCTION {} TO {};"
                signature, name = sql.SQL(function), sql.Identifier(publisher)
                statements.append(_statement(cursor, grant, signature, name))
        if publisher != desk and not missing:
            for reader in _readers_not_watched(cursor, publisher):
                faults.append(f"“{publisher}” may not end what “{reader}” reads")
                names = sql.Identifier(reader), sql.Identifier(publisher)
                statements.append(_statement(cursor, "GRANT {} TO {};", *names))
    if statements:
        raise ImproperlyConfigured(
            f"Nothing was migrated: {'; '.join(faults)}."
            " As PostgreSQL's superuser, run:\n" + "\n".join(statements)
        )


def _readers_not_watched(cursor: CursorWrapper, publisher: str) -> list[str]:
    """Its watchdog acts as a member of their roles (cases/publishing/watchdog.py)."""
    readers = []
    for role in ("public", "partners"):
        login = settings.DATABASE_LOGINS[role]["USER"]
        if login != settings.DATABASE_LOGINS["desk"]["USER"]:
            readers.append(login)
    cursor.execute(NOT_A_MEMBER, [readers, publisher])
    return [reader for (reader,) in cursor.fetchall()]


def _forbidden_functions(cursor: CursorWrapper, publisher: str) -> list[str]:
    cursor.execute(FORBIDDEN, [ASKED_BY_THE_GATE, publisher])
    return [function for (function,) in cursor.fetchall()]


def _statement(cursor: CursorWrapper, template: str, *names: sql.Composable) -> str:
    return sql.SQL(template).format(*names).as_string(cursor.connection)
