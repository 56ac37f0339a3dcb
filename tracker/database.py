"""What is asked of the database itself: by its functions, and whose login this is."""

from collections.abc import Iterator, Mapping, Sequence
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


def asked_often(
    using: str, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()
) -> list[tuple[Any, ...]]:
    """Of a statement that is always the same: each connection parses and plans it once.
    Django’s own cursors put values into the statement, and it is another one each time.
    """
    database = connections[using]
    database.ensure_connection()
    connection = database.connection
    if connection.prepare_threshold is None:
        connection.prepare_threshold = 5  # Django has nothing prepared
    if database.queries_logged:  # for tests of how much is asked
        database.queries_log.append({"sql": statement, "time": "0"})
    with psycopg.Cursor(connection) as cursor, database.wrap_database_errors:
        return cursor.execute(statement, values, prepare=True).fetchall()


@contextmanager
def one_moment(using: str) -> Iterator[None]:
    """All that is read within is of one moment. Within a transaction that began before,
    it is read as that one reads.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
