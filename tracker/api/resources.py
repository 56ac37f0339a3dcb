"""Lists and single documents: the stored texts, passed on as they are."""

from collections.abc import Mapping
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from tracker import feed
from tracker.api.asking import Asked
from tracker.api.describing import DocumentsSchema
from tracker.api.paging import KeysetPagination
from tracker.api.rows import OneRow
from tracker.api.views import as_json
from tracker.asking.filters import FILTERS
from tracker.asking.questions import Questions, today
from tracker.contract.documents import DOCUMENTS

_COLUMNS = ("id", "document", "seq", "sort_name", "sort_date", "sort_number")


class Pages(KeysetPagination):
    max_limit = 100


class Documents(OneRow, GenericViewSet[Any]):
    pagination_class = Pages
    filter_backends = [Asked]
    lookup_field = "id"
    lookup_value_regex = "[^/]+"
    schema = DocumentsSchema()

    @property
    def filterset_class(self) -> type[Questions]:
        return FILTERS[self.kind]

    def get_serializer_class(self) -> Any:
        return DOCUMENTS[self.kind]

    @property
    def orderings(self) -> Mapping[str, str]:
        return self.filterset_class.orderings

    @property
    def default_ordering(self) -> str:
        return self.filterset_class.default_ordering

    def known_parameters(self) -> set[str]:
        if self.action != "list":
            return set()
        return {*self.filterset_class.base_filters, *Pages.parameters}

    def repeatable_parameters(self) -> set[str]:
        return self.filterset_class.repeatable()

    def list(self, request: Request) -> HttpResponseBase:
        rows = self.filter_queryset(self.audience.documents(self.kind))
        # Before the rows: a tag that is too old costs a repeated answer, no change.
        now = feed.counter(self.audience)
        etag = self.etag(now.epoch.hex, now.last_seq, now.held, today().isoformat())
        return self.not_modified(etag) or self.answer(etag, self._page(rows))

    def _page(self, rows: Any) -> str:
        pages = Pages()
        page = pages.paginate_queryset(rows.values(*_COLUMNS), self.request, view=self)
        links = as_json(
            {
                "next": pages.link(pages.page.next),
                "previous": pages.link(pages.page.previous),
            }
        )
        documents = ",".join(row["document"] for row in page)
        return f'{links[:-1]},"results":[{documents}]}}'

    def retrieve(self, request: Request, id: str) -> HttpResponseBase:
        row = self.row(id)
        if row["document"] is None:
            return self.elsewhere(row["merged_into"])
        etag = self.etag(row["epoch"].hex, row["seq"])
        return self.not_modified(etag) or self.answer(etag, row["document"])


def _resource(kind: str) -> type[Documents]:
    described = {"kind": kind, "__doc__": DOCUMENTS[kind].listed}
    return type(f"{kind}_documents", (Documents,), described)


RESOURCES: dict[str, type[Documents]] = {kind: _resource(kind) for kind in DOCUMENTS}
"""A list and its single documents, for every kind of the contract."""
