"""Days on which somebody took in far more than usual.

docs/decisions/insiders.md has the rule, and says why.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
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
# A box that searches asks as soon as it opens, and again while one types.
PICKER = "admin/autocomplete/"
WHILE_TYPING = timedelta(minutes=1)


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
    """Unusual days, the latest first. It takes five queries."""
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
    lists = Q(act__in=LISTED) & ~Q(page=PICKER)
    rows: Any = events.values("username", day=TruncDate("at")).annotate(
        searched=Count("id", filter=lists),
        listed=Sum("rows", filter=lists, default=0),
        exported=Sum("rows", filter=Q(act=Act.EXPORT), default=0),
    )
    opened = _opened(since)
    picked = _picked(since)
    days = []
    for row in rows:
        who_and_when = (row["username"], row["day"])
        counts = {"opened": opened[who_and_when]}
        for measure in MEASURES:
            if measure.name in row:
                counts[measure.name] = row[measure.name]
        for look in picked[who_and_when]:
            counts["searched"] += look.is_new
            counts["listed"] += look.rows
        days.append(Day(*who_and_when, counts))
    return days


@dataclass(frozen=True)
class _Look:
    """What one person looked up in a box. It is no new one if they looked up the same
    on that day.
    """

    rows: int
    is_new: bool


def _picked(since: date) -> dict[tuple[str, date], list[_Look]]:
    """What a person looked up, and not how often the box asked: what they typed on the
    way to a longer word is no search of its own, and the same again is none. To go on
    to the next page of the same is not the same again: it shows other rows.
    """
    asked: Any = AccessEvent.objects.filter(at__date__gte=since, page=PICKER)
    asked = asked.order_by("username", "kind", "at", "id")
    events = list(asked.values_list("username", "kind", "asked", "at", "rows"))
    picked: dict[tuple[str, date], list[_Look]] = defaultdict(list)
    known: dict[tuple[str, str, str, date], datetime] = {}
    for event, following in zip_longest(events, events[1:]):
        username, kind, words, at, rows = event
        if following is not None and _types_on(event, following):
            continue
        look = (username, kind, words, at.date())
        before = known.get(look)
        known[look] = at
        if before is None or at - before <= WHILE_TYPING:
            picked[username, at.date()].append(_Look(rows or 0, before is None))
    return picked


def _types_on(event: Any, following: Any) -> bool:
    username, kind, words, at, _rows = event
    next_username, next_kind, next_words, next_at, _next_rows = following
    return (
        (username, kind) == (next_username, next_kind)
        and next_at - at <= WHILE_TYPING
        and len(next_words) > len(words)
        and next_words.startswith(words)
    )


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
