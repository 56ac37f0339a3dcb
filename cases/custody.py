"""A person's status, derived from dated events, as of any day: what is possible, how
surely, and as of when it was last known. Why the rules are as they are:
docs/decisions/status.md.

Pure: no database, no clock. What goes in has the published shape of a case, with every
date as EDTF text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

from cases.bearing import KEPT, Bearing, bearing
from cases.chronology import (
    ALWAYS,
    OPEN,
    SENTENCE,
    WHEREABOUTS,
    CaseFacts,
    Chronology,
    Detention,
    Event,
    chronology,
    when,
)
from tracker.contract.hedges import weaker
from tracker.contract.vocabulary import HELD, Status, StatusReason

# Statuses under which a death may have been one in custody.
MAY_BE_HELD = {*HELD, "restricted_liberty", "whereabouts_unknown", "sentenced"}
NOT_KNOWN = Status.NOT_KNOWN.value
LAST_DAY = date.max.toordinal()
# Of two detentions that last at once, one in prison decides.
_STRENGTH = {
    "restricted_liberty": 0,
    "sentenced_not_held": 0,
    "detained": 1,
    "imprisoned": 2,
}


@dataclass(frozen=True, slots=True)
class Span:
    """From the day `since` (None: as far back as is known) to before `until` (None: to
    this day), any of `statuses`. `hedge` is the weakest on which it rests; `as_of`, as
    EDTF, the last day of which a source speaks.
    """

    since: date | None
    until: date | None
    statuses: tuple[str, ...]
    basis: tuple[str, ...]
    hedge: str | None = None
    disputed: bool = False
    as_of: str | None = None
    reasons: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The published shape: days as ISO text, codes and the ids of the records they
        follow from as sorted lists.
        """
        return {
            "since": _iso(self.since),
            "until": _iso(self.until),
            "statuses": list(self.statuses),
            "hedge": self.hedge,
            "disputed": self.disputed,
            "as_of": self.as_of,
            "reasons": list(self.reasons),
            "basis": list(self.basis),
        }


@dataclass(slots=True)
class _Possible:
    """What may hold on a day, and what it rests on."""

    statuses: set[str] = field(default_factory=set)
    events: dict[int, Event] = field(default_factory=dict)
    reasons: set[str] = field(default_factory=set)
    lasts: bool = False  # a detention of which the end is on record

    def add(self, statuses: Iterable[str], *events: Event) -> None:
        self.statuses.update(statuses)
        for event in events:
            self.events[id(event)] = event

    @property
    def basis(self) -> set[str]:
        ids: set[str] = set()
        for event in self.events.values():
            ids.update(event.basis)
        return ids

    def same_as(self, other: "_Possible") -> bool:
        return (
            self.statuses == other.statuses
            and self.reasons == other.reasons
            and self.hedge == other.hedge
            and self.disputed == other.disputed
        )

    @property
    def hedge(self) -> str | None:
        hedges = [event.weight.hedge for event in self.events.values()]
        return weaker(*hedges) if hedges else None

    @property
    def disputed(self) -> bool:
        return any(event.weight.disputed for event in self.events.values())


@dataclass(slots=True)
class _Stretch:
    """What may hold from the day `first` until the next stretch begins; a first day of
    0 stands for all days before.
    """

    first: int
    possible: _Possible


@dataclass(frozen=True, slots=True)
class _LettingGo:
    """The same on any day: what may leave somebody at liberty, and the day on which
    the term of those of these events that are sentences was over; `others` are what
    may come after them.
    """

    events: list[Event]
    others: list[Event]
    over_on: Mapping[Event, int]


NOTHING_KNOWN = Span(None, None, (NOT_KNOWN,), ())


def spans(case: CaseFacts) -> list[Span]:
    """The whole timeline, from the first span (since None) to the last (until None),
    without gaps.
    """
    return list(spans_of(bearing(case)))


@lru_cache(maxsize=KEPT)
def spans_of(what_bears: Bearing) -> tuple[Span, ...]:
    return tuple(derived_spans(what_bears.as_case()))


def derived_spans(case: CaseFacts) -> list[Span]:
    """Anew each time."""
    life = chronology(case)
    asked = _Asked(life)
    stretches: list[_Stretch] = []
    for day in asked.turning_points():
        possible = asked.on(day)
        if stretches and stretches[-1].possible.same_as(possible):
            stretches[-1].possible.events |= possible.events
            stretches[-1].possible.lasts = possible.lasts
        else:
            stretches.append(_Stretch(day, possible))
    return _as_spans(stretches, life)


def last_known(timeline: Sequence[Span]) -> Span:
    """The last that somebody spoke of. That a term must be over by now tells nobody
    where the person is.
    """
    for span in reversed(timeline):
        if StatusReason.TERM_PASSED.value not in span.reasons:
            return span
    return timeline[-1]


