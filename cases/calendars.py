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


def readings(text: str) -> list[Reading]:
    """What a date may mean by another calendar. Empty for what has marks, ranges or
    unknown digits, and for days that the other calendar does not have. Only of the
    calendars that the organisation meets.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return []
    year = int(match["year"])
    month = int(match["month"] or 0)
    day = int(match["day"] or 0)
    possible = []
    asked = settings.OWN.calendars
    if "buddhist" in asked and year in range(2400, 2601):
        ours = text.replace(match["year"], str(year - _AHEAD_OF_OURS), 1)
        possible.append(Reading(_("Buddhist calendar"), ours))
    if "iranian" in asked and year in range(1280, 1421):
        reading = _days(_from_solar_hijri, year, month, day)
        if reading:
            possible.append(Reading(_("Iranian calendar"), reading))
    if "islamic" in asked and year in range(1344, 1461):
        reading = _days(_from_hijri, year, month, day)
        if reading:
            possible.append(Reading(_("Islamic calendar (Umm al-Qura)"), reading))
    return possible


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
