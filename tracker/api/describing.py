"""How the read API stands in its OpenAPI description."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from tracker.api.changes import IF_NONE_MATCH
from tracker.api.examples import example
from tracker.api.schema import ApiSchema
from tracker.api.shaping import INCLUDED, VIEWS


class DocumentsSchema(ApiSchema):
    """For a view with a `kind`."""

    def get_override_parameters(self) -> list[Any]:
        if self._is_list_view():
            return _shape()
        by_id = OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)
        return [by_id, *_shape()]

    def get_examples(self) -> list[OpenApiExample]:
        view: Any = self.view
        return [OpenApiExample(view.kind, value=example(view.kind), response_only=True)]


def _shape() -> list[OpenApiParameter]:
    names = {"type": "array", "items": {"type": "string"}}
    beside = {"type": "array", "items": {"type": "string", "enum": list(INCLUDED)}}
    return [
        IF_NONE_MATCH,
        OpenApiParameter(
            "view",
            {"type": "string", "enum": list(VIEWS), "default": VIEWS[0]},
            description=_(
                "`summary`: documents without citations, and with `page`, the address for"
                " people, and `disputed`, the facts of which a source says otherwise."
            ),
        ),
        OpenApiParameter(
            "fields",
            names,
            explode=False,
            description=_(
                "Only these fields, and those that go with every copy. Fields that are"
                " left out are missing, not null."
            ),
        ),
        OpenApiParameter(
            "include",
            beside,
            explode=False,
            description=_("The documents that these name, once each, in `included`."),
        ),
    ]


class ForPartnersSchema(ApiSchema):
    """For a view that answers nobody without a key."""

    def get_auth(self) -> list[dict[str, list[Any]]]:
        return [{PartnersKeyScheme.name: []}]


class PartnersKeyScheme(OpenApiAuthenticationExtension):
    target_class = "tracker.api.access.PartnersKey"
    name = "PartnersKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key …`, for partners. Without it, the answer is what anyone may see.",
        }

    def get_security_requirement(self, auto_schema: AutoSchema) -> Any:
        return [{self.name: []}, {}]
