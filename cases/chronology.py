"""The events of a case in the order that they can have happened: what cases/custody.py
derives a status from.

An event is known to lie between two days. What must have come before or after it
narrows these.
"""

from collections.abc import Iterable, Iterator, Mapping
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

Record = Mapping[str, Any]


@dataclass(slots=True, eq=False)
class Event:
    """On one day from `earliest` to `latest`; led to one of `statuses`; `rank` orders
    the events of one day.
    """

    earliest: int
    latest: int
    statuses: tuple[str, ...]
    basis: tuple[str, ...] = ()
    rank: int = 0

    @property
    def first_moment(self) -> tuple[int, int]:
        return self.earliest, self.rank

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
    record: Record
    start: Event
    end: Event | None = None

    def may_contain(self, event: Event) -> bool:
        return self.start.earliest <= event.latest and (
            not self.end or event.earliest <= self.end.latest
        )


@lru_cache(maxsize=32768)
def _when(text: str | None) -> tuple[int, int]:
    earliest, latest = bounds(text) if text else (None, None)
    return (
        earliest.toordinal() if earliest else ALWAYS,
        latest.toordinal() if latest else OPEN,
    )


def _event(text: str | None, status: str, record: Record, rank: int = 0) -> Event:
    return Event(*_when(text), (status,), (record["id"],), rank)


def chronology(case: Record) -> list[Event]:
    """All events but death, each with the statuses it leads to."""
    verified = _when(case["last_verified_on"])[1]
    releases = [_release(record, verified) for record in case["releases"]]
    deportations = [_deportation(record, verified) for record in case["deportations"]]
    whereabouts = [_whereabouts(record, verified) for record in case["whereabouts"]]
    detentions = [Detention(record, _start(record)) for record in case["detentions"]]
    standing_alone = _end_detentions(detentions, sorted(releases, key=_by_day))
    detentions.sort(key=_by_start)
    starts = [detention.start for detention in detentions]
    ends = [detention.end for detention in detentions if detention.end] + standing_alone
    _let_expulsion_follow(ends or starts, deportations)
    held_by = _held_by(case, verified, [] if ends else deportations)
    for stint, detention in enumerate(detentions):
        _settle(detention, stint * STINT, held_by)
    _follow(standing_alone, starts, END)
    _follow(deportations, ends or starts, DEPORTATION)
    _follow(whereabouts, ends or starts, WHEREABOUTS)
    events = [
        *starts,
        *ends,
        *deportations,
        *whereabouts,
        *_sentences(case, detentions, ends, verified),
    ]
    for detention in detentions:
        events += _placements(detention)
    return events


def death(case: Record, events: Iterable[Event]) -> Event | None:
    """With no date, only if it is said or disputed to be one in custody: an empty field
    declares nobody dead.
    """
    if not case["died_on"] and case["death_in_custody"] not in ("yes", "disputed"):
        return None
    died = Event(*_when(case["died_on"]), ())
    if not case["died_on"]:
        died.not_after(_when(case["last_verified_on"])[1])
    for event in events:
        if event.rank % STINT != SENTENCE:  # a court may sentence the dead
            died.not_before(event.earliest)
    return died


def _start(record: Record) -> Event:
    """Places with no date of their own are those where the detention began."""
    held = _status_held(record)
    event = _event(record["started_on"], held, record)
    undated = {
        _status_in(place, held)
        for place in record["placements"]
        if not place["from_on"]
    }
    if "restricted_liberty" in undated:
        event.statuses = tuple(undated)
    return event


def _status_held(detention: Record) -> str:
    return "imprisoned" if detention["ground"] == "serving_sentence" else "detained"


def _status_in(place: Record, held: str) -> str:
    if place["place_kind"] in RESTRICTED_PLACES:
        return "restricted_liberty"
    return "imprisoned" if place["place_kind"] in CONVICTS_PLACES else held


def _status_by(sentence: Record) -> str:
    """Empty for a sentence that takes no liberty, or of which the punishment is not
    known.
    """
    if sentence["punishment"] not in CUSTODIAL | RESTRICTING:
        return ""
    if sentence["in_absentia"]:
        return "convicted_in_absentia"
    return "imprisoned" if sentence["punishment"] in CUSTODIAL else "restricted_liberty"


def _release(record: Record, verified: int) -> Event:
    status = "restricted_liberty" if record["to_liberty"] == "no" else "released"
    return _happened(record["released_on"], status, record, verified)


def _deportation(record: Record, verified: int) -> Event:
    status = "released_and_expelled" if record["outcome"] == "expelled" else "released"
    return _happened(record["deported_on"], status, record, verified)


def _whereabouts(record: Record, verified: int) -> Event:
    since = record["no_contact_since"] or record["last_seen_on"]
    return _happened(since, "whereabouts_unknown", record, verified)


def _happened(text: str | None, status: str, record: Record, verified: int) -> Event:
    """What has no date had happened by the day on which the case was last verified."""
    event = _event(text, status, record)
    if not text:
        event.not_after(verified)
    return event


