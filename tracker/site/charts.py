"""Numbers drawn: how many were held over time, and what became of those who were freed at
once. Text and a table stand beneath each drawing, and its rows are there as CSV.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import dates
from tracker.asking.filters import FILTERS
from tracker.asking.questions import today
from tracker.audiences import PUBLIC
from tracker.contract import bounds
from tracker.contract.vocabulary import Measure
from tracker.counting import over_time
from tracker.counting.over_time import Point
from tracker.site import corrections, counts, published, values
from tracker.site.base import Page
from tracker.site.citing import title
from tracker.site.csv_files import csv_file
from tracker.site.published import Document
from tracker.site.release_events import identified
from tracker.site.values import date_words

# In units of the drawing.
WIDTH, HEIGHT = 1000, 280
MOST_YEARS = 10
CLAIMS = 100  # the latest that are told beneath
EVENTS = 50
# Of a release of several people: what is drawn of it.
DRAWN = (Measure.RELEASED, Measure.DEPORTED, Measure.REFUSED_DEPORTATION)


@dataclass(frozen=True)
class Line:
    """`certainly` and `possibly` are the points of areas above the base line; `years`
    (x, year) are those that began in that time.
    """

    certainly: str
    possibly: str
    most: int
    years: list[tuple[int, int]]


def drawn(points: Sequence[Point]) -> Line:
    most = max(max(point.possibly for point in points), 1)
    first, last = points[0].day, points[-1].day
    whole = max((last - first).days, 1)

    def area(numbers: Sequence[int]) -> str:
        """In steps: a number holds until the next day that was looked at."""
        told = [f"0,{HEIGHT}"]
        height = HEIGHT
        for point, number in zip(points, numbers, strict=True):
            x = round((point.day - first).days * WIDTH / whole)
            told.append(f"{x},{height}")
            height = HEIGHT - round(number * HEIGHT / most)
            told.append(f"{x},{height}")
        return " ".join([*told, f"{WIDTH},{height}", f"{WIDTH},{HEIGHT}"])

    began = [
        point.day for point in points if (point.day.month, point.day.day) == (1, 1)
    ]
    step = len(began) // MOST_YEARS + 1
    years = []
    for day in began[::step]:
        years.append((round((day - first).days * WIDTH / whole), day.year))
    return Line(
        certainly=area([point.certainly for point in points]),
        possibly=area([point.possibly for point in points]),
        most=most,
        years=years,
    )


class HeldPage(Page):
    """`…/held.csv` has the same rows."""

    template_name = "tracker/chart_held.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        points = over_time.held(PUBLIC, today())
        rows = PUBLIC.documents("reported_count").filter(
            facts__contains={"measure": [Measure.POLITICAL_PRISONERS_HELD.value]}
        )
        claims = published.read(rows.order_by("-sort_date", "id")[:CLAIMS])
        account, _changes = corrections.with_account(claims)
        return super().get_context_data(
            points=list(reversed(points)),
            first=dates.written(points[0].day) if points else "",
            last=dates.written(points[-1].day) if points else "",
            line=drawn(points) if points else None,
            size=(WIDTH, HEIGHT),
            measures=counts.by_measure(account, claims),
            sources=account.sources(),
            **kwargs,
        )


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
    """Three queries, and two for what claims name."""
    events = published.read(
        PUBLIC.documents("release_event").order_by("-sort_date", "id")[:EVENTS]
    )
    people = _people_by_event()
    claims = _claims_by_event(events)
    told = []
    for event in events:
        of_event = people.get(event["id"], [])
        numbers = []
        for measure in DRAWN:
            here = identified(measure, of_event)
            numbers.append(_number(measure, here.number if here else 0, claims, event))
        told.append((event, numbers))
    most = 1
    for _event, numbers in told:
        for number in numbers:
            most = max(most, number.here, number.most_claimed or 0)
    return [
        Event(
            title=title(event),
            day=date_words(event["occurred_on"]) if event["occurred_on"] else "",
            href=reverse("site:release", args=[event["id"]]),
            numbers=[_to_scale(number, most) for number in numbers],
        )
        for event, numbers in told
    ]


def _number(
    measure: Measure,
    here: int,
    claims: Mapping[tuple[str, str], list[Document]],
    event: Document,
) -> Number:
    """What is claimed of groups of them is left out."""
    rivals = claims.get((event["id"], measure.value), [])
    said = [_said(count) for count in rivals]
    highest = [bounds.of(count) for count in rivals]
    known = [number for pair in highest for number in pair if number is not None]
    return Number(
        measure=values.code(Measure, measure),
        code=measure.value,
        here=here,
        said=_("; ").join(dict.fromkeys(said)),
        most_claimed=max(known, default=None),
    )


def _said(count: Document) -> str:
    number = values.claim(count["qualifier"], count["value"])
    number = number or count["value_as_stated"] or _("not given")
    if not count["claimant"]:
        return number
    who = {"number": number, "who": count["claimant"]["name"]}
    return _("%(number)s according to %(who)s") % who


def _to_scale(number: Number, most: int) -> Number:
    return replace(
        number,
        bar=round(number.here * WIDTH / most),
        claimed=round((number.most_claimed or 0) * (WIDTH - 2) / most),
    )


def _people_by_event() -> dict[str, list[Any]]:
    """The facts of those who are named."""
    named = FILTERS["prisoner"](
        QueryDict("named=true"), PUBLIC.documents("prisoner"), only_asked=True
    )
    people: dict[str, list[Any]] = defaultdict(list)
    rows = named.qs.filter(facts__has_key="release_event").order_by()
    for facts in rows.values_list("facts", flat=True):
        for event_id in facts["release_event"]:
            people[event_id].append(facts)
    return people


def _claims_by_event(
    events: Iterable[Document],
) -> dict[tuple[str, str], list[Document]]:
    """By event and measure, of all of its people."""
    ids = {event["id"] for event in events}
    found: dict[tuple[str, str], list[Document]] = defaultdict(list)
    rows = PUBLIC.documents("reported_count").filter(facts__has_key="release_event")
    for count in published.read(rows.order_by("sort_date", "id")):
        asked = bounds.question(count)
        whole = asked.group is None and asked.nationality is None
        if count["release_event"] in ids and whole:
            found[count["release_event"], asked.measure].append(count)
    return found
