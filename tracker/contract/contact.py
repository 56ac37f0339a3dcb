"""Of whom nobody heard from some day on: does that still hold? Read off a published
case.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tracker.contract.vocabulary import Hedge

Record = Mapping[str, Any]

_NO_WORD = (Hedge.ALLEGED.value, Hedge.PREDICTED.value, Hedge.DENIED.value)


def lost(case: Record) -> Iterator[Record]:
    """What says from when on nobody heard of the person, and still holds."""
    for missing in case.get("whereabouts") or ():
        if missing["no_contact_since"] and heard_again(case, missing) is None:
            yield missing


def heard_again(case: Record, missing: Record) -> Record | None:
    """The first sighting that was certainly later."""
    later = []
    for sighting in case.get("sightings") or ():
        if _is_later(sighting, missing) and _is_told(case, sighting):
            later.append(sighting)
    return min(later, key=_first_day, default=None)


def _is_later(sighting: Record, missing: Record) -> bool:
    if sighting["after"] == missing["id"]:
        return True
    since = missing["no_contact_since"] or missing["last_seen_on"]
    if not since or not since["latest"] or not sighting["heard_on"]:
        return False
    return _first_day(sighting) > str(since["latest"])


def _first_day(sighting: Record) -> str:
    heard_on = sighting["heard_on"] or {}
    return heard_on.get("earliest") or ""


def _is_told(case: Record, sighting: Record) -> bool:
    """By somebody who does not only allege it, if anybody is cited."""
    hedges = []
    for citation in case["citations"]:
        if citation["record"]["id"] == sighting["id"]:
            hedges.append(citation["hedge"])
    return not hedges or any(hedge and hedge not in _NO_WORD for hedge in hedges)
