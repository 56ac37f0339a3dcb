"""What is asked of the database itself: by its functions, and whose login this is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import md5
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connections, transaction
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

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


Rows = list[tuple[Any, ...]]

# Which statements a connection of the pool has prepared.
_prepared: WeakKeyDictionary[psycopg.Connection[Any], set[bytes]] = WeakKeyDictionary()


def asked_often(using: str, statement: str, values: Sequence[object] = ()) -> Rows:
    """Of a statement that is always the same, with $1 where the first value stands: each
    connection parses and plans it once. Django’s own cursors put values into the
    statement, and it is another one each time.
    """
    database = connections[using]
    if database.queries_logged:  # for tests of how much is asked
        database.queries_log.append({"sql": statement, "time": "0"})
    pool = getattr(database, "pool", None)
    with database.wrap_database_errors:
        if (
            pool is not None
            and database.connection is None
            and not database.in_atomic_block
        ):
            pool.open()
            connection = pool.getconn()
            try:
                return _asked_at_once(connection, statement, values)
            finally:
                pool.putconn(connection)
    database.ensure_connection()
    connection = database.connection
    if connection.prepare_threshold is None:
        connection.prepare_threshold = 5  # Django has nothing prepared
    with psycopg.RawCursor(connection) as cursor, database.wrap_database_errors:
        return cursor.execute(statement, values, prepare=True).fetchall()


def _asked_at_once(
    connection: psycopg.Connection[Any], statement: str, values: Sequence[object]
) -> Rows:
    """By libpq itself, where no transaction has begun. A cursor takes as long for this as
    the whole answer, and Django takes as long again to open and close a connection.
    """
    server = connection.pgconn
    name = md5(statement.encode(), usedforsecurity=False).hexdigest().encode()
    texts = [str(value).encode() for value in values]
    prepared = _prepared.setdefault(connection, set())
    result = server.exec_prepared(name, texts) if name in prepared else None
    # After a rollback psycopg has the server forget all that was prepared.
    if result is None or result.error_field(DiagnosticField.SQLSTATE) == _FORGOTTEN:
        _refuse_unless(
            ExecStatus.COMMAND_OK, server, server.prepare(name, statement.encode())
        )
        prepared.add(name)
        result = server.exec_prepared(name, texts)
    _refuse_unless(ExecStatus.TUPLES_OK, server, result)
    rows = Transformer(connection)
    rows.set_pgresult(result)
    return rows.load_rows(0, result.ntuples, tuple)


_FORGOTTEN = b"26000"  # invalid_sql_statement_name


def _refuse_unless(status: ExecStatus, server: PGconn, result: PGresult) -> None:
    if result.status == status:
        return
    if server.status == ConnStatus.BAD:
        # The server does not say by which kind of error it went away.
        raise psycopg.OperationalError("The connection was lost.")
    raise error_from_result(result)


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
