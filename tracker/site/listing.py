"""Lists of published documents, page by page, each page with an address of its own."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import ValidationError

from tracker import keyset
from tracker.api.paging import decode, encode
from tracker.audiences import PUBLIC
from tracker.filters import FILTERS
from tracker.site.base import Page
from tracker.site.published import read

PAGE_SIZE = 50


def chosen(queryset: QuerySet[Any], ordering: str, column: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """A page of documents, and the cursors of its neighbours; two queries at most.

    Raises Http404 for what is no cursor of this list in this order.
    """
    cursor = asked.get("cursor")
    try:
        start = decode(cursor, ordering, queryset.model, column) if cursor else None
    except ValidationError:
        raise Http404 from None
    page = keyset.page(queryset, column, PAGE_SIZE, descending=ordering.startswith("-"), start=start)
    cursors = {
        name: encode(ordering, position) if position else None
        for name, position in (("next", page.next), ("previous", page.previous))
    }
    return {"documents": read(page.rows), **cursors}


class ListPage(Page):
    """All published documents of one kind, in the order that the API gives them in, too."""

    kind = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        questions = FILTERS[self.kind]
        ordering = questions.default_ordering
        column = questions.orderings[ordering.removeprefix("-")]
        found = chosen(PUBLIC.documents(self.kind), ordering, column, self.request.GET)
        return super().get_context_data(**found, **kwargs)
