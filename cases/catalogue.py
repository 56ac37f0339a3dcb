"""What is recorded: kinds of case, their parts, what links them, what needs a source,
what stays inside. All of it is declared on the models and their fields, and read here.

A list of kinds, parts or fields that is kept by hand anywhere else is a fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.db import models

from cases.models.base import (
    Part,
    Record,
    Root,
    declared_links,
    declared_records,
)
from cases.models.citation import TARGETS, Citation
from cases.models.declaring import Mark, citable_fields, inside_only, is_marked
from cases.models.source import Claimant

__all__ = [
    "CASES",
    "KINDS",
    "TARGETS",
    "Link",
    "LinkTable",
    "PartList",
    "can_be_cited",
    "citable_fields",
    "columns_naming_roots",
    "facts_of",
    "inside_only",
    "kind_of",
    "link_tables",
    "links",
    "part_lists",
    "records",
    "references",
    "references_to",
    "root_of_part",
    "searched_fields",
    "target_of",
]


@dataclass(frozen=True)
class PartList:
    """One list of a case: the model, and the path from it to the id of its root."""

    name: str
    model: type[Record]
    root_path: str


@dataclass(frozen=True)
class Link:
    """From a record to several others: its name, and the model of those."""

    name: str
    model: type[Record]

    @property
    def column(self) -> str:
        """What a row of an aggregate calls the ids."""
        return f"{self.name}_ids"


@dataclass(frozen=True)
class LinkTable:
    """Of a many-to-many field: the model of its rows, the record that has the field,
    and the names of the references to that record and to the other one.
    """

    model: type[models.Model]
    holder: type[Record]
    to_holder: str
    to_other: str


# --- Records, and what leads from one to another ---------------------------------------


def records() -> list[type[Record]]:
    """Every model of the record: what can be cited, in the order of the citation's
    references; then the others.
    """
    return list(dict.fromkeys([*TARGETS.values(), *declared_records()]))


_TARGET_OF: dict[type[models.Model], str] = {
    model: name for name, model in TARGETS.items()
}


def can_be_cited(model: type[models.Model]) -> bool:
    return model in _TARGET_OF


def target_of(model: type[models.Model]) -> str:
    """The name of the citation's reference to records of this model."""
    if model not in _TARGET_OF:
        raise LookupError(
            f"No citation can be of a {model.__name__}: cases/models/citation.py has no"
            " reference to it."
        )
    return _TARGET_OF[model]


def references(model: type[models.Model]) -> list[models.ForeignKey]:
    fields = model._meta.concrete_fields
    return [field for field in fields if isinstance(field, models.ForeignKey)]


def references_to(
    model: type[Record],
) -> Iterator[tuple[type[Record], models.ForeignKey]]:
    """The fields by which records name one of this model: of parts first, then of
    roots. What leads from a part to its case, or from a citation to what it is of, is
    none.
    """
    for record in sorted(records(), key=lambda record: issubclass(record, Root)):
        stands_in = getattr(record, "root_path", "").split("__")[0]
        for field in references(record):
            is_of_it = field.name == stands_in or is_marked(field, Mark.CITED)
            if field.related_model is model and not is_of_it:
                yield record, field


def _related(field: Any) -> type[Record]:
    return field.related_model


# --- Kinds of case, and their lists of parts -------------------------------------------


def root_of_part(part: type[Part]) -> type[Root]:
    """The kind of case that such parts are of; of citations, which may be of any,
    LookupError.
    """
    if part is Citation:
        raise LookupError("A citation may be of any kind of case.")
    model: Any = part
    for step in part.root_path.split("__"):
        model = _related(model._meta.get_field(step))
    return model


def _part_models(root: type[Root]) -> list[type[Part]]:
    parts = [model for model in declared_records() if issubclass(model, Part)]
    own = [part for part in parts if part is not Citation]
    own = [part for part in own if root_of_part(part) is root]
    order = list(TARGETS)
    return sorted(own, key=lambda part: order.index(target_of(part)))


