"""Questions to the record that are always the same but for their values.

Django puts a question together each time it is asked; for a few cases that took longer
than the answer. A Statement is put together once. What is asked often on one connection
is not planned anew each time either.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

Value = Collection[UUID] | Collection[str] | date | str

_ASKED_OFTEN = 5  # times, as psycopg has it where Django does not switch it off
_MOST_PREPARED = 500  # the gate asks some sixty for each kind of root


@dataclass(frozen=True)
class _Made:
    """`values`: what stands in the statement's places; of a value of the question its
    place among them.
    """

    sql: str
    values: Sequence[Any]
    places: Sequence[int | None]
    compiler: Any
    converters: Any

    def filled(self, given: Sequence[Any]) -> list[Any]:
        filled = []
        for value, place in zip(self.values, self.places, strict=True):
            filled.append(value if place is None else given[place])
        return filled

    def converted(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        if not self.converters:
            return rows
        as_python = self.compiler.apply_converters(rows, self.converters)
        return list(map(tuple, as_python))


class Statement:
    """A function that makes a question, as `values_list()`, of its values: ids (for
    `among`), days, or texts. No ids, no rows: nothing is asked then.

        @Statement
        def versions(ids):
            return Source.objects.filter(id__among=ids).values_list("id", "version")

        versions(ids)  # [(id, version), …]
    """

    def __init__(self, rows: Callable[..., Any]) -> None:
        self._rows = rows
        self._made: dict[bool, _Made] = {}

    def __call__(self, *values: Value) -> list[tuple[Any, ...]]:
        given = []
        for value in values:
            if isinstance(value, date | str):
                given.append(value)
            elif value:
                given.append(_as_one(value))
            else:
                return []
        # By views, which have no keys, Django groups otherwise: cases/named/seeing.py.
        way = connection.features.allows_group_by_selected_pks
        if way not in self._made:
            self._made[way] = self._make(values)
        made = self._made[way]
        return made.converted(asked(made.sql, made.filled(given)))

    def _make(self, values: Sequence[Value]) -> _Made:
        marks = [_mark(place, value) for place, value in enumerate(values)]
        compiler = self._rows(*marks).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        found = [
            mark if isinstance(mark, date | str) else _as_one(mark) for mark in marks
        ]
        places = [_place(value, found) for value in parameters]
        assert set(range(len(values))) <= set(places), "not every value is asked for"
        columns = [column for column, _sql, _name in compiler.select]
        return _Made(
            sql, parameters, places, compiler, compiler.get_converters(columns)
        )


def asked(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Of what writes no row. Values go beside the statement, so that it is the same one
    each time.
    """
    connection.ensure_connection()
    if connection.queries_logged:  # for tests of how much is asked
        connection.queries_log.append({"sql": sql, "time": "0"})
    connection.validate_no_broken_transaction()
    with (
        _prepared(connection.connection) as session,
        connection.wrap_database_errors,
        psycopg.Cursor(session) as cursor,
    ):
        return cursor.execute(sql, values).fetchall()


@contextmanager
def _prepared(session: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """Only here: otherwise it would remember what Django asks, too, with all the values
    that are written into that.
    """
    session.prepared_max, session.prepare_threshold = _MOST_PREPARED, _ASKED_OFTEN
    try:
        yield session
    finally:
        session.prepare_threshold = None


def _as_one(ids: Iterable[object]) -> str:
    """As models/among.py has them."""
    return f"{{{','.join(map(str, ids))}}}"


def _mark(place: int, value: Value) -> Any:
    """What is not in any question by itself."""
    if isinstance(value, date):
        return date(1, 1, 1 + place)
    if isinstance(value, str):
        return f"value {place}"
    return [UUID(int=place)]


def _place(value: object, marks: Sequence[object]) -> int | None:
    return marks.index(value) if value in marks else None
