"""Who changed what in many cases, each after an event of its own, in one query."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from cases.history.timeline import Operation, history_of, in_case, said, tables
from cases.models.history import INTERNAL_NOTES, TRACKED
from cases.statements import asked


@dataclass(frozen=True)
class Edit:
    """One event, without what it changed."""

    model: type[models.Model]
    record_id: str
    number: int
    operation: Operation
    at: datetime
    user_id: int | None
    who: str
    """Empty if nobody was signed in, or if it was made in the database."""
    why: str
    source_says: tuple[str, ...] = ()
    """The keys of doubts of which the person said that the source says so."""


def edits_since(kind: str, events: Mapping[UUID, int]) -> dict[UUID, list[Edit]]:
    """Of each root (`kind` as in `timeline`) and its parts what came after that event,
    oldest first; notes left out.
    """
    edits: dict[UUID, list[Edit]] = defaultdict(list)
    if not events:
        return edits
    asked: dict[str, Any] = {"roots": list(events), "events": list(events.values())}
    with connection.cursor() as cursor:
        cursor.execute(_query(kind), asked)
        rows = cursor.fetchall()
    for root_id, name, record_id, number, operation, at, context in rows:
        model, _path = tables(kind)[name]
        event_context = said(json.loads(context or "{}"))
        edit = Edit(
            model=model,
            record_id=record_id,
            number=number,
            operation=operation,
            at=at,
            user_id=event_context.get("user"),
            who=event_context.get("username", ""),
            why=event_context.get("reason", ""),
            source_says=tuple(event_context.get("source_says", ())),
        )
        edits[root_id].append(edit)
    return edits


def newest_event() -> int:
    """Of the whole history. To one who has locked a case: whatever changes that case
    later comes after it.
    """
    newest = ", ".join(
        f"(SELECT max(pgh_id) FROM {history_of(model)})" for model in TRACKED
    )
    ((number,),) = asked(f"SELECT COALESCE(GREATEST({newest}), 0)")
    return int(number)


@cache
def _query(kind: str) -> str:
    """`OFFSET 0`: each case is looked up by an index, whatever the planner thinks of
    the table's size.
    """
    selects = []
    for name, (model, path) in tables(kind).items():
        selects.append(
            f"""
            SELECT asked.root, '{name}', id::text, pgh_id, pgh_label, pgh_created_at,
                pgh_context
            FROM asked CROSS JOIN LATERAL (
                SELECT * FROM {history_of(model)}
                WHERE {in_case(model, path, "asked.root")} AND pgh_id > asked.event
                    AND pgh_label <> '{INTERNAL_NOTES}'
                OFFSET 0
            ) AS event
            """
        )
    return f"""
        WITH asked (root, event) AS (
            SELECT * FROM unnest(%(roots)s::uuid[], %(events)s::bigint[])
        )
        {" UNION ALL ".join(selects)}
        ORDER BY 4
    """
