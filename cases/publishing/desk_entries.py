"""What the desk lists and filters by: derived from the record as it is now, hidden
parts included. Never published.
"""

from collections.abc import Mapping
from datetime import date
from typing import cast
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


def _entry(
    root_id: UUID, case: Aggregate, sources: sourcing.Sources, today: date
) -> DeskEntry:
    placements = case["placements"]
    timeline = custody.spans(
        case["root"]
        | {
            name: case[name]
            for name in ("sentences", "releases", "deportations", "whereabouts")
        }
        | {
            "detentions": [
                detention
                | {
                    "placements": [
                        one
                        for one in placements
                        if one["detention_id"] == detention["id"]
                    ]
                }
                for detention in case["detentions"]
            ]
        }
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
