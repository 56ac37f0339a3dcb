"""What partners hand in, as a process that may not read the table of proposals sees it:
by functions of the database.

The functions run with their owner's rights
(cases/desk/proposals/migrations/0002_functions.py) and take the key itself, so that the
login alone opens nobody's proposals.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import connections

from tracker.audiences import PARTNERS


@dataclass(frozen=True)
class Fate:
    """`accepted_as` is a case that partners may see; None also while they may not."""

    number: int
    id: UUID
    identifier: str
    state: str
    received_at: datetime
    decided_on: date | None
    accepted_as: UUID | None
    reason: str


@dataclass(frozen=True)
class HandedInRows:
    """`fates` in the order of the rows; `created`: was any of them new?"""

    fates: list[Fate]
    created: bool


class KeyNoLongerValid(Exception):
    """It was revoked, or has expired, while it was in use."""


def hand_in(key: str, rows: Iterable[Mapping[str, Any]]) -> HandedInRows:
    """All rows or none. One that says what the last of its identifier said is that one."""
    new = [
        {
            "place": place,
            "id": str(uuid4()),
            "identifier": row["identifier"],
            "content": {
                name: value for name, value in row.items() if name != "identifier"
            },
        }
        for place, row in enumerate(rows)
    ]
    found = dict(
        _ask(
            "SELECT place, id FROM partners_proposals_hand_in(%s, %s::jsonb)",
            [key, json.dumps(new)],
        )
    )
    if len(found) < len(new):
        raise KeyNoLongerValid
    fates_by_id = {
        fate.id: fate for fate in fates(key, ids=found.values(), most=len(new))
    }
    created = any(str(found[one["place"]]) == one["id"] for one in new)
    return HandedInRows(
        [fates_by_id[found[place]] for place in range(len(new))], created
    )


def fates(
    key: str,
    *,
    ids: Collection[UUID] | None = None,
    states: Collection[str] | None = None,
    identifier: str | None = None,
    below: int | None = None,
    above: int | None = None,
    most: int,
) -> list[Fate]:
    """Of this organisation's proposals, the latest first; those next above `above` the
    other way round.
    """
    asked = [
        key,
        None if ids is None else list(ids),
        None if states is None else list(states),
        identifier,
        below,
        above,
        most,
    ]
    call = "SELECT * FROM partners_proposals_fates(%s, %s::uuid[], %s::text[], %s, %s::bigint, %s::bigint, %s)"
    return [Fate(*row) for row in _ask(call, asked)]


def _ask(statement: str, values: list[Any]) -> list[Any]:
    """With the values beside the statement, not in it: a key must not stand in the log
    of a statement that failed.
    """
    database = connections[PARTNERS.name]
    database.ensure_connection()
    with psycopg.Cursor(database.connection) as cursor, database.wrap_database_errors:
        cursor.execute(statement, values)
        return cursor.fetchall()
