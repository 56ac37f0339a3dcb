"""A person's status, derived from dated events, as of any day. Why the rules are as
they are: docs/decisions/status.md.

Pure: no database, no clock. What goes in has the published shape of a case, with every
date as EDTF text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.chronology import ALWAYS, OPEN, Event, chronology, death

# Statuses under which a death may have been one in custody.
MAY_BE_HELD = {"detained", "imprisoned", "restricted_liberty", "whereabouts_unknown"}


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
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "statuses": list(self.statuses),
            "basis": list(self.basis),
        }


def spans(case: Mapping[str, Any]) -> list[Span]:
    """The whole timeline, from the first span (since None) to the last (until None),
    without gaps.
    """
    events = chronology(case)
    died = death(case, events)
    if died:
        held = any(
            MAY_BE_HELD.intersection(_statuses(events, day)[0])
            for day in _turning_points(events, died.earliest - 1, died.latest)
        )
        died = died.as_one_in_custody(case["death_in_custody"], possible=held)
    points = _turning_points([*events, died] if died else events, 0, OPEN)
    found = [(point, *_statuses(events, point, died)) for point in points]
    return _merged(found)


def on(timeline: Sequence[Span], day: date) -> Span:
    """The span that holds at the end of that day."""
    return next(
        span for span in reversed(timeline) if span.since is None or span.since <= day
    )


def _turning_points(events: Iterable[Event], first: int, last: int) -> list[int]:
    """The days on which the answer may change, from `first` on; `first` stands for all
    days before the next one.
    """
    days = {first}
    last = min(
        last, date.max.toordinal()
    )  # later ones are no days: the day before one that is not known
    for event in events:
        days.update(
            day
            for day in (event.earliest, event.earliest + 1, event.latest)
            if first < day <= last
        )
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
    certain = [event.first_moment for event in events if event.latest <= day]
    last_certain = max(certain, default=(ALWAYS, 0))
    if not certain:
        statuses.add("not_known")
    for event in events:
        if (
            event.earliest <= day
            and (min(event.latest, day), event.rank) >= last_certain
        ):
            statuses.update(event.statuses)
            basis.update(event.basis)
    return statuses, basis


def _merged(found: Iterable[tuple[int, set[str], set[str]]]) -> list[Span]:
    runs: list[tuple[int, set[str], set[str]]] = []
    for day, statuses, basis in found:
        if runs and runs[-1][1] == statuses:
            runs[-1][2].update(basis)
        else:
            runs.append((day, statuses, basis))
    starts = [
        date.fromordinal(day) if day > 0 else None for day, _statuses, _basis in runs
    ]
    return [
        Span(since, until, tuple(sorted(statuses)), tuple(sorted(basis)))
        for (_day, statuses, basis), since, until in zip(
            runs, starts, [*starts[1:], None], strict=True
        )
    ]
