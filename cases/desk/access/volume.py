"""Days on which somebody took in far more than usual.

docs/decisions/insiders.md has the rule, and says why.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.desk.access.models import SIGNING_IN, AccessEvent, Act

EXAMINED = 7  # days, with today
BEFORE = 28  # earlier days, which tell what is usual
ENOUGH = 5  # days of work; for people with fewer, the days of everybody tell
TIMES = 3


@dataclass(frozen=True)
class Measure:
    """What is counted, and how much of it on a day needs no explanation."""

    name: str
    words: Promise
    floor: int


MEASURES = [
    Measure("opened", _("cases opened"), 30),
    Measure("searched", _("lists and searches"), 60),
    Measure("exported", _("rows exported"), 200),
]


@dataclass(frozen=True)
class Day:
    """What one person did on a day, counted by each measure's name."""

    username: str
    day: date
    counts: dict[str, int]


@dataclass(frozen=True)
class Unusual:
    """`usual` is the median of a day."""

    username: str
    day: date
    what: Promise
    count: int
    usual: float


def unusual(today: date) -> list[Unusual]:
    """Unusual days, the latest first. It takes one query."""
    first = today - timedelta(days=EXAMINED - 1)
    examined: list[Day] = []
    everybody: list[Day] = []
    by_person: dict[str, list[Day]] = defaultdict(list)
    for day in _days(first - timedelta(days=BEFORE)):
        if day.day >= first:
            examined.append(day)
        else:
            everybody.append(day)
            by_person[day.username].append(day)
    unusual_days = []
    for day in examined:
        compared = by_person[day.username]
        if len(compared) < ENOUGH:
            compared = everybody
        for measure in MEASURES:
            count = day.counts[measure.name]
            usual = _usual(compared, measure)
            if count > max(measure.floor, TIMES * usual):
                unusual_days.append(
                    Unusual(day.username, day.day, measure.words, count, usual)
                )
    return sorted(unusual_days, key=_latest_first)


def _latest_first(day: Unusual) -> tuple[int, str, int]:
    return -day.day.toordinal(), day.username, -day.count


def _days(since: date) -> list[Day]:
    """What people did, for each day on which they did anything."""
    rows: Any = (
        AccessEvent.objects.filter(at__date__gte=since)
        .exclude(act__in=SIGNING_IN)
        .order_by()
        .values("username", day=TruncDate("at"))
        .annotate(
            opened=Count("case_id", distinct=True),
            searched=Count("id", filter=Q(act__in=[Act.LIST, Act.SEARCH])),
            exported=Sum("rows", filter=Q(act=Act.EXPORT), default=0),
        )
    )
    days = []
    for row in rows:
        counts = {measure.name: row[measure.name] for measure in MEASURES}
        days.append(Day(row["username"], row["day"], counts))
    return days


def _usual(days: Sequence[Day], measure: Measure) -> float:
    if not days:
        return 0
    return median([day.counts[measure.name] for day in days])
