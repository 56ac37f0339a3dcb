"""The list of cases, filtered by address, and the search for a name or for words of
texts, which no address holds so that anybody could read it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from tracker.asking.filters import FILTERS
from tracker.asking.lengths import refuse_long_search
from tracker.asking.named import MATCH, ORDER, is_ordered
from tracker.asking.questions import Questions
from tracker.audiences import PUBLIC
from tracker.contract import past
from tracker.counting.facets import Division
from tracker.site import case_list, filtering, published, searches
from tracker.site.base import Page
from tracker.site.listing import chosen, counted

QUESTIONS = FILTERS["prisoner"]
SHOWN = 20  # cases beside those found by name, whose texts hold the words


# A search changes nothing, and the token against forged requests would need a cookie.
@method_decorator(csrf_exempt, name="dispatch")
class CaseList(Page):
    template_name = "tracker/cases.html"
    parameters = frozenset(
        (*QUESTIONS.base_filters, "cursor", "ordering", searches.PARAMETER)
    )

    def get(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        asked = request.GET.copy()
        sealed = asked.pop(searches.PARAMETER, None)
        if sealed is None:
            return self._answer(asked)
        try:
            words, cursor, question = searches.opened(sealed[0])
        except searches.Over:
            return self._answer(asked, is_over=True)
        asked[question] = words
        asked.setlist("cursor", [cursor] if cursor else [])
        return self._answer(asked, sealed=question)

    def post(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        """What is searched for is in the body, filters are in the address. The answer
        is another address, to which a reader can come back.
        """
        asked = self._asked(request.GET)
        for name in (*filtering.SEARCHED, "cursor", searches.PARAMETER):
            asked.pop(name, None)
        for name in filtering.SEARCHED:
            words = request.POST.get(name, "").strip()
            if not words:
                continue
            try:
                refuse_long_search(words)
            except ValidationError:
                asked[name] = words
                return self._answer(asked)
            asked[searches.PARAMETER] = searches.sealed(words, question=name)
        response = redirect(f"{request.path}?{asked.urlencode()}")
        response.status_code = HTTPStatus.SEE_OTHER
        return response

    def _answer(
        self, asked: QueryDict, *, sealed: str = "", is_over: bool = False
    ) -> HttpResponse:
        """Eight queries: where the first of all cases end, with a name and without, and
        these cases; the release events, the titles of what was asked by id; are there
        too many to be counted, and of which moment the numbers are that are kept. If
        words were searched for two more, which find them in texts. `sealed`: which
        question the address does not tell.
        """
        cases = PUBLIC.documents("prisoner")
        filterset = QUESTIONS(asked, cases, answers_nearly=True)
        filterset.form.day_alone = True
        events = PUBLIC.documents("release_event").order_by("-sort_date", "id")[:200]
        problems = filtering.problems(filterset, asked)
        ordering, column = _order(asked)
        context: dict[str, Any] = {"problems": problems}
        if not problems:
            context |= chosen(filterset, ordering, column, asked)
            context |= _told(filterset, asked, context["documents"])
        narrowed = asked.copy()
        narrowed.pop("cursor", None)
        division = _counted(asked, problems)
        context |= {
            "is_over": is_over,
            "counted": division,
            "table": "prisoner-table",
            "rows": _rows(narrowed),
            "has_workbook": not asked.get("on"),
            "searched": asked.get("q", ""),
            "searched_texts": asked.get("text", ""),
            "address": narrowed.urlencode(),
            "filters": _without(narrowed, *filtering.SEARCHED),
            "ordering": ordering,
            "fields": filtering.fields(filterset, published.read(events), division),
        }
        if sealed:
            context |= _sealed(narrowed, sealed, context)
        context["applied"] = filtering.applied(
            filterset, narrowed, published.by_id(filtering.ids(filterset))
        )
        code = HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK
        return self.render_to_response(self.get_context_data(**context), status=code)


def _told(
    filterset: Questions, asked: QueryDict, found: Sequence[case_list.Case]
) -> dict[str, Any]:
    """The lines of these cases, as of the day that is asked for."""
    day_back = filterset.form.cleaned_data.get("on")
    day = filterset.form.cleaned_data.get("status_on") or day_back
    match = filterset.match
    told: dict[str, Any] = {"day_back": day_back, "day": day, "match": match}
    if asked.get("text"):
        told["lines"] = case_list.lines_with_words(found, str(asked["text"]), day)
        return told
    found_by = match.names if match else {}
    then = found
    if day_back:
        then = [past.on_day(case, day_back) for case in found]
    told["lines"] = case_list.lines(then, day, found_by, day_back)
    # Which words a text had on a day back, nobody knows.
    if asked.get("q") and not asked.get("cursor") and not day_back:
        told |= _in_texts(asked, found, day)
    return told


def _sealed(
    narrowed: QueryDict, question: str, context: Mapping[str, Any]
) -> dict[str, str]:
    """What was searched for goes out of the address, and comes back sealed: also with
    the places before and after in the list.
    """
    words = str(narrowed.pop(question)[0])
    narrowed[searches.PARAMETER] = searches.sealed(words, question=question)
    addresses = {"sealed": str(narrowed[searches.PARAMETER])}
    for name in ("next", "previous"):
        if context.get(name):
            addresses[name] = searches.sealed(words, context[name], question)
    return addresses


def _counted(asked: QueryDict, problems: Collection[str]) -> Division | None:
    """What is searched for has no numbers: who looks for whom is nobody's."""
    is_search = any(asked.get(name) for name in filtering.SEARCHED)
    return None if problems or is_search else counted("prisoner", asked)


def _rows(narrowed: QueryDict) -> str:
    """What a table is asked to have just these rows: a day without a status takes none
    away, and programs may not ask it alone.
    """
    alone = () if narrowed.get("status") else ("status_on",)
    return _without(narrowed, *filtering.SEARCHED, "ordering", *alone)


def _without(asked: QueryDict, *names: str) -> str:
    narrowed = asked.copy()
    for name in names:
        narrowed.pop(name, None)
    return narrowed.urlencode()


def _in_texts(
    asked: QueryDict, found: Sequence[case_list.Case], day: date | None
) -> dict[str, Any]:
    """Of the cases that nobody has found by name yet: some, and whether there are more."""
    words = str(asked["q"])
    question = asked.copy()
    question.pop("q")
    question["text"] = words
    cases = PUBLIC.documents("prisoner").exclude(pk__in=[case["id"] for case in found])
    rows = QUESTIONS(question, cases).qs.order_by("sort_name", "id")[: SHOWN + 1]
    documents = published.read(rows)
    lines = case_list.lines_with_words(documents[:SHOWN], words, day)
    return {"in_texts": lines, "more_in_texts": len(documents) > SHOWN}


def _order(asked: QueryDict) -> tuple[str, str]:
    """The name of the order and its column: the one that is asked for; else of a search
    the nearest first; else by name.
    """
    ordering = asked.get("ordering", "")
    if ordering.removeprefix("-") not in QUESTIONS.orderings:
        if is_ordered(asked.get("q", "")):
            return MATCH, ORDER
        ordering = QUESTIONS.default_ordering
    return ordering, QUESTIONS.orderings[ordering.removeprefix("-")]
