"""The spans of a status as bars beside each other. Time is drawn to scale, but for what
came before the first day that is known and what comes after the last one. The end of a
term by plain count is not drawn: it lies ahead, and tells nothing of where anybody is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from tracker import dates
from tracker.contract.vocabulary import HELD, Status, StatusReason
from tracker.site import status
from tracker.site.status import StatusWords

# In thousandths of the width.
WIDTH = 1000
OPEN_END = 90  # before the first day, and after the last
NARROWEST = 6
MOST_YEARS = 6

NOTHING = {Status.NOT_KNOWN}
TERM_PASSED = StatusReason.TERM_PASSED
# After the last day of which a source speaks.
NO_WORD = "no-word"

Span = Mapping[str, Any]


@dataclass(frozen=True)
class Bar:
    """`looks` is a word that the style sheet knows. `x` and `width` are percentages."""

    x: str
    width: str
    looks: str
    words: str


@dataclass(frozen=True)
class Drawing:
    """`lines` tell the same in words, each with how it looks; `words` in few of them.
    `years` are those that began in that time, (x, year). `first` and `last` are its
    days in words; "" for `last` where there is only one.
    """

    bars: list[Bar]
    lines: list[tuple[str, StatusWords]]
    years: list[tuple[str, int]]
    first: str
    last: str

    @property
    def words(self) -> list[tuple[str, str]]:
        return [(looks, _in_few_words(line)) for looks, line in self.lines]


def drawn(spans: Sequence[Span]) -> Drawing | None:
    """None if there is nothing but what nobody knows."""
    told = [span for span in spans if TERM_PASSED not in span["reasons"]]
    days = [date.fromisoformat(span["since"]) for span in told if span["since"]]
    if not days:
        return None
    looks = [_looks(set(span["statuses"])) for span in told]
    words = []
    for before, span in zip([None, *told], told, strict=False):
        words.append(_in_few_words(status.in_words(span, before)))
    heard_of = _last_heard_of(told[-1])
    if heard_of:
        days.append(max(heard_of, days[-1]))
        looks.append(NO_WORD)
        words.append(_("Nothing newer is on record"))
    by_years = StatusReason.YEAR_ONLY in told[-1]["reasons"]
    edges = [] if told[0]["since"] else [0]
    for day in days:
        narrowest = edges[-1] + NARROWEST if edges else 0
        edges.append(max(_place(day, days), narrowest))
    edges.append(max(WIDTH, edges[-1] + NARROWEST))
    bars = []
    for number, x in enumerate(edges[:-1]):
        width = _percent(edges[number + 1] - x)
        bars.append(Bar(_percent(x), width, looks[number], words[number]))
    lines = []
    for line in status.history({"status": spans}):
        lines.append((_looks({code for code, _name in line.statuses}), line))
    return Drawing(
        bars=bars,
        lines=lines,
        years=_years(days),
        first=_named(days[0], by_years),
        last=_last(days, heard_of, by_years) if days[-1] > days[0] else "",
    )


def _named(day: date, by_years: bool) -> str:
    return str(day.year) if by_years else dates.written(day)


def _last(days: Sequence[date], heard_of: date | None, by_years: bool) -> str:
    """What holds for certain from a year on began in the year before."""
    last = days[-1]
    if by_years and last != heard_of:
        last -= timedelta(days=1)
    return _named(last, by_years)


def _last_heard_of(span: Span) -> date | None:
    """The last day of which a source speaks, at the earliest."""
    day = span["as_of"] or {}
    return date.fromisoformat(day["earliest"]) if day.get("earliest") else None


def _place(day: date, days: Sequence[date]) -> int:
    whole = max((days[-1] - days[0]).days, 1)
    return OPEN_END + round((day - days[0]).days * (WIDTH - 2 * OPEN_END) / whole)


def _percent(thousandths: int) -> str:
    return f"{thousandths / 10:g}%"


def _years(days: Sequence[date]) -> list[tuple[str, int]]:
    began = range(days[0].year + 1, days[-1].year + 1)
    step = len(began) // MOST_YEARS + 1
    years = []
    for year in began[::step]:
        years.append((_percent(_place(date(year, 1, 1), days)), year))
    return years


def _in_few_words(told: StatusWords) -> str:
    names = " / ".join(name for _code, name in told.statuses)
    period = told.period or told.begins
    return f"{names}: {period}" if period else names


def _looks(statuses: set[str]) -> str:
    if statuses <= NOTHING:
        return "unknown"
    if statuses <= HELD:
        return "held"
    if statuses & HELD:
        return "maybe"
    return "other"