def _by_day(event: Event) -> tuple[int, int, str]:
    return event.earliest, event.latest, event.basis[0]


def _by_start(detention: Detention) -> tuple[int, int, str]:
    """Where nothing is known of the start, the day before the end stands for it."""
    start, end = detention.start, detention.end
    began = end.earliest - 1 if end and start.earliest == ALWAYS else start.earliest
    return began, start.latest, detention.record["id"]


def _end_detentions(detentions: list[Detention], releases: list[Event]) -> list[Event]:
    """Gives each detention its end; the releases that end none are returned.

    The end of a detention, and a release that may be on the same day, are one event. A
    detention with no end recorded is ended by the first release left that may come
    after its start.
    """
    left = list(releases)
    for detention in detentions:
        if detention.record["ended_on"]:
            detention.end = _event(
                detention.record["ended_on"], "released", detention.record
            )
    for detention in sorted(detentions, key=_by_start):
        if detention.end:
            detention.end = _release_at(detention.end, left)
    for detention in sorted(detentions, key=_by_start):
        if not detention.end:
            detention.end = next(
                (one for one in left if one.latest >= detention.start.earliest), None
            )
            left = [one for one in left if one is not detention.end]
    return left


def _release_at(end: Event, left: list[Event]) -> Event:
    """The most exact release that may be this end, taken from those left; the end
    itself where there is none.
    """
    same = [
        one for one in left if one.earliest <= end.latest and end.earliest <= one.latest
    ]
    if not same:
        return end
    release = min(same, key=lambda one: (one.latest - one.earliest, _by_day(one)))
    left.remove(release)
    release.not_before(end.earliest)
    release.not_after(end.latest)
    release.basis += end.basis
    return release


def _let_expulsion_follow(leaders: list[Event], deportations: list[Event]) -> None:
    """Where only one release is known, or without any only one arrest, it came before
    an expulsion.
    """
    if len(leaders) == 1:
        for deportation in deportations:
            if deportation.statuses == ("released_and_expelled",):
                leaders[0].not_after(deportation.latest)


def _held_by(case: Record, verified: int, deportations: list[Event]) -> int:
    """The day by which somebody whose detention has neither start nor end was certainly
    held.
    """
    days = [verified, *(deportation.latest - 1 for deportation in deportations)]
    if case["death_in_custody"] == "yes":
        days.append(_when(case["died_on"])[1] - 1)
    return min(days)


def _settle(detention: Detention, stint: int, held_by: int) -> None:
    """Start before places before end. A start with no date is certain from the day
    before the end on.
    """
    start, end = detention.start, detention.end
    undated = start.earliest == ALWAYS
    start.rank = stint + START
    for place in detention.record["placements"]:
        start.not_after(min(_when(place["from_on"])[1], _when(place["to_on"])[1]))
    if end:
        end.rank = stint + END
        end.not_before(start.earliest)
        start.not_after(end.latest - undated)
    elif undated:
        start.not_after(held_by)


def _follow(events: list[Event], leaders: list[Event], rank: int) -> None:
    """Each comes after one of the leaders, and on one day after the last that it may
    come after.
    """
    for event in events:
        before = [leader for leader in leaders if leader.earliest <= event.latest]
        if before:
            event.not_before(min(leader.earliest for leader in before))
        event.rank = rank + max((_stint(leader) for leader in before), default=0)


def _stint(event: Event) -> int:
    return event.rank - event.rank % STINT


def _placements(detention: Detention) -> Iterator[Event]:
    """Moves matter where one of them is to a place of restricted liberty, and then
    those out of it do too.
    """
    start, end, places = detention.start, detention.end, detention.record["placements"]
    if not any(place["place_kind"] in RESTRICTED_PLACES for place in places):
        return
    for place in places:
        if place["from_on"]:
            move = _event(
                place["from_on"],
                _status_in(place, _status_held(detention.record)),
                place,
            )
            move.rank = _stint(start) + PLACEMENT
            move.not_before(start.earliest)
            if end:
                move.not_after(end.latest)
            yield move


def _sentences(
    case: Record, detentions: list[Detention], ends: list[Event], verified: int
) -> Iterator[Event]:
    """A sentence with no date moves nobody of whom any other event is known."""
    anything_else = bool(detentions or ends or case["deportations"])
    for record in case["sentences"]:
        status = _status_by(record)
        if status and not (anything_else and not record["handed_down_on"]):
            event = _happened(record["handed_down_on"], status, record, verified)
            _place_sentence(event, detentions, ends)
            yield event


def _place_sentence(
    event: Event, detentions: list[Detention], ends: list[Event]
) -> None:
    """Who may have been held when sentenced, was; one in absentia comes after the
    releases before it.
    """
    holding = [detention for detention in detentions if detention.may_contain(event)]
    if holding and event.statuses != ("convicted_in_absentia",):
        event.not_before(min(detention.start.earliest for detention in holding))
        event.not_after(
            max(
                detention.end.latest if detention.end else OPEN for detention in holding
            )
        )
        event.rank = _stint(holding[-1].start) + SENTENCE
    else:
        _follow([event], ends, SENTENCE)
