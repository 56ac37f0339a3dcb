"""How many a list has, and how they divide by each of its questions."""

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from tracker.api.describing import DocumentsSchema
from tracker.api.resources import Documents
from tracker.api.views import as_json
from tracker.asking.questions import today
from tracker.counting import facets


class ValueDocument(serializers.Serializer[Any]):
    """`query`: what the list and its table are asked, to give just these `count`. An id
    has no label: its document does.
    """

    value = serializers.CharField()
    label = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    count = serializers.IntegerField()
    query = serializers.CharField()


class FacetDocument(serializers.Serializer[Any]):
    """`more`: how many further values there are, none of which has more than the last
    one here. `unknown`: of how many nothing is published.
    """

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    definition = serializers.CharField()
    values = ValueDocument(many=True)
    more = serializers.IntegerField()
    unknown = serializers.IntegerField()


class FacetsDocument(serializers.Serializer[Any]):
    """`without_name`: so many of `count` have no published name. They are divided by
    status and by nothing else; null: they are not counted at all, since the question
    would divide them.
    """

    count = serializers.IntegerField()
    without_name = serializers.IntegerField(allow_null=True)
    query = serializers.CharField(allow_blank=True)
    list = serializers.URLField()
    table = serializers.URLField()
    facets = FacetDocument(many=True)


_VALUE = {
    "value": "female",
    "label": "female",
    "count": 31,
    "query": "sex=female&named=true",
}
_FACET = {
    "name": "sex",
    "label": "Sex",
    "definition": "Of how many this is published, the other filters as they are.",
    "values": [_VALUE],
    "more": 0,
    "unknown": 2,
}
_EXAMPLE = {
    "count": 120,
    "without_name": 4,
    "query": "",
    "list": "https://tracker.example/api/v1/prisoners/",
    "table": "https://tracker.example/api/v1/prisoners.csv",
    "facets": [_FACET],
}


class FacetsSchema(DocumentsSchema):
    def get_operation_id(self) -> str:
        return AutoSchema.get_operation_id(self).replace("_retrieve", "")

    def get_override_parameters(self) -> list[Any]:
        return []

    def get_filter_backends(self) -> list[Any]:
        view: Any = self.view
        return list(view.filter_backends)

    def get_examples(self) -> list[OpenApiExample]:
        return [OpenApiExample("facets", value=_EXAMPLE, response_only=True)]


class Facets(Documents):
    """For `as_view({"get": "divide"}, kind=…)`."""

    schema = FacetsSchema()
    says_match = False

    def known_parameters(self) -> set[str]:
        return facets.parameters(self.kind)

    @extend_schema(
        responses=FacetsDocument,
        description=_(
            "How many the list of this kind has, and how many by each of its questions,"
            " the other filters as they are. Each number comes with the question that"
            " gives its rows."
        ),
    )
    def divide(self, request: Request) -> HttpResponseBase:
        return self.kept(lambda: self._divide(request))

    def _divide(self, request: Request) -> HttpResponseBase:
        self.filter_queryset(self.audience.documents(self.kind))  # or it is refused
        asked = request.query_params
        try:
            division = facets.divided(self.audience, self.kind, asked, today())
        except facets.NotDivided as refused:
            raise ValidationError({"named": str(refused)}) from None
        return self.tagged(as_json(self._told(division)))

    def _told(self, division: facets.Division) -> dict[str, Any]:
        absolute = self.request.build_absolute_uri
        return {
            "count": division.count,
            "without_name": division.without_name,
            "query": division.query,
            "list": absolute(reverse(f"{self.kind}-list")),
            "table": absolute(reverse(f"{self.kind}-table")),
            "facets": [_facet(facet) for facet in division.facets],
        }


def _facet(facet: facets.Facet) -> dict[str, Any]:
    values = []
    for value in facet.values:
        values.append({**vars(value), "label": value.label or None})
    return {**vars(facet), "values": values}
