"""Birthdays of people in prison, for those who write to them: day and month, of whoever
consents to that, is named, and is held as last known.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import pgettext

from tracker import clock
from tracker.audiences import PUBLIC
from tracker.contract import spans
from tracker.contract.vocabulary import HELD
from tracker.kept import Kept
from tracker.site.base import Page
from tracker.site.names_shown import preferred_name

KEPT: Kept[Sequence["Birthday"]] = Kept(most=8)
A_LEAP_YEAR = 2024  # some are born on 29 February


@dataclass(frozen=True)
class Birthday:
    month: int
    day: int
    name: str
    lang: str
    href: str

    @property
    def words(self) -> str:
        born = date(A_LEAP_YEAR, self.month, self.day)
        # Translators: a date format of Django; E is the month in the genitive
        return date_format(born, pgettext("date format", "j F"))


class BirthdaysPage(Page):
    template_name = "tracker/birthdays.html"
    parameters = frozenset({"month"})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A month at a time; without one, that of today."""
        asked = self.request.GET.get("month", str(clock.today().month))
        months = {}
        for number in range(1, 13):
            months[str(number)] = date(A_LEAP_YEAR, number, 1)
        if asked not in months:
            raise Http404
        month = months[asked].month
        everyone = KEPT.answer(PUBLIC, "birthdays", _all)
        birthdays = [birthday for birthday in everyone if birthday.month == month]
        return super().get_context_data(
            birthdays=birthdays, months=months.values(), chosen=month, **kwargs
        )


def _all() -> Sequence[Birthday]:
    """One query. A quotation mark in a text is escaped in JSON, so no text can be taken
    for the field.
    """
    cases = PUBLIC.documents("prisoner").filter(document__contains='"birthday":true')
    found = []
    for text in cases.values_list("document", flat=True):
        case = json.loads(text)
        day = _day(case)
        if day and case["name"] and _is_held(case):
            href = reverse("site:case", args=[case["id"]])
            name = preferred_name(case)
            found.append(Birthday(day.month, day.day, *name, href))
    return sorted(found, key=_order)


def _order(birthday: Birthday) -> tuple[int, int, str]:
    return birthday.month, birthday.day, birthday.name


def _day(case: dict[str, Any]) -> date | None:
    """Where it is known to the day, and nobody is unsure of it."""
    try:
        return date.fromisoformat((case["born_on"] or {}).get("edtf", ""))
    except ValueError:
        return None


def _is_held(case: dict[str, Any]) -> bool:
    statuses = set(spans.last_known(case["status"])["statuses"])
    return bool(statuses) and statuses <= HELD
