"""What drf-spectacular cannot know by itself, to describe the APIs in OpenAPI."""

from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.settings import spectacular_settings

from tracker.api.problems import MEDIA_TYPE

EDITORIAL = "/api/editorial/"

_drawn: dict[tuple[Any, ...], dict[str, Any]] = {}


class DrawnOnce(SchemaGenerator):
    """What a description says follows from the code and the settings alone, whoever
    asks, for whatever version or language. To draw it takes seconds: a process does it
    once.
    """

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        self.api_version = None
        hooks = tuple(spectacular_settings.PREPROCESSING_HOOKS)
        with translation.override(settings.LANGUAGE_CODE):
            key = (str(spectacular_settings.TITLE), hooks)
            if key not in _drawn:
                _drawn[key] = super().get_schema(request=None, public=True)
            return _drawn[key]


class ApiSchema(AutoSchema):
    """Operations are grouped by noun: the last word of the address that is neither a
    version nor an id.
    """

    def get_tags(self) -> list[str]:
        words = self.path.strip("/").split("/")
        fixed_words = [word for word in words if not word.startswith("{")]
        for word in fixed_words:
            if word not in {"api", "editorial", "v1"}:
                return [word]
        return [fixed_words[-1]]

    def get_summary(self) -> str:
        """The first sentence of what it does, in one line."""
        words = " ".join(self.get_description().split())
        return words.partition(". ")[0].rstrip(".")


class VocabularyField(OpenApiSerializerFieldExtension):
    """A field of codes refers to its vocabulary, which the schema lists once under its
    own name.
    """

    target_class = "rest_framework.serializers.ChoiceField"
    priority = 1

    @classmethod
    def _matches(cls, target: object) -> bool:
        return hasattr(target, "vocabulary")

    def map_serializer_field(
        self, auto_schema: AutoSchema, direction: Any
    ) -> dict[str, Any]:
        vocabulary = self.target.vocabulary
        lines = [f"* `{code}` – {label}" for code, label in vocabulary.choices]
        labels = "\n".join(lines)
        schema = {"type": "string", "enum": vocabulary.values, "description": labels}
        # One component, whichever of the APIs' fields refers to it.
        component = ResolvedComponent(
            vocabulary.__name__, ResolvedComponent.SCHEMA, schema, vocabulary
        )
        auto_schema.registry.register_on_missing(component)
        return component.ref


class PublishedDate(OpenApiSerializerFieldExtension):
    target_class = "tracker.contract.fields.Date"

    def map_serializer_field(
        self, auto_schema: AutoSchema, direction: Any
    ) -> dict[str, Any]:
        day = {
            "type": ["string", "null"],
            "format": "date",
            "description": "null: open or unknown",
        }
        return {
            "type": "object",
            "required": ["edtf", "earliest", "latest"],
            "properties": {
                "edtf": {"type": "string", "example": "2025-09"},
                "earliest": day,
                "latest": day,
            },
        }


_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` names each field or parameter at fault.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}


def with_problems(result: dict[str, Any], **_unused: object) -> dict[str, Any]:
    """Every operation may be answered by a problem; those that know what the caller
    holds, by nothing new.
    """
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    for path, operations in result["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            if not path.startswith(EDITORIAL):
                responses |= _of_reading(path, operation)
            responses["default"] = _problem("A problem.")
    return result


def _of_reading(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """Where they happen."""
    parameters = {parameter["name"] for parameter in operation.get("parameters", ())}
    responses = {
        "400": _problem("A parameter or the body is wrong; `errors` names it."),
        "401": _problem("The key is not valid, or this address asks for one."),
        "406": _problem("`Accept` asks for a form that this address does not have."),
        "429": _problem("Too many requests.", "Retry-After"),
        "503": _problem("Come back in some seconds.", "Retry-After"),
    }
    if "{" in path:
        responses["404"] = _problem(
            "There is nothing here: never published, or no longer."
        )
    if path.endswith(("/{id}/", "/corrections/")) and "/prisoners/" in path:
        responses["301"] = {
            "description": "The case was merged into the one in `Location`.",
            "headers": {"Location": _HEADER},
        }
    if "If-None-Match" in parameters:
        responses["304"] = {"description": "Nothing has changed."}
    if "since" in parameters:
        responses["410"] = _problem("Numbers have started anew: begin without `since`.")
    return responses


_HEADER = {"schema": {"type": "string"}}


def _problem(description: str, *headers: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    answer: dict[str, Any] = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": schema}},
    }
    if headers:
        answer["headers"] = dict.fromkeys(headers, _HEADER)
    return answer


def with_tags(result: dict[str, Any], **_unused: object) -> dict[str, Any]:
    """Each group of operations is named once for all, by its summary at the top."""
    told: dict[str, str] = {}
    for operations in result["paths"].values():
        for operation in operations.values():
            for tag in operation.get("tags", ()):
                told.setdefault(tag, str(operation.get("summary", "")))
    result["tags"] = [
        {"name": name, "description": summary} for name, summary in sorted(told.items())
    ]
    return result


def with_any_value(result: Any, **_unused: object) -> Any:
    """Where any JSON may stand, null may: as one of two alternatives it would be both,
    and so neither.
    """
    if isinstance(result, list):
        for item in result:
            with_any_value(item)
    if isinstance(result, dict):
        for value in result.values():
            with_any_value(value)
        if result.get("oneOf") == [{}, {"type": "null"}]:
            del result["oneOf"]
    return result


def without_editorial(endpoints: list[Any], **_unused: object) -> list[Any]:
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith(EDITORIAL)]


def only_editorial(endpoints: list[Any], **_unused: object) -> list[Any]:
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(EDITORIAL)]
