"""Numbers drawn: how many were held over time, and what became of those who were freed at
once. Text and a table stand beneath each drawing, and its rows are there as CSV.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import dates
from tracker.asking.questions import today
from tracker.audiences import PUBLIC
from tracker.contract.vocabulary import Measure
from tracker.counting import over_time, releases
from tracker.counting.over_time import Point
from tracker.site import claims_drawn, corrections, counts, published, values
from tracker.site.base import Page
from tracker.site.citing import title
from tracker.site.claims_drawn import Axis
from tracker.site.csv_files import csv_file
from tracker.site.values import date_words

# In units of the drawing.
WIDTH, HEIGHT = 1000, 280
MOST_YEARS = 10
CLAIMS = 100  # the latest that are drawn, and told beneath


@dataclass(frozen=True)
class Line:
    """`certainly` and `possibly` are the points of areas above the base line."""

    certainly: str
    possibly: str
    most: int


def drawn(points: Sequence[Point], axis: Axis) -> Line:
    most = max(max(point.possibly for point in points), 1)

    def area(numbers: Sequence[int]) -> str:
        """In steps: a number holds until the next day that was looked at."""
        told = [f"{axis.place(points[0].day)},{HEIGHT}"]
        height = HEIGHT
        for point, number in zip(points, numbers, strict=True):
            x = axis.place(point.day)
            told.append(f"{x},{height}")
            height = HEIGHT - round(number * HEIGHT / most)
            told.append(f"{x},{height}")
        return " ".join([*told, f"{WIDTH},{height}", f"{WIDTH},{HEIGHT}"])

    return Line(
        certainly=area([point.certainly for point in points]),
        possibly=area([point.possibly for point in points]),
        most=most,
    )


def years(axis: Axis) -> list[tuple[int, str, int]]:
    """Those that began in that time: the place of each, also in percent."""
    began = range(axis.first.year + 1, axis.last.year + 1)
    step = len(began) // MOST_YEARS + 1
    told = []
    for year in began[::step]:
        x = axis.place(date(year, 1, 1))
        told.append((x, f"{x / 10:g}%", year))
    return told


class HeldPage(Page):
    """`…/held.csv` has the same rows."""

    template_name = "tracker/chart_held.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = today()
        points = over_time.held(PUBLIC, day)
        rows = PUBLIC.documents("reported_count").filter(
            facts__contains={"measure": [Measure.POLITICAL_PRISONERS_HELD.value]}
        )
        claims = published.read(rows.order_by("-sort_date", "id")[:CLAIMS])
        account, _changes = corrections.with_account(claims)
        axis = _axis(points, claims, day)
        return super().get_context_data(
            points=list(reversed(points)),
            first=dates.written(axis.first),
            last=dates.written(axis.last),
            line=drawn(points, axis) if points else None,
            panels=claims_drawn.panels(claims, axis),
            legend=claims_drawn.legend(),
            years=years(axis),
            size=(WIDTH, HEIGHT),
            measures=counts.by_measure(account, claims),
            sources=account.sources(),
            **kwargs,
        )


def _axis(
    points: Sequence[Point], claims: Sequence[published.Document], last: date
) -> Axis:
    """From the first number or claim on, but no further back than numbers go."""
    first = points[0].day if points else last
    claimed = claims_drawn.earliest(claims)
    if claimed and claimed < first:
        first = max(claimed, over_time.earliest(last))
    return Axis(first, last)


class HeldRows(Page):
    def get(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        points = over_time.held(PUBLIC, today())
        rows: list[list[Any]] = [["day", "certainly_held", "possibly_held"]]
        for point in points:
            rows.append([point.day.isoformat(), point.certainly, point.possibly])
        return csv_file("held", rows)


@dataclass(frozen=True)
class Number:
    """Of one measure: how many people who are named here, and what was claimed, in
    words. `bar` is how many, `claimed` the most that is claimed, in percent of the most
    of all.
    """

    measure: str
    code: str
    here: int
    said: str
    most_claimed: int | None
    bar: int = 0
    claimed: int = 0


@dataclass(frozen=True)
class Event:
    title: str
    day: str
    href: str
    numbers: list[Number]


class ReleasesPage(Page):
    """`…/releases.csv` has the same rows."""

    template_name = "tracker/chart_releases.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            events=_events(), size=(WIDTH + 4, 10), **kwargs
        )


class ReleasesRows(Page):
    def get(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        rows: list[list[Any]] = [
            [
                "event",
                "day",
                "measure",
                "named_here",
                "most_claimed",
                "claimed_in_words",
            ]
        ]
        for event in _events():
            for number in event.numbers:
                rows.append(
                    [
                        event.title,
                        event.day,
                        number.code,
                        number.here,
                        number.most_claimed,
                        number.said,
                    ]
                )
        return csv_file("releases", rows)


def _events() -> list[Event]:
    told = releases.releases(PUBLIC)
    most = 1
    for release in told:
        for number in release.numbers:
            most = max(most, number.named, number.most_claimed or 0)
    events = []
    for release in told:
        event = release.event
        numbers = [_to_scale(_number(number), most) for number in release.numbers]
        day = date_words(event["occurred_on"]) if event["occurred_on"] else ""
        href = reverse("site:release", args=[event["id"]])
        events.append(Event(title(event), day, href, numbers))
    return events


def _number(number: releases.Number) -> Number:
    said = [counts.said(count) for count in number.claims]
    return Number(
        measure=values.code(Measure, number.measure),
        code=number.measure.value,
        here=number.named,
        said=_("; ").join(dict.fromkeys(said)),
        most_claimed=number.most_claimed,
    )


def _to_scale(number: Number, most: int) -> Number:
    return replace(
        number,
        bar=round(number.here * WIDTH / most),
        claimed=round((number.most_claimed or 0) * (WIDTH - 2) / most),
    )
