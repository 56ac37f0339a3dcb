"""Which doubts there are about a case, and which are new by a change."""

from collections.abc import Iterable
from datetime import date

from cases.aggregate import Aggregate
from cases.models import Prisoner, Source
from cases.plausibility.addresses import doubts_about_addresses
from cases.plausibility.days import doubts_about_days
from cases.plausibility.destinations import doubts_about_destinations
from cases.plausibility.doubt import Doubt
from cases.plausibility.namesakes import doubts_about_namesakes
from cases.plausibility.nationalities import doubts_about_nationalities
from cases.plausibility.showing import doubts_about_showing


def doubts_of(kind: str, case: Aggregate, day: date) -> list[Doubt]:
    doubts = [
        *doubts_about_days(kind, case, day),
        *doubts_about_showing(kind, case, day),
    ]
    if kind == Prisoner.kind:
        doubts += doubts_about_destinations(case)
        doubts += doubts_about_nationalities(case)
        doubts += doubts_about_namesakes(case)
    if kind == Source.kind:
        doubts += doubts_about_addresses(case)
    return doubts


def new_doubts(before: Iterable[Doubt], after: Iterable[Doubt]) -> list[Doubt]:
    """Each once: nobody is asked again about what somebody has answered already."""
    known = {doubt.key for doubt in before}
    new = []
    for doubt in after:
        if doubt.key not in known:
            known.add(doubt.key)
            new.append(doubt)
    return new
