"""What is asked of the database itself: by its functions, and whose login this is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections, transaction

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


@contextmanager
def one_moment(using: str) -> Iterator[None]:
    """All that is read within is of one moment. Within a transaction that began before,
    it is read as that one reads.
    """
    connection = connections[using]
    begins_here = not connection.in_atomic_block
    with transaction.atomic(using=using):
        if begins_here:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
        yield
