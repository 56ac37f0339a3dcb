"""Paging through rows in a stable order, by what the last row held rather than by
counting rows.

The order is (value, id), both rising or both falling, and rows without a value come
last either way. Those with and those without are two questions, so that each is
answered in the order of an index on (column, id).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet, TextField

from tracker.asking.named import ORDER


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
) -> Page:
    """At most `limit` rows of `queryset`, model instances or dicts, in the order of
    `column`. At most two queries.
    """
    backwards = start is not None and start.backwards
    rows: list[Any] = []
    for part in _parts(queryset, column, descending, start):
        rows += part[: limit + 1 - len(rows)]
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


def _parts(
    queryset: QuerySet[Any], column: str, descending: bool, start: Position | None
) -> Iterator[QuerySet[Any]]:
    """The rows beyond `start`, as up to two querysets in the order in which they are
    read.
    """
    backwards = start is not None and start.backwards
    sign, beyond = ("-", "lt") if descending != backwards else ("", "gt")
    valued = queryset.order_by(f"{sign}{column}", f"{sign}pk")
    # Ordered by the column, too: only then is PostgreSQL sure that an index on (column,
    # id) has them in order.
    blank = queryset.order_by(f"{sign}{column}", f"{sign}pk").filter(
        **{f"{column}__isnull": True}
    )
    if may_be_empty(field_of(queryset.model, column)):
        valued = valued.filter(**{f"{column}__isnull": False})
    else:
        blank = blank.none()
    if start is None:
        yield valued
        yield blank
        return
    if start.value is None:
        yield blank.filter(**{f"pk__{beyond}": start.id})
        if backwards:
            yield valued
        return
    # The first condition says nothing new, but it is the one that an index can answer.
    valued = valued.filter(**{f"{column}__{beyond}e": start.value}).filter(
        Q(**{f"{column}__{beyond}": start.value}) | Q(**{f"pk__{beyond}": start.id})
    )
    yield valued
    if not backwards:
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
