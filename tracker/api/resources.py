"""Lists and single documents: the stored texts, passed on as they are."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from tracker import feed
from tracker.api.asking import Asked
from tracker.api.describing import DocumentsSchema
from tracker.api.paging import KeysetPagination
from tracker.api.rows import OneRow
from tracker.api.shaping import PARAMETERS, included, page_of, shape_asked
from tracker.api.views import add_link, as_json
from tracker.asking.filters import FILTERS
from tracker.asking.named import MATCH, ORDER, is_ordered
from tracker.asking.questions import NAMED_NEARLY, Questions, today
from tracker.contract import past
from tracker.contract.documents import DOCUMENTS
from tracker.ids import id_in
from tracker.nearest import How, Match

_COLUMNS = ("id", "document", "seq", "sort_name", "sort_date", "sort_number")


class Pages(KeysetPagination):
    max_limit = 100


class PagesOfPeople(Pages):
    """They say in what way a name that was searched for was found."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        name = {
            "type": "object",
            "required": ["id", "name"],
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "name": {"type": "string"},
            },
        }
        match = {
            "type": "object",
            "description": _(
                "With “q”: how the names have what it asks for. `every_word`: each of its words"
                " begins a word of their names. If nobody has every word: `whole_name`,"
                " a name of theirs is wholly in it; or `nearly`, their names have most of"
                " its words, or are spelled nearly so. Then `names` says by which name"
                " each was found, the nearest first."
            ),
            "required": ["how", "names"],
            # The library puts the example together from those of the fields.
            "properties": {
                "how": {
                    "type": "string",
                    "enum": [how.value for how in How],
                    "example": How.EVERY_WORD.value,
                },
                "names": {"type": "array", "items": name, "example": []},
            },
        }
        return {**page, "properties": {"match": match, **page["properties"]}}


class Documents(OneRow, GenericViewSet[Any]):
    pagination_class = Pages
    filter_backends = [Asked]
    lookup_field = "id"
    lookup_value_regex = "[^/]+"
    schema = DocumentsSchema()
    match: Match | None = None

    @property
    def says_match(self) -> bool:
        return self.pagination_class is PagesOfPeople

    @property
    def filterset_class(self) -> type[Questions]:
        return FILTERS[self.kind]

    def get_serializer_class(self) -> Any:
        return DOCUMENTS[self.kind]

    @property
    def orderings(self) -> Mapping[str, str]:
        if self._is_ordered_by_match():
            return {**self.filterset_class.orderings, MATCH: ORDER}
        return self.filterset_class.orderings

    @property
    def default_ordering(self) -> str:
        if self._is_ordered_by_match():
            return MATCH
        return self.filterset_class.default_ordering

    def _is_ordered_by_match(self) -> bool:
        return self.match is not None and is_ordered(self.request.query_params["q"])

    def known_parameters(self) -> set[str]:
        if self.action != "list":
            return PARAMETERS
        return {*self.filterset_class.base_filters, *Pages.parameters, *PARAMETERS}

    def repeatable_parameters(self) -> set[str]:
        return self.filterset_class.repeatable()

    def list(self, request: Request) -> HttpResponseBase:
        return self.kept(lambda: self._list(request))

    def _list(self, request: Request) -> HttpResponseBase:
        self.shape = shape_asked(self.kind, request.query_params)
        rows = self.filter_queryset(self.audience.documents(self.kind))
        # Before the rows: a tag that is too old costs a repeated answer, no change.
        now = feed.counter(self.audience)
        standing = (
            *(now.epoch.hex, now.last_seq, now.held, now.revision),
            today().isoformat(),
        )
        etag = self.etag(*standing, *self._shape_tag())
        return self.not_modified(etag) or self._page(etag, rows)

    def _page(self, etag: str, rows: Any) -> HttpResponseBase:
        pages = self.pagination_class()
        columns = [*_COLUMNS]
        if self.match:
            columns.append(ORDER)
        page = pages.paginate_queryset(rows.values(*columns), self.request, view=self)
        around: dict[str, Any] = {}
        if self.match:
            around["match"] = _told(self.match)
        around["next"] = pages.link(pages.page.next)
        around["previous"] = pages.link(pages.page.previous)
        texts = [self._text(row["document"]) for row in page]
        results = ",".join(texts)
        if not self.shape.is_whole:
            documents = [json.loads(text) for text in texts]
            results = ",".join(as_json(self._shaped(each)) for each in documents)
            around |= self._beside(documents)
        text = f'{as_json(around)[:-1]},"results":[{results}]}}'
        answer = self.answer(etag, text)
        pages.add_links(answer)
        return answer

    @property
    def day_back(self) -> date | None:
        """Of which the documents of a list are told."""
        day = self.request.query_params.get("on")
        return date.fromisoformat(day) if day else None

    def _text(self, stored: str) -> str:
        if self.day_back is None:
            return stored
        return as_json(past.on_day(json.loads(stored), self.day_back))

    def retrieve(self, request: Request, id: str) -> HttpResponseBase:
        if request.query_params:
            return self.kept(lambda: self._retrieve(request, id))
        # The row is its whole answer: there is less to look at than what is kept.
        return self._retrieve(request, id)

    def _retrieve(self, request: Request, id: str) -> HttpResponseBase:
        self.shape = shape_asked(self.kind, request.query_params)
        standing: tuple[object, ...] = ()
        if self.shape.include:  # what stands beside it changes by itself
            now = feed.counter(self.audience)
            standing = (now.last_seq, now.held)
        row = self.row(id)
        if row.document is None:
            return self.elsewhere(row.merged_into)
        etag = self.etag(row.epoch.hex, row.seq, *standing, *self._shape_tag())
        return self.not_modified(etag) or self._document(etag, row.document)

    def _document(self, etag: str, text: str) -> HttpResponseBase:
        if not self.shape.is_whole:
            document = json.loads(text)
            text = as_json({**self._shaped(document), **self._beside([document])})
        answer = self.answer(etag, text)
        row_id = str(id_in(self.kwargs["id"]))
        page = page_of(self.audience, self.kind, row_id, self.request)
        if page:
            add_link(answer, page, "alternate", "text/html")
        return answer

    def _shape_tag(self) -> tuple[str, ...]:
        return () if self.shape.is_whole else (self.shape.tag,)

    def _shaped(self, document: dict[str, Any]) -> dict[str, Any]:
        page = page_of(self.audience, self.kind, document["id"], self.request)
        return self.shape.of(document, page)

    def _beside(self, documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
        if not self.shape.include:
            return {}
        beside = included(self.shape, documents, self.audience, self.request)
        return {"included": beside}


def _told(match: Match) -> dict[str, Any]:
    found = [{"id": str(row_id), "name": name} for row_id, name in match.names.items()]
    return {"how": match.how.value, "names": found}


def _resource(kind: str) -> type[Documents]:
    described: dict[str, Any] = {"kind": kind, "__doc__": DOCUMENTS[kind].listed}
    if kind in NAMED_NEARLY:
        described["pagination_class"] = PagesOfPeople
    return type(f"{kind}_documents", (Documents,), described)


RESOURCES: dict[str, type[Documents]] = {kind: _resource(kind) for kind in DOCUMENTS}
"""A list and its single documents, for every kind of the contract."""
