"""What is asked of the database itself: by its functions, and whose login this is."""

from typing import Any

import psycopg
from django.db import connections

from tracker.audiences import PARTNERS


def is_owner(using: str = "default") -> bool:
    """Is this the owner's login, or of a member of that role? The database knows it,
    whatever the settings say.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, datdba, 'MEMBER')"
            " FROM pg_database WHERE datname = current_database()"
        )
        (is_the_owner,) = cursor.fetchone()
    return bool(is_the_owner)


def ask(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """Of a function that takes a partner's key. The server gets the values beside the
    statement, not in it.

    So no key stands in the log of a statement that failed.
    """
    database = connections[PARTNERS.name]
    database.ensure_connection()
    with psycopg.Cursor(database.connection) as cursor, database.wrap_database_errors:
        cursor.execute(statement, values)
        return cursor.fetchall()
