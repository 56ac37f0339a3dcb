"""How to write to somebody in prison. Nothing is said unless the person consents to it,
is held in a known place, and letters are known to arrive there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.contract.vocabulary import YesNo
from tracker.site.account import Account
from tracker.site.hedged import Heard, Told


@dataclass(frozen=True)
class Letters:
    """`arrive` says how surely they do."""

    address: str
    arrive: Told


def of(account: Account) -> Letters | None:
    case: Mapping[str, Any] = account.documents[0]
    place = case.get("last_place")
    facility = account.others.get(place["facility"]) if place else None
    if not case.get("letters") or not case["name"] or facility is None:
        return None
    if facility.get("letters_arrive") != YesNo.YES:
        return None
    if not facility["address_for_letters"]:
        return None
    told = Heard(facility["citations"]).told("facility", facility, "letters_arrive")
    return Letters(facility["address_for_letters"], told[0])
