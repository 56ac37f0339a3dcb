"""Two small charts of the start page: what was entered, and since when the backlog waits.

They are drawn here, as shapes with numbers: the pages allow no style and no script of
their own. The same numbers stand beside as text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Model, QuerySet
from django.db.models.functions import TruncWeek
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.day import today
from cases.models import Prisoner, WaitingCase

WEEKS = 12
STEP, BAR, HEIGHT = 20, 16, 60  # in units of the drawing


@dataclass(frozen=True)
class Bar:
    week: date
    count: int
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Chart:
    heading: str
    words: str
    bars: Sequence[Bar]
    width: int = WEEKS * STEP
    height: int = HEIGHT
    bar: int = BAR


def entered() -> Chart:
    weeks = last_weeks()
    lately = Prisoner.objects.filter(created_at__gte=_begin(weeks[0]))
    counts = _by_week(lately.order_by(), "created_at")
    total = sum(counts.get(week, 0) for week in weeks)
    words = ngettext(
        "%(n)s case in twelve weeks, %(this)s of it this week",
        "%(n)s cases in twelve weeks, %(this)s of them this week",
        total,
    ) % {"n": total, "this": counts.get(weeks[-1], 0)}
    return Chart(_("Entered, by week"), words, _bars(weeks, counts))


def backlog(rows: QuerySet[WaitingCase]) -> Chart:
    """Of those that wait now, since which week. The first bar has the older ones too."""
    weeks = last_weeks()
    counts: dict[date, int] = {}
    for week, count in _by_week(rows.order_by(), "since").items():
        shown = max(week, weeks[0])
        counts[shown] = counts.get(shown, 0) + count
    oldest = counts.get(weeks[0], 0)
    words = ngettext(
        "%(n)s case waits, %(old)s of it for eleven weeks or longer",
        "%(n)s cases wait, %(old)s of them for eleven weeks or longer",
        sum(counts.values()),
    ) % {"n": sum(counts.values()), "old": oldest}
    return Chart(_("Waiting for review, since which week"), words, _bars(weeks, counts))


def last_weeks() -> list[date]:
    """Their Mondays, the present week last."""
    day = today()
    monday = day - timedelta(days=day.weekday())
    return [monday - timedelta(weeks=ago) for ago in reversed(range(WEEKS))]


def _by_week(rows: QuerySet[Model], column: str) -> dict[date, int]:
    counted = rows.annotate(week=TruncWeek(column)).values_list("week")
    counts: dict[date, int] = {}
    for week, count in counted.annotate(count=Count("pk")):
        counts[week.date()] = count
    return counts


def _bars(weeks: Iterable[date], counts: dict[date, int]) -> list[Bar]:
    most = max([1, *counts.values()])
    bars = []
    for place, week in enumerate(weeks):
        count = counts.get(week, 0)
        height = round(HEIGHT * count / most)
        if count:
            height = max(height, 2)
        bars.append(Bar(week, count, place * STEP, HEIGHT - height, height))
    return bars


def _begin(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))
