"""Functions of the database that take a partner's key itself."""

from typing import Any

import psycopg
from django.db import connections

from tracker.audiences import PARTNERS


def ask(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """The server gets the values beside the statement, not in it.

    So no key stands in the log of a statement that failed.
    """
    database = connections[PARTNERS.name]
    database.ensure_connection()
    with psycopg.Cursor(database.connection) as cursor, database.wrap_database_errors:
        cursor.execute(statement, values)
        return cursor.fetchall()
