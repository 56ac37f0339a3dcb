"""The history of a whole case, its deleted parts included, in one query."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from cases.catalogue import CASES, link_tables, part_lists
from cases.models.base import Part
from cases.models.history import INTERNAL_NOTES
from tracker.emptiness import is_empty

Operation = Literal["insert", "update", "delete", "internal_notes"]
Values = dict[str, Any]
"""By the name of the field and as JSON has them: a reference is the id, a date EDTF
text.
"""

_OWN_COLUMNS = (
    "pgh_id,pgh_label,pgh_created_at,pgh_context,pgh_context_id,pgh_login,pgh_salt,"
    "pgh_transaction"
)
# Seen in `Change.record`, but no fact that anyone changes.
NO_FACTS = {"id", "created_at", "root_kind", "root_id"}


@dataclass(frozen=True)
class Change:
    """One event of a record."""

    number: int
    """Its place in the one order of all events, and what names it."""
    model: type[models.Model]
    """Of the record, or SentenceCharge or SourceDerivation for a link made or cut."""
    record_id: str
    operation: Operation
    """`internal_notes`: that they changed. What they said is kept nowhere, so `before`
    and `after` are empty.
    """
    at: datetime
    """Of the statement; in events without `transaction`, of the transaction."""
    transaction: int | None
    """Those of one transaction have the same."""
    commit: int | None
    """The transaction's place in the order in which changes of all cases were committed.
    None: not known of events of before, nor before the transaction has ended.
    """
    before: Values
    """Only what changed; empty for an insert."""
    after: Values
    """Only what changed, of an insert what is not empty; empty for a deletion."""
    record: Values
    """All that history keeps of the record, as the change left it, or as it was last:
    what a restore goes back to.
    """
    user_id: int | None
    who: str
    """The user's name at the time; empty if none was signed in."""
    why: str
    page: str
    """The address, or the command; empty for what was made in the database."""
    request_id: str
    """As the proxy in front gave it."""
    context_id: UUID | None
    """The same for all events of one request or command."""
    login: str
    """The database login, as PostgreSQL knows it."""
    erased: bool
    """What it said was erased: `before`, `after` and `record` are empty, and the next
    one's `after` is all it says.
    """

    @property
    def made_in_database(self) -> bool:
        """By hand, as in psql: no page and no command said that it was there."""
        return self.context_id is None


def timeline(kind: str, root_id: UUID) -> list[Change]:
    """Every event of a case (a kind of cases.catalogue.CASES), of its parts, links and
    citations, oldest first. Also of a deleted one; empty if there
    never was one. A part that was moved is in both cases' history with the event that
    moved it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_query(kind), {"root": root_id})
        rows = cursor.fetchall()
    changes = []
    for columns in rows:
        row = _HistoryRow(*columns)
        model, _path = tables(kind)[row.model_name]
        changes.append(_change(model, row))
    return changes


def last_number(kind: str, root_id: UUID) -> int:
    """Of the newest event of the case, so that `timeline` tells later what has come
    since; 0 if there is none.

    `+ 0`: else it may look for the case from the end of the whole history, by the index
    on numbers.
    """
    selects = []
    for model, path in tables(kind).values():
        selects.append(
            f"SELECT max(pgh_id + 0) AS number FROM {history_of(model)}"
            f" WHERE {in_case(model, path)}"
        )
    newest = " UNION ALL ".join(selects)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT max(number) FROM ({newest}) AS newest", {"root": root_id}
        )
        return cursor.fetchone()[0] or 0


@cache
def tables(kind: str) -> dict[str, tuple[type[models.Model], str]]:
    """Model and path by the name of the model. The path leads from its history to the
    case: through rows of history, for what it led to may be gone.
    """
    root = CASES[kind]
    paths: dict[type[models.Model], str] = {root: "id"}
    for part in part_lists(kind):
        paths[part.model] = part.root_path
    for table in link_tables():
        if table.holder is root:
            paths[table.model] = f"{table.to_holder}_id"
        elif issubclass(table.holder, Part) and table.holder in paths:
            paths[table.model] = f"{table.to_holder}__{paths[table.holder]}"
    return {model.__name__: (model, path) for model, path in paths.items()}


class _HistoryRow(NamedTuple):
    """One event, with the columns of the query in their order."""

    model_name: str
    number: int
    record_id: str
    operation: Operation
    at: datetime
    record: str | None
    previous: str | None
    context: str | None
    context_id: UUID | None
    login: str
    transaction: int | None
    erased: bool
    commit: int | None


@cache
def _query(kind: str) -> str:
    """Of each record that ever was in the case all events, for what each changed is
    told by the one before it.

    `= ANY (ARRAY(…))` and not `IN (…)`: a join would read a whole table whose
    statistics are not of today.
    """
    selects = []
    for model, path in tables(kind).values():
        selects.append(_events(model, in_case(model, path)))
    events = " UNION ALL ".join(selects)
    *of_event, _commit = _HistoryRow._fields
    columns = ", ".join(of_event)
    return (
        f"SELECT {columns}, ({_COMMIT})"
        f" FROM ({events}) AS event ({columns}, here, was_here)"
        " WHERE here OR was_here ORDER BY event.number"
    )


_COMMIT = """
    SELECT committed.number FROM cases_commit AS committed
    WHERE committed.transaction = event.transaction
    AND event.number BETWEEN first_event AND last_event