def on(timeline: Sequence[Span], day: date) -> Span:
    """The span that holds at the end of that day."""
    return next(
        span for span in reversed(timeline) if span.since is None or span.since <= day
    )


class _Asked:
    """What may hold at the end of a day: of every vague date any day that it may be.

    `may` and `must` are over all days that the vague dates may be. So a vaguer date
    adds possibilities and takes none away.
    """

    def __init__(self, life: Chronology) -> None:
        self.life = life
        self.freed = life.freed
        self.died = life.death
        self._first_known = min(
            (event.latest for event in life.events() if event.certain), default=OPEN
        )
        self._deaths: tuple[str, ...] = ()
        if self.died and self.died.weight.counts:
            self._deaths = self._statuses_of_death(self.died, life.death_in_custody)

    def turning_points(self) -> list[int]:
        """The days on which the answer may change; 0 stands for all days before the
        next one.
        """
        days = {0}
        events = self.life.events()
        if self.died:
            events.append(self.died)
        for event in events:
            for day in (event.earliest, event.latest):
                days |= {day, day + 1}
        terms = [detention.over_on for detention in self.life.detentions]
        terms += [conviction.over_on for conviction in self.life.convictions]
        days.update(over_on + 1 for over_on in terms)
        return sorted(day for day in days if 0 <= day <= LAST_DAY)

    def on(self, day: int) -> _Possible:
        if self._deaths and self.died and self.died.has_certainly_happened(day):
            possible = _Possible()
            possible.add(self._deaths, self.died)
            return possible
        possible = self._alive(day)
        if self.died and self._deaths and self.died.earliest <= day:
            possible.add(self._deaths, self.died)
        elif self.died and not self._deaths and self.died.earliest <= day:
            possible.reasons.add(StatusReason.DEATH_IN_DOUBT.value)
        return possible

    def _alive(self, day: int) -> _Possible:
        missing, is_missing = self._missing(day)
        possible = _Possible()
        if not is_missing:
            possible = self._seen(day)
        if missing:
            for event in missing:
                possible.add(event.statuses, event)
        if not self._is_anything_known(day) or not possible.statuses:
            possible.statuses.add(NOT_KNOWN)
        return possible

    def _seen(self, day: int) -> _Possible:
        possible = _Possible()
        lasting: list[tuple[Detention, _Possible]] = []
        floor = -1
        is_certain = False
        for detention in self.life.detentions:
            if not self._may_last(detention, day):
                continue
            held = self._held(detention, day)
            lasting.append((detention, held))
            if self._must_last(detention, day):
                is_certain = True
                floor = max(floor, min(_STRENGTH[status] for status in held.statuses))
        for detention, held in lasting:
            statuses = {s for s in held.statuses if _STRENGTH[s] >= floor}
            if statuses:
                possible.add(statuses, *held.events.values())
                possible.lasts |= self._has_ended_after(detention, day)
                if detention.over_on < day and not HELD.isdisjoint(statuses):
                    _no_longer_sure(possible)
        if not is_certain:
            self._at_liberty(day, possible)
        return possible

    # --- Held -------------------------------------------------------------------

    def _has_ended_after(self, detention: Detention, day: int) -> bool:
        """Is an end of it on record? A release before it is none."""
        if detention.end:
            return True
        return any(event.latest > day for event in self.freed)

    def _may_last(self, detention: Detention, day: int) -> bool:
        """For the latest day on which it may have begun, is it possible that nothing
        has ended it?
        """
        if detention.start.earliest > day:
            return False
        if detention.end and detention.end.latest <= day:
            return False
        begins = min(detention.start.latest, day)
        for event in self._may_have_ended(detention):
            if event.has_certainly_happened(day) and event.earliest >= begins:
                if event.earliest > begins:
                    return False
                if not self._may_begin_after(detention, event, begins):
                    return False
        return True

    def _must_last(self, detention: Detention, day: int) -> bool:
        if not detention.start.has_certainly_happened(day):
            return False
        if detention.end and detention.end.earliest <= day:
            return False
        begins = detention.start.earliest
        for event in self._may_have_ended(detention):
            if event.earliest <= day and event.latest >= begins:
                on_that_day = event.latest == begins  # they may share no other day
                if not (on_that_day and self._must_begin_after(detention, begins)):
                    return False
        return True

    def _may_have_ended(self, detention: Detention) -> Iterable[Event]:
        before = detention.start.comes_after
        return (event for event in self.freed if event not in before)

    def _may_begin_after(self, detention: Detention, event: Event, day: int) -> bool:
        """Let out and taken again on one day: somebody who may have been held before."""
        for other in self.life.detentions:
            if other is detention or other.start.earliest >= day:
                continue
            if not other.end or other.end.latest >= day:
                return True
        return False

    def _must_begin_after(self, detention: Detention, day: int) -> bool:
        for other in self.life.detentions:
            if other is detention or not other.start.has_certainly_happened(day - 1):
                continue
            if other.end and other.end.earliest < day:
                continue
            begins = other.start.earliest
            if not any(begins <= e.latest and e.earliest < day for e in self.freed):
                return True
        return False

    def _held(self, detention: Detention, day: int) -> _Possible:
        """The last of its start, moves and sentences that may have happened by then."""
        events = [detention.start]
        events += [event for event in detention.within if event.statuses]
        possible = _Possible()
        for event in _that_may_be_last(events, day):
            possible.add(event.statuses)
        # That somebody is held rests on the detention, whatever else was said since.
        possible.add((), detention.start)
        for event in detention.within:
            if event.earliest <= day:
                possible.add((), event)
        if not possible.statuses:
            possible.add(detention.start.statuses)
        return possible

    # --- Not held ---------------------------------------------------------------

    def _at_liberty(self, day: int, possible: _Possible) -> None:
        letting_go = self._letting_go
        for event in _that_may_be_last(letting_go.events, day, letting_go.others):
            possible.add(event.statuses, event)
            if letting_go.over_on.get(event, OPEN) < day:
                _no_longer_sure(possible)

    @cached_property
    def _letting_go(self) -> _LettingGo:
        events = [event for event in self.freed if self._frees(event)]
        events += self.life.revocations
        others: list[Event] = []
        for detention in self.life.detentions:
            others.append(detention.start)
            end = detention.end
            if end and self._may_end(detention, end):
                events.append(end)
        over_on: dict[Event, int] = {}
        for conviction in self.life.convictions:
            if self._may_be_free(conviction.event):
                events.append(conviction.event)
                over_on[conviction.event] = conviction.over_on
        for missing in self.life.disappearances:
            if not any(
                sighting.latest >= missing.earliest for sighting in self.life.sightings
            ):
                others.append(missing)
        return _LettingGo(events, others, over_on)

    def _frees(self, event: Event) -> bool:
        """Not if somebody left the country who certainly was at liberty before."""
        if not event.only_left:
            return True
        for detention in self.life.detentions:
            has_begun = detention.start.earliest <= event.latest
            is_over = detention.end and detention.end.latest < event.earliest
            if has_begun and not is_over and self._may_end(detention, event):
                return True
        return False

    def _may_end(self, detention: Detention, end: Event) -> bool:
        """Not if a release certainly came before it: then nothing was left to end."""
        begins = min(detention.start.latest, end.earliest)
        for event in self.freed:
            is_between = begins <= event.earliest and event.latest < end.earliest
            if event.certain and is_between:
                return False
        return True

    def _may_be_free(self, sentence: Event) -> bool:
        """Was it possible, when it was handed down, that no detention lasted?"""
        if sentence.statuses == ("convicted_in_absentia",):
            return True
        days = {sentence.earliest, sentence.latest}
        for event in self.life.events():
            for day in (event.earliest - 1, event.earliest, event.latest):
                if sentence.earliest <= day <= sentence.latest:
                    days.add(day)
        for day in days:
            day = max(0, min(day, LAST_DAY))
            if not any(self._must_last(d, day) for d in self.life.detentions):
                return True
        return False

    # --- Missing ----------------------------------------------------------------

    def _missing(self, day: int) -> tuple[list[Event], bool]:
        """The disappearances that may be what is last known, and whether one of them
        is. Who is heard of, moved, taken or let out again is missing no longer.
        """
        if not self.life.disappearances:
            return [], False
        signs = [*self.freed, *self.life.sightings]
        for detention in self.life.detentions:
            signs.append(self._as_a_sign(detention))
            signs += [e for e in detention.within if e.rank != SENTENCE]
        may = _that_may_be_last(self.life.disappearances, day, signs)
        must = False
        for event in may:
            since = (event.earliest, event.rank)
            later = [
                s for s in signs if s.earliest <= day and (s.latest, s.rank) > since
            ]
            must |= event.has_certainly_happened(day) and not later
        return may, must

    def _as_a_sign(self, detention: Detention) -> Event:
        """Who was let out and taken again on one day was missing in between."""
        start = detention.start
        is_later = self._must_begin_after(detention, start.earliest)
        if is_later or not start.comes_after.isdisjoint(self.life.disappearances):
            return replace(start, rank=WHEREABOUTS + 1)
        return start

    # --- Known, and dead ----------------------------------------------------------

    def _is_anything_known(self, day: int) -> bool:
        return self._first_known <= day

    def _statuses_of_death(self, died: Event, answer: str | None) -> tuple[str, ...]:
        if answer == "yes":
            return ("died_in_custody",)
        if answer == "no" or not self._may_be_held(died.earliest - 1, died.latest):
            return ("died",)
        return ("died", "died_in_custody")

    def _may_be_held(self, first: int, last: int) -> bool:
        days = {max(first, 0)}
        for event in self.life.events():
            for day in (
                event.earliest,
                event.earliest + 1,
                event.latest,
                event.latest + 1,
            ):
                if first < day <= min(last, LAST_DAY):
                    days.add(day)
        return any(
            not MAY_BE_HELD.isdisjoint(self._alive(day).statuses) for day in days
        )


