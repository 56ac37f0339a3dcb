"""Which statuses would be told otherwise than they are told now? For the one who has to
confirm them (confirming.py) after an upgrade that changes how they follow. Writes
nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from cases.day import today
from cases.publishing.gate import BATCH, hold_still, read_cases, render_all
from tracker.audiences import AUDIENCES, Audience
from tracker.contract import spans


@dataclass(frozen=True)
class Told:
    """Of one case: what is told of it now, and what would be."""

    id: UUID
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


AUDIENCE_NAMES = [audience.name for audience in AUDIENCES]


def told(audience_name: str) -> Iterator[Told]:
    """Of each published case, in the order of their ids. The gate waits for each batch."""
    (audience,) = (one for one in AUDIENCES if one.name == audience_name)
    rows = audience.documents("prisoner").order_by("id")
    ids = list(rows.values_list("id", flat=True))
    for first in range(0, len(ids), BATCH):
        yield from _told(audience, ids[first : first + BATCH])


def digest(tables: Iterable[tuple[str, Iterable[Told]]]) -> str:
    """Of what one person reads: of each audience and case the statuses, old and new."""
    hasher = hashlib.sha256()
    for audience_name, cases in tables:
        for case in cases:
            line = f"{audience_name} {case.id} {case.before} {case.after}\n"
            hasher.update(line.encode())
    return hasher.hexdigest()[:16]


@transaction.atomic
def _told(audience: Audience, ids: Sequence[UUID]) -> list[Told]:
    hold_still()
    reading = read_cases("prisoner", ids, today())
    rendered, _errors = render_all("prisoner", ids, reading, today())
    published = audience.document_model._default_manager.filter(id__in=ids)
    texts = dict(published.values_list("id", "document"))
    cases = []
    for root_id in ids:
        before = _document(texts.get(root_id))
        root = rendered.get(root_id)
        after = None
        for row in (root.rows.get(audience.name) if root else None) or ():
            if row.id == root_id:
                after = _document(row.text)
        if before and after:
            name = str(after["name"] or "")
            cases.append(Told(root_id, name, _statuses(before), _statuses(after)))
    return cases


def _document(text: str | None) -> dict[str, Any] | None:
    return json.loads(text) if text else None


def _statuses(document: dict[str, Any]) -> tuple[str, ...]:
    return tuple(spans.last_known(document["status"])["statuses"])
