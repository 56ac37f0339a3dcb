"""The history of a whole case, its deleted parts included, in one query."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

from django.db import connection, models

from cases.aggregate import PARTS, ROOTS
from cases.models import Claimant, SentenceCharge, SourceDerivation
from cases.models.history import INTERNAL_NOTES
from tracker.emptiness import is_empty

Operation = Literal["insert", "update", "delete", "internal_notes"]

# The case to which a row of history belongs is on the path: through rows of history,
# for what it led to may be gone.
_LINKS: dict[str, list[tuple[type[models.Model], str]]] = {
    "prisoner": [(SentenceCharge, "sentence__prisoner_id")],
    "source": [(SourceDerivation, "from_source_id")],
}
# Seen in `Change.record`, but no fact that anyone changes.
NO_FACTS = {"id", "created_at", "root_kind", "root_id"}


@dataclass(frozen=True)
class Change:
    """One event. Values are by the name of the field and as JSON has them: a reference
    is the id, a date EDTF text.
    """

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
    before: dict[str, Any]
    """Only what changed; empty for an insert."""
    after: dict[str, Any]
    """Only what changed, of an insert what is not empty; empty for a deletion."""
    record: dict[str, Any]
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
    """Every event of a root (a kind of cases.aggregate.ROOTS) or "claimant" and of its
    parts, links and citations, oldest first. Also of a deleted one; empty if there
    never was one. A part that was moved is in both cases' history with the event that
    moved it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_query(kind), {"root": root_id})
        return [
            _change(tables(kind)[name][0], *row) for name, *row in cursor.fetchall()
        ]


def last_number(kind: str, root_id: UUID) -> int:
    """Of the newest event of the case, so that `timeline` tells later what has come
    since; 0 if there is none.

    `+ 0`: else it may look for the case from the end of the whole history, by the index
    on numbers.
    """
    newest = (
        f"SELECT max(pgh_id + 0) AS number FROM {history_of(model)} WHERE {in_case(model, path)}"
        for model, path in tables(kind).values()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT max(number) FROM ({' UNION ALL '.join(newest)}) AS newest",
            {"root": root_id},
        )
        return cursor.fetchone()[0] or 0


@cache
def tables(kind: str) -> dict[str, tuple[type[models.Model], str]]:
    """Model and path by the name of the model; the path leads from its history to the
    case.
    """
    root = Claimant if kind == "claimant" else ROOTS[kind]
    parts: list[tuple[type[models.Model], str]] = [
        (part.model, part.root_path) for part in PARTS.get(kind, [])
    ]
    tables = [(root, "id"), *parts, *_LINKS.get(kind, [])]
    return {model.__name__: (model, path) for model, path in tables}


@cache
def _query(kind: str) -> str:
    """Of each record that ever was in the case all events, for what each changed is
    told by the one before it.

    `= ANY (ARRAY(…))` and not `IN (…)`: a join would read a whole table whose
    statistics are not of today.
    """
    events = " UNION ALL ".join(
        _events(model, in_case(model, path)) for model, path in tables(kind).values()
    )
    columns = (
        "model, number, record_id, operation, at, record, previous, context,"
        " context_id, login, erased"
    )
    return (
        f"SELECT {columns} FROM ({events}) AS event ({columns}, here, was_here)"
        " WHERE here OR was_here ORDER BY number"
    )


def _events(model: type[models.Model], of_case: str) -> str:
    """A change of notes is no step between two others: what else changed with it stands
    in an event of its own.
    """
    history = history_of(model)
    return f"""
        SELECT '{model.__name__}', pgh_id, id::text, pgh_label, pgh_created_at, payload,
            lag(payload) OVER one_record, pgh_context, pgh_context_id, pgh_login, payload IS NULL,
            here, lag(here) OVER one_record
        FROM (
            SELECT *, COALESCE({of_case}, TRUE) AS here,
                CASE WHEN pgh_salt IS NOT NULL THEN to_jsonb(history) - '{{{_OWN_COLUMNS}}}'::text[] END AS payload
            FROM {history} AS history WHERE id = ANY (ARRAY(SELECT id FROM {history} WHERE {of_case}))
        ) AS event
        WINDOW one_record AS (PARTITION BY id, pgh_label = '{INTERNAL_NOTES}' ORDER BY pgh_id)
    """


def _change(
    model: type[models.Model],
    number: int,
    record_id: str,
    operation: Operation,
    at: datetime,
    record: str | None,
    previous: str | None,
    context: str | None,
    context_id: UUID | None,
    login: str,
    erased: bool,
) -> Change:
    spoken = said(json.loads(context or "{}"))
    left = _by_field(model, record)
    before, after = (
        ({}, {}) if erased else _difference(operation, _by_field(model, previous), left)
    )
    return Change(
        number=number,
        model=model,
        record_id=record_id,
        operation=operation,
        at=at,
        before=before,
        after=after,
        record=left,
        user_id=spoken.get("user"),
        who=spoken.get("username", ""),
        why=spoken.get("reason", ""),
        page=spoken.get("page", ""),
        request_id=spoken.get("request", ""),
        context_id=context_id,
        login=login,
        erased=erased,
    )


def said(context: Any) -> dict[str, Any]:
    """Of an event's context what is as it should be: a hand in psql may have said
    anything.
    """
    kinds = {"user": int, "username": str, "reason": str, "page": str, "request": str}
    told = context if isinstance(context, dict) else {}
    return {
        name: told[name] for name, kind in kinds.items() if type(told.get(name)) is kind
    }


def _by_field(model: type[models.Model], payload: str | None) -> dict[str, Any]:
    values = json.loads(payload or "{}")
    return {
        field.name: values[field.attname]
        for field in model._meta.concrete_fields
        if field.attname in values
    }


def _difference(
    operation: Operation, old: dict[str, Any], new: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    if operation == INTERNAL_NOTES:
        return {}, {}
    if operation == "delete":
        old, new = new, {}
    if not (old and new):
        return _told(old), _told(new)
    changed = [name for name in new if name not in NO_FACTS and old[name] != new[name]]
    return {name: old[name] for name in changed}, {name: new[name] for name in changed}


def _told(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in record.items()
        if name not in NO_FACTS and not is_empty(value)
    }


_OWN_COLUMNS = (
    "pgh_id,pgh_label,pgh_created_at,pgh_context,pgh_context_id,pgh_login,pgh_salt"
)


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
    return f"{to.attname} = ANY (ARRAY(SELECT id FROM {history_of(to.related_model)} WHERE {of_case}))"
