"""How ledgers forget, by the owner's login: the digests of what goes are kept, with who
forgot it and why. So `checkpoint --verify` tells what was forgotten from what was
tampered with.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.functions import RandomUUID
from django.db import connection, models, transaction
from psycopg import sql

from cases.history import ledgers
from cases.history.digests import FORMATS, digest_of


@transaction.atomic
def delete(rows: models.QuerySet[Any], reason: str) -> int:
    """How many rows it was."""
    numbers = list(rows.values_list("pk", flat=True))
    _keep(rows.model._meta.db_table, numbers, reason, None)
    count, _by_model = rows.model._default_manager.filter(pk__in=numbers).delete()
    return count


@transaction.atomic
def change(
    rows: models.QuerySet[Any], *, reason: str, erasure: int, values: Mapping[str, Any]
) -> None:
    """The salt is changed, too: with the old one, what was taken out could be found by
    trying.
    """
    table = rows.model._meta.db_table
    numbers = list(rows.values_list("pk", flat=True))
    acts = _keep(table, numbers, reason, erasure)
    changed = rows.model._default_manager.filter(pk__in=numbers)
    changed.update(**values, salt=RandomUUID())
    _keep_what_is_left(table, acts)


def _keep(
    table: str, numbers: list[int], reason: str, erasure: int | None
) -> list[int]:
    return _run(
        "INSERT INTO {forgotten} (table_name, day, rows, was, reason, erasure)"
        " SELECT {name}, {day}, array_agg({number} ORDER BY {number}),"
        " array_agg({digest} ORDER BY {number}), {reason}, {erasure}"
        " FROM {table} WHERE {number} = ANY({numbers}) GROUP BY {day} ORDER BY {day}"
        " RETURNING id",
        table,
        numbers=sql.Literal(numbers),
        reason=sql.Literal(reason),
        erasure=sql.Literal(erasure),
        day=ledgers.day_of(table),
    )


def _keep_what_is_left(table: str, acts: list[int]) -> None:
    _run(
        'UPDATE {forgotten} AS forgotten SET "left" = ('
        " SELECT array_agg({digest} ORDER BY {number}) FROM {table}"
        " WHERE {number} = ANY(forgotten.rows)"
        ") WHERE forgotten.id = ANY({acts}) RETURNING id",
        table,
        acts=sql.Literal(acts),
    )


def _run(statement: str, table: str, **parts: sql.Composable) -> list[int]:
    """The numbers that it returns."""
    names = ledgers.columns()[table]
    query = sql.SQL(statement).format(
        forgotten=sql.Identifier(ledgers.FORGOTTEN),
        name=sql.Literal(table),
        table=sql.Identifier(table),
        number=sql.Identifier(names[0]),
        digest=digest_of(table, names),
        **parts,
    )
    with connection.cursor() as cursor:
        cursor.execute(FORMATS)
        cursor.execute(query)
        return [number for (number,) in cursor.fetchall()]
