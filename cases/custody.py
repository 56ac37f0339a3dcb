"""A person's status, derived from dated events, as of any day. Why the rules are as
they are: docs/decisions/status.md.

Pure: no database, no clock. What goes in has the published shape of a case, with every
date as EDTF text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.chronology import ALWAYS, OPEN, CaseFacts, Event, chronology, death

# Statuses under which a death may have been one in custody.
MAY_BE_HELD = {"detained", "imprisoned", "restricted_liberty", "whereabouts_unknown"}
LAST_DAY = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Span:
    """From the day `since` (None: as far back as is known) to before `until` (None: to
    this day), any of `statuses`.
    """

    since: date | None
    until: date | None
    statuses: tuple[str, ...]
    basis: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The published shape: days as ISO text, codes and the ids of the records they
        follow from as sorted lists.
        """
        return {
            "since": _iso(self.since),
            "until": _iso(self.until),
            "statuses": list(self.statuses),
            "basis": list(self.basis),
        }


@dataclass(slots=True)
class _Stretch:
    """What may hold from the day `first` until the next stretch begins; a first day of
    0 stands for all days before.
    """

    first: int
    statuses: set[str]
    basis: set[str]


# What a status follows from: these lists of a case, and these facts of the person.
EVENTS = ("detentions", "sentences", "releases", "deportations", "whereabouts")
FACTS = ("died_on", "death_in_custody", "last_verified_on")

NOTHING_KNOWN = Span(None, None, ("not_known",), ())


def spans(case: CaseFacts) -> list[Span]:
    """The whole timeline, from the first span (since None) to the last (until None),
    without gaps.
    """
    events = chronology(case)
    turning_events = list(events)
    died = death(case, events)
    if died:
        possible = _may_be_held(events, died.earliest - 1, died.latest)
        died = died.as_one_in_custody(case["death_in_custody"], possible=possible)
        turning_events.append(died)
    stretches: list[_Stretch] = []
    for day in _turning_points(turning_events, 0, OPEN):
        statuses, basis = _statuses(events, day, died)
        if stretches and stretches[-1].statuses == statuses:
            stretches[-1].basis |= basis
        else:
            stretches.append(_Stretch(day, statuses, basis))
    return _as_spans(stretches)


def on(timeline: Sequence[Span], day: date) -> Span:
    """The span that holds at the end of that day."""
    return next(
        span for span in reversed(timeline) if span.since is None or span.since <= day
    )


def _may_be_held(events: Iterable[Event], first: int, last: int) -> bool:
    for day in _turning_points(events, first, last):
        statuses, _basis = _statuses(events, day)
        if not MAY_BE_HELD.isdisjoint(statuses):
            return True
    return False


def _turning_points(events: Iterable[Event], first: int, last: int) -> list[int]:
    """The days on which the answer may change, from `first` on; `first` stands for all
    days before the next one.

    On an event's first day its rank decides what it may come after. From the next day
    on it may come after everything of its first day.
    """
    last = min(last, LAST_DAY)  # OPEN, and the day before it, are no days
    days = {first}
    for event in events:
        for day in (event.earliest, event.earliest + 1, event.latest):
            if first < day <= last:
                days.add(day)
    return sorted(days)


def _statuses(
    events: Iterable[Event], day: int, died: Event | None = None
) -> tuple[set[str], set[str]]:
    """The statuses that may hold at the end of the day, and the ids of the records they
    follow from.

    An event may be the one that holds if it may have happened by then, and every other
    event may have come before it, or may not have happened yet. So it is measured
    against the last of those that certainly have.
    """
    statuses: set[str] = set()
    basis: set[str] = set()
    if died and died.earliest <= day:
        statuses.update(died.statuses)
        basis.update(died.basis)
        if died.latest <= day:
            return statuses, basis
    is_known = False
    last_certain = (ALWAYS, 0)
    for event in events:
        if event.latest <= day:
            is_known = True
            last_certain = max(last_certain, (event.earliest, event.rank))
    if not is_known:
        statuses.add("not_known")
    for event in events:
        if event.earliest <= day:
            last_possible = (min(event.latest, day), event.rank)
            if last_possible >= last_certain:
                statuses.update(event.statuses)
                basis.update(event.basis)
    return statuses, basis


def _as_spans(stretches: Sequence[_Stretch]) -> list[Span]:
    """Each ends where the next one begins."""
    timeline: list[Span] = []
    until: date | None = None
    for stretch in reversed(stretches):
        since = None
        if stretch.first > 0:
            since = date.fromordinal(stretch.first)
        statuses, basis = sorted(stretch.statuses), sorted(stretch.basis)
        timeline.append(Span(since, until, tuple(statuses), tuple(basis)))
        until = since
    timeline.reverse()
    return timeline


def _iso(day: date | None) -> str | None:
    if day is None:
        return None
    return day.isoformat()
