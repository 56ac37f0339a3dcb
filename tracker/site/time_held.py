"""How long people were held. Each bar stands beside its number, and all are there as CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tracker.asking.questions import today
from tracker.audiences import PUBLIC
from tracker.counting import time_held
from tracker.counting.time_held import ENDS, Band, Group
from tracker.site.base import Page
from tracker.site.csv_files import csv_file

BAR = 100  # the length of the longest, in units of the drawing


@dataclass(frozen=True)
class Row:
    """`certain` and `possible` are lengths of bars."""

    label: str
    number: str
    certain: int
    possible: int


class TimeHeldPage(Page):
    """`…/time-held.csv` has the same rows."""

    template_name = "tracker/chart_time_held.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = today()
        groups = time_held.groups(PUBLIC, day)
        drawn = []
        for group in groups:
            if group.count:
                is_known = group.unknown < group.count
                drawn.append((group, _rows(group) if is_known else []))
        return super().get_context_data(groups=drawn, day=day, bar=BAR + 1, **kwargs)


class TimeHeldRows(Page):
    def get(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        rows: list[Sequence[str | int | None]] = [
            ["held_today", "days_from", "days_below", "certainly", "possibly"]
        ]
        for group in time_held.groups(PUBLIC, today()):
            held_today = "possibly" if group.still else "no"
            limits = zip((0, *ENDS), (*ENDS, None), group.bands, strict=True)
            for first, below, band in limits:
                rows.append([held_today, first, below, band.certainly, band.possibly])
            rows.append([held_today, None, None, group.unknown, group.unknown])
        return csv_file("time-held", rows)


def _rows(group: Group) -> list[Row]:
    labels = (
        _("less than 3 months"),
        _("3 months to 1 year"),
        _("1 to 2 years"),
        _("2 to 3 years"),
        _("3 to 5 years"),
        _("5 years or longer"),
    )
    most = max(1, *(band.possibly for band in group.bands))
    rows = []
    for label, band in zip(labels, group.bands, strict=True):
        certain = round(BAR * band.certainly / most)
        possible = round(BAR * band.possibly / most)
        rows.append(Row(label, _number(band), certain, possible))
    return rows


def _number(band: Band) -> str:
    if band.certainly == band.possibly:
        return str(band.certainly)
    return f"{band.certainly}–{band.possibly}"
