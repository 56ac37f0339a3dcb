"""A JSON Schema (draft 2020-12) of each kind of document, read off the contract."""

import inspect
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from tracker.api.views import PublishedView, as_json
from tracker.contract import fields as forms
from tracker.contract.documents import CONTRACT, DOCUMENTS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
MEDIA_TYPE = "application/schema+json"
Schema = dict[str, Any]

_DAY = {"type": ["string", "null"], "format": "date"}
_DATE: Schema = {
    "type": ["object", "null"],
    "description": "EDTF, with its first and last possible day; null: open or unknown",
    "required": ["edtf", "earliest", "latest"],
    "properties": {"edtf": {"type": "string"}, "earliest": _DAY, "latest": _DAY},
}


def document_schema(kind: str) -> Schema:
    """Fields may be added to a contract, so that a schema forbids none."""
    parts: dict[str, Schema] = {}
    root = _object(DOCUMENTS[kind](), parts)
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


def _object(serializer: Any, parts: dict[str, Schema]) -> Schema:
    words = inspect.cleandoc(type(serializer).__dict__.get("__doc__") or "")
    return {
        "type": "object",
        **({"description": words} if words else {}),
        "required": list(serializer.fields),
        "properties": {
            name: _field(field, parts) for name, field in serializer.fields.items()
        },
    }


def _part(serializer: Any, parts: dict[str, Schema]) -> Schema:
    name = type(serializer).__name__
    if name not in parts:
        parts[name] = _object(serializer, parts)
    return {"$ref": f"#/$defs/{name}"}


def _field(field: Any, parts: dict[str, Schema]) -> Schema:
    if isinstance(field, serializers.ListSerializer):
        return {"type": "array", "items": _part(field.child, parts)}
    if isinstance(field, serializers.Serializer):
        part = _part(field, parts)
        return {"anyOf": [part, {"type": "null"}]} if field.allow_null else part
    if isinstance(field, forms.Date):
        parts["Date"] = _DATE
        return {"$ref": "#/$defs/Date"}
    return _or_null(_value(field)) if field.allow_null else _value(field)


def _value(field: Any) -> Schema:
    match field:
        case forms.Anything():
            return {}
        case forms.Code():
            return {"enum": list(field.vocabulary.values)}
        case forms.TextByLanguage():
            return {"type": "object", "additionalProperties": {"type": "string"}}
        case serializers.ListField():
            return {"type": "array", "items": _value(field.child)}
        case serializers.UUIDField():
            return {"type": "string", "format": "uuid"}
        case serializers.IntegerField():
            return {"type": "integer"}
        case serializers.BooleanField():
            return {"type": "boolean"}
        case serializers.CharField():
            return {"type": "string"}
    raise TypeError(f"no JSON Schema for {type(field).__name__}")


def _or_null(schema: Schema) -> Schema:
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]} if schema else {}


class DocumentSchemaView(PublishedView):
    """The JSON Schema of one kind of document, draft 2020-12."""

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
        return self.answer_if_new(as_json(document_schema(kind)), MEDIA_TYPE)