def _named_by_its_cases(root: type[Root]) -> set[type[Root]]:
    """The other roots that such a case names: by a field of its own, of a part, or of a
    citation.
    """
    named = set()
    own_models: list[type[Record]] = [root, *_part_models(root), Citation]
    for model in own_models:
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
            if field.is_relation and not is_marked(field, Mark.CITED):
                named.add(_related(field))
    return {model for model in named if issubclass(model, Root)} - {root}


def _in_order_of_publishing() -> dict[str, type[Root]]:
    """What is named before what names it; then what has fewer parts; then by name."""
    graph: dict[type[Root], set[type[Root]]] = {}
    for model in declared_records():
        if issubclass(model, Root):
            graph[model] = _named_by_its_cases(model)
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    kinds: dict[str, type[Root]] = {}
    while sorter.is_active():
        ready = sorter.get_ready()
        for root in sorted(ready, key=_size_and_name):
            kinds[root.kind] = root
        sorter.done(*ready)
    return kinds


def _size_and_name(root: type[Root]) -> tuple[int, str]:
    return len(_part_models(root)), root.kind


KINDS: dict[str, type[Root]] = _in_order_of_publishing()
"""The roots by kind, in the order in which they are published."""

CASES: dict[str, type[Record]] = {**KINDS, Claimant.kind: Claimant}
"""All that has a version and a history of its own: the roots, and claimants."""


def kind_of(case: Record) -> str:
    """The kind of a root, or “claimant”."""
    return case.kind  # type: ignore[attr-defined]


@cache
def part_lists(kind: str) -> tuple[PartList, ...]:
    """The lists of such a case, its citations last. A claimant has none."""
    root = KINDS.get(kind)
    if root is None:
        return ()
    lists = []
    for model in _part_models(root):
        stands_in: Any = model._meta.get_field(model.root_path.split("__")[0])
        name = stands_in.remote_field.related_name
        lists.append(PartList(name, model, f"{model.root_path}_id"))
    lists.append(PartList("citations", Citation, "root_id"))
    return tuple(lists)


@cache
def links(model: type[Record]) -> tuple[Link, ...]:
    """To several others: many-to-many fields; and of a root that may name another one
    of its kind, those that name it.
    """
    found = [Link(field.name, _related(field)) for field in model._meta.many_to_many]
    if issubclass(model, Root):
        for reference in references(model):
            if reference.related_model is model:
                found.append(Link(str(reference.remote_field.related_name), model))
    return tuple(found)


@cache
def link_tables() -> tuple[LinkTable, ...]:
    """Of the many-to-many fields. Their rows have triggers and a history, too."""
    tables = []
    for model in declared_links():
        to_holder, to_other = references(model)
        holder = _related(to_holder)
        tables.append(LinkTable(model, holder, to_holder.name, to_other.name))
    return tuple(tables)


@cache
def columns_naming_roots(model: type[Record]) -> tuple[str, ...]:
    """The columns of an aggregate's row that name roots other than its own case: one
    id, or a list of them.
    """
    columns = []
    for field in references(model):
        leads_to_case = field.name == getattr(model, "root_path", None)
        if issubclass(_related(field), Root) and not leads_to_case:
            columns.append(field.attname)
    for link in links(model):
        if issubclass(link.model, Root):
            columns.append(link.column)
    return tuple(columns)


# --- Fields ----------------------------------------------------------------------------


@cache
def facts_of(model: type[Record]) -> tuple[models.Field, ...]:
    """The fields that say something of the world, and so need a source. What leads to a
    part of the same case is our own filing.
    """
    facts = []
    for field in citable_fields(model).values():
        leads_to_part = field.is_relation and issubclass(_related(field), Part)
        if not is_marked(field, Mark.FILED) and not leads_to_part:
            facts.append(field)
    return tuple(facts)


@cache
def searched_fields(model: type[models.Model]) -> tuple[models.Field, ...]:
    """The fields that lists are searched by: all but those that are marked, and the
    bounds of dates, which are asked for by the date.
    """
    fields: list[Any] = [*model._meta.concrete_fields, *model._meta.many_to_many]
    searched = []
    for field in fields:
        if not field.generated and not is_marked(field, Mark.UNSEARCHED):
            searched.append(field)
    return tuple(searched)
