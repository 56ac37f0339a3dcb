"""Dates as sources give them: EDTF (ISO 8601-2) text, its bounds, and its display.

Allowed are:
- `2025`, `2025-09`, `2025-09-11`;
- unspecified digits: `201X`, `2025-09-XX`;
- a mark at the end, for uncertain `?`, approximate `~` or both `%`;
- intervals that last: `2025-09-11/2025-10-07`, `2025-09/..` still open, `2025-09/` end
  unknown;
- one day out of several: `[2025-09-11..2025-10-07]`, `[..2025-10-07]`,
  `[2025-09-11..]`.

We leave out times of day, years outside 1000–2999, and seasons: winter spans two years,
and is summer elsewhere. cases/migrations/0001_dates.py has the same rules in SQL, and a
property test compares them.
"""

import re
import warnings
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

with warnings.catch_warnings():
    # The library builds a grammar when it is imported, and pyparsing warns about it.
    warnings.simplefilter("ignore")
    from edtf import EDTFParseException, parse_edtf

_DATE = re.compile(
    r"(?P<year>[12][0-9]{3})"
    r"(?:-(?P<month>[0-9]{2}|XX(?!-[0-9]))(?:-(?P<day>[0-9]{2}|XX))?)?"
    r"(?P<mark>[?~%]?)"
    r"|(?P<years>[12][0-9](?:[0-9]X|XX))(?P<years_mark>[?~%]?)"
)
_INTERVAL = re.compile(r"(?P<start>[-0-9?~%]*|\.\.)/(?P<end>[-0-9?~%]*|\.\.)")
_SOME_DAY = re.compile(r"\[(?P<start>[-0-9]*)\.\.(?P<end>[-0-9]*)\]")
_OPEN = ("", "..")


class Bounds(NamedTuple):
    """First and last possible day. None is open or unknown. Marks do not widen them."""

    earliest: date | None
    latest: date | None


@dataclass(frozen=True)
class _Moment:
    """A date without a range. Its precision is "years", "year", "month" or "day"."""

    earliest: date
    latest: date
    precision: str
    mark: str


def _refusal(sentence: str, text: str) -> ValidationError:
    problem = sentence.format(text=text)
    message = _("Write a date as 2025, 2025-09 or 2025-09-11; {problem}")
    return ValidationError(message.format(problem=problem), code="invalid_date")


@lru_cache(maxsize=32768)
def _moment(text: str) -> _Moment:
    match = _DATE.fullmatch(text)
    if not match:
        raise _refusal(_("“{text}” is not a date written so."), text)
    years = match["years"]
    if years:
        first, last = int(years.replace("X", "0")), int(years.replace("X", "9"))
        return _Moment(
            date(first, 1, 1), date(last, 12, 31), "years", match["years_mark"]
        )
    year, mark = int(match["year"]), match["mark"]
    if match["month"] in (None, "XX"):
        return _Moment(date(year, 1, 1), date(year, 12, 31), "year", mark)
    month = int(match["month"])
    if not 1 <= month <= 12:
        raise _refusal(_("{text} is not a month that exists."), text.rstrip("?~%"))
    days_in_month = monthrange(year, month)[1]
    if match["day"] in (None, "XX"):
        return _Moment(
            date(year, month, 1), date(year, month, days_in_month), "month", mark
        )
    day = int(match["day"])
    if not 1 <= day <= days_in_month:
        raise _refusal(_("{text} is not a day that exists."), text.rstrip("?~%"))
    exact = date(year, month, day)
    return _Moment(exact, exact, "day", mark)


