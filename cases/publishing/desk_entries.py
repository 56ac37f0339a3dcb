"""What the desk lists and filters by: derived from the record as it is now, hidden
parts included. Never published.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from cases import custody, sourcing
from cases.aggregate import Aggregate
from cases.models import DeskEntry
from tracker import names


def update(kind: str, now: Mapping[UUID, Aggregate], today: date) -> None:
    if kind != "prisoner" or not now:
        return
    sources = sourcing.read(
        {source for case in now.values() for source in case["sources"]}
    )
    entries = [_entry(root_id, case, sources, today) for root_id, case in now.items()]
    DeskEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["prisoner"],
        update_fields=[
            "display_name",
            "search_key",
            "statuses",
            "since",
            "open_questions",
        ],
    )


def forget(kind: str, ids: Collection[UUID]) -> None:
    """Of cases that are gone."""
    if kind == "prisoner":
        DeskEntry.objects.filter(prisoner_id__in=ids).delete()


def _entry(
    root_id: UUID, case: Aggregate, sources: sourcing.Sources, today: date
) -> DeskEntry:
    timeline = custody.spans(
        case["root"]
        | {name: case[name] for name in custody.EVENTS}
        | {"detentions": list(_detentions(case))}
    )
    current = custody.on(timeline, today)
    spellings = [
        row["value"]
        for row in sorted(case["names"], key=lambda row: not row["preferred"])
    ]
    return DeskEntry(
        prisoner_id=root_id,
        display_name=spellings[0] if spellings else "",
        search_key=names.search_key(spellings),
        statuses=list(current.statuses),
        since=cast(str, current.since.isoformat() if current.since else None),
        open_questions={}
        if case["root"]["merged_into_id"]
        else sourcing.questions("prisoner", case, sources),
    )


def _detentions(case: Aggregate) -> Iterator[dict[str, Any]]:
    """Each with its places, as a document has them."""
    for detention in case["detentions"]:
        placements = [
            placement
            for placement in case["placements"]
            if placement["detention_id"] == detention["id"]
        ]
        yield detention | {"placements": placements}
