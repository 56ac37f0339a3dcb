"""What somebody means who types a date: EDTF, `14.05.2024`, `14 May 2024`, `май 2024`.

The day comes first where dots part it from the month. Where slashes or hyphens do, people
of different countries mean different days: what has two readings is refused with both.
"""

import re
from collections.abc import Iterator
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases import calendars
from tracker.dates import bounds, display, written

_DOTTED = re.compile(r"(?:(?P<day>\d{1,2})\.)?(?P<month>\d{1,2})\.(?P<year>\d{4})")
_PARTED = re.compile(r"(?P<first>\d{1,2})[/-](?P<second>\d{1,2})[/-](?P<year>\d{4})")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})")
_IN_WORDS = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)? )?(?P<month>[^\W\d_]{3,})\.? (?P<year>\d{4})"
)
_MONTH_FIRST = re.compile(
    r"(?P<month>[^\W\d_]{3,})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})"
)
_YEAR = re.compile(r"\d{4}")
OTHER_CALENDAR = "other_calendar"  # the code of another
TWO_READINGS = "two_readings"  # the code of that refusal
_MARKED = re.compile(r"(?P<date>.*\w\.?) ?(?P<mark>[?~%])")
# The word for “year”, which closes a date in Russian and Belarusian.
_OF_THE_YEAR = re.compile(r",?\s*(?:г\.?|года|год|р\.|року)$")

# In each language as a month stands alone, and as it stands after a day; in Belarusian
# in both orthographies.
_MONTHS = (
    "january jan январь января янв студзень студзеня",
    "february feb февраль февраля фев февр люты лютага",
    "march mar март марта мар сакавік сакавіка",
    "april apr апрель апреля апр красавік красавіка",
    "may май мая травень траўня траўні",
    "june jun июнь июня июн чэрвень чэрвеня",
    "july jul июль июля июл ліпень ліпеня",
    "august aug август августа авг жнівень жніўня жніўні",
    "september sep sept сентябрь сентября сен сент верасень верасня верасьня",
    "october oct октябрь октября окт кастрычнік кастрычніка",
    "november nov ноябрь ноября ноя нояб лістапад лістапада",
    "december dec декабрь декабря дек снежань снежня сьнежань сьнежня",
)
MONTHS: dict[str, int] = {}
for number, names in enumerate(_MONTHS, start=1):
    for name in names.split():
        MONTHS[name] = number


def understood(typed: str) -> str:
    """The date as EDTF. What is not one of our forms is returned as it was typed: it is
    EDTF, or the check of EDTF refuses it.

    Raises ValidationError if there are two readings, or if it says that it is of another
    calendar.
    """
    marked = _MARKED.fullmatch(typed.strip())
    if marked:
        return understood(marked["date"]) + marked["mark"]
    text = _OF_THE_YEAR.sub("", " ".join(typed.split())).strip()
    other = calendars.marked(text.casefold())
    if other and other.reading.text:
        raise _of_another_calendar(typed, other.reading)
    match = _PARTED.fullmatch(text)
    if match:
        return _of_two_readings(typed, *match.group("first", "second", "year"))
    for form in (_DOTTED, _YEAR_FIRST, _IN_WORDS, _MONTH_FIRST):
        match = form.fullmatch(text)
        if match:
            named = match.groupdict()
            return _edtf(named["year"], named["month"], named["day"]) or typed
    if _YEAR.fullmatch(text):
        return text
    return typed


def _of_another_calendar(typed: str, reading: calendars.Reading) -> ValidationError:
    return ValidationError(
        _(
            "“%(typed)s” is a date of another calendar (%(calendar)s). By ours it is"
            " %(date)s: then write %(text)s."
        )
        % {
            "typed": typed,
            "calendar": reading.calendar,
            "date": display(reading.text),
            "text": reading.text,
        },
        code=OTHER_CALENDAR,
    )


def in_words(typed: str) -> str:
    """Beside the box: as what the text was understood; "" for what is none.

    Raises ValidationError if there are two readings, or none.
    """
    edtf = understood(typed)
    if edtf:
        bounds(edtf)
    return display(edtf)


def _edtf(year: str, month: str, day: str | None) -> str:
    number = MONTHS.get(month.lower(), 0)
    if month.isdigit():
        number = int(month)
    if not number:
        return ""
    if day is None:
        return f"{year}-{number:02}"
    return f"{year}-{number:02}-{int(day):02}"


def _of_two_readings(typed: str, first: str, second: str, year: str) -> str:
    days = sorted({*_days(year, first, second), *_days(year, second, first)})
    if not days:
        return typed
    if len(days) == 1:
        return days[0].isoformat()
    one, other = days
    raise ValidationError(
        _(
            "“%(typed)s” may be %(one)s or %(other)s. Write %(one_typed)s or"
            " %(other_typed)s."
        )
        % {
            "typed": typed,
            "one": written(one),
            "other": written(other),
            "one_typed": f"{one:%d.%m.%Y}",
            "other_typed": f"{other:%d.%m.%Y}",
        },
        code=TWO_READINGS,
    )


def _days(year: str, month: str, day: str) -> Iterator[date]:
    """The day, if there is such a day."""
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:
        return
