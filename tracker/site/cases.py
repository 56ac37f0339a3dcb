"""The list of cases, filtered by address, and the search for a name, which leaves no
trace in an address.
"""

from collections.abc import Collection
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from tracker.asking.filters import FILTERS
from tracker.asking.named import MATCH, ORDER, is_ordered
from tracker.asking.questions import today
from tracker.audiences import PUBLIC
from tracker.contract import past
from tracker.counting import facets
from tracker.site import case_list, filtering, published
from tracker.site.base import Page
from tracker.site.listing import chosen

QUESTIONS = FILTERS["prisoner"]
KNOWN = {*QUESTIONS.base_filters, "cursor", "ordering"}
MOST_COUNTED = 10_000  # the page of numbers counts all


# A search changes nothing, and the token against forged requests would need a cookie.
@method_decorator(csrf_exempt, name="dispatch")
class CaseList(Page):
    template_name = "tracker/cases.html"

    def get(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        """Fields left empty are taken out of the address, so that it can be passed on."""
        asked = filtering.without_empty(request.GET)
        if asked == request.GET:
            return self._answer(request.GET)
        if asked:
            return redirect(f"{request.path}?{asked.urlencode()}")
        return redirect(request.path)

    def post(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        """The name searched for, and the place in the list, in the body; filters in the
        address.
        """
        asked = request.GET.copy()
        for name in ("q", "cursor"):
            asked.pop(name, None)
            if request.POST.get(name, "").strip():
                asked[name] = request.POST[name].strip()
        return self._answer(asked)

    def _answer(self, asked: QueryDict) -> HttpResponse:
        """Six queries: cases with a name and without, the release events, the titles of
        what was asked by id; are there too many to be counted, and of which moment the
        numbers are that are kept.
        """
        cases = PUBLIC.documents("prisoner")
        filterset = QUESTIONS(asked, cases, answers_nearly=True)
        events = PUBLIC.documents("release_event").order_by("-sort_date", "id")[:200]
        problems = filtering.problems(filterset, asked, KNOWN)
        ordering, column = _order(asked)
        context: dict[str, Any] = {"problems": problems}
        if not problems:
            context |= chosen(filterset.qs, ordering, column, asked)
            day_back = filterset.form.cleaned_data.get("on")
            if day_back:
                context["documents"] = [
                    past.on_day(case, day_back) for case in context["documents"]
                ]
            context["day_back"] = day_back
            day = filterset.form.cleaned_data.get("status_on") or day_back
            match = filterset.match
            context["match"] = match
            found_by = match.names if match else {}
            context["lines"] = case_list.lines(
                context["documents"], day, found_by, day_back
            )
            context["day"] = day
        narrowed = asked.copy()
        narrowed.pop("cursor", None)
        counted = _counted(asked, problems)
        context |= {
            "counted": counted,
            "posted": self.request.method == "POST",
            "searched": asked.get("q", ""),
            "address": narrowed.urlencode(),
            "filters": _without(narrowed, "q"),
            "ordering": ordering,
            "fields": filtering.fields(filterset, published.read(events), counted),
            "applied": filtering.applied(
                filterset, narrowed, published.by_id(filtering.ids(filterset))
            ),
        }
        code = HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK
        return self.render_to_response(self.get_context_data(**context), status=code)


def _counted(asked: QueryDict, problems: Collection[str]) -> facets.Division | None:
    """What is searched for by name has no numbers; nor have lists so long that the first
    reader after each change would wait for them.
    """
    cases = PUBLIC.documents("prisoner")
    if problems or asked.get("q") or cases[MOST_COUNTED : MOST_COUNTED + 1].exists():
        return None
    try:
        return facets.divided(PUBLIC, "prisoner", asked, today())
    except facets.NotDivided:
        return None


def _without(asked: QueryDict, name: str) -> str:
    narrowed = asked.copy()
    narrowed.pop(name, None)
    return narrowed.urlencode()


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