@lru_cache(maxsize=32768)
def bounds(text: str) -> Bounds:
    """Strict bounds of EDTF text. Raises ValidationError with a sentence for people."""
    some_day = _SOME_DAY.fullmatch(text)
    ends = some_day or _INTERVAL.fullmatch(text)
    if not ends:
        moment = _moment(text)
        return Bounds(moment.earliest, moment.latest)
    start, end = ends["start"], ends["end"]
    earliest, latest = None, None
    if start not in _OPEN:
        earliest = _moment(start).earliest
    if end not in _OPEN:
        latest = _moment(end).latest
    if earliest is None and latest is None:
        raise _refusal(_("“{text}” has neither a start nor an end."), text)
    if some_day and start and end and len(start) != len(end):
        sentence = _(
            "{text} needs both ends as exact as each other:"
            " two years, two months or two days."
        )
        raise _refusal(sentence, text)
    if earliest and latest and latest < earliest:
        raise _refusal(_("{text} ends before it starts."), text)
    return Bounds(earliest, latest)


@lru_cache(maxsize=32768)
def _read_by_library(text: str) -> bool:
    try:
        parse_edtf(text)
    except EDTFParseException:
        return False
    return True


def validate(text: str) -> None:
    """Raises ValidationError if we, or the `edtf` library, cannot read the text.

    Nothing else asks the library. It takes some 10 ms a text, and some of its bounds
    are not ours: it makes an unknown end of an interval ten years long.
    """
    bounds(text)
    if not _read_by_library(text):
        raise _refusal(_("“{text}” is not a date written so."), text)


@lru_cache(maxsize=32768)
def published(text: str | None) -> dict[str, str | None] | None:
    """A date as every published document has it. Its days are ISO dates.

    None is an open or unknown day.
    """
    if not text:
        return None
    earliest, latest = bounds(text)
    published_date: dict[str, str | None] = {
        "edtf": text,
        "earliest": None,
        "latest": None,
    }
    if earliest:
        published_date["earliest"] = earliest.isoformat()
    if latest:
        published_date["latest"] = latest.isoformat()
    return published_date


def display(text: str | None) -> str:
    """The date in the reader's language, within a sentence: "about September 2025".

    "" is no date.
    """
    if not text:
        return ""
    some_day = _SOME_DAY.fullmatch(text)
    if some_day:
        return _display_some_day(some_day["start"], some_day["end"])
    interval = _INTERVAL.fullmatch(text)
    if interval:
        return _display_interval(interval["start"], interval["end"])
    return _display_moment(_moment(text))


def written(day: date) -> str:
    """A day in the reader's language: “11 September 2025”."""
    # Translators: a date format of Django; E is the month in the genitive
    return date_format(day, pgettext("date format", "j F Y"))


def _display_moment(moment: _Moment) -> str:
    formats = {
        # Translators: date formats of Django; F is the month in the nominative
        "month": pgettext("date format", "F Y"),
        "year": pgettext("date format", "Y"),
    }
    if moment.precision == "years":
        words = _("some time from {first} to {last}").format(
            first=moment.earliest.year, last=moment.latest.year
        )
    elif moment.precision == "day":
        words = written(moment.earliest)
    else:
        words = date_format(moment.earliest, formats[moment.precision])
    marks = {
        "": "{date}",
        "~": _("about {date}"),
        "?": _("possibly {date}"),
        "%": _("possibly about {date}"),
    }
    return marks[moment.mark].format(date=words)


def _display_some_day(start: str, end: str) -> str:
    if not start:
        return _("on or before {end}").format(end=_display_moment(_moment(end)))
    if not end:
        return _("on or after {start}").format(start=_display_moment(_moment(start)))
    return _("some day between {start} and {end}").format(
        start=_display_moment(_moment(start)), end=_display_moment(_moment(end))
    )


def _display_interval(start: str, end: str) -> str:
    first, last = "", ""
    if start not in _OPEN:
        first = _display_moment(_moment(start))
    if end not in _OPEN:
        last = _display_moment(_moment(end))
    if first and last:
        sentence = _("from {start} to {end}")
    elif first and end == "..":
        sentence = _("from {start} on")
    elif first:
        sentence = _("from {start} to an unknown date")
    elif start == "..":
        sentence = _("until {end}")
    else:
        sentence = _("from an unknown date to {end}")
    return sentence.format(start=first, end=last)
