"""What somebody means who types a date into a list, as EDTF.

More forms than on a page of the desk (cases/typed_dates.py), where a person is there to
be asked: names of months of many languages, parts of a year, years of two digits.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from babel.dates import get_month_names
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases import typed_dates
from cases.calendars import ETHIOPIAN_MONTHS, Reading, by_ours, marked, readings
from cases.desk.lists.unread import Unread
from cases.desk.lists.words import ABOUT, SPOKEN, plain
from tracker.dates import bounds, display

OURS = "gregorian"
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
AMBIGUOUS = "ambiguous_date"
OTHER_CALENDAR = "other_calendar"

_TIME = re.compile(r"[ t]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?: ?[ap]m)?z?$")
_UNKNOWN_DAY = re.compile(r"^(?:00|xx|\?\?|__|--|\.\.)[./-](?=.*\d{4}$)")
_UNKNOWN_AT_END = re.compile(r"(?<=\d)[./-](?:00|xx|\?\?|__)$")
_DAY_PARTED = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4})[./-](\d{1,2})")
_YEARS = re.compile(r"(\d{4})\s?(?:[-–/]|or|или|або|o|ou|أو)\s?(\d{2}|\d{4})")
_DAYS = re.compile(r"(\d{1,2})\s?[-–]\s?(\d{1,2})\.(\d{1,2})\.(\d{4})")
_IN_CHINESE = re.compile(r"(\d{4})[年년](?:(\d{1,2})[月월])?(?:(\d{1,2})[日號号일])?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_COUNTED = re.compile(r"[34]\d{4}")
_OF_THE_YEAR = re.compile(
    r"[,\s]*(?:г\.?|года|год|г\.? ?р\.?|г\.? ?нар\.?|р\.|року|yil|-?c[iıuü] il|il)$"
)
_FILLERS = {"de", "del", "of", "the", "в", "у", "в.", "en", "le", "on", "из", "st"}
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|°|-?го|-?е)\b")
_OR = {"or", "или", "або", "o", "ou", "أو", "/", "-", "–", "to", "и", "and"}
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_THEIR_MONTHS = {
    "iranian": (
        "فروردین|farvardin,اردیبهشت|ordibehesht,خرداد|khordad,تیر|tir,مرداد|mordad,شهریور|shahrivar,مهر|mehr,آبان|aban"
        ",آذر|azar,دی|dey,بهمن|bahman,اسفند|esfand"
    ),
    "islamic": (
        "محرم|muharram,صفر|safar,ربيع الأول,ربيع الثاني,جمادى الأولى,جمادى الآخرة,رجب|rajab,شعبان|shaban"
        ",رمضان|ramadan,شوال|shawwal,ذو القعدة,ذو الحجة"
    ),
    "ethiopian": ",".join(ETHIOPIAN_MONTHS),
    "minguo": "",
}

_EARLY = (
    "early in|early|beginning of|start of|the beginning of|в начале|начало|начала|у пачатку|пачатак|на початку"
    "|a principios de|principios de|inicios de|a inicios de|comienzos de|début|أوائل|بداية|مطلع"
)
_MIDDLE = (
    "mid-|mid|middle of|the middle of|в середине|середина|у сярэдзіне|сярэдзіна|в середині"
    "|a mediados de|mediados de|mi-|منتصف|أواسط"
)
_LATE = (
    "end of|the end of|at the end of|late in|late|в конце|конец|у канцы|канец|наприкінці"
    "|a finales de|finales de|a fines de|fines de|fin|أواخر|نهاية"
)
_BEFORE = "before|not later than|by|until|до|раней за|да|antes de|avant|قبل"
_AFTER = "after|после|пасля|después de|despues de|après|بعد"
# The months of a year, and the days of a month, that they may mean.
_PARTS = (
    (_EARLY, (1, 3), (1, 10)),
    (_MIDDLE, (5, 8), (11, 20)),
    (_LATE, (10, 12), (21, 31)),
)


@dataclass(frozen=True)
class Column:
    """How dates are written in one column, as a person decided."""

    order: str = ""  # DAY_FIRST or MONTH_FIRST where 03/04/2021 stands
    calendar: str = OURS
    of_birth: bool = False


def edtf(typed: str, column: Column) -> str:
    """Raises Unread."""
    text = small(typed)
    about = ABOUT.sub("", text)
    mark = "~" if about != text else ""
    if about.endswith("?") and re.search(r"\w\s*\?$", about):
        about = about.rstrip("? ")
        mark = "%" if mark else "?"
    read = _moment(_OF_THE_YEAR.sub("", about).strip(), typed, column)
    if mark and not read.startswith("["):
        read += mark
    _refuse_unlikely(read, typed, column)
    return read


def small(typed: str) -> str:
    """With the digits of every script as ours; marks of letters stay."""
    letters = []
    for letter in typed.casefold():
        letters.append(plain(letter) if letter.isdecimal() else letter)
    text = " ".join("".join(letters).split()).strip(" .,;")
    text = _TIME.sub("", text)
    return _UNKNOWN_AT_END.sub("", _UNKNOWN_AT_END.sub("", text))


def _moment(text: str, typed: str, column: Column) -> str:
    if column.calendar != OURS:
        return _of_calendar(text, typed, column)
    other = marked(text)
    if other:
        raise _of_another([other.reading], typed)
    for words, months, days in _PARTS:
        rest = _after(words, text)
        if rest:
            return _part(_moment(rest, typed, column), months, days, typed)
    rest = _after(_BEFORE, text)
    if rest:
        first = bounds(_moment(rest, typed, column)).earliest
        return f"[..{_step(first, -1, typed)}]"
    rest = _after(_AFTER, text)
    if rest:
        last = bounds(_moment(rest, typed, column)).latest
        return f"[{_step(last, 1, typed)}..]"
    text = _UNKNOWN_DAY.sub("", _UNKNOWN_DAY.sub("", text))
    for form in (_in_digits, _in_words):
        read = form(text, typed, column)
        if read:
            return _checked(read)
    if _COUNTED.fullmatch(text):
        raise Unread(
            _(
                "%(text)s is how a spreadsheet counts days. Give the column the format of a"
                " date, and save the list anew."
            )
            % {"text": typed}
        )
    try:
        read = typed_dates.understood(text)
        bounds(read)
    except ValidationError:
        raise _no_date(typed) from None
    return read


def _after(words: str, text: str) -> str:
    """What stands after one of these words; "" where none of them begins it."""
    match = re.match(rf"(?:{words})(?:\s+|(?<=-))(.+)", text)
    return match[1] if match else ""


def _no_date(typed: str) -> Unread:
    return Unread(_("“%(text)s” is no date that we can read.") % {"text": typed})


def _checked(read: str) -> str:
    try:
        bounds(read)
    except ValidationError as refused:
        raise Unread(" ".join(refused.messages)) from None
    return read


def _step(day: date | None, days: int, typed: str) -> str:
    if day is None:
        raise _no_date(typed)
    return (day + timedelta(days=days)).isoformat()


def _part(
    whole: str, months: tuple[int, int], days: tuple[int, int], typed: str
) -> str:
    if len(whole) == len("2022"):
        return f"[{whole}-{months[0]:02}..{whole}-{months[1]:02}]"
    if len(whole) == len("2022-05"):
        latest = bounds(whole).latest
        last = min(days[1], latest.day if latest else days[1])
        return f"[{whole}-{days[0]:02}..{whole}-{last:02}]"
    raise _no_date(typed)


# --- In digits -------------------------------------------------------------------------


def _in_digits(text: str, typed: str, column: Column) -> str:
    """ "" where it has another form."""
    match = _DAY_PARTED.fullmatch(text)
    if match:
        first, sign, second, year = match.groups()
        return _of_order(first, second, year, sign, typed, column)
    for form in (_YEAR_FIRST, _DIGITS):
        match = form.fullmatch(text)
        if match:
            return _day(match[1], match[2], match[3])
    match = _MONTH_YEAR.fullmatch(text)
    if match:
        return f"{match[2]}-{int(match[1]):02}"
    match = _IN_CHINESE.fullmatch(text.replace(" ", ""))
    if match:
        return "-".join(f"{int(part):02}" for part in match.groups() if part)
    match = _YEAR_MONTH.fullmatch(text)
    if match and 1 <= int(match[2]) <= 12:
        return f"{match[1]}-{int(match[2]):02}"
    match = _YEARS.fullmatch(text)
    if match:
        return _between(match[1], match[1][: 4 - len(match[2])] + match[2])
    match = _DAYS.fullmatch(text)
    if match:
        first, last, month, year = match.groups()
        return _between(_day(year, month, first), _day(year, month, last))
    return ""


def _of_order(
    first: str, second: str, year: str, sign: str, typed: str, column: Column
) -> str:
    """Day and month in the order of the column, where both are possible. With two
    digits of the year there may be a third order: so the column's is needed.
    """
    full = _full_year(year, typed, column)
    possible = {}
    for order, month, day in ((DAY_FIRST, second, first), (MONTH_FIRST, first, second)):
        read = _day(full, month, day)
        try:
            bounds(read)
        except ValidationError:
            continue
        possible[order] = read
    days = set(possible.values())
    if not days:
        return _day(full, second, first)  # the check says that there is no such day
    if sign == ".":
        return possible.get(DAY_FIRST) or possible[MONTH_FIRST]
    if len(days) == 1 and (len(year) == 4 or column.order):
        return days.pop()
    if column.order in possible:
        return possible[column.order]
    words = [display(day) for day in sorted(days)]
    raise Unread(
        _("“%(text)s” may be %(days)s: say for the column which comes first.")
        % {"text": typed, "days": _(" or ").join(words)},
        AMBIGUOUS,
    )


def _full_year(year: str, typed: str, column: Column) -> str:
    """Nobody was held before 1930. But somebody born in 15 may be a child, or very old."""
    if len(year) == 4:
        return year
    if column.of_birth and int(year) < 30:
        raise Unread(
            _("“%(text)s” may be of this century or of the last: write four digits.")
            % {"text": typed}
        )
    return f"{19 if column.of_birth or int(year) >= 70 else 20}{year}"


def _day(year: str, month: str, day: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"


def _between(first: str, last: str) -> str:
    return f"[{first}..{last}]"


# --- In words --------------------------------------------------------------------------


def _in_words(text: str, typed: str, column: Column) -> str:
    """Of one month, or of one out of two."""
    text = _ORDINAL.sub("", text)
    months = [number for number, _rest in _found_months(text)]
    numbers = re.findall(r"\d+", text)
    years = [number for number in numbers if len(number) == 4]
    if len(months) == 1 and len(years) == 1 and len(numbers) == 1:
        return f"{years[0]}-{months[0]:02}"
    if len(months) == 1 and len(years) == 1 and len(numbers) == 2:
        numbers.remove(years[0])
        return _day(years[0], str(months[0]), numbers[0])
    if len(months) == 1 and not years and len(numbers) == 2:
        return _day(_full_year(numbers[1], typed, column), str(months[0]), numbers[0])
    if len(months) == 2 and len(numbers) == len(years) and 1 <= len(years) <= 2:
        return _between(f"{years[0]}-{months[0]:02}", f"{years[-1]}-{months[1]:02}")
    return ""


def _found_months(text: str) -> list[tuple[int, str]]:
    """Of a text that has nothing beside months and numbers."""
    names = _months()
    found = []
    words = re.sub(r"(\d)(?=[^\W\d])|([^\W\d])(?=\d)", r"\1\2 ", text)
    for word in re.split(r"[\s.,/–-]+", words):
        if not word or word.isdecimal() or word in _FILLERS | _OR:
            continue
        number = names.get(plain(word), 0)
        if not number:
            return []
        found.append((number, word))
    return found


@cache
def _months() -> dict[str, int]:
    """By their names in many languages; a name of two months is none."""
    meant: dict[str, set[int]] = {}
    for language in SPOKEN:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names = get_month_names(width, context, language)
                for number, name in names.items():
                    meant.setdefault(plain(name), set()).add(number)
    for name, number in typed_dates.MONTHS.items():
        meant[plain(name)] = {number}
    for number, name in enumerate(_ROMAN, start=1):
        meant.setdefault(name, {number})
    found = {}
    for name, numbers in meant.items():
        if len(numbers) == 1 and not name.isdecimal():
            found[name] = min(numbers)
    return found


# --- Other calendars -------------------------------------------------------------------


def _of_calendar(text: str, typed: str, column: Column) -> str:
    """The day comes last where the year comes first."""
    said = marked(text)
    if said:
        return _converted(
            said.theirs if said.name == column.calendar else "", typed, column
        )
    text = plain(text)
    for name, number in _months_of(column.calendar).items():
        text = text.replace(name, f"/{number}/" if number else "/")
    numbers = [number for number in re.split(r"[\s./-]+", text) if number]
    if not all(number.isdecimal() for number in numbers) or len(numbers) > 3:
        raise _no_date(typed)
    if numbers and len(numbers[-1]) == 4:
        numbers.reverse()
    year, *rest = numbers or [""]
    if column.calendar == "minguo" and len(year) in (2, 3):
        year = f"{int(year):04}"
    theirs = ""
    if len(year) == 4:
        theirs = "-".join([year, *(f"{int(number):02}" for number in rest)])
    return _converted(theirs, typed, column)


def _converted(theirs: str, typed: str, column: Column) -> str:
    read = by_ours(column.calendar, theirs)
    if not read:
        raise _no_date(typed)
    return _checked(read)


@cache
def _months_of(calendar: str) -> dict[str, int]:
    """The longest name first: one may stand in another."""
    if calendar == "buddhist":
        found = _months()
    elif calendar == "minguo":
        found = {"年": 0, "月": 0, "日": 0}
    else:
        found = {}
        for number, names in enumerate(_THEIR_MONTHS[calendar].split(","), start=1):
            for name in names.split("|"):
                found[plain(name)] = number
    longest_first = sorted(found, key=len, reverse=True)
    return {name: found[name] for name in longest_first}


def _refuse_unlikely(read: str, typed: str, column: Column) -> None:
    """A year that is none of ours may be one of another calendar; and in a column of
    another calendar, one of ours.
    """
    meant = readings(read) if column.calendar == OURS else []
    if meant:
        raise _of_another(meant, typed)
    span = bounds(read)
    for day in (span.earliest, span.latest):
        if day and not 1900 <= day.year < 2100:
            raise Unread(
                _("“%(text)s” is no year in which somebody was held.") % {"text": typed}
            )


def _of_another(meant: list[Reading], typed: str) -> Unread:
    words = []
    for reading in meant:
        words.append(f"{reading.calendar}: {display(reading.text) or '–'}")
    sentence = _("“%(text)s” may be a date of another calendar (%(readings)s).")
    said = sentence % {"text": typed, "readings": "; ".join(words)}
    return Unread(said, OTHER_CALENDAR)


def certain_order(typed: str) -> str:
    """What a date with slashes says of the order in its column; "" where nothing."""
    match = _DAY_PARTED.fullmatch(small(typed))
    if match is None or match[2] == ".":
        return ""
    if int(match[1]) > 12 >= int(match[3]):
        return DAY_FIRST
    if int(match[3]) > 12 >= int(match[1]):
        return MONTH_FIRST
    return ""