def _no_longer_sure(possible: _Possible) -> None:
    possible.statuses.add(NOT_KNOWN)
    possible.reasons.add(StatusReason.TERM_PASSED.value)


def _last_certain(events: Iterable[Event], day: int) -> tuple[int, int]:
    last = (ALWAYS, 0)
    for event in events:
        if event.has_certainly_happened(day):
            last = max(last, (event.earliest, event.rank))
    return last


def _that_may_be_last(
    events: Sequence[Event], day: int, also: Sequence[Event] = ()
) -> list[Event]:
    """Of these, any that may be the last of them by then; `also` are others that it
    would have to come after.
    """
    last = max(_last_certain(events, day), _last_certain(also, day))
    followed: set[Event] = set()
    for event in (*events, *also):
        if event.has_certainly_happened(day):
            followed |= event.comes_after
    may_be_last = []
    for event in events:
        if event.earliest > day or event in followed:
            continue
        if (min(event.latest, day), event.rank) >= last:
            may_be_last.append(event)
    return may_be_last


# --- From stretches to spans, and as of when ---------------------------------------


def _as_spans(stretches: Sequence[_Stretch], life: Chronology) -> list[Span]:
    """Each ends where the next one begins."""
    timeline: list[Span] = []
    until: date | None = None
    for stretch in reversed(stretches):
        since = date.fromordinal(stretch.first) if stretch.first > 0 else None
        possible = stretch.possible
        timeline.append(
            Span(
                since,
                until,
                tuple(sorted(possible.statuses)),
                tuple(sorted(possible.basis)),
                possible.hedge,
                possible.disputed,
                _as_of(possible, life, until),
                tuple(sorted(possible.reasons)),
            )
        )
        until = since
    timeline.reverse()
    return timeline


