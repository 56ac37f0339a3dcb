"""What only a superuser can make, and must be there before the owner migrates:
docs/operations.md, “Database logins”.

The owner is an ordinary login, which can neither make others nor take a database over.
Without this check, a migration would stop half-way with PostgreSQL's own words, or go
through and leave a login with rights that nobody took from it.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from psycopg import sql

OLDEST = 15
# By these the gate knows its database again after a restore. Everyone may call them,
# unless that was taken away.
ASKED_BY_THE_GATE = [
    "pg_control_system()",
    "pg_current_wal_lsn()",
    "pg_walfile_name(pg_lsn)",
]
FORBIDDEN = "SELECT name FROM unnest(%s::text[]) AS name WHERE NOT has_function_privilege(%s::name, name, 'EXECUTE')"
ASKED = """
    SELECT current_setting('server_version_num')::int / 10000, current_database(), pg_get_userbyid(datdba),
        pg_has_role(datdba, 'USAGE'), ARRAY(SELECT unnest(%s::text[]) EXCEPT SELECT rolname FROM pg_roles ORDER BY 1)
    FROM pg_database WHERE datname = current_database()
"""


def before_migrating(using: str, **_: Any) -> None:
    """Raises ImproperlyConfigured with the statements that a superuser has to run."""
    connection = connections[using]
    owner = settings.DATABASE_LOGINS["owner"]["USER"]
    if connection.settings_dict["USER"] != owner:
        return
    logins = sorted(
        {database["USER"] for database in settings.DATABASE_LOGINS.values()}
    )
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [logins])
        version, database, owned_by, is_owner, missing = cursor.fetchone()
        if version < OLDEST:
            raise ImproperlyConfigured(
                f"This is PostgreSQL {version}; version {OLDEST} or newer is needed."
            )
        statements = [
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD '…';")
            .format(sql.Identifier(login))
            .as_string(cursor.connection)
            for login in missing
        ]
        if not is_owner:
            change = sql.SQL("ALTER DATABASE {} OWNER TO {};")
            names = sql.Identifier(database), sql.Identifier(owner)
            statements.append(change.format(*names).as_string(cursor.connection))
        desk, forbidden = settings.DATABASE_LOGINS["desk"]["USER"], []
        if desk not in missing:
            cursor.execute(FORBIDDEN, [ASKED_BY_THE_GATE, desk])
            forbidden = [function for (function,) in cursor.fetchall()]
        grant = sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {};")
        statements += [
            grant.format(sql.SQL(function), sql.Identifier(desk)).as_string(
                cursor.connection
            )
            for function in forbidden
        ]
    if statements:
        lacking = [f"the login “{login}” does not exist" for login in missing]
        lacking += (
            []
            if is_owner
            else [f"the database belongs to “{owned_by}”, not to “{owner}”"]
        )
        lacking += [f"“{desk}” may not call {function}" for function in forbidden]
        raise ImproperlyConfigured(
            f"Nothing was migrated: {'; '.join(lacking)}. As PostgreSQL's superuser, run:\n"
            + "\n".join(statements)
        )
