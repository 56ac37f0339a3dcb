"""Counts over the published rows that a list gives."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
        "WITH asked AS MATERIALIZED ({asked}), found AS MATERIALIZED ("
        "SELECT DISTINCT value, of_id FROM {spans}"
        " WHERE of_id IN (SELECT id FROM asked) AND fact = %s"
        " AND (first_day IS NULL OR first_day <= %s)"
        " AND (last_day IS NULL OR last_day >= %s))"
        " SELECT value, count(*) FROM found GROUP BY value UNION ALL"
        " SELECT NULL, count(DISTINCT of_id) FROM found"
    )
    fact = "status" if day else "last_status"
    counts = dict(_ask(rows, "id", statement, fact, day or date.max, day or date.min))
    known = counts.pop(None)
    return counts, known


def spans_of(
    rows: Rows, statuses: Collection[str]
) -> list[tuple[date | None, date | None, bool, int]]:
    """(first day, last day, whether it may be another status as well, how many) of the
    times in which one of these statuses holds, or may hold.
    """
    statement = (
        "WITH asked AS MATERIALIZED ({asked}), times AS ("
        "SELECT of_id, first_day, last_day, bool_or(value = ANY(%s)) AS is_one,"
        " bool_or(value <> ALL(%s)) AS is_other FROM {spans}"
        " WHERE of_id IN (SELECT id FROM asked) AND fact = 'status'"
        " GROUP BY of_id, first_day, last_day)"
        " SELECT first_day, last_day, is_other, count(*) FROM times WHERE is_one"
        " GROUP BY first_day, last_day, is_other"
    )
    codes = sorted(statuses)
    return [tuple(row) for row in _ask(rows, "id", statement, codes, codes)]


def first_and_last(
    rows: Rows, facts: Sequence[str], until: date
) -> dict[str, tuple[date, date]]:
    """Of each fact the first and the last day of which it is known; none after `until`."""
    statement = (
        "WITH asked AS MATERIALIZED ({asked})"
        " SELECT fact, min(first_day), LEAST(max(COALESCE(last_day, first_day)), %s)"
        " FROM {spans} WHERE of_id IN (SELECT id FROM asked)"
        " AND fact = ANY(%s) AND first_day <= %s GROUP BY fact"
    )
    found = _ask(rows, "id", statement, until, list(facts), until)
    return {fact: (first, last) for fact, first, last in found}


def by_range(rows: Rows, ends: Mapping[str, Sequence[date]]) -> dict[str, Counts]:
    """Of each fact by ranges of days next to each other, of which it gives the last
    days; the first is open at its start. What may have been in several is counted in
    each.
    """
    ranges = []
    values: list[Any] = []
    for fact, last_days in ends.items():
        starts = [last_day + timedelta(days=1) for last_day in last_days[:-1]]
        ranges.append("(%s, %s::date[], %s::date)")
        values += [fact, starts, last_days[-1]]
    if not ranges:
        return {}
    statement = (
        "WITH asked AS MATERIALIZED ({asked}),"  # noqa: S608
        f" ranges (fact, starts, until) AS (VALUES {', '.join(ranges)}),"
        " found AS MATERIALIZED ("
        "SELECT DISTINCT fact, of_id, place FROM {spans} JOIN ranges USING (fact),"
        " generate_series(COALESCE(width_bucket(first_day, starts), 0),"
        " LEAST(width_bucket(last_day, starts), cardinality(starts))) AS place"
        " WHERE of_id IN (SELECT id FROM asked)"
        " AND (first_day IS NULL OR first_day <= until))"
        " SELECT fact, place, count(*) FROM found GROUP BY fact, place UNION ALL"
        " SELECT fact, NULL, count(DISTINCT of_id) FROM found GROUP BY fact"
    )
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    known: dict[str, int] = {}
    for fact, place, count in _ask(rows, "id", statement, *values):
        if place is None:
            known[fact] = count
        else:
            counts[fact][place] = count
    return {fact: (counts[fact], known.get(fact, 0)) for fact in ends}


def by_time(
    rows: Rows, statuses: Collection[str], until: date, ends: Sequence[int]
) -> list[tuple[bool, bool, int, int, int]]:
    """How long these statuses held, all times added up, for those of whom they ever did:
    (whether one may still hold, whether it is not known since when one did, the band of
    the least time, the band of the most, how many). `ends` are the days at which the
    second band and each later one begins.
    """
    statement = (
        "WITH asked AS MATERIALIZED ({asked}), times AS ("
        "SELECT of_id, first_day, LEAST(last_day, %s) AS last_day,"
        " bool_or(value = ANY(%s)) AS is_one, bool_or(value <> ALL(%s)) AS is_other"
        " FROM {spans} WHERE of_id IN (SELECT id FROM asked) AND fact = 'status'"
        " AND (first_day IS NULL OR first_day <= %s)"
        " GROUP BY of_id, first_day, LEAST(last_day, %s)),"
        " people AS (SELECT bool_or(last_day = %s) AS still,"
        " bool_or(first_day IS NULL) AS is_open,"
        " COALESCE(sum(last_day - first_day + 1) FILTER (WHERE NOT is_other), 0) AS least,"
        " COALESCE(sum(last_day - first_day + 1), 0) AS most"
        " FROM times WHERE is_one GROUP BY of_id)"
        " SELECT still, is_open, width_bucket(least::int, %s::int[]),"
        " width_bucket(most::int, %s::int[]), count(*) FROM people GROUP BY 1, 2, 3, 4"
    )
    codes, days = sorted(statuses), list(ends)
    asked = (until, codes, codes, until, until, until, days, days)
    return [tuple(row) for row in _ask(rows, "id", statement, *asked)]


def _ask(rows: Rows, column: str, statement: str, *values: Any) -> list[Any]:
    """`rows` stand first in the statement, as “{asked}”, of their id and `column`."""
    columns = dict.fromkeys(("id", column))
    compiler = rows.values(*columns).query.get_compiler(rows.db)
    asked, parameters = compiler.as_sql()
    spans = rows.model._meta.get_field("spans").related_model._meta.db_table
    with connections[rows.db].cursor() as cursor:
        text = statement.format(asked=asked, spans=spans)
        cursor.execute(text, [*parameters, *values])
        return cursor.fetchall()