"""


def _events(model: type[models.Model], of_case: str) -> str:
    """A change of notes is no step between two others: what else changed with it stands
    in an event of its own.
    """
    history = history_of(model)
    return f"""
        SELECT '{model.__name__}', pgh_id, id::text, pgh_label, pgh_created_at, payload,
            lag(payload) OVER one_record, pgh_context, pgh_context_id, pgh_login,
            pgh_transaction, payload IS NULL, here, lag(here) OVER one_record
        FROM (
            SELECT *, COALESCE({of_case}, TRUE) AS here,
                CASE WHEN pgh_salt IS NOT NULL
                    THEN to_jsonb(history) - '{{{_OWN_COLUMNS}}}'::text[] END AS payload
            FROM {history} AS history
            WHERE id = ANY (ARRAY(SELECT id FROM {history} WHERE {of_case}))
        ) AS event
        WINDOW one_record AS (
            PARTITION BY id, pgh_label = '{INTERNAL_NOTES}' ORDER BY pgh_id
        )
    """


def _change(model: type[models.Model], row: _HistoryRow) -> Change:
    context = said(json.loads(row.context or "{}"))
    record = _by_field(model, row.record)
    before: Values = {}
    after: Values = {}
    if not row.erased:
        previous = _by_field(model, row.previous)
        before, after = _difference(row.operation, previous, record)
    return Change(
        number=row.number,
        model=model,
        record_id=row.record_id,
        operation=row.operation,
        at=row.at,
        transaction=row.transaction,
        commit=row.commit,
        before=before,
        after=after,
        record=record,
        user_id=context.get("user"),
        who=context.get("username", ""),
        why=context.get("reason", ""),
        page=context.get("page", ""),
        request_id=context.get("request", ""),
        context_id=row.context_id,
        login=row.login,
        erased=row.erased,
    )


def said(context: object) -> dict[str, Any]:
    """Of an event's context what is as it should be: a hand in psql may have said
    anything.
    """
    kinds = {"user": int, "username": str, "reason": str, "page": str, "request": str}
    known: dict[str, Any] = {}
    if not isinstance(context, dict):
        return known
    for name, kind in kinds.items():
        if type(context.get(name)) is kind:
            known[name] = context[name]
    answers = context.get("source_says")
    if isinstance(answers, list):
        known["source_says"] = [str(key) for key in answers]
    return known


def _by_field(model: type[models.Model], payload: str | None) -> Values:
    columns = json.loads(payload or "{}")
    values = {}
    for field in model._meta.concrete_fields:
        if field.attname in columns:
            value = columns[field.attname]
            if value is None and is_never_null(field):
                value = []
            values[field.name] = value
    return values


def is_never_null(field: models.Field) -> bool:
    """A list, of which an event from before there was its column says nothing: the
    record held nothing then, either.
    """
    return isinstance(field, ArrayField) and not field.null


def _difference(
    operation: Operation, old: Values, new: Values
) -> tuple[Values, Values]:
    if operation == INTERNAL_NOTES:
        return {}, {}
    if operation == "delete":
        return _facts(new), {}
    if not old or not new:
        return _facts(old), _facts(new)
    before, after = {}, {}
    for name, value in new.items():
        if name not in NO_FACTS and old[name] != value:
            before[name], after[name] = old[name], value
    return before, after


def _facts(record: Values) -> Values:
    """What it says, without what is empty."""
    facts = {}
    for name, value in record.items():
        if name not in NO_FACTS and not is_empty(value):
            facts[name] = value
    return facts


def history_of(model: type[models.Model]) -> str:
    return model.pgh_event_model._meta.db_table  # type: ignore[attr-defined]


def in_case(model: type[models.Model], path: str, root: str = "%(root)s") -> str:
    """SQL that holds for rows of the model's history that belong to the case; `root` is
    SQL for its id.
    """
    step, _, rest = path.partition("__")
    if not rest:
        return f"{step} = {root}"
    to: Any = model._meta.get_field(step)
    of_case = in_case(to.related_model, rest, root)
    history = history_of(to.related_model)
    return f"{to.attname} = ANY (ARRAY(SELECT id FROM {history} WHERE {of_case}))"
