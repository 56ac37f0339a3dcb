"""A case's citations in one table: under each record what is cited of it, and what is not cited yet."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils.text import capfirst

from cases.admin.facts import shown
from cases.models import TARGETS, Citation
from cases.models.base import Part, Record, Root
from cases.models.citation import citable_fields

OUR_OWN = {"name_kind", "language"}  # how we file what a source says; none of them says it


@dataclass(frozen=True)
class CitedFact:
    citation: Citation
    field: str
    states: str
    as_recorded: bool


@dataclass(frozen=True)
class CitedRecord:
    """`uncited` are (name of the field, address of the form) of what the record holds without a source."""

    title: str
    add_url: str
    facts: list[CitedFact]
    uncited: list[tuple[str, str]]


def cited_records(root: Root) -> list[CitedRecord]:
    """Of the case and each of its parts, in a fixed number of queries."""
    citations: dict[tuple[str | None, Any], list[Citation]] = defaultdict(list)
    for citation in _citations(root):
        name = citation.target_name
        citations[name, name and getattr(citation, f"{name}_id")].append(citation)
    return [_cited(name, record, citations[name, record.pk]) for name, record in _records(root)]


def target_of(model: type[models.Model]) -> str:
    """The citation's foreign key to this model."""
    return next(name for name, target in TARGETS.items() if target is model)


def add_url(record: Record, field: str = "") -> str:
    """The citation form, with the record and the field filled in."""
    asked = {target_of(type(record)): str(record.pk)} | ({"field": field} if field else {})
    return f"{reverse('admin:cases_citation_add')}?{urlencode(asked)}"


def record_title(record: Record) -> str:
    """Such as "Sentence: imprisonment 5 years"."""
    return f"{capfirst(record._meta.verbose_name)}: {record}"


def fact_title(model: type[Record], name: str, item: str = "") -> str:
    """The field as people call it, and which entry of its list."""
    field = citable_fields(model).get(name)
    if field is None:
        return name
    return f"{field.verbose_name}: {shown(field, item)}" if item else str(field.verbose_name)


def _citations(root: Root) -> models.QuerySet[Citation]:
    found = Citation.objects.filter(root_kind=root.kind, root_id=root.pk)
    return found.select_related("source", "claimant").order_by("created_at", "id")


def _records(root: Root) -> Iterator[tuple[str, Record]]:
    yield target_of(type(root)), root
    for name, model in TARGETS.items():
        if issubclass(model, Part) and _root_model(model) is type(root):
            parts = model._default_manager.filter(**{model.root_path: root}).select_related(*_others(model))
            yield from ((name, part) for part in parts)


@cache
def _root_model(model: type[Part]) -> Any:
    for step in model.root_path.split("__"):
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model


@cache
def _others(model: type[Record]) -> list[str]:
    """Foreign keys whose targets are shown by name."""
    return [name for name, field in citable_fields(model).items() if isinstance(field, models.ForeignKey)]


def _cited(name: str, record: Record, citations: list[Citation]) -> CitedRecord:
    facts = citable_fields(type(record))
    order = {field: place for place, field in enumerate(facts)}
    citations = sorted(citations, key=lambda citation: order.get(citation.field, -1))
    cited = {citation.field for citation in citations}
    uncited = [
        (str(field.verbose_name), add_url(record, field.name))
        for field in facts.values()
        if field.name not in cited and _holds(record, field)
    ]
    return CitedRecord(record_title(record), add_url(record), [_fact(record, one) for one in citations], uncited)


def _holds(record: Record, field: models.Field) -> bool:
    """Does it say anything that a source could? What leads to a part of the same case is our own filing."""
    if field.name in OUR_OWN or (isinstance(field, models.ForeignKey) and issubclass(field.remote_field.model, Part)):
        return False
    value = getattr(record, field.attname)
    ticked_off = value is False and not field.null
    return value not in (None, "", [], {}) and not ticked_off


def _fact(record: Record, citation: Citation) -> CitedFact:
    model = type(record)
    field = citable_fields(model).get(citation.field)
    as_recorded = citation.states is None
    if field is None:
        states = ""
    elif as_recorded:
        states = shown(field, citation.item or getattr(record, field.name))
    else:
        states = shown(field, citation.states)
    return CitedFact(citation, fact_title(model, citation.field, citation.item), states, as_recorded)
