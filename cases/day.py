"""Which day and hour it is for what is noted and decided about cases: what waits for a
day, what was decided already.

The database says it, not the machine that asks. It never goes back: an approval that
was shown stays shown. It goes on by one day at a time: a clock set ahead would show what
waits for its day. A longer step, as after a longer stop, waits until a person says that
it is right.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from cases.models import PublishingDay
from cases.statements import Statement, asked

LONGEST_STEP = timedelta(days=1)


def today() -> date:
    """As `advance`, and changes nothing."""
    kept, told = _kept(), told_by_database()
    return _next(kept[0][0], told) if kept else told


def advance() -> date:
    """The day in force, which is kept. For the gate, under its lock."""
    told = told_by_database()
    before = _kept()
    day = _next(before[0][0], told) if before else told
    doubted = told if told != day else None
    if before != [(day, doubted)]:
        kept = {"day": day, "doubted": doubted}
        PublishingDay.objects.update_or_create(id=1, defaults=kept)
    return day


@Statement
def _kept() -> Any:
    return PublishingDay.objects.filter(id=1).values_list("day", "doubted")


def confirm() -> date:
    """A person says that the database is right. The day never goes back for that."""
    told = told_by_database()
    row, _is_new = PublishingDay.objects.get_or_create(id=1, defaults={"day": told})
    row.day = max(row.day, told)
    row.doubted = None
    row.save()
    return row.day


def other_day_in_words() -> str:
    """What is to be said if the database says another day than that in force."""
    row = PublishingDay.objects.filter(doubted__isnull=False).first()
    if row is None or row.doubted is None:
        return ""
    words = {"day": row.day.isoformat(), "told": row.doubted.isoformat()}
    if row.doubted < row.day:
        return (
            _(
                "The clock of the database went back: it says %(told)s, and something was"
                " published on %(day)s already. That day stays in force."
            )
            % words
        )
    return (
        _(
            "The clock of the database says %(told)s; the last day in force was %(day)s."
            " Until somebody says that this is right, nothing is shown that waits for a"
            " later day: manage.py publish --day-is-right."
        )
        % words
    )


def older_than(age: timedelta, field: str) -> Q:
    """By the clock of the database, too. What is later than now was written before that
    clock went back: nobody knows how old it is, so it counts as old.
    """
    return Q(**{f"{field}__lt": Now() - age}) | Q(**{f"{field}__gt": Now() + age})


def now() -> datetime:
    """For what is noted with its hour. A row that is new has `db_default=Now()`."""
    ((hour,),) = asked("SELECT statement_timestamp()")
    in_utc: datetime = hour.astimezone(UTC)
    return in_utc


def told_by_database() -> date:
    return now().date()


def _next(day: date, told: date) -> date:
    if day <= told <= day + LONGEST_STEP:
        return told
    return day
