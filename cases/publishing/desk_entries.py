"""What the desk lists and filters by: derived from the record as it is now, hidden
parts included. Never published.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from cases import custody, sourcing
from cases.aggregate import Aggregate
from cases.agreement import agreement
from cases.bearing import EVENTS
from cases.catalogue import part_lists
from cases.disclosure.citations import record_cited
from cases.disclosure.parts import WITHIN
from cases.merging import comparing
from cases.models import DeskEntry, Source
from cases.statements import Statement
from tracker import names
from tracker.contract.vocabulary import StatusReason
from tracker.dates import bounds

_TOLD = [
    "display_name",
    "search_key",
    "names_key",
    "statuses",
    "since",
    "last_heard_on",
    "term_over_on",
    "open_questions",
]


def update(kind: str, now: Mapping[UUID, Aggregate]) -> None:
    if kind != "prisoner" or not now:
        return
    sources = sourcing.read(
        {source for case in now.values() for source in case["sources"]}
    )
    published_on = _published_on(now.values())
    entries = []
    for root_id, case in now.items():
        citations = _citations(case, sources, published_on)
        entries.append(_entry(root_id, case, citations, sources))
    DeskEntry.objects.bulk_create(
        _other_than_before(entries),
        update_conflicts=True,
        unique_fields=["prisoner"],
        update_fields=_TOLD,
    )


def _other_than_before(entries: Iterable[DeskEntry]) -> list[DeskEntry]:
    """Most changes of a case are none of its line in the list."""
    ids = [entry.prisoner_id for entry in entries]
    before = {row_id: told for row_id, *told in _told_before(ids)}
    other = []
    for entry in entries:
        if before.get(entry.prisoner_id) != [getattr(entry, name) for name in _TOLD]:
            other.append(entry)
    return other


@Statement
def _told_before(ids: Collection[UUID]) -> Any:
    rows = DeskEntry.objects.filter(prisoner_id__among=ids)
    return rows.values_list("prisoner_id", *_TOLD)


def forget(kind: str, ids: Collection[UUID]) -> None:
    """Of cases that are gone."""
    if kind == "prisoner" and ids:
        comparing.forget(ids)
        DeskEntry.objects.filter(prisoner_id__in=ids).delete()


def _entry(
    root_id: UUID,
    case: Aggregate,
    citations: list[dict[str, Any]],
    sources: sourcing.Sources,
) -> DeskEntry:
    timeline = _timeline(case, citations)
    current = custody.last_known(timeline)
    spellings = [
        row["value"]
        for row in sorted(case["names"], key=lambda row: not row["preferred"])
    ]
    return DeskEntry(
        prisoner_id=root_id,
        display_name=spellings[0] if spellings else "",
        search_key=names.search_key(spellings),
        names_key=names.names_key(spellings),
        statuses=list(current.statuses),
        since=cast(str, current.since.isoformat() if current.since else None),
        last_heard_on=_first_day(current.as_of),
        term_over_on=_term_over(timeline),
        open_questions={}
        if case["root"]["merged_into_id"]
        else sourcing.questions("prisoner", case, sources),
    )


def timeline_of(
    case: Aggregate, sources: sourcing.Sources, published_on: Mapping[str, str]
) -> list[custody.Span]:
    """As the desk's lists have it. `published_on` is the day of each source, by id."""
    return _timeline(case, _citations(case, sources, published_on))


def _timeline(case: Aggregate, citations: list[dict[str, Any]]) -> list[custody.Span]:
    return custody.spans(
        case["root"]
        | {name: _linked(case.get(name, [])) for name in EVENTS}
        | {
            "detentions": _with_parts(case["detentions"], case, "placements"),
            "sentences": _with_parts(
                _linked(case["sentences"]), case, "further_punishments"
            ),
            "citations": citations,
        }
    )


def _term_over(timeline: Sequence[custody.Span]) -> date | None:
    """Since when nothing but a term that is over says where the person is."""
    last = timeline[-1]
    if StatusReason.TERM_PASSED.value in last.reasons:
        return last.since
    return None


def _linked(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """With links as a document calls them."""
    linked = []
    for row in rows:
        links = {
            name: row.get(f"{name}_id") for name in ("replaces", "adds_to", "release")
        }
        linked.append({**row, **links})
    return linked


def _first_day(text: str | None) -> date | None:
    if not text:
        return None
    earliest, _latest = bounds(text)
    return earliest


def _published_on(cases: Iterable[Aggregate]) -> dict[str, str]:
    """Of the sources that are said to speak of the day of their publication."""
    ids = set()
    for case in cases:
        for citation in case["citations"]:
            if citation["still_so"]:
                ids.add(citation["source_id"])
    if not ids:
        return {}
    days = Source.objects.filter(id__in=ids).values_list("id", "published_on")
    return {str(source_id): day for source_id, day in days if day}


def _citations(
    case: Aggregate, sources: sourcing.Sources, published_on: Mapping[str, str]
) -> list[dict[str, Any]]:
    """As a document holds them whose readers see every source."""
    records = {case["root"]["id"]: case["root"]}
    for part in part_lists("prisoner"):
        for row in case[part.name]:
            records[row["id"]] = row
    repeating = sources.repeating_for(case["sources"])
    known = []
    for citation in case["citations"]:
        about, source_id = record_cited(citation), citation["source_id"]
        if about not in records:
            continue
        retracted = source_id in sources.void
        how = agreement(citation, records[about], retracted=retracted)
        known.append(
            {
                **citation,
                "record": {"id": about},
                "source": source_id,
                "agreement": how,
                "repeats": source_id in repeating,
                "published_on": published_on.get(source_id),
            }
        )
    return known


def _with_parts(
    records: Iterable[dict[str, Any]], case: Aggregate, name: str
) -> list[dict[str, Any]]:
    """Each with its parts, as a document has them."""
    _around, column = WITHIN[name]
    whole = []
    for record in records:
        parts = [part for part in case[name] if part[column] == record["id"]]
        whole.append(record | {name: parts})
    return whole
