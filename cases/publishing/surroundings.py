"""What stands outside the cases of a batch and is shown in them, as it is now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from cases import sourcing
from cases.aggregate import ROOTS, Aggregate
from cases.disclosure.disclosing import Surroundings
from cases.models import Claimant, Source
from cases.models.base import Record
from tracker.audiences import Audience


@dataclass(frozen=True)
class Present:
    """Ids are text. Two readings that are equal mean that nothing moved in between."""

    visibilities: dict[str, str]
    sources: dict[str, dict[str, Any]]
    claimants: dict[str, dict[str, Any]]


def read_present(editions: Iterable[Aggregate]) -> Present:
    referred: set[str] = set()
    claimants: set[str] = set()
    for edition in editions:
        referred.update(_referred(edition))
        claimants.update(edition["claimants"])
    return Present(_visibilities(referred), _sources(referred), _claimants(claimants))


def surroundings(audience: Audience, present: Present, today: date) -> Surroundings:
    """An id is shown only if what it names is published to this audience, and visible
    to it now.
    """
    visible = [
        one
        for one, visibility in present.visibilities.items()
        if visibility in audience.sees
    ]
    rows = audience.document_model._default_manager.filter(id__in=visible).annotate(
        gone=Q(document=None)
    )
    known = {str(one): not gone for one, gone in rows.values_list("id", "gone")}
    return Surroundings(
        published=frozenset(one for one, is_there in known.items() if is_there),
        known=frozenset(known),
        sources=present.sources,
        claimants=present.claimants,
        today=today,
    )


def _referred(edition: Aggregate) -> Iterable[str]:
    """The roots that an edition names."""
    yield from edition["sources"]
    rows = [
        edition["root"],
        *edition.get("placements", ()),
        *edition.get("releases", ()),
    ]
    for row in rows:
        for column in ("facility_id", "release_event_id", "merged_into_id"):
            if row.get(column):
                yield row[column]
    for links in ("derived_from_ids", "merged_from_ids"):
        yield from edition["root"].get(links, ())


_VISIBILITIES = " UNION ALL ".join(
    f"SELECT id, visibility FROM {model._meta.db_table} WHERE id = ANY(%s)"  # noqa: S608
    for model in ROOTS.values()
)


def _visibilities(ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_VISIBILITIES, [[UUID(one) for one in ids]] * len(ROOTS))
        return {str(one): visibility for one, visibility in cursor.fetchall()}


def _sources(ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """With `retracted`: by its own standing, or because it merely repeats, in however
    many steps, what was.
    """
    if not ids:
        return {}
    sources, void = (
        _rows(Source, ids, "public_label", "visibility", "standing"),
        sourcing.read(ids).void,
    )
    return {one: {**row, "retracted": one in void} for one, row in sources.items()}


def _claimants(ids: Collection[str]) -> dict[str, dict[str, Any]]:
    return _rows(
        Claimant,
        ids,
        "name",
        "role",
        "role_as_stated",
        "protected_pseudonym",
        "visibility",
    )


def _rows(
    model: type[Record], ids: Collection[str], *columns: str
) -> dict[str, dict[str, Any]]:
    rows: Any = model._default_manager.filter(id__in=ids).values("id", *columns)
    return {str(row.pop("id")): row for row in rows}
