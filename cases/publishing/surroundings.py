"""What stands outside the cases of a batch and is shown in them, as it is now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from cases import sourcing
from cases.aggregate import OF_CLAIMANT, OF_SOURCE, ROOTS, Aggregate
from cases.catalogue import KINDS, columns_naming_roots, part_lists
from cases.disclosure.surroundings import Surroundings
from cases.models import Citation, Claimant, Source
from cases.models.base import Record
from cases.sourcing.independence import Sources
from cases.visibility import NOBODY_OUTSIDE
from tracker.audiences import Audience


@dataclass(frozen=True)
class Present:
    """Ids are text."""

    visibilities: dict[str, str]
    sources: dict[str, dict[str, Any]]
    claimants: dict[str, dict[str, Any]]
    relations: Sources

    def moved_since(self, before: "Present") -> set[str]:
        """The ids of which the two readings differ."""
        moved = self.relations.differ(before.relations)
        for now, then in (
            (self.visibilities, before.visibilities),
            (self.sources, before.sources),
            (self.claimants, before.claimants),
        ):
            for record_id in now.keys() | then.keys():
                if now.get(record_id) != then.get(record_id):
                    moved.add(record_id)
        return moved


def read_present(cases: Iterable[Aggregate], also: Collection[str] = ()) -> Present:
    """Of what these cases name, and of other roots by their ids."""
    referred: set[str] = set(also)
    claimants: set[str] = set()
    for case in cases:
        referred.update(_roots_named_by(case))
        claimants.update(case["claimants"])
    sources = _rows(Source, referred, *OF_SOURCE)
    relations = sourcing.read(sources)
    return Present(
        _visibilities(referred.union(relations.ids)),
        sources,
        _rows(Claimant, claimants, *OF_CLAIMANT),
        relations,
    )


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
        published_on=_published_on(audience, present.sources),
        published=frozenset(published),
        known=frozenset(known),
        void=present.relations.void_for(published),
        repeating=present.relations.repeating_for(published),
        sources=present.sources,
        claimants=present.claimants,
        today=today,
    )


def _published_on(audience: Audience, sources: Iterable[str]) -> dict[str, str]:
    """The days of publication that this audience is told, as EDTF."""
    manager: Any = audience.span_model._default_manager
    spans = manager.filter(of__in=list(sources), fact="published_on")
    days = {}
    for of, first, last in spans.values_list("of", "first_day", "last_day"):
        if first and first == last:
            days[str(of)] = first.isoformat()
        elif first and last:
            days[str(of)] = f"[{first}..{last}]"
    return days


def named_by(case: Aggregate | None) -> Iterator[str]:
    """The ids of all that a case names, outside of itself."""
    if case is not None:
        yield from _roots_named_by(case)
        yield from case["claimants"]


def _roots_named_by(case: Aggregate) -> Iterator[str]:
    yield from case["sources"]
    for list_name, columns in columns_by_list().items():
        for row in _rows_of(case, list_name):
            for column in columns:
                named = row.get(column) or ()
                yield from [named] if isinstance(named, str) else named


def _rows_of(case: Aggregate, list_name: str) -> list[dict[str, Any]]:
    """The root as a list of one; a kind without such a list has none."""
    return [case["root"]] if list_name == "root" else case.get(list_name, [])


@cache
def columns_by_list() -> dict[str, set[str]]:
    """By the list of a case, of whatever kind. What citations name is in its sources."""
    columns: dict[str, set[str]] = defaultdict(set)
    for kind, root in KINDS.items():
        columns["root"].update(columns_naming_roots(root))
        for part in part_lists(kind):
            named = columns_naming_roots(part.model)
            if named and part.model is not Citation:
                columns[part.name].update(named)
    return dict(columns)


_VISIBILITIES = " UNION ALL ".join(
    f"SELECT id, CASE WHEN {model.hidden_when} THEN '{NOBODY_OUTSIDE}' ELSE visibility END"  # noqa: S608
    f" FROM {model._meta.db_table} WHERE id = ANY(%s)"
    for model in ROOTS.values()
)


def _visibilities(ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_VISIBILITIES, [[UUID(root_id) for root_id in ids]] * len(ROOTS))
        return {str(root_id): visibility for root_id, visibility in cursor.fetchall()}


def _rows(
    model: type[Record], ids: Collection[str], *columns: str
) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    rows: Any = model._default_manager.filter(id__in=ids).values("id", *columns)
    return {str(row.pop("id")): row for row in rows}
