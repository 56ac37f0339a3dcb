"""For how many days somebody was held, as far as a document tells it.

Nothing here depends on today's date. What has no end on record is counted to the last
day of which a source speaks, or to the day that is asked for; nobody knows the rest, so
then there is no largest number (docs/decisions/tables.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tracker.contract import hedges, spans
from tracker.contract.spans import Span
from tracker.contract.vocabulary import HELD, Status

Doc = Mapping[str, Any]

# With these, nobody knows whether the person is held.
MAY_BE_HELD = HELD | {
    Status.SENTENCED.value,
    Status.WHEREABOUTS_UNKNOWN.value,
    Status.NOT_KNOWN.value,
}
YES, NO, NOT_KNOWN = "yes", "no", "not_known"
ANSWERS = (YES, NO, NOT_KNOWN)


@dataclass(frozen=True)
class Days:
    """At least and at most. None: nobody knows."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Held(Days):
    """`open_start`, `open_end`: it is not known when it began, or that it ended; so
    there is no `most`. `hedge` is the weakest word on which it rests.
    """

    open_start: bool = False
    open_end: bool = False
    hedge: str = ""
    disputed: bool = False


def is_held(span: Span) -> str:
    statuses = set(span["statuses"])
    if statuses and statuses <= HELD:
        return YES
    return NOT_KNOWN if statuses & MAY_BE_HELD else NO


def held(status: list[Span], day: date | None) -> Held:
    """In all, over all spans of the status; the day of a release does not count. With a
    `day`, to the end of that day.
    """
    least = most = 0
    open_start = open_end = disputed = False
    weakest: list[str] = []
    for span in status:
        answer = is_held(span)
        since = _day(span["since"])
        until = _day(span["until"])
        if day is not None:
            after = day + timedelta(days=1)
            until = min(until or after, after)
        if answer == NO or (since and until and until <= since):
            continue
        if since is None and set(span["statuses"]) == {Status.NOT_KNOWN.value}:
            continue  # that nothing is known of the time before says nothing of it
        if since is None:
            open_start = True
        if until is None:
            open_end = True
        if since and until:
            most += (until - since).days
        if answer == YES:
            least += _least(span, since, until)
            weakest.append(span["hedge"] or "")
            disputed |= bool(span["disputed"])
    hedge = ""
    if weakest and all(weakest):
        hedge = hedges.weaker(*weakest)
    return Held(
        least=least,
        most=None if open_start or open_end else most,
        open_start=open_start,
        open_end=open_end,
        hedge=hedge,
        disputed=disputed,
    )


def _least(span: Span, since: date | None, until: date | None) -> int:
    """Of what goes on, to the last day of which a source speaks."""
    if span["until"] is None:
        as_of = _day((span["as_of"] or {}).get("earliest"))
        last = as_of + timedelta(days=1) if as_of else None
        until = min(until, last) if until and last else last
    if since is None or until is None:
        return 0
    return max((until - since).days, 0)


def between(start: Doc | None, end: Doc | None) -> Days:
    """From one published date to another, of which one may be a month or a year; the
    last day does not count. Without one of both nobody knows.
    """
    if start is None or end is None:
        return Days()
    first, last = _day(start["earliest"]), _day(start["latest"])
    over, over_at_last = _day(end["earliest"]), _day(end["latest"])
    least = most = None
    if last and over:
        least = max((over - last).days, 0)
    if first and over_at_last:
        most = max((over_at_last - first).days, 0)
    return Days(least, most)


def left(document: Doc) -> Days:
    """To the computed end of the term, from the last day of which a source speaks of
    somebody who is held.
    """
    last = spans.last_known(document["status"])
    in_force = document.get("sentence_in_force") or {}
    if is_held(last) != YES:
        return Days()
    return between(last["as_of"], in_force.get("ends_on"))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
