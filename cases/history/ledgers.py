"""What checkpoints seal of the ledgers: by table and day, how many rows there were and a
digest over theirs. A row's digest is made as an event's is (digests.py).
"""

import time
from collections.abc import Mapping
from typing import NamedTuple

from django.apps import apps
from django.db import connection
from psycopg import sql

from cases.history.digests import Columns, StillBusy, digest_of
from cases.models import Forgotten, Ledger

FORGOTTEN = Forgotten._meta.db_table

# Those who may still add a row with a lower number than the highest one that is seen:
# they hold this lock from before they draw the number until their transaction ends.
WRITERS = """
    SELECT DISTINCT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND relation = ANY(%s::regclass[]) AND pid IS DISTINCT FROM pg_backend_pid()
"""


class TableDigest(NamedTuple):
    events: int
    digest: str
    """SHA-256 over the digests of these rows, by their numbers; in hexadecimal."""


Days = dict[str, TableDigest]


def models() -> dict[str, type[Ledger]]:
    """By table."""
    ledgers = {}
    for model in apps.get_models():
        if issubclass(model, Ledger) and not model._meta.proxy:
            ledgers[model._meta.db_table] = model
    return dict(sorted(ledgers.items()))


def columns() -> Columns:
    columns_by_table: Columns = {}
    for table, model in models().items():
        others = []
        for field in model._meta.concrete_fields:
            if not field.primary_key:
                others.append(str(field.column))
        columns_by_table[table] = [str(model._meta.pk.column), *sorted(others)]
    return columns_by_table


def highest() -> dict[str, int]:
    """The number of the latest row of each, 0 where there is none."""
    numbers = {}
    with connection.cursor() as cursor:
        for table, names in columns().items():
            query = sql.SQL("SELECT COALESCE(max({number}), 0) FROM {table}")
            cursor.execute(
                query.format(
                    number=sql.Identifier(names[0]), table=sql.Identifier(table)
                )
            )
            (numbers[table],) = cursor.fetchone()
    return numbers


def settled(patience: float) -> dict[str, int]:
    """By ledger, a number up to which no row can still appear. Not within a
    transaction.

    Whoever adds a row locks the table first, and draws its number then. So once all
    those have ended who held the lock when the highest number was seen, nothing is
    missing. Nobody waits for this but we: after `patience` seconds, StillBusy.
    """
    until = time.monotonic() + patience
    ends = highest()
    waited_for = _writers()
    while waited_for & _writers():
        if time.monotonic() > until:
            raise StillBusy
        time.sleep(0.05)
    return ends


def _writers() -> set[str]:
    """Transactions that are adding to a ledger."""
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [list(columns())])
        return {name for (name,) in cursor.fetchall()}


def by_day(table: str, names: list[str], first: int, ends: Mapping[str, int]) -> Days:
    """Of the rows from `first` to the end of their ledger, as they were when the
    ledgers ended at `ends`: what was forgotten later counts as it was. Within
    `digests.one_snapshot`.
    """
    query = sql.SQL(_BY_DAY).format(
        table=sql.Identifier(table),
        name=sql.Literal(table),
        number=sql.Identifier(names[0]),
        digest=digest_of(table, names),
        day=day_of(table),
        forgotten=sql.Identifier(FORGOTTEN),
        after=sql.Literal(ends.get(FORGOTTEN, 0)),
        first=sql.Literal(first),
        last=sql.Literal(ends[table]),
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {day: TableDigest(rows, digest) for day, rows, digest in cursor}


_BY_DAY = """
    WITH later AS (
        SELECT DISTINCT ON (step.number) step.number, forgotten.day, step.was
        FROM {forgotten} AS forgotten, unnest(forgotten.rows, forgotten.was) AS step (number, was)
        WHERE forgotten.table_name = {name} AND forgotten.id > {after}
        AND step.number BETWEEN {first} AND {last}
        ORDER BY step.number, forgotten.id
    ), sealed AS (
        SELECT number, day, was AS digest FROM later
        UNION ALL
        SELECT {number}, {day}, {digest} FROM {table}
        WHERE {number} BETWEEN {first} AND {last} AND {number} NOT IN (SELECT number FROM later)
    )
    SELECT day::text, count(*), encode(sha256(string_agg(digest, ''::bytea ORDER BY number)), 'hex')
    FROM sealed GROUP BY day ORDER BY day
"""


def not_as_left(table: str) -> list[int]:
    """The rows that are not what the last act of forgetting left of them, and those of
    which an act found something else than the act before had left.
    """
    names = columns()[table]
    query = sql.SQL(_NOT_AS_LEFT).format(
        table=sql.Identifier(table),
        name=sql.Literal(table),
        number=sql.Identifier(names[0]),
        digest=digest_of(table, names),
        forgotten=sql.Identifier(FORGOTTEN),
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [number for (number,) in cursor.fetchall()]


_NOT_AS_LEFT = """
    WITH step AS (
        SELECT step.number, step.was, step.kept,
            row_number() OVER acts AS place, lag(step.kept) OVER acts AS before,
            lead(forgotten.id) OVER acts IS NULL AS is_last
        FROM {forgotten} AS forgotten,
            unnest(forgotten.rows, forgotten.was, forgotten."left") AS step (number, was, kept)
        WHERE forgotten.table_name = {name}
        WINDOW acts AS (PARTITION BY step.number ORDER BY forgotten.id)
    )
    SELECT step.number FROM step LEFT JOIN (
        SELECT {number} AS number, {digest} AS digest FROM {table}
        WHERE {number} IN (SELECT number FROM step)
    ) AS present ON present.number = step.number
    WHERE (is_last AND kept IS DISTINCT FROM present.digest)
    OR (place > 1 AND before IS DISTINCT FROM was)
    ORDER BY 1
"""


def day_of(table: str) -> sql.Composed:
    """SQL for the day of a row, in UTC."""
    column = sql.Identifier(models()[table].dated)
    return sql.SQL("({column} AT TIME ZONE 'UTC')::date").format(column=column)
