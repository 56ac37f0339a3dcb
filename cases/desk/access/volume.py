"""Days on which somebody took in far more than usual.

docs/decisions/insiders.md has the rule, and says why.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.desk.access.models import SIGNING_IN, AccessEvent, Act

EXAMINED = 7  # days, with today
BEFORE = 28  # earlier days, which tell what is usual
ENOUGH = 5  # days of work; for people with fewer, the days of everybody tell
TIMES = 3
LISTED = [Act.LIST, Act.SEARCH]


@dataclass(frozen=True)
class Measure:
    """What is counted, and how much of it on a day needs no explanation."""

    name: str
    words: Promise
    floor: int


MEASURES = [
    Measure("opened", _("cases opened"), 30),
    Measure("searched", _("lists and searches"), 60),
    Measure("listed", _("rows of lists"), 500),
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
    """Unusual days, the latest first. It takes four queries."""
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
    events = AccessEvent.objects.filter(at__date__gte=since).order_by()
    events = events.exclude(act__in=SIGNING_IN)
    lists = Q(act__in=LISTED)
    rows: Any = events.values("username", day=TruncDate("at")).annotate(
        searched=Count("id", filter=lists),
        listed=Sum("rows", filter=lists, default=0),
        exported=Sum("rows", filter=Q(act=Act.EXPORT), default=0),
    )
    opened = _opened(since)
    days = []
    for row in rows:
        who_and_when = (row["username"], row["day"])
        counts = {"opened": opened[who_and_when]}
        for measure in MEASURES:
            if measure.name in row:
                counts[measure.name] = row[measure.name]
        days.append(Day(*who_and_when, counts))
    return days


def _opened(since: date) -> Counter[tuple[str, date]]:
    """How many cases each person opened, of those that they did not change on that day.
    A list may name cases, too: those that are open to named staff only.

    Whoever enters the twenty people of one article opens twenty cases; that is the work.
    To hide reading in this way one would have to change each case, and history shows it.
    """
    shown: Any = AccessEvent.objects.filter(at__date__gte=since, case_id__isnull=False)
    shown = shown.exclude(act__in=[Act.CHANGED, *LISTED, Act.EXPORT]).order_by()
    changed = _changed(since)
    opened: Counter[tuple[str, date]] = Counter()
    cases = shown.values_list("username", TruncDate("at"), "case_id").distinct()
    for username, day, case_id in cases.iterator():
        if (username, day, str(case_id)) not in changed:
            opened[username, day] += 1
    return opened


def _changed(since: date) -> set[tuple[str, date, str]]:
    """Who changed which case on which day, in the admin or by the editorial API."""
    by_api: Any = AccessEvent.objects.filter(at__date__gte=since, act=Act.CHANGED)
    changed = set()
    for username, day, case_id in by_api.values_list(
        "username", TruncDate("at"), "case_id"
    ):
        changed.add((username, day, str(case_id)))
    in_admin: Any = LogEntry.objects.filter(action_time__date__gte=since)
    for username, day, record_id in in_admin.values_list(
        "user__username", TruncDate("action_time"), "object_id"
    ):
        changed.add((username, day, str(record_id)))
    return changed


def _usual(days: Sequence[Day], measure: Measure) -> float:
    if not days:
        return 0
    return median([day.counts[measure.name] for day in days])
