"""What may give away a name that is withheld: docs/decisions/disclosure.md."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import models

from cases.models import TARGETS
from cases.models.base import Record
from cases.models.dates import EDTFField
from cases.models.fields import CodeField
from tracker import dates
from tracker.contract import walking

Content = dict[str, Any]

# Institutions and articles of the law: written as text, and no story.
_NO_STORY = frozenset({"organisation", "authority", "court", "code", "article"})


def without_traces(content: Content) -> None:
    """What leads to the name by itself: a number in somebody's list, and the day of
    birth; the year stays.
    """
    content["identifiers"] = []
    content["born_on"] = _year(content["born_on"])
    content["citations"] = [
        one for one in content["citations"] if one["record"]["kind"] != "identifier"
    ]
    for citation in content["citations"]:
        if citation["field"] == "born_on":
            citation.update(states=None, quote=None)


def without_words(content: Content) -> None:
    """Every text that people typed, which may repeat a name that they did not know
    would be withheld.
    """
    for model, row in _rows(content):
        row.update(dict.fromkeys(_texts(model)))
    for citation in content["citations"]:
        citation.update(quote=None, locator=None)
        if not isinstance(citation["states"], bool | int):
            citation["states"] = None


def _rows(content: Content) -> Iterator[tuple[type[Record], Content]]:
    """Names are kept back by rules of their own."""
    for kind, row in walking.records(content):
        if kind != "person_name":
            yield TARGETS[kind], row


@cache
def _texts(model: type[Record]) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, CodeField | EDTFField)
        and field.name not in _NO_STORY | model.inside_only
    )


def _year(text: str | None) -> str | None:
    """None where it is not within one year."""
    if not text:
        return None
    first, last = dates.bounds(text)
    return f"{first.year:04}" if first and last and first.year == last.year else None
