"""How surely a record is known, and of which day: read off the citations under it, as
one document holds them. Why: docs/decisions/status.md.

Pure: no database, no clock.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tracker.contract import hedges
from tracker.contract.hedges import surer, weaker
from tracker.contract.vocabulary import Agreement, Hedge
from tracker.dates import bounds

Row = Mapping[str, Any]

# What says that the event was, or what it was. Who contradicts or denies another fact
# of the record does not doubt it.
BEARING = {
    "detentions": ("", "started_on"),
    "sentences": ("", "punishment"),
    "further_punishments": ("", "punishment"),
    "releases": ("", "released_on", "to_liberty", "carried_out"),
    "deportations": ("", "deported_on", "outcome"),
    "whereabouts": ("", "place_known"),
    "sightings": ("", "heard_on"),
    "placements": ("", "facility"),
}
OF_DEATH = ("died_on", "death_in_custody", "executed")
# Of these a citation that states something else says that it was another event.
KINDS = ("punishment", "to_liberty", "outcome")
WORD_BETRAYS_A_DAY = ("relative", "lawyer", "witness", "former_prisoner")


@dataclass(frozen=True, slots=True)
class Weight:
    """`counts`: it may have happened; `certain`: it has, as far as sources go. `spoken`
    are the days, as EDTF, of which independent sources that are shown speak.
    """

    counts: bool = True
    certain: bool = True
    hedge: str = Hedge.INFERRED.value
    disputed: bool = False
    spoken: tuple[str, ...] = ()


# What nobody is cited for is a step of ours.
UNCITED = Weight()
NOTHING = Weight(counts=False, certain=False, hedge=Hedge.ALLEGED.value)


class Weights:
    """Of each record of a case, by its id."""

    def __init__(self, case: Row) -> None:
        self._by_record: dict[str, list[Row]] = {}
        for citation in case.get("citations", ()):
            about = citation["record"]["id"]
            self._by_record.setdefault(about, []).append(citation)

    def of(self, kind: str, record: Row, also: tuple[str, ...] = ()) -> Weight:
        """`kind` is the list of the case that the record stands in; `also` are other
        facts of it that bear on what is asked.
        """
        citations = self._by_record.get(record["id"])
        if not citations:
            return UNCITED
        return _weigh(citations, (*BEARING[kind], *also))

    def of_fact(self, record_id: str | None, name: str) -> Weight | None:
        """Of those alone who are cited for this fact of it; None if nobody is."""
        citations = []
        for citation in self._by_record.get(str(record_id), ()):
            if citation["field"] == name:
                citations.append(citation)
        return _weigh(citations, (name,)) if citations else None

    def of_revocation(self, release: Row) -> Weight:
        """Who says that somebody was let out need not say that it was taken back."""
        weight = self.of_fact(release["id"], "revoked_on")
        return weight or self.of("releases", release)

    def of_death(self, person_id: str | None) -> Weight:
        """One who alleges it makes no death, nor do a claim and its denial."""
        citations = []
        for citation in self._by_record.get(str(person_id), ()):
            if citation["field"] in OF_DEATH:
                citations.append(citation)
        if not citations:
            return UNCITED
        weight = _weigh(citations, OF_DEATH)
        if weight.hedge != Hedge.ALLEGED.value:
            return weight
        if weight.disputed or _sources_of_support(citations) < 2:
            return replace(weight, counts=False, certain=False)
        return weight


def _weigh(citations: Iterable[Row], bearing: tuple[str, ...]) -> Weight:
    supports: list[str] = []
    by_field: dict[str, list[str]] = {}
    spoken: list[str] = []
    hidden = denied = False
    for citation in citations:
        if citation.get("denies_unseen"):
            return NOTHING
        if citation["source"] is None:
            hidden |= citation.get("supported", True)
        elif _doubts(citation, bearing):
            denied = True
        elif hedges.tells_of(citation):
            hedge = hedges.of(citation)
            supports.append(hedge)
            by_field.setdefault(citation["field"], []).append(hedge)
            spoken += _days_of(citation)
    if not supports and not hidden:
        return replace(NOTHING, disputed=denied)
    if not supports:
        return Weight(certain=False, hedge=Hedge.ALLEGED.value, disputed=denied)
    best = surer(*supports)
    hedge = best
    for name in bearing:
        if name in by_field:
            hedge = weaker(hedge, surer(*by_field[name]))
    certain = best != Hedge.ALLEGED.value and not denied
    return Weight(True, certain, hedge, denied, tuple(spoken))


def _doubts(citation: Row, bearing: tuple[str, ...]) -> bool:
    if citation["agreement"] != Agreement.CONTRADICTS.value:
        return False
    if citation["hedge"] == Hedge.DENIED.value:
        return citation["field"] in bearing
    return citation["field"] in KINDS


def _sources_of_support(citations: Iterable[Row]) -> int:
    sources = set()
    for citation in citations:
        if hedges.tells_of(citation) and not citation.get("repeats"):
            sources.add(citation["source"])
    return len(sources)


def _days_of(citation: Row) -> list[str]:
    """The day of which it speaks; that on which it was published only where its words
    say that things are so still. Who merely repeats another knows nothing newer.
    """
    if citation.get("repeats"):
        return []
    day = citation["as_of"]
    if not day and citation.get("still_so"):
        day = citation.get("published_on")
    return [day] if day else []


def to_the_month(day: str) -> str:
    """Of what is vaguer than a month, or open, no day is left either."""
    first, last = bounds(day)
    if first and last:
        if (first.year, first.month) == (last.year, last.month):
            return f"{first:%Y-%m}"
        if first.year == last.year:
            return f"{first:%Y}"
    begins = f"{first:%Y-%m}-01" if first else ""
    ends = ""
    if last:
        ends = f"{last:%Y-%m}-{monthrange(last.year, last.month)[1]}"
    return f"[{begins}..{ends}]"
