"""The start page: what is to be done, each with a count and the list that empties it.

A count is of what this person sees, and only where they may open its list. So each
leads to a list with exactly that many rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from cases import merging
from cases.day import today
from cases.desk.admin.nouns.diary import due
from cases.desk.admin.nouns.source import copy_waits, retracted_and_cited
from cases.desk.admin.waiting import kinds_in_sight
from cases.desk.casework.todo import (
    MOST_COUNTED,
    CaseTodo,
    counts,
    news_expected_since,
)
from cases.desk.charts import Chart, backlog, entered
from cases.desk.lists.models import List
from cases.desk.lists.showing import has_rows_that_wait
from cases.desk.permissions import may
from cases.desk.proposals.models import Proposal
from cases.desk.requests.due import due_soon, open_requests
from cases.desk.requests.models import SubjectRequest
from cases.models import Merge, MergeState, Prisoner, PublishingFailure, Source
from cases.review.waiting import queue
from tracker.contract.vocabulary import ProposalState
from tracker.dates import written

Account = User | AnonymousUser

CASES = {
    CaseTodo.MINE: ngettext_lazy("%(n)s case is yours", "%(n)s cases are yours", "n"),
    CaseTodo.CONSENT: ngettext_lazy(
        "%(n)s case with a consent to look at again",
        "%(n)s cases with a consent to look at again",
        "n",
    ),
    CaseTodo.SOURCES_DISAGREE: ngettext_lazy(
        "%(n)s case where sources disagree", "%(n)s cases where sources disagree", "n"
    ),
    CaseTodo.UNCITED: ngettext_lazy(
        "%(n)s case with facts without a source",
        "%(n)s cases with facts without a source",
        "n",
    ),
    CaseTodo.SINGLE_SOURCE: ngettext_lazy(
        "%(n)s case with facts on one source",
        "%(n)s cases with facts on one source",
        "n",
    ),
    CaseTodo.NOT_HEARD_OF: ngettext_lazy(
        "%(n)s person not heard of since %(day)s",
        "%(n)s people not heard of since %(day)s",
        "n",
    ),
    CaseTodo.NOT_LOOKED_AT: ngettext_lazy(
        "%(n)s case that nobody looked at since %(day)s",
        "%(n)s cases that nobody looked at since %(day)s",
        "n",
    ),
    CaseTodo.TERM_OVER: ngettext_lazy(
        "%(n)s case whose term is over, and no release is known",
        "%(n)s cases whose term is over, and no release is known",
        "n",
    ),
}
# Where there are more than are counted.
MORE_CASES = {
    CaseTodo.MINE: gettext_lazy("more than %(n)s cases are yours"),
    CaseTodo.CONSENT: gettext_lazy(
        "more than %(n)s cases with a consent to look at again"
    ),
    CaseTodo.SOURCES_DISAGREE: gettext_lazy(
        "more than %(n)s cases where sources disagree"
    ),
    CaseTodo.UNCITED: gettext_lazy("more than %(n)s cases with facts without a source"),
    CaseTodo.SINGLE_SOURCE: gettext_lazy(
        "more than %(n)s cases with facts on one source"
    ),
    CaseTodo.NOT_HEARD_OF: gettext_lazy(
        "more than %(n)s people not heard of since %(day)s"
    ),
    CaseTodo.NOT_LOOKED_AT: gettext_lazy(
        "more than %(n)s cases that nobody looked at since %(day)s"
    ),
    CaseTodo.TERM_OVER: gettext_lazy(
        "more than %(n)s cases whose term is over, and no release is known"
    ),
}
FOR_YOU = (CaseTodo.MINE, CaseTodo.CONSENT)
ABOUT_SOURCES = (
    CaseTodo.SOURCES_DISAGREE,
    CaseTodo.UNCITED,
    CaseTodo.SINGLE_SOURCE,
)
ABOUT_PEOPLE = (CaseTodo.NOT_HEARD_OF, CaseTodo.NOT_LOOKED_AT, CaseTodo.TERM_OVER)

WAITING = {
    "sent_back": ngettext_lazy(
        "%(n)s case was sent back to you", "%(n)s cases were sent back to you", "n"
    ),
    "review": ngettext_lazy(
        "%(n)s case waits for you to review it",
        "%(n)s cases wait for you to review them",
        "n",
    ),
    "count": ngettext_lazy(
        "%(n)s case waits for review", "%(n)s cases wait for review", "n"
    ),
}
DIARY = ngettext_lazy(
    "%(n)s entry of the diary is due", "%(n)s entries of the diary are due", "n"
)
RETRACTED = ngettext_lazy(
    "%(n)s retracted source is still cited",
    "%(n)s retracted sources are still cited",
    "n",
)
COPIES = ngettext_lazy(
    "%(n)s source with a redacted copy to review",
    "%(n)s sources with a redacted copy to review",
    "n",
)
DUPLICATES = ngettext_lazy(
    "%(n)s pair of cases may be one person",
    "%(n)s pairs of cases may be one person",
    "n",
)
MERGES = ngettext_lazy(
    "%(n)s merge of cases is proposed", "%(n)s merges of cases are proposed", "n"
)
PROPOSALS = ngettext_lazy(
    "%(n)s proposal of a partner waits to be decided",
    "%(n)s proposals of partners wait to be decided",
    "n",
)
ROWS = ngettext_lazy(
    "%(n)s list has rows that wait to be decided",
    "%(n)s lists have rows that wait to be decided",
    "n",
)
REQUESTS_DUE = ngettext_lazy(
    "%(n)s request of a person must be answered within a week, or is late",
    "%(n)s requests of people must be answered within a week, or are late",
    "n",
)
REQUESTS = ngettext_lazy(
    "%(n)s request of a person is not answered yet",
    "%(n)s requests of people are not answered yet",
    "n",
)
FAILURES = ngettext_lazy(
    "%(n)s case could not be published", "%(n)s cases could not be published", "n"
)


@dataclass(frozen=True)
class Task:
    count: int
    words: str
    url: str


@dataclass(frozen=True)
class Group:
    heading: str
    tasks: Sequence[Task]


def groups(user: Account, waiting: dict[str, Any]) -> list[Group]:
    """`waiting` as cases/desk/admin/waiting.py counts it. Without what this person may
    not open.
    """
    cases: dict[str, int] = {}
    if user.has_perm(may("view", Prisoner)):
        cases = dict(counts(user))
    made = [
        Group(_("For you"), list(_for_you(user, cases, waiting))),
        Group(_("People"), list(_of_cases(cases, ABOUT_PEOPLE))),
        Group(_("Sources"), list(_about_sources(user, cases))),
        Group(_("For everyone"), list(_of_the_desk(user, waiting))),
    ]
    return [group for group in made if group.tasks]


def charts_for(user: Account) -> list[Chart]:
    charts = []
    if user.has_perm(may("view", Prisoner)):
        charts.append(entered())
    if kinds := kinds_in_sight(user):
        charts.append(backlog(queue().filter(root_kind__in=kinds)))
    return charts


def _for_you(
    user: Account, cases: dict[str, int], waiting: dict[str, Any]
) -> Iterator[Task]:
    if waiting["in_sight"]:
        yield from _waiting(waiting, "sent_back", "review")
    yield from _of_cases(cases, FOR_YOU)
    if user.has_perm(may("view", Prisoner)):
        yield _task(due(user).count(), DIARY, "casework_diaryentry", "due=yes")


def _about_sources(user: Account, cases: dict[str, int]) -> Iterator[Task]:
    yield from _of_cases(cases, ABOUT_SOURCES)
    if user.has_perm(may("view", Source)):
        count = Source.objects.filter(retracted_and_cited()).count()
        yield _task(count, RETRACTED, "cases_source", "todo=retracted")
        waiting = Source.objects.filter(copy_waits()).count()
        yield _task(waiting, COPIES, "cases_source", "todo=copies")


def _of_the_desk(user: Account, waiting: dict[str, Any]) -> Iterator[Task]:
    if waiting["in_sight"]:
        yield from _waiting(waiting, "count")
    if user.has_perm(may("view", Prisoner)):
        yield _duplicates()
        merges = Merge.objects.filter(state=MergeState.PROPOSED).count()
        yield _task(merges, MERGES, "cases_merge", "state__is=proposed")
    if user.has_perm(may("view", Proposal)):
        received = Proposal.objects.filter(state=ProposalState.RECEIVED).count()
        yield _task(received, PROPOSALS, "proposals_proposal", "state__is=received")
    if user.has_perm(may("view", List)):
        lists = List.objects.filter(has_rows_that_wait()).count()
        yield _task(lists, ROWS, "lists_list", "todo=rows")
    if user.has_perm(may("view", SubjectRequest)):
        due_count = due_soon().count()
        yield _task(due_count, REQUESTS_DUE, "requests_subjectrequest", "due=soon")
        open_count = open_requests().count()
        yield _task(open_count, REQUESTS, "requests_subjectrequest", "due=open")
    if user.has_perm(may("view", PublishingFailure)):
        failures = PublishingFailure.objects.count()
        yield _task(failures, FAILURES, "cases_publishingfailure")


def _duplicates() -> Task:
    """As many as the list has; it says that there are more, too."""
    pairs = len(merging.possible_duplicates())
    words = str(DUPLICATES % {"n": pairs})
    if pairs > merging.LIMIT:
        pairs = merging.LIMIT
        words = _("more than %(n)s pairs of cases may be one person") % {"n": pairs}
    return Task(pairs, words, reverse("admin:cases_prisoner_duplicates"))


def _of_cases(cases: dict[str, int], codes: Sequence[CaseTodo]) -> Iterator[Task]:
    since = ""
    if codes == ABOUT_PEOPLE:
        since = written(news_expected_since(today()))
    for code in codes:
        if code.value not in cases:
            continue
        count, words = cases[code.value], CASES[code]
        if count > MOST_COUNTED:
            count, words = MOST_COUNTED, MORE_CASES[code]
        yield _task(count, words, "cases_prisoner", f"todo={code.value}", since)


def _waiting(waiting: dict[str, Any], *codes: str) -> Iterator[Task]:
    for code in codes:
        if code not in waiting:
            continue  # not theirs to do
        question = ""
        if code != "count":
            question = f"for_me={code}"
        yield _task(waiting[code], WAITING[code], "cases_waitingcase", question)


def _task(
    count: int, words: Any, listed: str, question: str = "", since: str = ""
) -> Task:
    """`since`: the day since which there should have been news."""
    url = reverse(f"admin:{listed}_changelist")
    if question:
        url = f"{url}?{question}"
    return Task(count, str(words % {"n": count, "day": since}), url)
