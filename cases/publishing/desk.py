"""What the desk lists and filters by: derived from the record as it is now, hidden parts included. Never published."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from cases import custody
from cases.aggregate import Aggregate
from cases.models import DeskEntry
from cases.publishing.agreement import agreement
from tracker import names
from tracker.vocabulary import Agreement


def update(kind: str, now: Mapping[UUID, Aggregate], then: Mapping[UUID, Aggregate], today: date) -> None:
    if kind != "prisoner" or not now:
        return
    entries = [_entry(root_id, case, case != then.get(root_id), today) for root_id, case in now.items()]
    DeskEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["prisoner"],
        update_fields=["display_name", "search_key", "statuses", "since", "open_questions", "awaits_approval"],
    )


def _entry(root_id: UUID, case: Aggregate, awaits_approval: bool, today: date) -> DeskEntry:
    placements = case["placements"]
    timeline = custody.spans(
        case["root"]
        | {name: case[name] for name in ("sentences", "releases", "deportations", "whereabouts")}
        | {
            "detentions": [
                detention | {"placements": [one for one in placements if one["detention_id"] == detention["id"]]}
                for detention in case["detentions"]
            ]
        }
    )
    current = custody.on(timeline, today)
    spellings = [row["value"] for row in sorted(case["names"], key=lambda row: not row["preferred"])]
    return DeskEntry(
        prisoner_id=root_id,
        display_name=spellings[0] if spellings else "",
        search_key=names.search_key(spellings),
        statuses=list(current.statuses),
        since=cast(str, current.since.isoformat() if current.since else None),
        open_questions=_open_questions(case),
        awaits_approval=awaits_approval,
    )


def _open_questions(case: Aggregate) -> list[str]:
    """Codes: no_name, no_citation, sources_disagree, status_unclear is in `statuses`."""
    questions = []
    if not case["names"]:
        questions.append("no_name")
    if not case["citations"]:
        questions.append("no_citation")
    if any(_contradicts(case, citation) for citation in case["citations"]):
        questions.append("sources_disagree")
    return questions


def _contradicts(case: Aggregate, citation: Mapping[str, Any]) -> bool:
    if citation["states"] is None and citation["hedge"] != "denied":
        return False
    records = {row["id"]: row for rows in case.values() if isinstance(rows, list) for row in rows}
    records[case["root"]["id"]] = case["root"]
    cited = next(
        (records[value] for name, value in citation.items() if name.endswith("_id") and value in records), None
    )
    return cited is not None and agreement(citation, cited, retracted=False) == Agreement.CONTRADICTS
