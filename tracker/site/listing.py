"""Lists of published documents, page by page, each page with an address of its own."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from tracker.api.paging import decode, encode
from tracker.asking import keyset
from tracker.asking.filters import FILTERS
from tracker.asking.questions import Questions, today
from tracker.audiences import PUBLIC
from tracker.counting import facets
from tracker.site import errors, filtering
from tracker.site.base import Page
from tracker.site.published import by_id, read

PAGE_SIZE = 50
MOST_COUNTED = 10_000  # the read API counts all


def chosen(
    filterset: Questions, ordering: str, column: str, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """A page of documents, and the cursors of its neighbours.

    Raises Http404 for what is no cursor of this list in this order.
    """
    cursor = asked.get("cursor")
    queryset = filterset.qs
    try:
        start = decode(cursor, ordering, queryset.model, column) if cursor else None
    except ValidationError:
        raise Http404 from None
    page = keyset.page(
        queryset,
        column,
        PAGE_SIZE,
        descending=ordering.startswith("-"),
        start=start,
        among=filterset.among,
    )
    following = previous = None
    if page.next:
        following = encode(ordering, page.next)
    if page.previous:
        previous = encode(ordering, page.previous)
    return {"documents": read(page.rows), "next": following, "previous": previous}


def counted(kind: str, asked: QueryDict) -> facets.Division | None:
    """None where there is no number: of people whom only a filter would single out, and
    of lists so long that the first reader after each change would wait for it.
    """
    if PUBLIC.documents(kind)[MOST_COUNTED : MOST_COUNTED + 1].exists():
        return None
    try:
        return facets.divided(PUBLIC, kind, asked, today())
    except facets.NotDivided:
        return None


class ListPage(Page):
    """Published documents of one kind, in the order that the API gives them in, and
    filtered by address as there. `table`: the name of the address of its rows as CSV.
    """

    kind = ""

    def __init_subclass__(cls) -> None:
        cls.parameters = frozenset((*FILTERS[cls.kind].base_filters, "cursor"))

    def get(self, request: HttpRequest, *args: object, **kwargs: Any) -> HttpResponse:
        questions = FILTERS[self.kind]
        filterset = questions(request.GET, PUBLIC.documents(self.kind))
        problems = filtering.problems(filterset, request.GET)
        if problems:
            return errors.refusal(
                request, 400, _("This cannot be answered"), " ".join(problems)
            )
        ordering = questions.default_ordering
        column = questions.orderings[ordering.removeprefix("-")]
        page = chosen(filterset, ordering, column, request.GET)
        named = by_id(filtering.ids(filterset))
        applied = filtering.applied(filterset, request.GET, named)
        narrowed = request.GET.copy()
        narrowed.pop("cursor", None)
        division = counted(self.kind, narrowed)
        context = self.get_context_data(
            **page,
            applied=applied,
            counted=division,
            fields=filtering.fields_counted(filterset, division),
            filters=narrowed.urlencode(),
            table=f"{self.kind}-table",
            **kwargs,
        )
        return self.render_to_response(context)
