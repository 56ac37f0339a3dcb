"""What was changed in a document since it was first published."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from tracker.api.paging import KeysetPagination
from tracker.api.rows import OneRow
from tracker.api.schema import ApiSchema
from tracker.api.views import as_json
from tracker.contract import fields as forms
from tracker.contract.documents import CitedRecord
from tracker.corrections import CHANGES, published

EXAMPLE = {
    "corrected_on": "2025-10-08",
    "record": {"kind": "sentence", "id": "00000000-0000-4000-8000-000000000005"},
    "change": "changed",
    "field": "term_months",
    "before": 48,
    "after": 60,
    "reason": "The court’s own text was found.",
}


class CorrectionDocument(serializers.Serializer[Any]):
    """`record` was added to the document, removed from it, or changed in one `field`.

    `before` and `after` are in the form that the document has. Where both are null,
    something was taken out, and what it said is not told; `reason` is null, too, where
    none was given.
    """

    corrected_on = serializers.DateField()
    record = CitedRecord()
    change = serializers.ChoiceField(choices=CHANGES)
    field = forms.Text()
    before = forms.Anything()
    after = forms.Anything()
    reason = forms.Text()


class CorrectionsSchema(ApiSchema):
    """Listed with the documents that they are of."""

    def get_override_parameters(self) -> list[Any]:
        return [OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)]

    def get_filter_backends(self) -> list[Any]:
        return []


class Corrections(OneRow, GenericViewSet[Any]):
    """What was changed in this document since it was first published, and why; never by
    whom.
    """

    address = "{kind}-corrections"
    pagination_class = KeysetPagination
    serializer_class = CorrectionDocument
    orderings = {"corrected_on": "corrected_on"}
    default_ordering = "-corrected_on"
    schema = CorrectionsSchema()

    def known_parameters(self) -> set[str]:
        return set(KeysetPagination.parameters)

    @extend_schema(
        examples=[OpenApiExample("correction", value=EXAMPLE, response_only=True)]
    )
    def list(self, request: Request, id: str) -> HttpResponseBase:
        # Two queries: the row, which also says whether anything changed since, and the
        # page.
        row = self.row(id)
        if row.document is None:
            return self.elsewhere(row.merged_into)
        # What was told of one may be emptied without a change of the document.
        etag = self.etag(row.epoch.hex, row.seq, row.revision)
        return self.not_modified(etag) or self._page(etag, id)

    def _page(self, etag: str, id: str) -> HttpResponseBase:
        pages = KeysetPagination()
        found = pages.paginate_queryset(
            self.audience.corrections(id), self.request, view=self
        )
        page = pages.get_paginated_response([published(row) for row in found])
        answer = self.answer(etag, as_json(page.data))
        pages.add_links(answer)
        return answer
