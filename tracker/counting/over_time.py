"""How many were held, month by month, by the statuses that are published: the numbers that
the list of cases itself gives to `Point.query`.

Those without a published name are left out, as of every number of a day back: two days
would tell when one of them was taken (docs/decisions/statistics.md).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from django.http import QueryDict

from tracker.asking.filters import FILTERS
from tracker.audiences import Audience
from tracker.contract.vocabulary import HELD
from tracker.counting import tally
from tracker.kept import Kept

MONTHS = 120  # at most

KEPT: Kept[Sequence["Point"]] = Kept(most=8)


@dataclass(frozen=True)
class Point:
    """Of so many it is told that they were held on that day, and of so many that they
    were or may have been. `query` gives these as a list.
    """

    day: date
    certainly: int
    possibly: int
    query: str


def held(audience: Audience, today: date) -> Sequence[Point]:
    """On the first day of each month since the first that is known, and today. Empty if
    nobody was ever held.
    """
    return KEPT.answer(audience, ("held", today), lambda: _held(audience, today))


def _held(audience: Audience, today: date) -> Sequence[Point]:
    documents = audience.documents("prisoner")
    named = FILTERS["prisoner"](QueryDict("named=true"), documents, only_asked=True)
    certain: Counter[date] = Counter()
    possible: Counter[date] = Counter()
    for first, last, is_other, count in tally.spans_of(named.qs.order_by(), HELD):
        for changes in (possible, certain)[: 1 if is_other else 2]:
            changes[first or date.min] += count
            if last and last < date.max:
                changes[last + timedelta(days=1)] -= count
    begun = [day for day in possible if day > date.min]
    if not begun:
        return []
    days = list(_days(min(begun), today))
    points = []
    for day, surely, perhaps in zip(
        days, _sums(certain, days), _sums(possible, days), strict=True
    ):
        points.append(Point(day, surely, perhaps, _query(day)))
    return points


def earliest(today: date) -> date:
    """The first day of the first month that is ever counted."""
    return next(_days(date.min, today))


def _days(first: date, today: date) -> Iterator[date]:
    months: list[date] = []
    month = today.replace(day=1)
    while month >= first.replace(day=1) and len(months) < MONTHS:
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    yield from reversed(months)
    if today.day > 1:
        yield today


def _sums(changes: Counter[date], days: Sequence[date]) -> list[int]:
    """What the changes up to each of these days come to."""
    by_place = [0] * len(days)
    for day, change in changes.items():
        for place, until in enumerate(days):
            if day <= until:
                by_place[place] += change
                break
    return list(accumulate(by_place))


def _query(day: date) -> str:
    asked = QueryDict(mutable=True)
    asked.setlist("status", sorted(HELD))
    asked["status_on"] = day.isoformat()
    asked["named"] = "true"
    return asked.urlencode()
