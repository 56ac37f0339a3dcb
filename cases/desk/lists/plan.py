"""A plan: what a person decides once about the columns of a list. It is suggested, and
asks what no rule reads.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cases.calendars import CALENDARS
from cases.desk.lists import dates, words
from cases.desk.lists.cells import Reader
from cases.desk.lists.sentences import TERM_ALONE
from cases.desk.lists.table import Table
from cases.desk.lists.targets import ORDERS, STATUSES, TARGETS, Plan, Target
from cases.desk.lists.titles import TITLES, called
from tracker.contract.vocabulary import Punishment

_ETHIOPIC = re.compile("[\u1200-\u139f\u2d80-\u2ddf\uab00-\uab2f]")

__all__ = [
    "ORDERS",
    "STATUSES",
    "TARGETS",
    "Plan",
    "Questions",
    "Target",
    "as_json",
    "from_json",
    "questions",
    "suggested",
]


def as_json(plan: Plan) -> dict[str, Any]:
    return asdict(plan)


def from_json(value: Any) -> Plan:
    """Raises ValueError, which names what is wrong."""
    if not isinstance(value, dict):
        raise ValueError("plan")
    allowed = {
        "columns": {"", *TARGETS},
        "date_order": set(ORDERS),
        "calendar": {dates.OURS, *CALENDARS},
    }
    known = {said.name for said in fields(Plan)}
    for key in value:
        if key not in known:
            raise ValueError(key)
    if not isinstance(value.get("language", ""), str):
        raise ValueError("language")
    for key, codes in allowed.items():
        said = value.get(key, {})
        if not _is_texts(said) or not set(said.values()) <= codes:
            raise ValueError(key)
    mapped = value.get("values", {})
    if not isinstance(mapped, dict) or not all(map(_is_texts, mapped.values())):
        raise ValueError("values")
    return Plan(**value)


def _is_texts(value: Any) -> bool:
    """By texts."""
    if not isinstance(value, dict):
        return False
    return all(isinstance(text, str) for pair in value.items() for text in pair)


# --- Suggesting ------------------------------------------------------------------------


def suggested(table: Table) -> Plan:
    """By the titles of the columns, and by what the cells look like. A person confirms
    it. A term of years alone is taken to be imprisonment: that is said there, too.
    """
    columns: dict[str, str] = {}
    values = {}
    for place, title in enumerate(table.columns):
        cells = [row[place] for row in table.rows if row[place]]
        target = _by_title(title) or _by_cells(cells)
        once = target not in ("", "name", "other_name", "article", "source")
        if once and target in columns.values():
            target = ""
        if target == "identifier" and not _identifies(cells, len(table.rows)):
            target = ""
        if target == "sentence":
            values[title] = {TERM_ALONE: Punishment.IMPRISONMENT.value}
        columns[title] = target
    if "family_name" in columns.values():
        for title, target in columns.items():
            if target == "name":
                columns[title] = "given_name"
    return Plan(columns=columns, values=values)


def _by_title(title: str) -> str:
    """The target of which the most words stand in the title."""
    said = f" {called(title)} "
    best, most = "", 0
    for target, titles in TITLES.items():
        for known in titles:
            if f" {known} " in said and len(known) > most:
                best, most = target, len(known)
    return best


def _by_cells(cells: list[str]) -> str:
    seen = cells[:200]
    if not seen:
        return ""
    addresses = [cell for cell in seen if cell.startswith(("http://", "https://"))]
    if len(addresses) * 2 > len(seen):
        return "source_address"
    kinds = {words.plain(cell) for cell in seen}
    if kinds <= {"m", "f"} | {"м", "ж"} | words.SEX.keys():
        return "sex"
    return ""


def _identifies(cells: list[str], rows: int) -> bool:
    """Not numbers that only count the rows: next month another person has them."""
    if len(set(cells)) < rows:
        return False
    numbers = [int(cell) for cell in cells if cell.isdecimal()]
    return numbers != list(range(numbers[0], numbers[0] + rows)) if numbers else True


# --- Asking ----------------------------------------------------------------------------


@dataclass(frozen=True)
class AmbiguousDates:
    """`cells` of the column have two readings; of others it is certain which comes
    first.
    """

    column: str
    cells: int
    example: str
    day_first: int
    month_first: int


@dataclass(frozen=True)
class OtherCalendar:
    column: str
    cells: int
    example: str
    reason: str


@dataclass(frozen=True)
class UnreadValue:
    """`choices` are empty where the value is no code: another text may be written."""

    column: str
    text: str
    rows: int
    reason: str
    choices: list[tuple[str, Any]]


@dataclass(frozen=True)
class Questions:
    dates: tuple[AmbiguousDates, ...] = ()
    calendars: tuple[OtherCalendar, ...] = ()
    values: tuple[UnreadValue, ...] = ()

    @property
    def is_answered(self) -> bool:
        return not (self.dates or self.calendars or self.values)


def questions(table: Table, plan: Plan) -> Questions:
    """What no rule reads, each once for its column."""
    ambiguous, calendars, values = [], [], []
    is_ethiopian = _is_ethiopian(table, plan)
    for place, title in enumerate(table.columns):
        target = plan.target(title)
        if target is None:
            continue
        counted = Counter(row[place] for row in table.rows if row[place])
        reader = Reader(title, target, plan, counted)
        unread = reader.unread()
        of_order = _of_code(unread, dates.AMBIGUOUS)
        if of_order:
            ambiguous.append(_ambiguous(title, counted, of_order))
        of_calendar = []
        if title not in plan.calendar:  # asked once
            of_calendar = _of_code(unread, dates.OTHER_CALENDAR)
        if of_calendar:
            cells = sum(counted[text] for text in of_calendar)
            reason = unread[of_calendar[0]].reason
            calendars.append(OtherCalendar(title, cells, of_calendar[0], reason))
        elif (
            counted
            and is_ethiopian
            and target.kind == "date"
            and title not in plan.calendar
        ):
            calendars.append(_may_be_ethiopian(title, counted))
        for text, why in unread.items():
            if text not in of_order and text not in of_calendar:
                values.append(
                    UnreadValue(title, text, counted[text], why.reason, target.choices)
                )
    return Questions(tuple(ambiguous), tuple(calendars), tuple(values))


def _is_ethiopian(table: Table, plan: Plan) -> bool:
    """Years of Ethiopia's calendar look like ours: so in a list that is written in its
    letters every column of dates is asked about.
    """
    if "ethiopian" not in settings.OWN.calendars:
        return False
    if plan.language.split("-")[0] in ("am", "ti"):
        return True
    texts = ["".join(table.columns), *("".join(row) for row in table.rows)]
    return any(map(_ETHIOPIC.search, texts))


def _may_be_ethiopian(title: str, counted: Counter[str]) -> OtherCalendar:
    cells = sum(counted.values())
    example = next(iter(counted), "")
    reason = _("The list is written in letters of Ethiopia: its years may be, too.")
    return OtherCalendar(title, cells, example, reason)


def _of_code(unread: dict[str, Any], code: str) -> list[str]:
    return [text for text, why in unread.items() if why.code == code]


def _ambiguous(
    title: str, counted: Counter[str], texts: Iterable[str]
) -> AmbiguousDates:
    texts = list(texts)
    certain: Counter[str] = Counter()
    for text, times in counted.items():
        certain[dates.certain_order(text)] += times
    return AmbiguousDates(
        title,
        sum(counted[text] for text in texts),
        texts[0],
        certain[dates.DAY_FIRST],
        certain[dates.MONTH_FIRST],
    )
