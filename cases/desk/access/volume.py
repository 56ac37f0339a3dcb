"""Days on which somebody took in far more than usual. The rule, and why:
docs/decisions/insiders.md.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from cases.desk.access.models import AccessEvent, Act

EXAMINED = 7  # days, today among them
BEFORE = 28  # days before these, which tell what is usual
ENOUGH = 5  # days of work; of who has fewer, everybody's are asked
TIMES = 3
# What is counted, in words, and how much of it a day nobody need explain.
MEASURES: dict[str, tuple[Any, int]] = {
    "opened": (_("cases opened"), 30),
    "searched": (_("lists and searches"), 60),
    "exported": (_("rows exported"), 200),
}
Counts = dict[str, int]


@dataclass(frozen=True)
class Unusual:
    """`usual` is the median of a day."""

    username: str
    day: date
    what: Any
    count: int
    usual: float


def unusual(today: date) -> list[Unusual]:
    """The latest day first. One query."""
    first = today - timedelta(days=EXAMINED - 1)
    days = _days(first - timedelta(days=BEFORE))
    earlier: dict[str, list[Counts]] = defaultdict(list)
    for (username, day), counts in days.items():
        if day < first:
            earlier[username].append(counts)
    everybody = [counts for those in earlier.values() for counts in those]
    found = []
    for (username, day), counts in days.items():
        own = earlier[username]
        for measure, (what, floor) in MEASURES.items():
            usual = _usual(own if len(own) >= ENOUGH else everybody, measure)
            if day >= first and counts[measure] > max(floor, TIMES * usual):
                found.append(Unusual(username, day, what, counts[measure], usual))
    return sorted(
        found, key=lambda one: (-one.day.toordinal(), one.username, -one.count)
    )


def _days(since: date) -> dict[tuple[str, date], Counts]:
    """What each did on each day on which they did anything."""
    rows: Any = (
        AccessEvent.objects.filter(at__date__gte=since)
        .order_by()
        .values("username", day=TruncDate("at"))
        .annotate(
            opened=Count("case_id", distinct=True),
            searched=Count("id", filter=Q(act__in=[Act.LIST, Act.SEARCH])),
            exported=Sum("rows", filter=Q(act=Act.EXPORT), default=0),
        )
    )
    return {
        (row["username"], row["day"]): {name: row[name] for name in MEASURES}
        for row in rows
    }


def _usual(days: Iterable[Counts], measure: str) -> float:
    counts = [day[measure] for day in days]
    return median(counts) if counts else 0
