"""Where a person is held, as far as the last source that told so knows. Silent rather
than guessing: docs/decisions/places.md.

Pure: no database, no clock. What goes in has the published shape of a case, with every
date as EDTF text.
"""

from collections.abc import Container, Iterator, Sequence
from typing import Any

from cases.chronology import ALWAYS, OPEN, CaseFacts, when
from cases.models.events import WITH_COORDINATES
from cases.weighing import UNCITED, Weights
from tracker.contract import spans
from tracker.contract.vocabulary import HELD, Agreement, PlaceKind

# Of a placement that says another kind, such as a hospital or a leave, the facility is
# not where the person is.
_KINDS = (
    *WITH_COORDINATES,
    PlaceKind.PUNISHMENT_CELL,
    PlaceKind.UNKNOWN,
    None,
)


def last_place(case: CaseFacts, of_many: Container[str]) -> dict[str, Any] | None:
    """`of_many` are the ids of the facilities in which many are held."""
    placement = _last_begun(_placements_now(case))
    if placement is None or placement["place_kind"] not in _KINDS:
        return None
    if placement["facility"] is None or placement["facility"] not in of_many:
        return None
    is_over = placement["to_on"] or placement.get("transfer_reason")
    if is_over or _is_in_doubt(case, placement):
        return None
    as_of = _last_day(_days_of(case, placement))
    if as_of is None:
        return None
    return {
        "facility": placement["facility"],
        "placement": placement["id"],
        "as_of": as_of,
    }


def _placements_now(case: CaseFacts) -> Sequence[CaseFacts]:
    """Of the one detention that lasts, as far as is known."""
    now = spans.last_known(case["status"])
    if now["disputed"] or not HELD.issuperset(now["statuses"]):
        return ()
    lasting = [one for one in case["detentions"] if one["id"] in now["basis"]]
    if len(lasting) != 1:
        return ()
    placements: Sequence[CaseFacts] = lasting[0]["placements"]
    return placements


def _last_begun(placements: Sequence[CaseFacts]) -> CaseFacts | None:
    """None where another one may have begun later."""
    for placement in placements:
        others = (other for other in placements if other is not placement)
        if all(_began_before(other, placement) for other in others):
            return placement
    return None


def _began_before(other: CaseFacts, placement: CaseFacts) -> bool:
    begins = when(placement["from_on"])[0]
    is_over = other["to_on"] and when(other["to_on"])[1] <= begins
    return bool(is_over) or when(other["from_on"])[1] < begins


def _is_in_doubt(case: CaseFacts, placement: CaseFacts) -> bool:
    """Also if somebody says otherwise of a detail: of the day on which it ended, say."""
    weight = Weights(case).of("placements", placement)
    if weight is UNCITED or not weight.certain:
        return True
    for citation in case["citations"]:
        about = citation["record"]["id"]
        says_otherwise = citation["agreement"] == Agreement.CONTRADICTS
        if about == placement["id"] and says_otherwise:
            return True
    return any(
        sighting["facility"] != placement["facility"]
        for sighting in _seen_since(case, placement)
    )


def _seen_since(case: CaseFacts, placement: CaseFacts) -> Iterator[CaseFacts]:
    """Where somebody heard of the person or saw them, if it is told where."""
    weights = Weights(case)
    for sighting in case["sightings"]:
        is_told = sighting["facility"] or sighting["heard_where"]
        may_be_since = when(sighting["heard_on"])[1] >= when(placement["from_on"])[0]
        if is_told and may_be_since and weights.of("sightings", sighting).counts:
            yield sighting


def _days_of(case: CaseFacts, placement: CaseFacts) -> list[str]:
    """The days, as EDTF, on which the person was there as far as sources go."""
    weights = Weights(case)
    days = [placement["from_on"], *weights.of("placements", placement).spoken]
    for sighting in _seen_since(case, placement):
        if weights.of("sightings", sighting).certain:
            days.append(sighting["heard_on"])
    return [day for day in days if day]


def _last_day(days: Sequence[str]) -> str | None:
    """As that of a status (custody.py): what is open at its start tells of no day."""
    known = [day for day in days if when(day)[0] != ALWAYS and when(day)[1] != OPEN]
    if not known:
        return None
    return max(known, key=lambda day: (when(day)[0], -when(day)[1]))
