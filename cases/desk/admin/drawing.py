"""The spans of a status as bars beside each other. Time is drawn to scale, but for what
came before the first day that is known and what comes after the last one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.contract.vocabulary import Status
from tracker.site import status

WIDTH = 1000
OPEN_END = 90  # before the first day, and after the last
NARROWEST = 6

HELD = {Status.DETAINED, Status.IMPRISONED}
NOTHING = {Status.NOT_KNOWN}


@dataclass(frozen=True)
class Bar:
    """`looks` is a word that the style sheet knows."""

    x: int
    width: int
    looks: str
    words: str


@dataclass(frozen=True)
class Drawing:
    bars: list[Bar]
    words: list[tuple[str, str]]  # (looks, what held when)


def drawn(spans: Sequence[Mapping[str, Any]]) -> Drawing | None:
    """None if there is nothing but what nobody knows."""
    days = [date.fromisoformat(span["since"]) for span in spans if span["since"]]
    if not days:
        return None
    whole = max((days[-1] - days[0]).days, 1)
    scale = (WIDTH - 2 * OPEN_END) / whole
    edges = [0]
    for day in days:
        x = OPEN_END + round((day - days[0]).days * scale)
        edges.append(max(x, edges[-1] + NARROWEST))
    edges.append(max(WIDTH, edges[-1] + NARROWEST))
    bars = []
    for place, span in enumerate(spans):
        words = _words(span)
        x = edges[place]
        bars.append(Bar(x, edges[place + 1] - x, _looks(span), words))
    told = []
    for line in status.history({"status": list(spans)}):
        names = [name for _code, name in line.statuses]
        codes = {code for code, _name in line.statuses}
        period = line.period or line.begins
        told.append((_looks_of(codes), f"{' / '.join(names)}: {period}"))
    return Drawing(bars, told)


def _words(span: Mapping[str, Any]) -> str:
    told = status.in_words(span)
    names = " / ".join(name for _code, name in told.statuses)
    return f"{names}: {told.period}" if told.period else names


def _looks(span: Mapping[str, Any]) -> str:
    return _looks_of(set(span["statuses"]))


def _looks_of(statuses: set[str]) -> str:
    if statuses <= NOTHING:
        return "unknown"
    if statuses <= HELD:
        return "held"
    if statuses & HELD:
        return "maybe"
    return "other"
