"""Dates as sources give them: EDTF (ISO 8601-2) text, its bounds, and how people read
it.

Allowed: `2025`, `2025-09`, `2025-09-11`; unspecified digits (`201X`, `2025-09-XX`); a
mark at the end for uncertain `?`, approximate `~` or both `%`; intervals that last
(`2025-09-11/2025-10-07`, `2025-09/..` still open, `2025-09/` end unknown); and one day
out of several (`[2025-09-11..2025-10-07]`, `[..2025-10-07]`, `[2025-09-11..]`).

Left out of EDTF on purpose: times of day, years outside 1000–2999, and seasons (winter
spans two years, and is summer elsewhere). cases/migrations/0001_dates.py has the same
rules in SQL; a property test compares them.
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
    warnings.simplefilter(
        "ignore"
    )  # the library's grammar makes pyparsing warn while it is being built
    from edtf import EDTFParseException, parse_edtf

_DATE = re.compile(
    r"(?P<year>[12][0-9]{3})(?:-(?P<month>[0-9]{2}|XX(?!-[0-9]))(?:-(?P<day>[0-9]{2}|XX))?)?(?P<mark>[?~%]?)"
    r"|(?P<years>[12][0-9](?:[0-9]X|XX))(?P<years_mark>[?~%]?)"
)
_INTERVAL = re.compile(r"(?P<start>[-0-9?~%]*|\.\.)/(?P<end>[-0-9?~%]*|\.\.)")
_SOME_DAY = re.compile(r"\[(?P<start>[-0-9]*)\.\.(?P<end>[-0-9]*)\]")
_OPEN = ("", "..")


class Bounds(NamedTuple):
    """First and last day possible; None where open or unknown. Marks (`~`, `?`, `%`) do
    not widen them.
    """

    earliest: date | None
    latest: date | None


@dataclass(frozen=True)
class _Moment:
    """One date without range: precision is "years", "year", "month" or "day"."""

    earliest: date
    latest: date
    precision: str
    mark: str


def _refusal(sentence: str, text: str) -> ValidationError:
    how = _("Write a date as 2025, 2025-09 or 2025-09-11; {problem}")
    return ValidationError(
        how.format(problem=sentence.format(text=text)), code="invalid_date"
    )


@lru_cache(maxsize=32768)
def _moment(text: str) -> _Moment:
    found = _DATE.fullmatch(text)
    if not found:
        raise _refusal(_("“{text}” is not a date written so."), text)
    if years := found["years"]:
        first, last = int(years.replace("X", "0")), int(years.replace("X", "9"))
        return _Moment(
            date(first, 1, 1), date(last, 12, 31), "years", found["years_mark"]
        )
    year, month, day, mark = (
        int(found["year"]),
        found["month"],
        found["day"],
        found["mark"],
    )
    if month in (None, "XX"):
        return _Moment(date(year, 1, 1), date(year, 12, 31), "year", mark)
    if not 1 <= int(month) <= 12:
        raise _refusal(_("{text} is not a month that exists."), text.rstrip("?~%"))
    days = monthrange(year, int(month))[1]
    if day in (None, "XX"):
        return _Moment(
            date(year, int(month), 1), date(year, int(month), days), "month", mark
        )
    if not 1 <= int(day) <= days:
        raise _refusal(_("{text} is not a day that exists."), text.rstrip("?~%"))
    exact = date(year, int(month), int(day))
    return _Moment(exact, exact, "day", mark)


@lru_cache(maxsize=32768)
def bounds(text: str) -> Bounds:
    """Strict bounds of EDTF text. Raises ValidationError with a sentence that people
    understand.
    """
    some_day = _SOME_DAY.fullmatch(text)
    ends = some_day or _INTERVAL.fullmatch(text)
    if not ends:
        moment = _moment(text)
        return Bounds(moment.earliest, moment.latest)
    start, end = ends["start"], ends["end"]
    earliest = None if start in _OPEN else _moment(start).earliest
    latest = None if end in _OPEN else _moment(end).latest
    if earliest is None and latest is None:
        raise _refusal(_("“{text}” has neither a start nor an end."), text)
    if some_day and start and end and len(start) != len(end):
        raise _refusal(
            _(
                "{text} needs both ends as exact as each other: two years, two months or two days."
            ),
            text,
        )
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
    """Raises ValidationError unless the text is a date as above, and EDTF to the `edtf`
    library too.

    Only this door asks the library: it takes some 10 ms a text, and some of its bounds
    are not ours (an unknown end of an interval becomes ten years).
    """
    bounds(text)
    if not _read_by_library(text):
        raise _refusal(_("“{text}” is not a date written so."), text)


@lru_cache(maxsize=32768)
def published(text: str | None) -> dict[str, str | None] | None:
    """The shape of a date in every published document; ISO dates, None where open or
    unknown.
    """
    if not text:
        return None
    earliest, latest = bounds(text)
    return {
        "edtf": text,
        "earliest": earliest.isoformat() if earliest else None,
        "latest": latest.isoformat() if latest else None,
    }


def display(text: str | None) -> str:
    """The date in the reader's language, to stand inside a sentence: "about September
    2025"; "" for none.
    """
    if not text:
        return ""
    if ends := _SOME_DAY.fullmatch(text):
        return _display_some_day(ends["start"], ends["end"])
    if ends := _INTERVAL.fullmatch(text):
        return _display_interval(ends["start"], ends["end"])
    return _display_moment(_moment(text))


def _display_moment(moment: _Moment) -> str:
    formats = {
        # Translators: date formats of Django; use E for the month where it stands in
        # the genitive
        "day": pgettext("date format", "j F Y"),
        "month": pgettext("date format", "F Y"),
        "year": pgettext("date format", "Y"),
    }
    if moment.precision == "years":
        words = _("some time from {first} to {last}").format(
            first=moment.earliest.year, last=moment.latest.year
        )
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
    first = "" if start in _OPEN else _display_moment(_moment(start))
    last = "" if end in _OPEN else _display_moment(_moment(end))
    if first and last:
        return _("from {start} to {end}").format(start=first, end=last)
    if first:
        sentence = (
            _("from {start} on")
            if end == ".."
            else _("from {start} to an unknown date")
        )
        return sentence.format(start=first)
    sentence = _("until {end}") if start == ".." else _("from an unknown date to {end}")
    return sentence.format(end=last)
