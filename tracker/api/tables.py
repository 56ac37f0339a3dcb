"""A whole list as CSV: the same questions and orders as the list, by the same filters,
without pages.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from tracker.api.describing import DocumentsSchema
from tracker.api.examples import example
from tracker.api.paging import ordering_asked, ordering_parameter
from tracker.api.resources import Documents
from tracker.asking import keyset
from tracker.contract import past
from tracker.contract.columns import COLUMNS, row
from tracker.spreadsheets import Cell, csv_chunks

CHUNK = 200  # documents read at once
MEDIA_TYPE = "text/csv"
BOM = "bom"  # the parameter
FLAGS = ("true", "false")
Chunks = Iterator[list[dict[str, Any]]]


class TableSchema(DocumentsSchema):
    """Listed with the documents that it is of."""

    def get_tags(self) -> list[str]:
        return [tag.removesuffix(".csv") for tag in super().get_tags()]

    def get_operation_id(self) -> str:
        return AutoSchema.get_operation_id(self).replace("_retrieve", "_table")

    def get_override_parameters(self) -> list[Any]:
        ordering = ordering_parameter(self.view)
        mark = _("Begin with a byte order mark, by which Excel knows UTF-8.")
        return [
            OpenApiParameter(
                "ordering", ordering["schema"], description=ordering["description"]
            ),
            OpenApiParameter(BOM, OpenApiTypes.BOOL, description=str(mark)),
        ]

    def get_filter_backends(self) -> list[Any]:
        view: Any = self.view
        return list(view.filter_backends)

    def get_response_serializers(self) -> Any:
        return {(200, MEDIA_TYPE): OpenApiTypes.STR}

    def get_examples(self) -> list[OpenApiExample]:
        kind = getattr(self.view, "kind", "")
        rows: list[list[Cell]] = [
            list(COLUMNS[kind]),
            row(kind, example(kind), date(2025, 10, 8)),
        ]
        text = b"".join(csv_chunks(rows)).decode()
        return [
            OpenApiExample(kind, value=text, response_only=True, media_type=MEDIA_TYPE)
        ]


class Table(Documents):
    """For `as_view({"get": "table"}, kind=…)`."""

    schema = TableSchema()
    media_types = (MEDIA_TYPE,)
    says_match = False  # a line has no place for it

    def known_parameters(self) -> set[str]:
        return {*self.filterset_class.base_filters, "ordering", BOM}

    @extend_schema(
        description=_(
            "All that the list of this kind has, a line each. The first line names the columns."
        )
    )
    def table(self, request: Request) -> HttpResponseBase:
        rows = self.filter_queryset(self.audience.documents(self.kind))
        ordering = ordering_asked(request, self)
        for_excel = flag_asked(request, BOM)
        name = request.path.rpartition("/")[2]
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        media_type = f"{MEDIA_TYPE}; charset=utf-8; header=present"
        if request.method == "HEAD":
            return HttpResponse(content_type=media_type, headers=headers)
        chunks = in_chunks(
            rows,
            self.orderings[ordering.removeprefix("-")],
            descending=ordering.startswith("-"),
            day_back=self.day_back,
        )
        return StreamingHttpResponse(
            csv_chunks(self.lines(chunks, day_asked(request)), for_excel=for_excel),
            content_type=media_type,
            headers=headers,
        )

    def lines(self, chunks: Chunks, day: date | None) -> Iterator[list[Cell]]:
        yield list(COLUMNS[self.kind])
        for documents in chunks:
            for document in documents:
                yield row(self.kind, document, day)


def day_asked(request: Request) -> date | None:
    """For which the status is asked."""
    asked = request.query_params.get("status_on") or request.query_params.get("on")
    return date.fromisoformat(asked) if asked else None


def flag_asked(request: Request, name: str) -> bool:
    """Raises a ValidationError that names it."""
    asked = request.query_params.get(name, "false")
    if asked not in FLAGS:
        raise ValidationError({name: _("Give “true” or “false”.")})
    return asked == "true"


def in_chunks(
    rows: Any, column: str, *, descending: bool = False, day_back: date | None = None
) -> Chunks:
    """`rows` names its audience's login, so that it is asked by that one also when the
    request has ended.
    """
    start = None
    while True:
        page = keyset.page(
            rows.values("id", "document", column),
            column,
            CHUNK,
            descending=descending,
            start=start,
        )
        documents = [json.loads(found["document"]) for found in page.rows]
        if day_back:
            documents = [past.on_day(document, day_back) for document in documents]
        yield documents
        start = page.next
        if start is None:
            return
