"""What stands outside the cases of a batch and is shown in them, as it is now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from cases import sourcing
from cases.aggregate import OF_CLAIMANT, OF_SOURCE, ROOTS, Aggregate
from cases.disclosure.surroundings import Surroundings
from cases.models import Claimant, Source
from cases.models.base import Record
from tracker.audiences import Audience


@dataclass(frozen=True)
class Present:
    """Ids are text. Two readings that are equal mean that nothing moved in between."""

    visibilities: dict[str, str]
    sources: dict[str, dict[str, Any]]
    claimants: dict[str, dict[str, Any]]


def read_present(cases: Iterable[Aggregate], also: Collection[str] = ()) -> Present:
    """Of what these cases name, and of other roots by their ids."""
    referred: set[str] = set(also)
    claimants: set[str] = set()
    for case in cases:
        referred.update(_referred(case))
        claimants.update(case["claimants"])
    return Present(_visibilities(referred), _sources(referred), _claimants(claimants))


def surroundings(audience: Audience, present: Present, today: date) -> Surroundings:
    """An id is shown only if what it names is published to this audience, and visible
    to it now.
    """
    visible = [
        root_id
        for root_id, visibility in present.visibilities.items()
        if visibility in audience.sees
    ]
    rows = audience.document_model._default_manager.filter(id__in=visible)
    known: set[str] = set()
    published: set[str] = set()
    for root_id, gone in rows.annotate(gone=Q(document=None)).values_list("id", "gone"):
        known.add(str(root_id))
        if not gone:
            published.add(str(root_id))
    return Surroundings(
        published=frozenset(published),
        known=frozenset(known),
        sources=present.sources,
        claimants=present.claimants,
        today=today,
    )


def _referred(case: Aggregate) -> Iterable[str]:
    """The roots that a case names."""
    yield from case["sources"]
    rows = [case["root"], *case.get("placements", ()), *case.get("releases", ())]
    for row in rows:
        for column in ("facility_id", "release_event_id", "merged_into_id"):
            if row.get(column):
                yield row[column]
    for column in ("derived_from_ids", "merged_from_ids"):
        yield from case["root"].get(column, ())


_VISIBILITIES = " UNION ALL ".join(
    f"SELECT id, visibility FROM {model._meta.db_table} WHERE id = ANY(%s)"  # noqa: S608
    for model in ROOTS.values()
)


def _visibilities(ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_VISIBILITIES, [[UUID(root_id) for root_id in ids]] * len(ROOTS))
        return {str(root_id): visibility for root_id, visibility in cursor.fetchall()}


def _sources(ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """With `retracted`: by its own standing, or because it merely repeats, in however
    many steps, what was.
    """
    if not ids:
        return {}
    void = sourcing.read(ids).void
    sources = _rows(Source, ids, *OF_SOURCE, "standing")
    for source_id, source in sources.items():
        source["retracted"] = source_id in void
    return sources


def _claimants(ids: Collection[str]) -> dict[str, dict[str, Any]]:
    return _rows(Claimant, ids, *OF_CLAIMANT)


def _rows(
    model: type[Record], ids: Collection[str], *columns: str
) -> dict[str, dict[str, Any]]:
    rows: Any = model._default_manager.filter(id__in=ids).values("id", *columns)
    return {str(row.pop("id")): row for row in rows}
