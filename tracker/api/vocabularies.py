"""What each code means, in every language that this tracker speaks."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import translation
from django_countries import countries
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from tracker.api.views import PublishedView, as_json
from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import vocabulary_of
from tracker.contract.vocabulary import Country, called


class CodeDocument(serializers.Serializer[Any]):
    code = serializers.CharField()
    labels = serializers.DictField(
        child=serializers.CharField(), help_text='{"en": "…", …}'
    )


class VocabularyDocument(serializers.Serializer[Any]):
    name = serializers.CharField()
    codes = CodeDocument(many=True)


class VocabulariesDocument(serializers.Serializer[Any]):
    results = VocabularyDocument(many=True)


_EXAMPLE = {
    "name": "yes_no",
    "codes": [
        {"code": "yes", "labels": {"en": "yes"}},
        {"code": "no", "labels": {"en": "no"}},
        {"code": "unknown", "labels": {"en": "unknown"}},
    ],
}


def _vocabularies(fields: Any) -> Iterator[Any]:
    for field in fields:
        if vocabulary := vocabulary_of(field):
            yield vocabulary
        record = getattr(field, "child", field)
        yield from _vocabularies(getattr(record, "fields", {}).values())


@cache
def published() -> dict[str, Any]:
    """Every vocabulary that a document uses, by name; those of the desk alone are not
    among them.
    """
    used: set[Any] = set()
    for document in DOCUMENTS.values():
        used |= set(_vocabularies(document().fields.values()))
    return {called(vocabulary): vocabulary for vocabulary in sorted(used, key=called)}


@cache
def _text(name: str) -> str:
    vocabulary = published()[name]
    codes: list[dict[str, Any]] = [
        {"code": code, "labels": {}} for code in vocabulary.values
    ]
    for language, _language_name in settings.LANGUAGES:
        with translation.override(language):
            for entry in codes:
                code = entry["code"]
                label = vocabulary(code).label
                if vocabulary is Country:  # an own one has no name there
                    label = countries.name(code) or label
                entry["labels"][language] = str(label)
    return as_json({"name": name, "codes": codes})


class VocabulariesView(PublishedView):
    """All vocabularies at once."""

    @extend_schema(
        responses=VocabulariesDocument,
        operation_id="v1_vocabularies_list",
        examples=[
            OpenApiExample(
                "vocabularies", value={"results": [_EXAMPLE]}, response_only=True
            )
        ],
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.answer_if_new(
            '{"results":[' + ",".join(map(_text, published())) + "]}"
        )


class VocabularyView(PublishedView):
    """One vocabulary, by its name."""

    @extend_schema(
        responses=VocabularyDocument,
        examples=[OpenApiExample("vocabulary", value=_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        if name not in published():
            raise Http404
        return self.answer_if_new(_text(name))
