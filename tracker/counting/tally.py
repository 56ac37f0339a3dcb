"""Counts over the published rows that a list gives."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connections
from django.db.models import QuerySet

Rows = QuerySet[Any]
# {value: number} of rows, and of how many rows any value is known.
Counts = tuple[dict[Any, int], int]


@dataclass(frozen=True)
class Tally:
    """`counts`: {fact: {value: number}}; `known`: {fact: number}."""

    total: int
    known: dict[str, int]
    counts: dict[str, dict[str, int]]


def by_value(rows: Rows) -> Tally:
    """Of all facts at once: each row is read once. A row has a value but once."""
    statement = (
        "WITH asked AS MATERIALIZED ({asked}), facts AS ("
        "SELECT key AS fact, value AS answers FROM asked, jsonb_each(facts))"
        " SELECT NULL, NULL, count(*) FROM asked UNION ALL"
        " SELECT fact, NULL, count(*) FROM facts GROUP BY fact UNION ALL"
        " SELECT fact, answer, count(*)"
        " FROM facts, jsonb_array_elements_text(answers) AS answer"
        " GROUP BY fact, answer"
    )
    total = 0
    known: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for fact, value, count in _ask(rows, "facts", statement):
        if fact is None:
            total = count
        elif value is None:
            known[fact] = count
        else:
            counts[fact][value] = count
    return Tally(total, known, counts)


def by_status(rows: Rows, day: date | None) -> Counts:
    """On that day, or as last known."""
    statement = (
        "SELECT value, count(DISTINCT span.of_id) FROM {spans} AS span"
        " JOIN ({asked}) AS asked ON asked.id = span.of_id"
        " WHERE fact = %s AND (first_day IS NULL OR first_day <= %s)"
        " AND (last_day IS NULL OR last_day >= %s)"
        " GROUP BY GROUPING SETS ((value), ())"
    )
    fact = "status" if day else "last_status"
    on = day or date.max
    return _counts(_ask(rows, "id", statement, fact, on, day or date.min))


def by_range(rows: Rows, fact: str, ends: Sequence[date]) -> Counts:
    """Of ranges of days next to each other, by their last days; the first is open at its
    start. What may have been in several is counted in each.
    """
    if not ends:
        return {}, 0
    statement = (
        "SELECT place, count(DISTINCT of_id) FROM ("
        "SELECT span.of_id, span.last_day,"
        " COALESCE(width_bucket(first_day, starts), 0) AS first_place,"
        " COALESCE(LEAST(width_bucket(last_day, starts), cardinality(starts)),"
        " cardinality(starts)) AS last_place"
        " FROM {spans} AS span JOIN ({asked}) AS asked ON asked.id = span.of_id,"
        " (SELECT %s::date[] AS starts) AS ranges"
        " WHERE fact = %s AND (first_day IS NULL OR first_day <= %s)"
        ") AS placed, generate_series(first_place, last_place) AS place"
        " GROUP BY GROUPING SETS ((place), ())"
    )
    starts = [end + timedelta(days=1) for end in ends[:-1]]
    return _counts(_ask(rows, "id", statement, starts, fact, ends[-1]))


def first_and_last(rows: Rows, fact: str, until: date) -> tuple[date, date] | None:
    """The first and the last day of which this is known; nothing later than `until`."""
    statement = (
        "SELECT min(first_day), LEAST(max(COALESCE(last_day, first_day)), %s)"
        " FROM {spans} AS span JOIN ({asked}) AS asked ON asked.id = span.of_id"
        " WHERE fact = %s AND first_day <= %s"
    )
    ((first, last),) = _ask(rows, "id", statement, until, fact, until)
    return (first, last) if first else None


def _ask(rows: Rows, column: str, statement: str, *values: Any) -> list[Any]:
    """`rows` stand in the statement as “{asked}”, of their columns id and `column`."""
    columns = dict.fromkeys(("id", column))
    compiler = rows.values(*columns).query.get_compiler(rows.db)
    asked, parameters = compiler.as_sql()
    spans = rows.model._meta.get_field("spans").related_model._meta.db_table
    text = statement.format(asked=asked, spans=spans)
    before = statement.partition("{asked}")[0].count("%s")
    with connections[rows.db].cursor() as cursor:
        cursor.execute(text, [*values[:before], *parameters, *values[before:]])
        return cursor.fetchall()


def _counts(found: list[Any]) -> Counts:
    counts = dict(found)
    known = counts.pop(None, 0)
    return counts, known
