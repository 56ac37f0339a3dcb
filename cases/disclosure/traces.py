"""What may give away a name that is not told: docs/decisions/disclosure.md. Who is told
it, naming.py decides.
"""

from collections.abc import Container, Iterator
from functools import cache
from typing import Any

from django.db import models

from cases.catalogue import TARGETS, inside_only
from cases.models.base import Record
from cases.models.dates import EDTFField
from cases.models.fields import CodeField
from tracker import dates
from tracker.contract import walking

Content = dict[str, Any]

# Institutions and articles of the law: written as text, and no story.
_NO_STORY = frozenset(
    {
        *("organisation", "authority", "court", "code", "article"),
        *("currency", "bail_currency"),
    }
)

# Where somebody was taken or held, in words: neighbours know whom. The country stays.
_PLACES = {
    "detention": ("arrest_region", "arrest_place_as_stated"),
    "placement": ("region", "place_as_stated"),
}


def without_traces(content: Content, of_many: Container[str]) -> None:
    """The day of birth leads to a name by itself; the year stays. So does the day on
    which an authority put the person on a list that anybody can read, and so does the
    place in words, or a facility that is none of those `of_many`, such as a hospital.
    Numbers in somebody's list have gone with the names (seeing.py).
    """
    for kind, row in walking.records(content):
        row.update(dict.fromkeys(_PLACES.get(kind, ())))
    _without_facilities(content, of_many)
    without_birthday(content)
    for listing in content.get("designations") or ():
        listing.update(from_on=year(listing["from_on"]), to_on=year(listing["to_on"]))
    for citation in content["citations"]:
        if citation["record"]["kind"] == "designation":
            citation.update(states=None, quote=None, locator=None, as_of=None)
        if citation["field"] in _PLACES.get(citation["record"]["kind"], ()):
            citation.update(states=None, quote=None, locator=None)


def _without_facilities(content: Content, of_many: Container[str]) -> None:
    """Where few are held, the place leads to the person. Whom it was told of by one of
    its sources, too.
    """
    taken = set()
    for _kind, row in walking.records(content):
        if row.get("facility") and row["facility"] not in of_many:
            row["facility"] = None
            taken.add(row["id"])
    for citation in content["citations"]:
        if citation["field"] != "facility":
            continue
        stated = citation["states"]
        if citation["record"]["id"] in taken or (stated and stated not in of_many):
            citation.update(states=None, quote=None, locator=None)


def without_birthday(content: Content) -> None:
    """The year stays."""
    content["born_on"] = year(content["born_on"])
    for citation in content["citations"]:
        if citation["field"] == "born_on":
            citation.update(states=None, quote=None)


def without_words(content: Content) -> None:
    """Every text that people typed, which may repeat a name that they did not know
    would be withheld. The content may be that of a document, too.
    """
    for model, row in _rows(content):
        for name in texts(model):
            if name in row:
                row[name] = None
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
def texts(model: type[Record]) -> tuple[str, ...]:
    """The fields in which people typed words."""
    return tuple(
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, CodeField | EDTFField)
        and field.name not in _NO_STORY | inside_only(model)
    )


def year(text: str | None) -> str | None:
    """None where it is not within one year."""
    if not text:
        return None
    first, last = dates.bounds(text)
    return f"{first.year:04}" if first and last and first.year == last.year else None
