"""Dates that may have been typed by another calendar: which one, and what they are by
ours.

Only years that no event of ours can have: 1401 is a year of Iran's calendar, 2564 one
of Thailand's. Years of other calendars that look like ours cannot be told apart.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import hijridate
import jdatetime
from django.conf import settings
from django.utils.translation import gettext_lazy as _

_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?(?:-(?P<day>\d{2}))?[?~%]?")
_AHEAD_OF_OURS = 543  # years, of the Buddhist calendar
_MONTHS = 12


@dataclass(frozen=True)
class Reading:
    """`text` is EDTF by our calendar."""

    calendar: Any
    text: str


ToOurs = Callable[[int, int, int], date]


@dataclass(frozen=True)
class _Calendar:
    label: Any
    years: range  # of these, that no event of ours can have, a date is taken to be
    to_ours: ToOurs | None  # None where only the years are others


def readings(text: str) -> list[Reading]:
    """What a date may mean by another calendar. Empty for what has marks, ranges or
    unknown digits, and for days that the other calendar does not have. Only of the
    calendars that the organisation meets.
    """
    possible = []
    for name, calendar in CALENDARS.items():
        if name in settings.OWN.calendars and text[:4].isdecimal():
            reading = by_ours(name, text) if int(text[:4]) in calendar.years else ""
            if reading:
                possible.append(Reading(calendar.label, reading))
    return possible


def by_ours(name: str, text: str) -> str:
    """What a date of that calendar, such as `2564-05`, is by ours. Empty as above."""
    match = _DATE.fullmatch(text)
    if match is None:
        return ""
    to_ours = CALENDARS[name].to_ours
    year = int(match["year"])
    if to_ours is None:
        return text.replace(match["year"], str(year - _AHEAD_OF_OURS), 1)
    return _days(to_ours, year, int(match["month"] or 0), int(match["day"] or 0))


def _days(to_ours: ToOurs, year: int, month: int, day: int) -> str:
    """The day, or the first and the last possible one; empty if there is no such."""
    try:
        if day:
            return to_ours(year, month, day).isoformat()
        first = to_ours(year, month or 1, 1)
        last_month = month or _MONTHS
        next_first = to_ours(year + last_month // _MONTHS, last_month % _MONTHS + 1, 1)
    except (ValueError, OverflowError):
        return ""
    last = next_first - timedelta(days=1)
    return f"[{first.isoformat()}..{last.isoformat()}]"


def _from_solar_hijri(year: int, month: int, day: int) -> date:
    return jdatetime.date(year, month, day).togregorian()


def _from_hijri(year: int, month: int, day: int) -> date:
    ours = hijridate.Hijri(year, month, day).to_gregorian()
    return date(ours.year, ours.month, ours.day)


CALENDARS = {
    "buddhist": _Calendar(_("Buddhist calendar"), range(2400, 2601), None),
    "iranian": _Calendar(_("Iranian calendar"), range(1280, 1421), _from_solar_hijri),
    "islamic": _Calendar(
        _("Islamic calendar (Umm al-Qura)"), range(1344, 1461), _from_hijri
    ),
}