def _as_of(possible: _Possible, life: Chronology, until: date | None) -> str | None:
    """The latest day of which a source speaks, and of which the status held: of a
    detention that is known to have ended, to its end.
    """
    if not possible.events:
        return None
    if until and possible.lasts and possible.statuses <= HELD:
        return _iso(until - timedelta(days=1))
    days: list[str] = []
    events = list(possible.events.values())
    if life.sightings and possible.statuses - {"died", "died_in_custody"}:
        events += [s for s in life.sightings if s.certain]
    for event in events:
        if event.own_day:
            days.append(event.own_day)
        days += event.weight.spoken
    known = [day for day in days if when(day)[0] != ALWAYS]
    if not known:
        return None
    latest = max(known, key=lambda day: (when(day)[0], -when(day)[1]))
    if until and when(latest)[0] >= until.toordinal():
        return _iso(until - timedelta(days=1))
    return latest


def _iso(day: date | None) -> str | None:
    if day is None:
        return None
    return day.isoformat()


# --- When a source has been hidden since ---------------------------------------------


def at_most(now: Sequence[Span], then: Sequence[Span]) -> list[Span]:
    """`now` without what it would say more than `then`: hiding a source adds no status,
    and makes none surer. Where the two differ, less is known.
    """
    days = sorted({span.since for span in (*now, *then) if span.since})
    timeline: list[Span] = []
    for since in (None, *days):
        day = since or date.min
        span = replace(_less_of(on(now, day), on(then, day)), since=since, until=None)
        if not timeline or replace(timeline[-1], since=since) != span:
            timeline.append(span)
    closed: list[Span] = []
    until: date | None = None
    for span in reversed(timeline):
        closed.append(replace(span, until=until))
        until = span.since
    return closed[::-1]


def _less_of(now: Span, then: Span) -> Span:
    if now.statuses == then.statuses:
        hedges = [hedge for hedge in (now.hedge, then.hedge) if hedge]
        return replace(now, hedge=weaker(*hedges) if hedges else None)
    statuses = {*now.statuses} & {*then.statuses} | {NOT_KNOWN}
    if statuses == {NOT_KNOWN}:
        return replace(now, statuses=(NOT_KNOWN,), basis=(), hedge=None, as_of=None)
    hedges = [hedge for hedge in (now.hedge, then.hedge) if hedge]
    hedge = weaker(*hedges) if hedges else None
    return replace(now, statuses=tuple(sorted(statuses)), hedge=hedge)
