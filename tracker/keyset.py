"""Paging through rows in a stable order, by what the last row held rather than by counting rows.

The order is (value, id), both rising or both falling, and rows without a value come last either way. Those with and
those without are two questions in one statement, so that each is answered in the order of an index on (column, id).
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy


@dataclass(frozen=True)
class Position:
    """Just after the row with this value and id; or, read backwards, just before it."""

    value: Any
    id: Any
    backwards: bool = False


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next: Position | None
    previous: Position | None


def page(
    queryset: QuerySet[Any], column: str, limit: int, *, descending: bool = False, start: Position | None = None
) -> Page:
    """At most `limit` rows of `queryset`, model instances or dicts, in the order of `column`. One query."""
    backwards = start is not None and start.backwards
    found = list(_beyond(queryset, column, limit + 1, descending, start))
    more, rows = len(found) > limit, found[:limit]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    key = queryset.model._meta.pk.name

    def at(row: Any, backwards: bool) -> Position:
        return Position(_read(row, column), _read(row, key), backwards)

    return Page(
        rows,
        next=at(rows[-1], False) if more or backwards else None,
        previous=at(rows[0], True) if (more if backwards else start) else None,
    )


def _beyond(
    queryset: QuerySet[Any], column: str, limit: int, descending: bool, start: Position | None
) -> QuerySet[Any]:
    """The rows beyond `start` in the order in which they are read."""
    backwards = start is not None and start.backwards
    falling = descending != backwards
    sign, beyond = ("-", "lt") if falling else ("", "gt")
    valued = queryset.exclude(**{column: None})
    blank = queryset.filter(**{column: None})
    if start and start.value is None:
        blank = blank.filter(**{f"pk__{beyond}": start.id})
    elif start:
        # The first condition says nothing new, but it is the one that an index can answer.
        valued = valued.filter(**{f"{column}__{beyond}e": start.value}).filter(
            Q(**{f"{column}__{beyond}": start.value}) | Q(**{f"pk__{beyond}": start.id})
        )
    valued = valued.order_by(f"{sign}{column}", f"{sign}pk")[:limit]
    blank = blank.order_by(f"{sign}pk")[:limit]
    if not may_be_empty(queryset.model._meta.get_field(column)) or (start and backwards and start.value is not None):
        return valued
    if start and not backwards and start.value is None:
        return blank
    nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    order = OrderBy(F(column), descending=falling, **nulls)
    return valued.union(blank, all=True).order_by(order, f"{sign}pk")[:limit]


def may_be_empty(field: Any) -> bool:
    """A generated column does not say so itself."""
    return field.null or field.generated


def _read(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, dict) else getattr(row, name)
