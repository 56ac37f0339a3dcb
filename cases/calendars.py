"""Dates that may have been typed by another calendar: which one, and what they are by
ours.

By years that no event of ours can have: 1401 is a year of Iran's calendar, 2564 one of
Thailand's. Of Taiwan's a year of three digits tells. A year of Ethiopia's looks like
ours: there, names of months and what stands behind the date tell.
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
    years: range = range(0)  # that no event of ours can have: of it a date may be
    to_ours: ToOurs | None = None  # None where only the years are others:
    ahead: int = 0  # so many years
    months: int = _MONTHS


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
    """What a date of that calendar, such as `2564-05`, is by ours; years have four
    digits. Empty as above.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return ""
    calendar = CALENDARS[name]
    year = int(match["year"])
    if calendar.to_ours is None:
        return text.replace(match["year"], f"{year - calendar.ahead:04}", 1)
    return _days(calendar, year, int(match["month"] or 0), int(match["day"] or 0))


def _days(calendar: _Calendar, year: int, month: int, day: int) -> str:
    """The day, or the first and the last possible one; empty if there is no such."""
    to_ours, months = calendar.to_ours, calendar.months
    assert to_ours is not None
    try:
        if day:
            return to_ours(year, month, day).isoformat()
        first = to_ours(year, month or 1, 1)
        last_month = month or months
        next_first = to_ours(year + last_month // months, last_month % months + 1, 1)
    except (ValueError, OverflowError):
        return ""
    last = next_first - timedelta(days=1)
    return f"[{first.isoformat()}..{last.isoformat()}]"


def _from_solar_hijri(year: int, month: int, day: int) -> date:
    return jdatetime.date(year, month, day).togregorian()


def _from_hijri(year: int, month: int, day: int) -> date:
    ours = hijridate.Hijri(year, month, day).to_gregorian()
    return date(ours.year, ours.month, ours.day)


# The day before the first of the first year, in days of Python's calendar.
_ETHIOPIAN_EPOCH = 2795
_LEAP = 3  # of four years: the last month has a day more


def _from_ethiopian(year: int, month: int, day: int) -> date:
    """Twelve months of 30 days, and one of five or six."""
    longest = 30
    if month == _ETHIOPIAN_MONTHS:
        longest = 6 if year % 4 == _LEAP else 5
    if not (year >= 1 and 1 <= month <= _ETHIOPIAN_MONTHS and 1 <= day <= longest):
        raise ValueError
    days = 365 * (year - 1) + year // 4 + 30 * (month - 1) + day
    return date.fromordinal(_ETHIOPIAN_EPOCH + days)


_ETHIOPIAN_MONTHS = 13
CALENDARS = {
    "buddhist": _Calendar(_("Buddhist calendar"), range(2400, 2601), ahead=543),
    "ethiopian": _Calendar(
        _("Ethiopian calendar"), to_ours=_from_ethiopian, months=_ETHIOPIAN_MONTHS
    ),
    "iranian": _Calendar(_("Iranian calendar"), range(1280, 1421), _from_solar_hijri),
    "islamic": _Calendar(
        _("Islamic calendar (Umm al-Qura)"), range(1344, 1461), _from_hijri
    ),
    "minguo": _Calendar(_("Minguo calendar (Taiwan)"), ahead=-1911),
}


# --- Dates that say by themselves that they are of another calendar ---------------------

# As they are written in Ethiopia and by others, month by month.
ETHIOPIAN_MONTHS = (
    "መስከረም|meskerem",
    "ጥቅምት|tikimt|tikemt|teqemt",
    "ኅዳር|ህዳር|hidar|hedar",
    "ታኅሣሥ|ታህሳስ|ታኅሳስ|tahsas",
    "ጥር|tir|ter",
    "የካቲት|yekatit",
    "መጋቢት|megabit",
    "ሚያዝያ|ሚያዚያ|miyazya|miyazia|miazia",
    "ግንቦት|ginbot|genbot",
    "ሰኔ|sene",
    "ሐምሌ|ሀምሌ|hamle",
    "ነሐሴ|ነሃሴ|ነሀሴ|nehase|nehasse",
    "ጳጉሜን|ጳጉሜ|pagumen|pagume",
)
_NUMBER_OF_MONTH = {}
for _number, _names in enumerate(ETHIOPIAN_MONTHS, start=1):
    for _name in _names.split("|"):
        _NUMBER_OF_MONTH[_name] = _number
_NAMED = f"(?P<month>{'|'.join(_NUMBER_OF_MONTH)})"
_ERA = r"\s*(?:e\.?\s?c\.?|ዓ[./]?\s?ም\.?)"  # as in 12/05/2013 E.C.
_YEAR_LIKE_OURS = r"(?P<year>(?:19|20)\d\d)"
_DAY, _MONTH = r"(?P<day>\d{1,2})", r"(?P<month>\d{1,2})"
_ETHIOPIAN = (
    rf"(?:{_DAY}\s+)?{_NAMED},?\s+{_YEAR_LIKE_OURS}(?:{_ERA})?",
    rf"{_NAMED}\s+{_DAY},?\s+{_YEAR_LIKE_OURS}(?:{_ERA})?",
    rf"(?:(?:{_DAY}[./-])?{_MONTH}[./-])?{_YEAR_LIKE_OURS}{_ERA}",
)
_TAIWAN = r"(?:中華)?民[國国]\s*|(?:roc|minguo)\s+"
_MINGUO = (
    rf"(?:{_TAIWAN})?(?P<year>\d{{2,3}})\s?年\s?(?:{_MONTH}\s?月\s?(?:{_DAY}\s?日)?)?",
    rf"(?:{_TAIWAN})(?P<year>\d{{2,3}})(?:[./-]{_MONTH}(?:[./-]{_DAY})?)?",
    rf"(?P<year>\d{{3}})[./-]{_MONTH}(?:[./-]{_DAY})?",
)
_MARKED = {"ethiopian": _ETHIOPIAN, "minguo": _MINGUO}


@dataclass(frozen=True)
class Marked:
    """`theirs` is the date by that calendar, written as EDTF is: 2013-05-12."""

    name: str
    theirs: str

    @property
    def reading(self) -> Reading:
        """Its text is empty where the calendar has no such day."""
        return Reading(CALENDARS[self.name].label, by_ours(self.name, self.theirs))


def marked(text: str) -> Marked | None:
    """The names of months, what stands behind the date, or a year of three digits tell.
    Only of the calendars that the organisation meets. In small letters.
    """
    for name, forms in _MARKED.items():
        for form in forms:
            match = re.fullmatch(form, text)
            if match and name in settings.OWN.calendars:
                return Marked(name, _theirs(**match.groupdict()))
    return None


def _theirs(year: str, month: str | None = None, day: str | None = None) -> str:
    parts = [f"{int(year):04}"]
    if month:
        parts.append(f"{_NUMBER_OF_MONTH.get(month) or int(month):02}")
    if day:
        parts.append(f"{int(day):02}")
    return "-".join(parts)
