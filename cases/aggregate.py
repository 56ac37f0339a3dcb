"""A root with all its parts, as plain data: what an edition stores and what the gate
compares with the present.

The shape: {"root": {…}, "names": [{…}], …, "citations": [{…}], "sources": {id: {…}},
"claimants": {id: {…}}}. Each row holds the model's own fields, JSON-safe, its
visibility and the ids it refers to; never internal notes. Of the sources and claimants
it holds what a citation shows of them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from cases import catalogue
from cases.catalogue import KINDS, PartList, inside_only, part_lists
from cases.models import Claimant, Source
from cases.models.base import Record
from cases.statements import Statement, asked

ROOTS = KINDS
PARTS: dict[str, tuple[PartList, ...]] = {kind: part_lists(kind) for kind in KINDS}

# What an aggregate holds of the sources and of the claimants that it names.
OF_SOURCE = ("public_label", "visibility")
OF_CLAIMANT = ("name", "role", "role_as_stated", "protected_pseudonym", "visibility")

Aggregate = dict[str, Any]


def read(kind: str, ids: Collection[UUID]) -> dict[UUID, Aggregate]:
    """The present state of these roots, in a number of statements that does not grow
    with theirs. Deleted ones are missing.
    """
    aggregates: dict[str, Aggregate] = {}
    for row in _rows(KINDS[kind], "id", ids):
        aggregate: Aggregate = {"root": row}
        for part in part_lists(kind):
            aggregate[part.name] = []
        aggregates[row["id"]] = aggregate
    there = lists_with_rows(kind, ids)
    for part in part_lists(kind):
        if part.name not in there:
            continue
        for row in _rows(part.model, part.root_path, ids):
            root_id = row.pop("in_root")
            # A root may be deleted between two statements. Its version tells.
            if root_id in aggregates:
                aggregates[root_id][part.name].append(row)
    _add_people_and_sources(aggregates.values())
    return {UUID(root_id): aggregate for root_id, aggregate in aggregates.items()}


def versions(kind: str, ids: Collection[UUID]) -> dict[UUID, int]:
    return dict(_versions(kind)(ids))


@cache
def _versions(kind: str) -> Statement:
    rows = KINDS[kind]._default_manager.values_list("id", "version")
    return Statement(lambda ids: rows.filter(id__among=ids))


def row_of(record: Record) -> dict[str, Any]:
    """A record that has been read already, as a row of an aggregate; without its links
    to several others.
    """
    return {name: _plain(getattr(record, name)) for name in columns(type(record))}


@cache
def columns(model: type[Record]) -> tuple[str, ...]:
    """Names of the stored fields that an edition keeps; a foreign key by its column,
    such as `facility_id`.
    """
    left_out = inside_only(model) | {"root_kind", "root_id"}
    kept = []
    for field in model._meta.concrete_fields:
        if field.name not in left_out and not isinstance(field, models.GeneratedField):
            kept.append(field.attname)
    return tuple(kept)


def links(model: type[Record]) -> tuple[str, ...]:
    """Names of the columns that hold the ids of several others, such as
    `charges_ids`.
    """
    return tuple(link.column for link in catalogue.links(model))


def lists_with_rows(kind: str, ids: Collection[UUID]) -> set[str]:
    """Most lists of most cases are empty. One statement tells which, in a fraction of
    the time of asking for the rows of each.
    """
    if not ids:
        return set()
    statement, times = _asking_for_lists(kind)
    return {name for (name,) in asked(statement, [list(ids)] * times)}


@cache
def _asking_for_lists(kind: str) -> tuple[str, int]:
    """The statement, and how often it names the ids."""
    each = []
    for part in part_lists(kind):
        anybodys = {f"{part.root_path}__among": ["-"]}
        rows = part.model._default_manager.filter(**anybodys).order_by().values("id")
        statement, (_ids,) = rows.query.sql_with_params()
        each.append(f"SELECT '{part.name}' WHERE EXISTS ({statement})")
    return " UNION ALL ".join(each), len(each)


@cache
def _ordering(model: type[Record]) -> tuple[Any, ...]:
    ordering = [name for name in model._meta.ordering or () if name != "id"]
    return (*ordering, "id")


def _rows(
    model: type[Record], root_path: str, ids: Collection[UUID]
) -> Iterable[dict[str, Any]]:
    question = _question(model, root_path)
    for values in question.rows(ids):
        row = dict(zip(question.names, values, strict=True))
        for name in question.several:
            row[name] = _plain(row[name])
        yield row


@dataclass(frozen=True)
class _Question:
    """What is asked of one table. `names` are those of the values of a row, `several`
    of those among them that may be lists.
    """

    rows: Statement
    names: Sequence[str]
    several: Sequence[str]


@cache
def _question(model: type[Record], root_path: str) -> _Question:
    computed: dict[str, Any] = {}
    if root_path != "id":
        computed["in_root"] = Cast(root_path, models.TextField())
    own_links = catalogue.links(model)
    for link in own_links:
        computed[link.column] = _ids_of_linked(link.name, several=len(own_links) > 1)
    asked = {f"asked_{name}": Cast(name, models.TextField()) for name in _ids_of(model)}
    rows = model._default_manager.annotate(**computed, **asked)
    names = [*columns(model), *computed]
    selected = [f"asked_{name}" if f"asked_{name}" in asked else name for name in names]
    rows = rows.order_by(*_ordering(model)).values_list(*selected)
    return _Question(
        Statement(lambda ids: rows.filter(**{f"{root_path}__among": ids})),
        names,
        [*_columns_of_several(model), *computed],
    )


@cache
def _ids_of(model: type[Record]) -> tuple[str, ...]:
    """The columns that hold an id. They are asked for as text: to make UUIDs of them, and
    text of these, took longer than to read them.
    """
    of_ids = []
    for name in columns(model):
        field = model._meta.get_field(name)
        if isinstance(field, models.ForeignKey):
            field = field.target_field
        if isinstance(field, models.UUIDField):
            of_ids.append(name)
    return tuple(of_ids)


@cache
def _columns_of_several(model: type[Record]) -> tuple[str, ...]:
    """Few of the columns are: a gate that asks of each value is slower by a tenth."""
    of_several = []
    for name in columns(model):
        field = model._meta.get_field(name)
        if isinstance(field, ArrayField):
            of_several.append(name)
    return tuple(of_several)


def _ids_of_linked(link: str, *, several: bool) -> ArrayAgg:
    """`several`: the rows of two links are joined with each other, so an id comes more
    than once.
    """
    there = Q(**{f"{link}__isnull": False})
    return ArrayAgg(link, filter=there, default=[], distinct=several)


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list) and value and isinstance(value[0], UUID):
        return sorted(map(str, value))
    return value


def _add_people_and_sources(aggregates: Collection[Aggregate]) -> None:
    """What a citation, or a reported count, shows of the source and of the claimant."""
    source_ids: set[str] = set()
    claimant_ids: set[str] = set()
    for aggregate in aggregates:
        source_ids |= _sources_of(aggregate)
        claimant_ids |= _claimants_of(aggregate)
    sources, claimants = sources_and_claimants(source_ids, claimant_ids)
    for aggregate in aggregates:
        aggregate["sources"] = _chosen(sources, _sources_of(aggregate))
        aggregate["claimants"] = _chosen(claimants, _claimants_of(aggregate))


def sources_and_claimants(
    sources: set[str], claimants: set[str]
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """By id, as far as an edition of what cites them keeps them."""
    return (
        by_id(Source, sources, OF_SOURCE),
        by_id(Claimant, claimants, OF_CLAIMANT),
    )


def _sources_of(aggregate: Aggregate) -> set[str]:
    return {citation["source_id"] for citation in aggregate["citations"]}


def _claimants_of(aggregate: Aggregate) -> set[str]:
    claimant_ids = set()
    for saying in (*aggregate["citations"], aggregate["root"]):
        if saying.get("claimant_id"):
            claimant_ids.add(saying["claimant_id"])
    return claimant_ids


def _chosen(rows: dict[str, Any], ids: set[str]) -> dict[str, Any]:
    chosen = {}
    for row_id in sorted(ids):
        if row_id in rows:
            chosen[row_id] = rows[row_id]
    return chosen


def by_id(
    model: type[Record], ids: Collection[str], names: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    """These columns of these records."""
    rows = {}
    for record_id, *values in _columns_by_id(model, names)(ids):
        rows[str(record_id)] = dict(zip(names, values, strict=True))
    return rows


@cache
def _columns_by_id(model: type[Record], names: tuple[str, ...]) -> Statement:
    rows = model._default_manager.values_list("id", *names)
    return Statement(lambda ids: rows.filter(id__among=ids))
