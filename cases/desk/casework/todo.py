"""What is to be done for cases, as conditions on prisoners. The start page counts by
them and the list of cases filters by them, so that each count has its list.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from cases.custody import MAY_BE_HELD, NOT_KNOWN
from cases.day import today
from cases.desk.casework.models import Assignment, ConsentTask, Look
from cases.models import Prisoner
from cases.sourcing import Question
from cases.terms import add

# Whoever finds nothing new is asked again so many months later.
LOOK_AGAIN = 1
MOST_COUNTED = 1000  # of a kind: nobody works through more from the start page
# Of whom news is expected: neither free nor dead nor abroad.
WATCHED = sorted([*MAY_BE_HELD, NOT_KNOWN])


class CaseTodo(models.TextChoices):
    MINE = "mine", _("yours")
    SOURCES_DISAGREE = "sources_disagree", _("sources disagree")
    UNCITED = "uncited", _("facts without a source")
    SINGLE_SOURCE = "single_source", _("facts on one source")
    NOT_HEARD_OF = "not_heard_of", _("not heard of for long")
    NOT_LOOKED_AT = "not_looked_at", _("nobody looked for long")
    TERM_OVER = "term_over", _("term over, no release known")
    CONSENT = "consent", _("consent to be looked at again")


def conditions(user: User | AnonymousUser) -> dict[str, Q]:
    """By the code of what is to be done. Cases that were merged are only read."""
    day = today()
    by_kind = {
        CaseTodo.MINE: Q(pk__in=assigned_to(user)),
        CaseTodo.SOURCES_DISAGREE: _asks(Question.SOURCES_DISAGREE),
        CaseTodo.UNCITED: _asks(Question.UNCITED, Question.NO_CITATION),
        CaseTodo.SINGLE_SOURCE: _asks(Question.SINGLE_SOURCE),
        CaseTodo.NOT_HEARD_OF: _not_heard_of(day),
        CaseTodo.NOT_LOOKED_AT: _not_looked_at(day),
        CaseTodo.TERM_OVER: Q(
            desk__statuses__has_any_keys=WATCHED, desk__term_over_on__lte=day
        ),
        CaseTodo.CONSENT: Q(pk__in=_kept(_consents_to_review(day))),
    }
    return {
        code.value: Q(merged_into__isnull=True) & condition
        for code, condition in by_kind.items()
    }


def counts(user: User | AnonymousUser) -> Mapping[str, int]:
    """How many cases of each kind this person sees; one more than are counted, if there
    are more. Each is asked by itself: it ends where it is enough.
    """
    counted = {}
    for code, condition in conditions(user).items():
        cases = Prisoner.objects.order_by().filter(condition)
        counted[code] = cases[: MOST_COUNTED + 1].count()
    return counted


def assigned_to(user: User | AnonymousUser) -> QuerySet[Any, Any]:
    """The ids of the cases that this person works on."""
    newest = (
        Assignment.objects.order_by()
        .values("root_id")
        .annotate(newest=Max("id"))
        .values("newest")
    )
    mine = Assignment.objects.filter(colleague_id=user.pk or 0, pk__in=newest)
    return _kept(mine.order_by().values("root_id"))


def who_works_on(case_ids: Collection[UUID]) -> dict[UUID, User]:
    """By the case, with what was said of cases that were merged into it."""
    kept = {case_id: case_id for case_id in case_ids}
    latest = list(kept)
    while latest:
        merged = Prisoner.objects.filter(merged_into__among=latest)
        latest = []
        for merged_id, into in merged.values_list("pk", "merged_into_id"):
            kept[merged_id] = kept[into]
            latest.append(merged_id)
    rows = Assignment.objects.filter(root_id__among=list(kept)).select_related(
        "colleague"
    )
    workers = {}
    for row in rows.order_by("id"):
        workers[kept[row.root_id]] = row.colleague
    return {case_id: worker for case_id, worker in workers.items() if worker}


def with_merged(case_id: UUID) -> list[UUID]:
    """The case and those that were merged into it: what was said of these is read on
    its page, and goes with them where a merge is undone.
    """
    ids = [case_id]
    latest = [case_id]
    while latest:
        merged = Prisoner.objects.filter(merged_into__in=latest).exclude(pk__in=ids)
        latest = list(merged.order_by("pk").values_list("pk", flat=True))
        ids += latest
    return ids


def _kept(root_ids: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Of a merged case, the case that was kept."""
    cases = Prisoner.objects.filter(pk__in=root_ids).order_by()
    return cases.annotate(kept=Coalesce(F("merged_into_id"), F("pk"))).values("kept")


def _asks(*questions: Question) -> Q:
    return Q(
        desk__open_questions__has_any_keys=[question.value for question in questions]
    )


def _not_heard_of(day: date) -> Q:
    return Q(
        desk__statuses__has_any_keys=WATCHED,
        desk__last_heard_on__lt=news_expected_since(day),
    ) & ~Q(pk__in=_looked_at_since(LOOK_AGAIN, day))


def _not_looked_at(day: date) -> Q:
    months = settings.NEWS_EXPECTED_MONTHS
    return Q(
        desk__statuses__has_any_keys=WATCHED, updated_at__lt=_months_before(day, months)
    ) & ~Q(pk__in=_looked_at_since(months, day))


def news_expected_since(day: date) -> date:
    """The day since which there should have been news, or a look."""
    return add(day, -settings.NEWS_EXPECTED_MONTHS, 0)


def _looked_at_since(months: int, day: date) -> QuerySet[Any, Any]:
    looks = Look.objects.filter(looked_at__gte=_months_before(day, months))
    return _kept(looks.order_by().values("root_id"))


def _consents_to_review(day: date) -> QuerySet[Any, Any]:
    tasks = ConsentTask.objects.filter(review_on__lte=day)
    return tasks.order_by().values("root_id")


def _months_before(day: date, months: int) -> datetime:
    return make_aware(datetime.combine(add(day, -months, 0), time.min))
