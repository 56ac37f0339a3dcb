"""What an erasure would take: which events of history, and which of their values."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
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
Numbers = Mapping[type[models.Model], list[int]]  # of events, by the model they are of
# An erased event keeps these, beside who did it, when and where. They tell whose event
# it was, and of which case.
KEPT = {"id", "root_kind"}


class Refused(Exception):
    """The message is for people. It does not repeat what is to be erased."""


@dataclass(frozen=True)
class What:
    """What to erase: either events by table and number, or of a case.

    Of a case, everything goes; or what was in one field; or what contains a text.
    """

    case: UUID | None = None
    field: str = ""
    containing: str = ""
    events: tuple[tuple[str, int], ...] = ()

    @property
    def all_of_it(self) -> bool:
        return self.case is not None and not (self.field or self.containing)


@dataclass(frozen=True)
class Event:
    """An event that is not erased. `values` are what it says, by column."""

    number: int
    record_id: str
    reason: str
    values: Values


@dataclass(frozen=True)
class Doomed:
    """One event that goes.

    `values` are what it says and the present record does not, by column. They go from
    editions, too.
    """

    model: type[models.Model]
    number: int
    record_id: str
    values: Values

    @property
    def table(self) -> str:
        return history_of(self.model)


def ids(doomed: Sequence[Doomed]) -> set[str]:
    """The ids of records. Links have numbers, which mean something else elsewhere."""
    record_ids = set()
    for event in doomed:
        if issubclass(event.model, Record):
            record_ids.add(event.record_id)
    return record_ids


def find(what: What, *, besides: bool = False) -> list[Doomed]:
    """Find the events to erase, and lock the records that they are of.

    Raises Refused if the record still says the same, or if there is no such event; but
    not if something is erased besides.
    """
    numbers = _numbers_named(what.events)
    if what.case:
        numbers = _numbers_of_case(what.case)
    if what.field and not _has_field(numbers, what.field):
        raise Refused(
            _("“%(field)s” is no field of this case.") % {"field": what.field}
        )
    doomed: list[Doomed] = []
    for model, event_numbers in numbers.items():
        doomed += _find_in_table(model, event_numbers, what)
    if not (doomed or besides):
        raise Refused(
            _("History has nothing of that kind, or it has been erased already.")
        )
    return doomed


def _has_field(numbers: Numbers, name: str) -> bool:
    for model in numbers:
        for field in model._meta.concrete_fields:
            if field.name == name:
                return True
    return False


def _find_in_table(
    model: type[models.Model], numbers: list[int], what: What
) -> list[Doomed]:
    events = list(_events(model, numbers))
    records = _present_records(model, {event.record_id for event in events})
    _refuse_present(model, records, what)
    doomed = []
    for event in events:
        record = records.get(event.record_id)
        if what.all_of_it and record is not None:
            continue  # the record lives on in another case
        values = _values_to_erase(event, record, what)
        if values or what.all_of_it or _is_in_reason(event, what):
            doomed.append(Doomed(model, event.number, event.record_id, values))
        elif what.events:
            raise Refused(
                _("%(event)s: the record still says the same; correct it first.")
                % {"event": event.number}
            )
    return doomed


def _is_in_reason(event: Event, what: What) -> bool:
    if what.field or not what.containing:
        return False
    return _contains(event.reason, what.containing)


def _numbers_of_case(case: UUID) -> Numbers:
    """The events of everything that ever was in the case, even from another case."""
    record_ids: dict[type[models.Model], set[str]] = defaultdict(set)
    for kind, model in CASES.items():
        if _numbers_of_records(model, {str(case)}):
            for change in timeline(kind, case):
                record_ids[change.model].add(change.record_id)
    numbers = {}
    for changed_model, changed_ids in record_ids.items():
        numbers[changed_model] = _numbers_of_records(changed_model, changed_ids)
    return numbers


def _numbers_of_records(model: type[models.Model], record_ids: set[str]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _text(
                sql.SQL("SELECT pgh_id FROM {history} WHERE id = ANY(%s::{key}[])"),
                history=sql.Identifier(history_of(model)),
                key=_type_of_key(model),
            ),
            [list(record_ids)],
        )
        return [number for (number,) in cursor.fetchall()]


def _text(statement: sql.SQL, **names: sql.Composable) -> str:
    """As text: at the desk, pghistory says in front of it who acts."""
    return statement.format(**names).as_string()


def _type_of_key(model: type[models.Model]) -> sql.SQL:
    if issubclass(model, Record):
        return sql.SQL("uuid")
    return sql.SQL("bigint")


def _numbers_named(events: Collection[tuple[str, int]]) -> Numbers:
    models_by_table = {}
    for model in TRACKED:
        models_by_table[history_of(model)] = model
    numbers: dict[type[models.Model], list[int]] = defaultdict(list)
    for table, number in events:
        if table not in models_by_table:
            raise Refused(_("%(table)s is no table of history.") % {"table": table})
        numbers[models_by_table[table]].append(number)
    return numbers


def _events(model: type[models.Model], numbers: list[int]) -> Iterator[Event]:
    """Those of these events that are not erased."""
    kept = KEPT | {root_column(model)}
    with connection.cursor() as cursor:
        cursor.execute(
            _text(
                sql.SQL(
                    "SELECT pgh_id, id::text, COALESCE(pgh_context ->> 'reason', ''),"
                    " to_jsonb(event)::text FROM {history} AS event"
                    " WHERE pgh_id = ANY(%s) AND pgh_salt IS NOT NULL ORDER BY pgh_id"
                ),
                history=sql.Identifier(history_of(model)),
            ),
            [numbers],
        )
        for number, record_id, reason, columns in cursor.fetchall():
            values = {}
            for name, value in json.loads(columns).items():
                is_own = not name.startswith("pgh_") and name not in kept
                if is_own and not is_empty(value):
                    values[name] = value
            yield Event(number, record_id, reason, values)


def root_column(model: type[models.Model]) -> str:
    return str(model._meta.get_field(TRACKED[model]).column)  # type: ignore[union-attr]


def _present_records(
    model: type[models.Model], record_ids: set[str]
) -> dict[str, Values]:
    """The records as they are now, all columns, by id. It locks them."""
    with connection.cursor() as cursor:
        cursor.execute(
            _text(
                sql.SQL(
                    "SELECT id::text, to_jsonb(record)::text FROM {table} AS record"
                    " WHERE id = ANY(%s::{key}[]) ORDER BY id FOR UPDATE"
                ),
                table=sql.Identifier(model._meta.db_table),
                key=_type_of_key(model),
            ),
            [list(record_ids)],
        )
        records = {}
        for record_id, record in cursor.fetchall():
            records[record_id] = json.loads(record)
        return records


def _refuse_present(
    model: type[models.Model], records: dict[str, Values], what: What
) -> None:
    """What stands in the record would come back with the next edit."""
    table = model._meta.db_table
    if what.all_of_it and str(what.case) in records:
        raise Refused(
            _("The record still has this case (%(table)s). Delete it first.")
            % {"table": table}
        )
    if not what.containing:
        return
    for record_id, record in records.items():
        for name, value in record.items():
            if _contains(value, what.containing):
                raise Refused(
                    _(
                        "The text still stands in the record: %(table)s %(id)s,"
                        " %(field)s. Correct it first."
                    )
                    % {"table": table, "id": record_id, "field": name}
                )


def _values_to_erase(event: Event, record: Values | None, what: What) -> Values:
    values = {}
    for name, value in event.values.items():
        if record is not None and record.get(name) == value:
            continue
        if what.field and name not in {what.field, f"{what.field}_id"}:
            continue
        if what.containing and not _contains(value, what.containing):
            continue
        values[name] = value
    return values


def _contains(value: object, text: str) -> bool:
    """Is the text in any text within the value, in capitals or not?"""
    if isinstance(value, dict):
        return _contains([*value.keys(), *value.values()], text)
    if isinstance(value, list):
        return any(_contains(item, text) for item in value)
    return isinstance(value, str) and text.casefold() in value.casefold()
