"""A root with all its parts, as plain data: what an edition stores and what the gate
compares with the present.

The shape: {"root": {…}, "names": [{…}], …, "citations": [{…}], "sources": {id: {…}},
"claimants": {id: {…}}}. Each row holds the model's own fields, JSON-safe, its
visibility and the ids it refers to; never internal notes. Of the sources and claimants
it holds what a citation shows of them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import F, Q

from cases.models import (
    Charge,
    Citation,
    Claimant,
    Consent,
    Deportation,
    Detention,
    Facility,
    Identifier,
    PersonName,
    Placement,
    Prisoner,
    Recognition,
    Release,
    ReleaseEvent,
    ReportedCount,
    Sentence,
    Source,
    Whereabouts,
)
from cases.models.base import Record, Root

ROOTS: dict[str, type[Root]] = {
    model.kind: model
    for model in (Source, Facility, ReleaseEvent, ReportedCount, Prisoner)
}
"""In the order in which they are published: what is referred to before what refers to
it.
"""


@dataclass(frozen=True)
class Parts:
    """One list of an aggregate: the model, and the path from it to its root's id."""

    name: str
    model: type[Record]
    root_path: str = "prisoner_id"


_CITATIONS = Parts("citations", Citation, "root_id")
PARTS: dict[str, list[Parts]] = {kind: [_CITATIONS] for kind in ROOTS} | {
    "prisoner": [
        Parts("names", PersonName),
        Parts("identifiers", Identifier),
        Parts("recognitions", Recognition),
        Parts("consents", Consent),
        Parts("detentions", Detention),
        Parts("placements", Placement, "detention__prisoner_id"),
        Parts("charges", Charge),
        Parts("sentences", Sentence),
        Parts("releases", Release),
        Parts("deportations", Deportation),
        Parts("whereabouts", Whereabouts),
        _CITATIONS,
    ]
}
_LINKS: dict[type[Record], str] = {
    Prisoner: "merged_from",
    Sentence: "charges",
    Source: "derived_from",
}

Aggregate = dict[str, Any]


def read(kind: str, ids: Collection[UUID]) -> dict[UUID, Aggregate]:
    """The present state of these roots, in a fixed number of statements. Deleted ones
    are missing.
    """
    aggregates: dict[UUID, Aggregate] = {}
    for row in _rows(ROOTS[kind], "id", ids):
        root_id = UUID(row["id"])
        aggregates[root_id] = {"root": row} | {part.name: [] for part in PARTS[kind]}
    for part in PARTS[kind]:
        for row in _rows(part.model, part.root_path, ids):
            aggregate = aggregates.get(UUID(row.pop("in_root")))
            if (
                aggregate is not None
            ):  # deleted between two statements: its version tells
                aggregate[part.name].append(row)
    _add_people_and_sources(aggregates.values())
    return aggregates


def versions(kind: str, ids: Collection[UUID]) -> dict[UUID, int]:
    return dict(
        ROOTS[kind]._default_manager.filter(id__in=ids).values_list("id", "version")
    )


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
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if field.name not in model.inside_only
        and not isinstance(field, models.GeneratedField)
        and field.name not in {"root_kind", "root_id"}
    )


@cache
def _ordering(model: type[Record]) -> tuple[Any, ...]:
    return (*(item for item in model._meta.ordering or () if item != "id"), "id")


def _rows(
    model: type[Record], root_path: str, ids: Collection[UUID]
) -> Iterable[dict[str, Any]]:
    wanted: list[Any] = list(columns(model))
    computed: dict[str, Any] = {} if root_path == "id" else {"in_root": F(root_path)}
    if link := _LINKS.get(model):
        computed[f"{link}_ids"] = ArrayAgg(
            link, filter=Q(**{f"{link}__isnull": False}), default=[]
        )
    rows = (
        model._default_manager.filter(**{f"{root_path}__in": ids})
        .annotate(**computed)
        .order_by(*_ordering(model))
    )
    for row in rows.values_list(*wanted, *computed):
        yield {
            name: _plain(value)
            for name, value in zip((*wanted, *computed), row, strict=True)
        }


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list) and value and isinstance(value[0], UUID):
        return sorted(map(str, value))
    return value


def _add_people_and_sources(aggregates: Iterable[Aggregate]) -> None:
    """What a citation, or a reported count, shows of the source and of the claimant."""
    wanted = {id(aggregate): _referred(aggregate) for aggregate in aggregates}
    sources, claimants = sources_and_claimants(
        {one for sources, _claimants in wanted.values() for one in sources},
        {one for _sources, claimants in wanted.values() for one in claimants},
    )
    for aggregate in aggregates:
        its_sources, its_claimants = wanted[id(aggregate)]
        aggregate["sources"] = {
            one: sources[one] for one in sorted(its_sources) if one in sources
        }
        aggregate["claimants"] = {
            one: claimants[one] for one in sorted(its_claimants) if one in claimants
        }


def sources_and_claimants(
    sources: set[str], claimants: set[str]
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """By id, as far as an edition of what cites them keeps them."""
    return (
        _by_id(Source, sources, "public_label", "visibility"),
        _by_id(
            Claimant,
            claimants,
            "name",
            "role",
            "role_as_stated",
            "protected_pseudonym",
            "visibility",
        ),
    )


def _referred(aggregate: Aggregate) -> tuple[set[str], set[str]]:
    sayings = [*aggregate["citations"], aggregate["root"]]
    return (
        {citation["source_id"] for citation in aggregate["citations"]},
        {saying["claimant_id"] for saying in sayings if saying.get("claimant_id")},
    )


def _by_id(
    model: type[Record], ids: set[str], *names: str
) -> dict[str, dict[str, Any]]:
    rows = model._default_manager.filter(id__in=ids).values("id", *names)
    return {str(row.pop("id")): row for row in rows}
