"""A case's citations in one table: under each record what is cited of it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils.text import capfirst

from cases.aggregate import lists_with_rows
from cases.catalogue import citable_fields, part_lists, target_of
from cases.models import Citation
from cases.models.base import Record, Root
from cases.words import shown


@dataclass(frozen=True)
class CitedFact:
    citation: Citation
    field: str
    states: str
    as_recorded: bool


@dataclass(frozen=True)
class CitedRecord:
    title: str
    add_url: str
    facts: list[CitedFact]


@dataclass(frozen=True)
class Cited:
    """The records of a case, each with the name of a citation's foreign key to it, and
    its citations.
    """

    records: list[tuple[str, Record]]
    citations: list[Citation]


def read(root: Root) -> Cited:
    """Of the case and each of its parts, with one query for each list that has any."""
    return Cited(list(_records(root)), list(_citations(root)))


def table(cited: Cited) -> list[CitedRecord]:
    by_target: dict[tuple[str | None, Any], list[Citation]] = defaultdict(list)
    for citation in cited.citations:
        name = citation.target_name
        by_target[name, name and getattr(citation, f"{name}_id")].append(citation)
    records = []
    for name, record in cited.records:
        records.append(_cited(record, by_target[name, record.pk]))
    return records


def add_url(record: Record, field: str = "", item: str = "") -> str:
    """The citation form, with the record, the field and the entry of a list filled in."""
    asked = {target_of(type(record)): str(record.pk)}
    if field:
        asked["field"] = field
    if item:
        asked["item"] = item
    return f"{reverse('admin:cases_citation_add')}?{urlencode(asked)}"


def record_title(record: Record) -> str:
    """Such as "Sentence: imprisonment 5 years"."""
    return f"{capfirst(record._meta.verbose_name)}: {record}"


def fact_title(model: type[Record], name: str, item: str = "") -> str:
    """The field as people call it, and which entry of its list."""
    field = citable_fields(model).get(name)
    if field is None:
        return name
    if not item:
        return str(field.verbose_name)
    return f"{field.verbose_name}: {shown(field, item)}"


def _citations(root: Root) -> models.QuerySet[Citation]:
    citations = Citation.objects.filter(root_kind=root.kind, root_id=root.pk)
    return citations.select_related("source", "claimant").order_by("created_at", "id")


def _records(root: Root) -> Iterator[tuple[str, Record]]:
    yield target_of(type(root)), root
    there = lists_with_rows(root.kind, [root.pk])
    for part_list in part_lists(root.kind):
        model = part_list.model
        if model is Citation or part_list.name not in there:
            continue
        parts = model._default_manager.filter(**{part_list.root_path: root.pk})
        for part in parts.select_related(*_links(model)):
            yield target_of(model), part


@cache
def _links(model: type[Record]) -> list[str]:
    """Foreign keys whose targets are shown by name."""
    fields = citable_fields(model).items()
    return [name for name, field in fields if isinstance(field, models.ForeignKey)]


def _cited(record: Record, citations: list[Citation]) -> CitedRecord:
    order = {field: place for place, field in enumerate(citable_fields(type(record)))}
    citations = sorted(citations, key=lambda citation: order.get(citation.field, -1))
    facts = []
    for citation in citations:
        fact = CitedFact(
            citation,
            fact_title(type(record), citation.field, citation.item),
            states_of(record, citation),
            citation.states is None,
        )
        facts.append(fact)
    return CitedRecord(record_title(record), add_url(record), facts)


def states_of(record: Record, citation: Citation) -> str:
    """In words; where the source states what the record does, that."""
    field = citable_fields(type(record)).get(citation.field)
    if field is None:
        return ""
    if citation.states is not None:
        return shown(field, citation.states)
    return shown(field, citation.item or getattr(record, field.name))
