"""The dated events of a case: what cases/custody.py derives a status from.

An event is known to lie between two days. Only what cannot be otherwise narrows these:
a detention ends after it began, a place is one within its detention, and what is said
to come after something does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from cases.terms import (
    NOT_SERVED,
    add,
    by_its_gravest,
    in_force,
    last_day_of_arrest,
    last_day_of_terms,
)
from cases.weighing import NOTHING, Weight, Weights
from tracker.contract.vocabulary import LegalForce
from tracker.dates import bounds

# Days are ordinals of datetime.date, which begin at 1; these two stand before the first
# and after the last.
ALWAYS, OPEN = -1, 10_000_000
# The order of what happened on one day. A second detention may begin on the day on
# which the first one ended: custody.py asks.
START, PLACEMENT, SENTENCE, END, RELEASE, DEPORTATION, WHEREABOUTS, SIGHTING = range(8)

CUSTODIAL = {
    *("imprisonment", "life", "aggravated_life", "death", "compulsory_treatment"),
}
RESTRICTING = {"restriction_of_liberty", "home_confinement", "exile"}
RESTRICTED_PLACES = {"house_arrest", "home_confinement", "open_type_facility"}
CONVICTS_PLACES = {"penal_colony", "prison"}
MEASURES = {"bail", "other_measures"}

CaseFacts = Mapping[str, Any]
"""What one audience may see of a case, or of one of its records, by field; a date as
EDTF text.
"""


@dataclass(slots=True, eq=False)
class Event:
    """On one day from `earliest` to `latest`; led to one of `statuses`; `rank` orders
    the events of one day. `only_left`: whoever was at liberty already was not let out.
    """

    earliest: int
    latest: int
    statuses: tuple[str, ...]
    rank: int
    weight: Weight
    basis: tuple[str, ...] = ()
    own_day: str | None = None
    only_left: bool = False
    comes_after: set["Event"] = field(default_factory=set)

    @property
    def certain(self) -> bool:
        return self.weight.certain

    def not_before(self, day: int) -> None:
        self.earliest = max(self.earliest, min(day, self.latest))

    def not_after(self, day: int) -> None:
        self.latest = min(self.latest, max(day, self.earliest))

    def has_certainly_happened(self, day: int) -> bool:
        return self.latest <= day and self.weight.certain


@dataclass(slots=True, eq=False)
class Detention:
    """`within` is what changed while it lasted: moves and sentences. `over_on` is the
    day on which the term was over by plain count.
    """

    record: CaseFacts
    start: Event
    end: Event | None = None
    within: list[Event] = field(default_factory=list)
    over_on: int = OPEN

    @property
    def certain(self) -> bool:
        return self.start.certain


@dataclass(slots=True, eq=False)
class Convicted:
    """What a sentence makes of somebody who is not held."""

    event: Event
    record: CaseFacts
    over_on: int = OPEN


@dataclass(slots=True, eq=False)
class Chronology:
    detentions: list[Detention]
    releases: list[Event]
    deportations: list[Event]
    convictions: list[Convicted]
    disappearances: list[Event]
    sightings: list[Event]
    revocations: list[Event]
    death: Event | None = None
    death_in_custody: str | None = None

    @property
    def freed(self) -> list[Event]:
        """Each of these ends whatever detention lasts then."""
        return [*self.releases, *self.deportations]

    def events(self) -> list[Event]:
        """All but death."""
        events = [*self.freed, *self.disappearances, *self.sightings]
        events += self.revocations
        for detention in self.detentions:
            events.append(detention.start)
            events += detention.within
            if detention.end:
                events.append(detention.end)
        events += [conviction.event for conviction in self.convictions]
        return events


@lru_cache(maxsize=32768)
def when(text: str | None) -> tuple[int, int]:
    earliest, latest = ALWAYS, OPEN
    if text:
        first, last = bounds(text)
        if first:
            earliest = first.toordinal()
        if last:
            latest = last.toordinal()
    return earliest, latest


def chronology(case: CaseFacts) -> Chronology:
    """The steps stand in this order because each reads days that those before it
    narrowed.
    """
    weights = Weights(case)
    _earliest, verified = when(case["last_verified_on"])
    life = Chronology(
        detentions=_detentions(case, weights),
        releases=_releases(case, weights, verified),
        deportations=_deportations(case, weights, verified),
        convictions=[],
        disappearances=_disappearances(case, weights, verified),
        sightings=_sightings(case, weights),
        revocations=_revocations(case, weights),
        death_in_custody=died_in_custody(case, weights),
    )
    handed_down = _handed_down(case, life, weights, verified)
    _put_in_order(case, life, [event for _record, event in handed_down])
    _settle(case, life, verified)
    _sentence(case, life, handed_down)
    life.death = _death(case, life, weights)
    return life


# --- The events that the records tell of -------------------------------------------


def _event(
    text: str | None,
    statuses: tuple[str, ...],
    rank: int,
    weight: Weight,
    record: CaseFacts,
) -> Event:
    return Event(*when(text), statuses, rank, weight, (record["id"],), text)


def _counted(
    kind: str, case: CaseFacts, weights: Weights
) -> Iterable[tuple[CaseFacts, Weight]]:
    """What is only denied or predicted, or was retracted, moves nobody."""
    for record in case.get(kind, ()):
        weight = weights.of(kind, record)
        if weight.counts:
            yield record, weight


def happened(release: CaseFacts) -> bool:
    """Not if it was ordered, and nobody was let out."""
    return bool(release.get("carried_out") != "no")


def _is_only_ordered(release: CaseFacts) -> bool:
    """Nobody says whether it was carried out."""
    is_ordered = release.get("ordered_on") and not release["released_on"]
    return bool(is_ordered and release.get("carried_out") != "yes")


def _releases(case: CaseFacts, weights: Weights, verified: int) -> list[Event]:
    events = []
    for record, weight in _counted("releases", case, weights):
        if not happened(record):
            continue
        status = "released"
        if record.get("ground") == "escaped":
            status = "escaped"
        elif record.get("ground") in MEASURES:
            status = "on_bail"
        elif record["to_liberty"] == "no":
            status = "restricted_liberty"
        if _is_only_ordered(record):
            weight = replace(weight, certain=False)
        event = _event(record["released_on"], (status,), RELEASE, weight, record)
        if not record["released_on"]:
            event.not_after(verified)
            event.not_before(when(record.get("ordered_on"))[0])
        events.append(event)
    return events


def _revocations(case: CaseFacts, weights: Weights) -> list[Event]:
    """A pardon, parole or bail was taken back. That does not say that the person was
    found and taken.
    """
    events = []
    for record, _weight in _counted("releases", case, weights):
        if not record.get("revoked_on") or not happened(record):
            continue
        weight = weights.of_revocation(record)
        if not weight.counts:
            continue
        status = "sentenced"
        if record.get("ground") in MEASURES or not case.get("sentences"):
            status = "not_known"
        event = _event(record["revoked_on"], (status,), RELEASE, weight, record)
        event.not_before(when(record["released_on"])[0])
        events.append(event)
    return events


def _deportations(case: CaseFacts, weights: Weights, verified: int) -> list[Event]:
    events = []
    for record, weight in _counted("deportations", case, weights):
        status = "released"
        if record["outcome"] == "expelled":
            status = "released_and_expelled"
        event = _event(record["deported_on"], (status,), DEPORTATION, weight, record)
        event.only_left = record["outcome"] == "left"
        if not record["deported_on"]:
            event.not_after(verified)
        events.append(event)
    return events


def _disappearances(case: CaseFacts, weights: Weights, verified: int) -> list[Event]:
    """Nobody is missing whose place is known, though no letter came for years."""
    events = []
    for record, weight in _counted("whereabouts", case, weights):
        if record.get("place_known", "no") != "no":
            continue
        since = record["no_contact_since"] or record["last_seen_on"]
        event = _event(since, ("whereabouts_unknown",), WHEREABOUTS, weight, record)
        if not since:
            event.not_after(verified)
        events.append(event)
    return events


def _sightings(case: CaseFacts, weights: Weights) -> list[Event]:
    events = []
    for record, weight in _counted("sightings", case, weights):
        events.append(_event(record["heard_on"], (), SIGHTING, weight, record))
    return events


def _detentions(case: CaseFacts, weights: Weights) -> list[Detention]:
    detentions = []
    for record, weight in _counted("detentions", case, weights):
        start = _event(record["started_on"], _begins_as(record), START, weight, record)
        detention = Detention(record, start, within=_moves(record, weight, weights))
        if record["ended_on"]:
            detention.end = _event(
                record["ended_on"], ("released",), END, weight, record
            )
        detentions.append(detention)
    return detentions


def _begins_as(detention: CaseFacts) -> tuple[str, ...]:
    """Places with no date of their own are those where the detention began."""
    held = _status_held(detention)
    statuses = set()
    for place in detention["placements"]:
        if not place["from_on"]:
            statuses.add(_status_in(place, held))
    if "restricted_liberty" in statuses:
        return tuple(sorted(statuses))
    return (held,)


def _status_held(detention: CaseFacts) -> str:
    if detention["ground"] == "serving_sentence":
        return "imprisoned"
    return "detained"


def _status_in(place: CaseFacts, held: str) -> str:
    if place["place_kind"] in RESTRICTED_PLACES:
        return "restricted_liberty"
    if place["place_kind"] in CONVICTS_PLACES:
        return "imprisoned"
    return held


def _moves(detention: CaseFacts, weight: Weight, weights: Weights) -> list[Event]:
    """What a move makes of the status matters where one of the places is one of
    restricted liberty; where not, it still tells that the person is there: while no
    end of that is on record, as of the days of which its own sources speak.
    """
    places = detention["placements"]
    held = _status_held(detention)
    restricted = not RESTRICTED_PLACES.isdisjoint(p["place_kind"] for p in places)
    moves = []
    for place in places:
        if place["from_on"]:
            statuses = (_status_in(place, held),) if restricted else ()
            said = weight
            if not place["to_on"]:
                spoken = weights.of("placements", place).spoken
                said = replace(weight, spoken=(*weight.spoken, *spoken))
            moves.append(_event(place["from_on"], statuses, PLACEMENT, said, place))
    return moves


# --- What narrows them -------------------------------------------------------------


# In these lists of a case records may be said to come after others.
ORDERED = (
    "detentions",
    "sentences",
    "releases",
    "deportations",
    "whereabouts",
    "sightings",
)


def _put_in_order(case: CaseFacts, life: Chronology, sentences: list[Event]) -> None:
    """What a record is said to come after bounds its days, and the days of what it
    comes after. A deportation comes after the release that it belongs to, and what
    replaces a sentence after that.
    """
    by_record: dict[str, Event] = {}
    starts = [detention.start for detention in life.detentions]
    for event in (
        *starts,
        *sentences,
        *life.freed,
        *life.disappearances,
        *life.sightings,
    ):
        by_record[event.basis[0]] = event
    pairs = []
    for kind in ORDERED:
        for record in case.get(kind, ()):
            later = by_record.get(record["id"])
            for name in ("after", "release", "replaces"):
                earlier = by_record.get(record.get(name) or "")
                if earlier and later and earlier is not later:
                    pairs.append((earlier, later))
    for _step in pairs:  # as often as the longest chain may be
        for earlier, later in pairs:
            later.not_before(earlier.earliest)
            earlier.not_after(later.latest)
            if later.rank != START:
                later.rank = max(later.rank, earlier.rank)
            later.comes_after |= {earlier, *earlier.comes_after}


def _settle(case: CaseFacts, life: Chronology, verified: int) -> None:
    """Start before places before end. A start with no date is certain from the day
    before the end on.
    """
    held_by = _held_by(case, life, verified)
    for detention in life.detentions:
        start, end = detention.start, detention.end
        is_undated = start.earliest == ALWAYS
        for place in detention.record["placements"]:
            start.not_after(min(when(place["from_on"])[1], when(place["to_on"])[1]))
        if end:
            end.not_before(start.earliest)
            start.not_after(end.latest - 1 if is_undated else end.latest)
        elif is_undated:
            start.not_after(held_by)
        for move in detention.within:
            move.not_before(start.earliest)
            if end:
                move.not_after(end.latest)
    first = min(
        (detention.start.earliest for detention in life.detentions), default=ALWAYS
    )
    for event in (*life.freed, *life.disappearances):
        if not event.own_day:
            event.not_before(first)  # nobody is let out, or missed, before


def _held_by(case: CaseFacts, life: Chronology, verified: int) -> int:
    """The day by which somebody whose detention has neither start nor end was certainly
    held.
    """
    day = verified
    freed = [event for event in life.freed if event.certain]
    if not any(detention.end for detention in life.detentions):
        for event in freed:
            day = min(day, event.latest - 1)
    if life.death_in_custody == "yes":
        day = min(day, when(case["died_on"])[1] - 1)
    return day


# --- Sentences ---------------------------------------------------------------------


Sentences = list[tuple[CaseFacts, Event]]


def _handed_down(
    case: CaseFacts, life: Chronology, weights: Weights, verified: int
) -> Sentences:
    """A sentence with no date moves nobody of whom any other event is known."""
    is_alone = not (life.detentions or life.freed)
    handed_down = []
    for record, weight in _counted("sentences", case, weights):
        if record["handed_down_on"] or is_alone:
            event = _event(record["handed_down_on"], (), SENTENCE, weight, record)
            if not record["handed_down_on"]:
                event.not_after(verified)
            gravest = by_its_gravest(record, _borne_out(record, weights))
            handed_down.append((gravest, event))
    return handed_down


def _borne_out(sentence: CaseFacts, weights: Weights) -> list[CaseFacts]:
    punishments = []
    for punishment in sentence.get("further_punishments", ()):
        if weights.of("further_punishments", punishment).certain:
            punishments.append(punishment)
    return punishments


def _sentence(case: CaseFacts, life: Chronology, handed_down: Sentences) -> None:
    for record, event in handed_down:
        for detention in life.detentions:
            _sentence_while_held(record, event, detention)
        out = _status_at_liberty(record, event, life)
        if out:
            life.convictions.append(Convicted(replace(event, statuses=out), record))
    _count_terms(case, life, handed_down)


def _sentence_while_held(record: CaseFacts, event: Event, detention: Detention) -> None:
    """Whom a court lets off the term is held on, or let go: no source says which."""
    end = detention.end.latest if detention.end else OPEN
    if event.latest < detention.start.earliest or event.earliest > end:
        return
    if record.get("in_absentia"):
        return
    held = detention.start.statuses
    punishment = record["punishment"]
    statuses: tuple[str, ...] = ()
    if record.get("execution") in NOT_SERVED or _is_milder(record):
        statuses = tuple(sorted({*held, "sentenced_not_held"}))
    elif punishment in CUSTODIAL:
        statuses = ("imprisoned",)
    elif punishment in RESTRICTING:
        statuses = ("restricted_liberty",)
        _ends_restricted(record, detention)
    if statuses:
        detention.within.append(replace(event, statuses=statuses))
    if record.get("legal_force") == LegalForce.SET_ASIDE.value and statuses:
        undone = _set_aside(record, event, held)
        detention.within.append(undone)


def _ends_restricted(record: CaseFacts, detention: Detention) -> None:
    """Who leaves prison for exile or an open colony is not free: no source says which of
    the two the end of the detention was.
    """
    if detention.end and record.get("legal_force") != LegalForce.SET_ASIDE.value:
        statuses = ("released", "restricted_liberty")
        detention.end = replace(detention.end, statuses=statuses)


def _set_aside(record: CaseFacts, event: Event, statuses: tuple[str, ...]) -> Event:
    undone = replace(event, statuses=statuses)
    undone.earliest, undone.latest = when(record.get("set_aside_on"))
    undone.not_before(event.earliest)
    return undone


def _is_milder(record: CaseFacts) -> bool:
    return bool(record.get("replaces")) and record["punishment"] == "fine"


def _status_at_liberty(
    record: CaseFacts, event: Event, life: Chronology
) -> tuple[str, ...]:
    """Empty for a sentence that takes no liberty, or of which the punishment is not
    known. That somebody was sentenced says nothing of where they are.
    """
    punishment = record["punishment"]
    if _is_milder(record):
        return ("sentenced_not_held",)
    if punishment not in CUSTODIAL and punishment not in RESTRICTING:
        return ()
    if record.get("in_absentia"):
        return ("convicted_in_absentia",)
    if record.get("execution") in NOT_SERVED:
        return ("sentenced_not_held",)
    if punishment in RESTRICTING:
        return ("restricted_liberty",)
    if record.get("legal_force") == LegalForce.APPEALED.value:
        return _status_under_appeal(event, life)
    return ("sentenced",)


def _status_under_appeal(event: Event, life: Chronology) -> tuple[str, ...]:
    """Who was let out before, and is not known to have been taken again, waits at
    liberty for the appeal.
    """
    before = [freed for freed in life.freed if freed.earliest <= event.latest]
    if any(freed.certain and freed.latest <= event.earliest for freed in before):
        return ("sentenced_not_held",)
    if before:
        return ("sentenced", "sentenced_not_held")
    return ("sentenced",)


def _count_terms(case: CaseFacts, life: Chronology, handed_down: Sentences) -> None:
    """When each detention, and each sentence of somebody who is not known to be held,
    was over: as stated, or else by plain count.
    """
    stated = when(case.get("stated_end_of_term"))[1]
    standing = [
        record
        for record in in_force([record for record, _event in handed_down])
        if record.get("execution") not in NOT_SERVED
    ]
    for detention in life.detentions:
        within = {event.basis[0] for event in detention.within}
        sentences = [record for record in standing if record["id"] in within]
        over_on = last_day_of_arrest(detention.record)
        if sentences:
            over_on = last_day_of_terms(sentences, detention.record["started_on"])
            over_on = _with_the_rest(over_on, case, detention)
        if stated != OPEN and (sentences or "imprisoned" in detention.start.statuses):
            over_on = date.fromordinal(stated)
        if over_on:
            detention.over_on = over_on.toordinal()
    for conviction in life.convictions:
        over_on = last_day_of_terms([conviction.record], None)
        if stated != OPEN:
            over_on = date.fromordinal(stated)
        if over_on:
            conviction.over_on = over_on.toordinal()


def _with_the_rest(
    over_on: date | None, case: CaseFacts, detention: Detention
) -> date | None:
    """After a release that was taken back, the rest of the old term is served, too;
    None where nobody says how long that is.
    """
    for release in case.get("releases", ()):
        is_before = when(release["released_on"])[0] <= detention.start.latest
        if not release.get("revoked_on") or not happened(release) or not is_before:
            continue
        months, days = release.get("remaining_months"), release.get("remaining_days")
        if over_on is None or (months is None and days is None):
            return None
        over_on = add(over_on, months or 0, days or 0)
    return over_on


# --- Death -------------------------------------------------------------------------


def died_in_custody(case: CaseFacts, weights: Weights) -> str | None:
    """Whom a state puts to death, it holds. That it did so counts only if somebody is
    cited for it who does more than allege it.
    """
    if case.get("executed") == "yes":
        weight = weights.of_fact(case.get("id"), "executed")
        if weight and weight.certain:
            return "yes"
    answer: str | None = case["death_in_custody"]
    return answer


def _death(case: CaseFacts, life: Chronology, weights: Weights) -> Event | None:
    """With no date, only if it is said or disputed to be one in custody: an empty field
    declares nobody dead. Proof of life cancels every death before it.
    """
    died_on = case["died_on"]
    if not died_on and life.death_in_custody not in ("yes", "disputed"):
        return None
    weight = weights.of_death(case.get("id"))
    if not weight.counts:
        weight = replace(NOTHING, disputed=weight.disputed)
    died = Event(*when(died_on), (), 0, weight, (), died_on)
    if not died_on:
        died.not_after(when(case["last_verified_on"])[1])
    for sighting in life.sightings:
        if sighting.certain and sighting.earliest > died.latest:
            return replace(died, weight=replace(NOTHING, disputed=True))
        if sighting.certain and sighting.latest > died.earliest:
            died.weight = replace(died.weight, certain=False)
    for event in life.events():
        # A court may sentence the dead.
        if event.certain and event.rank not in (SENTENCE, SIGHTING):
            died.not_before(event.earliest)
    return died
