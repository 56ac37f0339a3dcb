"""Paging through rows in a stable order, by what the last row held rather than by
counting rows.

The order is (value, id), both rising or both falling, and rows without a value come
last either way. Those with and those without are two questions, so that each is
answered in the order of an index on (column, id).

Where rows are filtered, the first of all rows are looked at by themselves: mostly enough
of them are found there, and nothing depends on how many PostgreSQL expects. What is not
found there is looked for among the others (docs/decisions/plans.md).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet, TextField

from tracker.asking.named import ORDER
from tracker.database import one_moment

NEAR = 2000  # rows that are looked at first


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
    queryset: QuerySet[Any],
    column: str,
    limit: int,
    *,
    descending: bool = False,
    start: Position | None = None,
    among: "Among | None" = None,
) -> Page:
    """At most `limit` rows of `queryset`, model instances or dicts, in the order of
    `column`. At most two queries; with `among`, at most six and what that asks.
    """
    backwards = start is not None and start.backwards
    rows: list[Any] = []
    # In another moment a row may stand in another piece.
    with one_moment(queryset.db) if among else nullcontext():
        for piece in _pieces(queryset, among, column, descending, start):
            rows += piece[: limit + 1 - len(rows)]
            if len(rows) > limit:
                break
    has_more, rows = len(rows) > limit, rows[:limit]
    has_next, has_previous = has_more, start is not None
    if backwards:
        rows.reverse()
        has_next, has_previous = True, has_more
    if not rows:
        return Page([], None, None)
    key = queryset.model._meta.pk.name

    def at(row: Any, backwards: bool) -> Position:
        return Position(_read(row, column), _read(row, key), backwards)

    following = previous = None
    if has_next:
        following = at(rows[-1], False)
    if has_previous:
        previous = at(rows[0], True)
    return Page(rows, next=following, previous=previous)


@dataclass(frozen=True)
class Among:
    """Where rows are filtered: all `rows` among which they stand. `narrow` makes those
    beyond the first easier to find, and leaves none out. `bounds`: what is true of all
    of them that have a value in this column.
    """

    rows: QuerySet[Any]
    narrow: Callable[[QuerySet[Any]], QuerySet[Any]]
    bounds: Mapping[str, Q]


@dataclass(frozen=True)
class _Part:
    """Rows with a value, or rows without one, in an order that an index has."""

    column: str
    descending: bool
    condition: Q

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        # Ordered by the column also where it is empty: only then is PostgreSQL sure that
        # an index on (column, id) has them in order.
        sign = "-" if self.descending else ""
        return rows.filter(self.condition).order_by(f"{sign}{self.column}", f"{sign}pk")

    def until(self, value: Any, row_id: Any) -> Q:
        return self._on_side("gt" if self.descending else "lt", value, row_id, "e")

    def beyond(self, value: Any, row_id: Any) -> Q:
        return self._on_side("lt" if self.descending else "gt", value, row_id, "")

    def _on_side(self, side: str, value: Any, row_id: Any, or_there: str) -> Q:
        by_id = Q(**{f"pk__{side}{or_there}": row_id})
        if value is None:
            return by_id
        by_value = Q(**{f"{self.column}__{side}": value})
        # The first condition says nothing new, but an index can answer it.
        return Q(**{f"{self.column}__{side}e": value}) & (by_value | by_id)


def _pieces(
    queryset: QuerySet[Any],
    among: Among | None,
    column: str,
    descending: bool,
    start: Position | None,
) -> Iterator[QuerySet[Any]]:
    """The rows beyond `start`, in the order in which they are read."""
    bound = among.bounds.get(column, Q()) if among else Q()
    for part in _parts(queryset.model, column, descending, start, bound):
        rows = part.of(queryset)
        edge = None
        if among is not None:
            places = part.of(among.rows).values_list(column, "pk")
            edge = next(iter(places[NEAR : NEAR + 1]), None)
        if among is None or edge is None:
            yield rows
        else:
            yield rows.filter(part.until(*edge))
            yield among.narrow(rows.filter(part.beyond(*edge)))


def _parts(
    model: type[Model],
    column: str,
    descending: bool,
    start: Position | None,
    bound: Q,
) -> Iterator[_Part]:
    backwards = start is not None and start.backwards
    falls = descending != backwards
    valued = _Part(column, falls, bound)
    blank = _Part(column, falls, Q(**{f"{column}__isnull": True}))
    has_blank = may_be_empty(field_of(model, column))
    if has_blank:
        valued = _Part(column, falls, bound & Q(**{f"{column}__isnull": False}))
    if start is None:
        yield valued
    elif start.value is None:
        yield _Part(column, falls, blank.condition & blank.beyond(None, start.id))
        if backwards:
            yield valued
        return
    else:
        beyond = valued.beyond(start.value, start.id)
        yield _Part(column, falls, valued.condition & beyond)
    if has_blank and not backwards:
        yield blank


def field_of(model: type[Model], column: str) -> Any:
    """Of what is computed for one question, too: it is a text, and never empty."""
    if column == ORDER:
        return TextField()
    return model._meta.get_field(column)


def may_be_empty(field: Any) -> bool:
    """A generated column does not say so itself."""
    return field.null or field.generated


def _read(row: object, name: str) -> Any:
    if isinstance(row, dict):
        return row[name]
    return getattr(row, name)
