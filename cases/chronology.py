"""The events of a case in the order that they can have happened: what cases/custody.py
derives a status from.

An event is known to lie between two days. What must have come before or after it
narrows these.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from tracker.dates import bounds

# Days are ordinals of datetime.date, which begin at 1; these two stand before the first
# and after the last.
ALWAYS, OPEN = -1, 10_000_000
# The order of what happened on one day, within one detention; STINT leads from one
# detention to the next.
START, PLACEMENT, SENTENCE, END, DEPORTATION, WHEREABOUTS, STINT = 1, 2, 3, 4, 5, 6, 10

CUSTODIAL = {"imprisonment", "life", "death", "compulsory_treatment"}
RESTRICTING = {"restriction_of_liberty", "home_confinement"}
RESTRICTED_PLACES = {"house_arrest", "home_confinement", "open_type_facility"}
CONVICTS_PLACES = {"penal_colony", "prison"}

CaseFacts = Mapping[str, Any]
"""What one audience may see of a case, or of one of its records, by field; a date as
EDTF text.
"""


@dataclass(slots=True, eq=False)
class Event:
    """On one day from `earliest` to `latest`; led to one of `statuses`; `rank` orders
    the events of one day. The functions below narrow its days in place.
    """

    earliest: int
    latest: int
    statuses: tuple[str, ...]
    basis: tuple[str, ...] = ()
    rank: int = 0

    @property
    def stint(self) -> int:
        """The rank of its detention."""
        return self.rank - self.rank % STINT

    def not_before(self, day: int) -> None:
        self.earliest = max(self.earliest, min(day, self.latest))

    def not_after(self, day: int) -> None:
        self.latest = min(self.latest, max(day, self.earliest))

    def as_one_in_custody(self, answer: str | None, *, possible: bool) -> "Event":
        if answer == "yes":
            return replace(self, statuses=("died_in_custody",))
        if answer == "no" or not possible:
            return replace(self, statuses=("died",))
        return replace(self, statuses=("died", "died_in_custody"))


@dataclass(slots=True, eq=False)
class Detention:
    record: CaseFacts
    start: Event
    end: Event | None = None

    @property
    def last_day(self) -> int:
        """The last day on which it may have ended."""
        if self.end:
            return self.end.latest
        return OPEN

    def may_contain(self, event: Event) -> bool:
        return self.start.earliest <= event.latest and event.earliest <= self.last_day


@lru_cache(maxsize=32768)
def _when(text: str | None) -> tuple[int, int]:
    earliest, latest = ALWAYS, OPEN
    if text:
        first, last = bounds(text)
        if first:
            earliest = first.toordinal()
        if last:
            latest = last.toordinal()
    return earliest, latest


def _last_day(text: str | None) -> int:
    _earliest, latest = _when(text)
    return latest


def chronology(case: CaseFacts) -> list[Event]:
    """All events but death, each with the statuses it leads to.

    The steps stand in this order because each reads days that those before it narrowed.
    """
    verified = _last_day(case["last_verified_on"])
    releases = _releases(case, verified)
    deportations = _deportations(case, verified)
    whereabouts = _whereabouts(case, verified)
    detentions = _detentions(case)
    standing_alone = _end_detentions(detentions, releases)
    detentions.sort(key=_by_start)
    starts = [detention.start for detention in detentions]
    ends = [detention.end for detention in detentions if detention.end]
    ends += standing_alone
    leaders = ends or starts
    _let_expulsion_follow(leaders, deportations)
    held_by = _held_by(case, verified, deportations, ends)
    for number, detention in enumerate(detentions):
        _settle(detention, number * STINT, held_by)
    _follow(standing_alone, starts, END)
    _follow(deportations, leaders, DEPORTATION)
    _follow(whereabouts, leaders, WHEREABOUTS)
    sentences = _sentences(case, detentions, ends, verified)
    events = [*starts, *ends, *deportations, *whereabouts, *sentences]
    for detention in detentions:
        events += _moves(detention)
    return events


def death(case: CaseFacts, events: Iterable[Event]) -> Event | None:
    """With no date, only if it is said or disputed to be one in custody: an empty field
    declares nobody dead.
    """
    died_on = case["died_on"]
    if not died_on and case["death_in_custody"] not in ("yes", "disputed"):
        return None
    died = Event(*_when(died_on), ())
    if not died_on:
        died.not_after(_last_day(case["last_verified_on"]))
    for event in events:
        if event.rank % STINT != SENTENCE:  # a court may sentence the dead
            died.not_before(event.earliest)
    return died


# --- The events that the records tell of -------------------------------------------


def _event(text: str | None, status: str, record: CaseFacts) -> Event:
    return Event(*_when(text), (status,), (record["id"],))


def _happened(text: str | None, status: str, record: CaseFacts, verified: int) -> Event:
    """What has no date had happened by the day on which the case was last verified."""
    event = _event(text, status, record)
    if not text:
        event.not_after(verified)
    return event


def _releases(case: CaseFacts, verified: int) -> list[Event]:
    events = []
    for release in case["releases"]:
        status = "released"
        if release["to_liberty"] == "no":
            status = "restricted_liberty"
        events.append(_happened(release["released_on"], status, release, verified))
    return events


def _deportations(case: CaseFacts, verified: int) -> list[Event]:
    events = []
    for deportation in case["deportations"]:
        status = "released"
        if deportation["outcome"] == "expelled":
            status = "released_and_expelled"
        day = deportation["deported_on"]
        events.append(_happened(day, status, deportation, verified))
    return events


def _whereabouts(case: CaseFacts, verified: int) -> list[Event]:
    events = []
    for record in case["whereabouts"]:
        since = record["no_contact_since"] or record["last_seen_on"]
        events.append(_happened(since, "whereabouts_unknown", record, verified))
    return events


def _detentions(case: CaseFacts) -> list[Detention]:
    detentions = []
    for record in case["detentions"]:
        detention = Detention(record, _start(record))
        if record["ended_on"]:
            detention.end = _event(record["ended_on"], "released", record)
        detentions.append(detention)
    return detentions


def _start(detention: CaseFacts) -> Event:
    """Places with no date of their own are those where the detention began."""
    held = _status_held(detention)
    event = _event(detention["started_on"], held, detention)
    statuses = set()
    for place in detention["placements"]:
        if not place["from_on"]:
            statuses.add(_status_in(place, held))
    if "restricted_liberty" in statuses:
        event.statuses = tuple(statuses)
    return event


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


def _moves(detention: Detention) -> list[Event]:
    """Moves matter where one of them is to a place of restricted liberty, and then
    those out of it do too.
    """
    places = detention.record["placements"]
    if RESTRICTED_PLACES.isdisjoint(place["place_kind"] for place in places):
        return []
    held = _status_held(detention.record)
    moves = []
    for place in places:
        if place["from_on"]:
            move = _event(place["from_on"], _status_in(place, held), place)
            move.rank = detention.start.stint + PLACEMENT
            move.not_before(detention.start.earliest)
            move.not_after(detention.last_day)
            moves.append(move)
    return moves


def _sentences(
    case: CaseFacts, detentions: list[Detention], ends: list[Event], verified: int
) -> list[Event]:
    """A sentence with no date moves nobody of whom any other event is known."""
    is_alone = not (detentions or ends or case["deportations"])
    events = []
    for sentence in case["sentences"]:
        day = sentence["handed_down_on"]
        status = _status_by(sentence)
        if status and (day or is_alone):
            event = _happened(day, status, sentence, verified)
            _place_sentence(event, detentions, ends)
            events.append(event)
    return events


def _status_by(sentence: CaseFacts) -> str:
    """Empty for a sentence that takes no liberty, or of which the punishment is not
    known.
    """
    punishment = sentence["punishment"]
    if punishment not in CUSTODIAL and punishment not in RESTRICTING:
        return ""
    if sentence["in_absentia"]:
        return "convicted_in_absentia"
    if punishment in CUSTODIAL:
        return "imprisoned"
    return "restricted_liberty"


def _place_sentence(
    event: Event, detentions: list[Detention], ends: list[Event]
) -> None:
    """Who may have been held when sentenced, was; one in absentia comes after the
    releases before it.
    """
    holding = [detention for detention in detentions if detention.may_contain(event)]
    if not holding or event.statuses == ("convicted_in_absentia",):
        _follow([event], ends, SENTENCE)
        return
    first, last = OPEN, ALWAYS
    for detention in holding:
        first = min(first, detention.start.earliest)
        last = max(last, detention.last_day)
    event.not_before(first)
    event.not_after(last)
    event.rank = holding[-1].start.stint + SENTENCE


# --- What narrows them -------------------------------------------------------------


def _by_day(event: Event) -> tuple[int, int, str]:
    return event.earliest, event.latest, event.basis[0]


def _by_exactness(event: Event) -> tuple[int, tuple[int, int, str]]:
    return event.latest - event.earliest, _by_day(event)


def _by_start(detention: Detention) -> tuple[int, int, str]:
    """Where nothing is known of the start, the day before the end stands for it."""
    start, end = detention.start, detention.end
    began = start.earliest
    if began == ALWAYS and end:
        began = end.earliest - 1
    return began, start.latest, detention.record["id"]


def _end_detentions(detentions: list[Detention], releases: list[Event]) -> list[Event]:
    """Gives each detention its end; the releases that end none are returned.

    The end of a detention, and a release that may be on the same day, are one event. A
    detention with no end recorded is ended by the first release left that may come
    after its start.
    """
    unused = sorted(releases, key=_by_day)
    for detention in sorted(detentions, key=_by_start):
        if detention.end:
            detention.end = _release_at(detention.end, unused)
    for detention in sorted(detentions, key=_by_start):
        if not detention.end:
            detention.end = _first_release_after(detention.start, unused)
    return unused


def _release_at(end: Event, unused: list[Event]) -> Event:
    """The most exact release that may be this end, taken from the unused ones; the end
    itself where there is none.
    """
    candidates = []
    for release in unused:
        if release.earliest <= end.latest and end.earliest <= release.latest:
            candidates.append(release)
    if not candidates:
        return end
    release = min(candidates, key=_by_exactness)
    unused.remove(release)
    release.not_before(end.earliest)
    release.not_after(end.latest)
    release.basis += end.basis
    return release


def _first_release_after(start: Event, unused: list[Event]) -> Event | None:
    """Taken from the unused ones."""
    for release in unused:
        if release.latest >= start.earliest:
            unused.remove(release)
            return release
    return None


def _let_expulsion_follow(leaders: list[Event], deportations: list[Event]) -> None:
    """Where only one release is known, or without any only one arrest, it came before
    an expulsion.
    """
    if len(leaders) == 1:
        for deportation in deportations:
            if deportation.statuses == ("released_and_expelled",):
                leaders[0].not_after(deportation.latest)


def _held_by(
    case: CaseFacts, verified: int, deportations: list[Event], ends: list[Event]
) -> int:
    """The day by which somebody whose detention has neither start nor end was certainly
    held.
    """
    day = verified
    if not ends:
        for deportation in deportations:
            day = min(day, deportation.latest - 1)
    if case["death_in_custody"] == "yes":
        day = min(day, _last_day(case["died_on"]) - 1)
    return day


def _settle(detention: Detention, stint: int, held_by: int) -> None:
    """Start before places before end. A start with no date is certain from the day
    before the end on.
    """
    start, end = detention.start, detention.end
    is_undated = start.earliest == ALWAYS
    start.rank = stint + START
    for place in detention.record["placements"]:
        start.not_after(min(_last_day(place["from_on"]), _last_day(place["to_on"])))
    if end:
        end.rank = stint + END
        end.not_before(start.earliest)
        last = end.latest
        if is_undated:
            last -= 1
        start.not_after(last)
    elif is_undated:
        start.not_after(held_by)


def _follow(events: list[Event], leaders: list[Event], rank: int) -> None:
    """Each comes after one of the leaders, and on one day after the last that it may
    come after.
    """
    for event in events:
        event.rank = rank
        before = [leader for leader in leaders if leader.earliest <= event.latest]
        if before:
            event.not_before(min(leader.earliest for leader in before))
            event.rank += max(leader.stint for leader in before)
