"""What partners hand in, by functions of the database.

A process for partners may not read the table of proposals. The functions run with their
owner's rights (cases/desk/proposals/migrations/0001_proposed.py) and take the key
itself, so the login alone opens nobody's proposals.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import DatabaseError

from tracker.database import ask

# Of one organisation, undecided. The function of the database counts them.
MOST_WAITING = 5_000
TOO_MANY_WAIT = "PT409"


@dataclass(frozen=True)
class Fate:
    """`accepted_as` is None while partners may not see the case."""

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
    """`fates` have the order of the rows. `created`: was any of them new?"""

    fates: list[Fate]
    created: bool


class KeyNoLongerValid(Exception):
    """The key was revoked or expired while it was in use."""


class TooManyWait(Exception):
    """With these rows, more than MOST_WAITING of the organisation would wait."""


def hand_in(key: str, rows: Iterable[Mapping[str, object]]) -> HandedInRows:
    """Hand in all rows or none.

    A row that repeats the last row of its identifier is no new proposal: it gets the
    fate of that one.
    """
    proposals = []
    for place, row in enumerate(rows):
        content = dict(row)
        identifier = content.pop("identifier")
        proposal = {
            "place": place,
            "id": str(uuid4()),
            "identifier": identifier,
            "content": content,
        }
        proposals.append(proposal)
    try:
        stored = ask(
            "SELECT place, id FROM partners_proposals_hand_in(%s, %s::jsonb)",
            [key, json.dumps(proposals)],
        )
    except DatabaseError as refused:
        if getattr(refused.__cause__, "sqlstate", "") == TOO_MANY_WAIT:
            raise TooManyWait from refused
        raise
    ids_by_place: dict[int, UUID] = dict(stored)
    if len(ids_by_place) < len(proposals):
        raise KeyNoLongerValid
    fates_by_id = {}
    for fate in fates(key, ids=ids_by_place.values(), most=len(proposals)):
        fates_by_id[fate.id] = fate
    fates_by_row = []
    created = False
    for place, proposal in enumerate(proposals):
        stored_id = ids_by_place[place]
        fates_by_row.append(fates_by_id[stored_id])
        if str(stored_id) == proposal["id"]:
            created = True
    return HandedInRows(fates_by_row, created)


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
    """The fates of this organisation's proposals, the latest first.

    With `above`, the next ones above it, the earliest first.
    """
    call = (
        "SELECT * FROM partners_proposals_fates"
        "(%s, %s::uuid[], %s::text[], %s, %s::bigint, %s::bigint, %s)"
    )
    values = [key, _array(ids), _array(states), identifier, below, above, most]
    return [Fate(*columns) for columns in ask(call, values)]


def _array(values: Collection[object] | None) -> list[object] | None:
    if values is None:
        return None
    return list(values)


def withdraw(key: str, proposal_id: UUID) -> Fate | None:
    """Take back one that waits. None: this organisation has none of that id.

    What was decided stays as it was decided.
    """
    ask("SELECT partners_proposals_withdraw(%s, %s)", [key, proposal_id])
    found = fates(key, ids=[proposal_id], most=1)
    return found[0] if found else None
