"""What an erasure would take: which events, which of their values, and where else those
still stand.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext as _
from psycopg import sql

from cases.catalogue import CASES
from cases.history.timeline import history_of, timeline
from cases.models.base import Record
from cases.models.history import TRACKED
from tracker.emptiness import is_empty

Values = dict[str, Any]
# Of an erased event, apart from who, when and where: whose it was, and which case's.
KEPT = {"id", "root_kind"}


class Refused(Exception):
    """The message is for people, and does not repeat what is to be erased."""


@dataclass(frozen=True)
class What:
    """Either events by table and number, or a case: all that was said of it; of one
    field; or what contains a text.
    """

    case: UUID | None = None
    field: str = ""
    containing: str = ""
    events: tuple[tuple[str, int], ...] = ()

    @property
    def all_of_it(self) -> bool:
        return self.case is not None and not (self.field or self.containing)


@dataclass(frozen=True)
class Doomed:
    """One event that goes. `values`: what it says, by column, and the present record
    does not: they go from editions, too.
    """

    model: type[models.Model]
    number: int
    record_id: str
    values: Values

    @property
    def table(self) -> str:
        return history_of(self.model)


def ids(doomed: Sequence[Doomed]) -> set[str]:
    """Of the records; none of links, which have numbers that mean something else
    elsewhere.
    """
    return {event.record_id for event in doomed if issubclass(event.model, Record)}


def find(what: What) -> list[Doomed]:
    """Raises Refused where there is nothing, or where the record still says it. Locks
    what it read of the record.
    """
    numbers = _of_case(what.case) if what.case else _named(what.events)
    if what.field and not any(
        field.name == what.field
        for model in numbers
        for field in model._meta.concrete_fields
    ):
        raise Refused(
            _("“%(field)s” is no field of this case.") % {"field": what.field}
        )
    doomed: list[Doomed] = []
    for model, its in numbers.items():
        events = list(_events(model, its))
        present = _present(
            model, {record_id for _number, record_id, _why, _said in events}
        )
        _refuse_present(model, present, what)
        for number, record_id, why, said in events:
            if what.all_of_it and record_id in present:
                continue  # it lives on in another case
            values = _values(said, present.get(record_id), what)
            if (
                values
                or what.all_of_it
                or (
                    not what.field
                    and what.containing
                    and _contains(why, what.containing)
                )
            ):
                doomed.append(Doomed(model, number, record_id, values))
            elif what.events:
                raise Refused(
                    _("%(event)s: the record still says the same; correct it first.")
                    % {"event": number}
                )
    if not doomed:
        raise Refused(
            _("History has nothing of that kind, or it has been erased already.")
        )
    return doomed


def _of_case(case: UUID) -> dict[type[models.Model], list[int]]:
    """Every event of what ever was in the case, also of when it was in another one."""
    records: dict[type[models.Model], set[str]] = defaultdict(set)
    for kind, model in CASES.items():
        if _numbers(model, {str(case)}):
            for change in timeline(kind, case):
                records[change.model].add(change.record_id)
    return {model: _numbers(model, its) for model, its in records.items()}


def _numbers(model: type[models.Model], record_ids: set[str]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT pgh_id FROM {history} WHERE id = ANY(%s::{key}[])").format(
                history=sql.Identifier(history_of(model)), key=_type_of_key(model)
            ),
            [list(record_ids)],
        )
        return [number for (number,) in cursor.fetchall()]


def _type_of_key(model: type[models.Model]) -> sql.SQL:
    return sql.SQL("uuid" if issubclass(model, Record) else "bigint")


def _named(events: Collection[tuple[str, int]]) -> dict[type[models.Model], list[int]]:
    tables = {history_of(model): model for model in TRACKED}
    numbers: dict[type[models.Model], list[int]] = defaultdict(list)
    for table, number in events:
        if table not in tables:
            raise Refused(_("%(table)s is no table of history.") % {"table": table})
        numbers[tables[table]].append(number)
    return numbers


def _events(
    model: type[models.Model], numbers: list[int]
) -> Iterator[tuple[int, str, str, Values]]:
    """(number, id of the record, reason given, what it says) of those that are not
    erased.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "SELECT pgh_id, id::text, COALESCE(pgh_context ->> 'reason', ''), to_jsonb(event)::text"
                " FROM {history} AS event WHERE pgh_id = ANY(%s) AND pgh_salt IS NOT NULL ORDER BY pgh_id"
            ).format(history=sql.Identifier(history_of(model))),
            [numbers],
        )
        for number, record_id, why, said in cursor.fetchall():
            kept = KEPT | {root_column(model)}
            yield (
                number,
                record_id,
                why,
                {
                    name: value
                    for name, value in json.loads(said).items()
                    if not name.startswith("pgh_")
                    and name not in kept
                    and not is_empty(value)
                },
            )


def root_column(model: type[models.Model]) -> str:
    return str(model._meta.get_field(TRACKED[model]).column)  # type: ignore[union-attr]


def _present(model: type[models.Model], ids: set[str]) -> dict[str, Values]:
    """The records as they are now, by id, all columns; locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "SELECT id::text, to_jsonb(record)::text FROM {table} AS record"
                " WHERE id = ANY(%s::{key}[]) ORDER BY id FOR UPDATE"
            ).format(
                table=sql.Identifier(model._meta.db_table), key=_type_of_key(model)
            ),
            [list(ids)],
        )
        return {
            record_id: json.loads(record) for record_id, record in cursor.fetchall()
        }


def _refuse_present(
    model: type[models.Model], present: dict[str, Values], what: What
) -> None:
    """What stands in the record would come back with the next edit."""
    if what.all_of_it and str(what.case) in present:
        raise Refused(
            _("The record still has this case (%(table)s). Delete it first.")
            % {"table": model._meta.db_table}
        )
    for record_id, record in present.items():
        for name, value in record.items():
            if what.containing and _contains(value, what.containing):
                raise Refused(
                    _(
                        "The text still stands in the record: %(table)s %(id)s, %(field)s. Correct it first."
                    )
                    % {"table": model._meta.db_table, "id": record_id, "field": name}
                )


def _values(said: Values, present: Values | None, what: What) -> Values:
    return {
        name: value
        for name, value in said.items()
        if (present is None or present.get(name) != value)
        and (not what.field or name in {what.field, f"{what.field}_id"})
        and (not what.containing or _contains(value, what.containing))
    }


def _contains(value: Any, text: str) -> bool:
    """Whether it is found in any text within, in capitals or not."""
    if isinstance(value, dict):
        return any(_contains(one, text) for pair in value.items() for one in pair)
    if isinstance(value, list):
        return any(_contains(one, text) for one in value)
    return isinstance(value, str) and text.casefold() in value.casefold()
