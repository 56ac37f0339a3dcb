"""The digest of each event of history, computed by PostgreSQL: SHA-256 of the row, salt
included, as one line of JSON.

    {"table":"cases_claimanthistory","pgh_id":"17","id":"…","name":"…",…,"pgh_created_at":"2026-11-22
    12:00:00.5+00",…}

Table and number, then the columns in the order of their names. The values are texts as
PostgreSQL writes them; what is NULL is left out, so that a column that is added later
changes no digest. Anyone can compute it again from a copy of the table.
"""

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from cases.models import Erasure, RecordEvent

# An event, by its table and number.
Named = tuple[str, int]
# By table, the one first that holds the number.
Columns = dict[str, list[str]]
# The number of an event, its table, its digest.
Digest = tuple[int, str, bytes]

CHUNK = 5_000  # rows fetched at once
UNDER_WAY = """
    SELECT EXISTS (
        SELECT FROM pg_snapshot_xip(pg_current_snapshot()) AS transaction (id)
        WHERE id < %s::xid8
        AND id::xid NOT IN (
            SELECT backend_xid FROM pg_stat_activity WHERE datname <> current_database() AND backend_xid IS NOT NULL
            UNION ALL SELECT transaction FROM pg_prepared_xacts WHERE database <> current_database()
        )
    )
"""
FORMATS = (
    "SELECT set_config('TimeZone', 'UTC', true),"
    " set_config('DateStyle', 'ISO, YMD', true), set_config('bytea_output', 'hex', true)"
)


class StillBusy(Exception):
    """A change that was begun before has not ended. The message is for people."""

    def __str__(self) -> str:
        return _("A change that was begun before has not ended. Try again later.")


def columns() -> Columns:
    """Of every table of events. Erasures are among them: they are drawn from the same
    order.
    """
    models = [
        model
        for model in apps.get_models()
        if issubclass(model, RecordEvent) or model is Erasure
    ]
    return {
        model._meta.db_table: [
            str(model._meta.pk.column),
            *sorted(
                str(field.column)
                for field in model._meta.concrete_fields
                if not field.primary_key
            ),
        ]
        for model in sorted(models, key=lambda model: model._meta.db_table)
    }


def columns_in_database() -> Columns:
    """As it is now, whatever the models say; tables and columns by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns"
            " WHERE table_schema = current_schema() GROUP BY table_name"
        )
        return dict(cursor.fetchall())


def settled(patience: float) -> int:
    """A number up to which no event can still appear, 0 where there is none yet. Not
    within a transaction.

    An event draws its number after its transaction has drawn its own, from which it
    follows: all numbers up to the highest that is seen belong to transactions older
    than the one that looks. Once those have ended, nothing is missing. Transactions of
    the whole server are numbered in one order; those known to be of another database
    draw no number here. Nobody waits for this but we: after `patience` seconds,
    StillBusy.
    """
    until = time.monotonic() + patience
    highest = sql.SQL(", ").join(
        sql.SQL("(SELECT max({number}) FROM {table})").format(
            number=sql.Identifier(names[0]), table=sql.Identifier(table)
        )
        for table, names in columns().items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "SELECT COALESCE(GREATEST({highest}), 0), pg_current_xact_id()::text"
            ).format(highest=highest)
        )
        last, transaction_id = cursor.fetchone()
        while True:
            cursor.execute(UNDER_WAY, [transaction_id])
            if not cursor.fetchone()[0]:
                return last
            if time.monotonic() > until:
                raise StillBusy
            time.sleep(0.05)


# To read all of history takes as long as it takes, whatever the login's timeouts.
_AT_LEISURE = (
    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """All that is read within is of one moment."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(FORMATS)
            cursor.execute(_AT_LEISURE)
        yield


def read(tables: Columns, *, after: int | None, last: int) -> Iterator[Digest]:
    """In their order, of the events numbered above `after` and up to `last`. Within
    `one_snapshot`.
    """
    within = (
        sql.SQL("{number} <= {last}")
        if after is None
        else sql.SQL("{number} > {after} AND {number} <= {last}")
    )
    query = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {number}, {name}, {digest} FROM {table} WHERE {within}").format(
            number=sql.Identifier(names[0]),
            name=sql.Literal(table),
            digest=digest_of(table, names),
            table=sql.Identifier(table),
            within=within.format(
                number=sql.Identifier(names[0]),
                after=sql.Literal(after),
                last=sql.Literal(last),
            ),
        )
        for table, names in tables.items()
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql.SQL("{query} ORDER BY 1, 2").format(query=query))
        while rows := cursor.fetchmany(CHUNK):
            yield from (
                (number, table, bytes(digest)) for number, table, digest in rows
            )


def before_erasures(acts: Iterable[Erasure], last: int) -> dict[Named, bytes]:
    """What the erased events were in the eyes of a checkpoint that ends at `last`.

    An act is itself in the order of events. What it emptied was whole when a checkpoint
    that does not reach the act was made. A checkpoint that reaches it saw what was left.
    """
    whole: dict[Named, bytes] = {}
    for act in acts:
        if act.number > last:
            for table, events in act.events.items():
                for number, (was, _left) in events.items():
                    whole.setdefault((table, int(number)), bytes.fromhex(was))
    return whole


def as_then(events: Iterator[Digest], whole: Mapping[Named, bytes]) -> Iterator[Digest]:
    for number, table, digest in events:
        yield number, table, whole.get((table, number), digest)


def of_events(cursor: Any, table: str, numbers: Collection[int]) -> dict[int, str]:
    """In hexadecimal, by number. With `FORMATS` set."""
    names = columns()[table]
    cursor.execute(
        sql.SQL(
            "SELECT {number}, encode({digest}, 'hex') FROM {table} WHERE {number} = ANY({numbers})"
        ).format(
            number=sql.Identifier(names[0]),
            digest=digest_of(table, names),
            table=sql.Identifier(table),
            numbers=sql.Literal(list(numbers)),
        )
    )
    return dict(cursor.fetchall())


def digest_of(table: str, names: list[str]) -> sql.Composed:
    """SQL for the digest of a row. CONCAT_WS leaves out what is NULL."""
    pairs = [sql.Literal(f'"table":{json.dumps(table)}')] + [
        sql.SQL("{name} || to_json({column}::text)::text").format(
            name=sql.Literal(f"{json.dumps(name)}:"), column=sql.Identifier(name)
        )
        for name in names
    ]
    return sql.SQL(
        "sha256(convert_to('{{' || concat_ws(',', {pairs}) || '}}', 'UTF8'))"
    ).format(pairs=sql.SQL(", ").join(pairs))
