"""A JSON Schema (draft 2020-12) of each kind of document: the parts of the OpenAPI
description that it is made of.
"""

import json
from functools import cache
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.plumbing import ComponentRegistry
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request

from tracker.api.schema import with_any_value
from tracker.api.views import PublishedView, as_json
from tracker.contract.documents import CONTRACT, DOCUMENTS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
MEDIA_TYPE = "application/schema+json"


def document_schema(kind: str) -> dict[str, Any]:
    """Fields may be added to a contract, so that a schema forbids none."""
    # As drf-spectacular's generator does it for an operation, but for one serializer.
    describing: Any = DocumentSchemaView(request=None).schema
    describing.registry, describing.method = ComponentRegistry(), "GET"
    document = describing.resolve_serializer(DOCUMENTS[kind], "response")
    described = with_any_value(describing.registry.build({}))["schemas"]
    text = json.dumps(described, default=str)
    parts = json.loads(text.replace("#/components/schemas/", "#/$defs/"))
    root = parts.pop(document.name)
    root["properties"]["kind"] = {"const": kind}
    root["properties"]["audience"] = {"enum": ["public", "partners"]}
    return {
        "$schema": DRAFT,
        "$id": f"/api/v1/schemas/{kind}.json",
        "title": kind,
        "$comment": f"contract {CONTRACT}",
        **root,
        "$defs": parts,
    }


@cache
def _text(kind: str, language: str) -> str:
    """Codes are explained in the language that is spoken."""
    return as_json(document_schema(kind))


class DocumentSchemaView(PublishedView):
    """The JSON Schema of one kind of document, draft 2020-12."""

    media_types = (MEDIA_TYPE, "application/json")

    @extend_schema(
        operation_id="v1_schemas_retrieve",
        responses={(200, MEDIA_TYPE): OpenApiTypes.OBJECT},
        parameters=[
            OpenApiParameter(
                "kind",
                {"type": "string", "enum": list(DOCUMENTS)},
                OpenApiParameter.PATH,
                description=_("The kind."),
            )
        ],
        examples=[
            OpenApiExample(
                "schema",
                value={
                    "$schema": DRAFT,
                    "$id": "/api/v1/schemas/facility.json",
                    "title": "facility",
                },
                response_only=True,
                media_type=MEDIA_TYPE,
            )
        ],
    )
    def get(self, request: Request, kind: str) -> HttpResponseBase:
        if kind not in DOCUMENTS:
            raise Http404
        return self.answer_if_new(_text(kind, get_language()), MEDIA_TYPE)
