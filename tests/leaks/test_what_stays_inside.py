"""What nobody outside is told stands in no published field; so no bug of the gate can
fill it.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from rest_framework import serializers

from cases.models.base import Record
from tracker.contract.documents import DOCUMENTS

OTHERS = {"owner_organisation", "consent", "consents"}


def published(document: Any) -> Iterator[str]:
    """The names of all fields of a document, and of what stands in it."""
    for name, field in document.fields.items():
        yield name
        inner = getattr(field, "child", field)
        if isinstance(inner, serializers.Serializer):
            yield from published(inner)


def test_no_published_field_is_one_that_stays_inside() -> None:
    records = [
        model
        for model in apps.get_app_config("cases").get_models()
        if issubclass(model, Record)
    ]
    inside = {name for model in records for name in model.inside_only} | OTHERS
    assert {"internal_notes", "reliability", "credibility"} < inside
    for kind, document in DOCUMENTS.items():
        names = set(published(document()))
        assert len(names) > 5, kind
        assert names & inside == set(), kind
