"""What is left of a published document when something of the record is taken back.

Only for a case that cannot be rendered anew. Nothing is put in, and nothing else is
changed: a document of which nothing was taken back comes out as it went in. The rules
are those of cases/disclosure, asked of the record as it is now.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from cases import custody
from cases.aggregate import Aggregate
from cases.bearing import EVENTS, FACTS
from cases.disclosure.citations import hide_source, still_said
from cases.disclosure.consents import item_allowed, item_refused, took_back
from cases.disclosure.disclosing import copies_shown
from cases.disclosure.kept_names import without_names
from cases.disclosure.nameless import only_told
from cases.disclosure.naming import call_by
from cases.disclosure.officials import without_officials
from cases.disclosure.readers import Reader
from cases.disclosure.related import related_cases
from cases.disclosure.seeing import SeenCase, seen_case
from cases.disclosure.surroundings import Surroundings
from cases.disclosure.traces import without_birthday, without_traces, without_words
from cases.disclosure.withholding import column_of, left_of, without
from cases.weighing import OF_DEATH
from tracker import dates
from tracker.contract.vocabulary import StatusReason
from tracker.contract.walking import references

Document = dict[str, Any]


def what_is_left(
    kind: str,
    document: Document,
    now: Aggregate | None,
    reader: Reader,
    around: Surroundings,
    today: date,
) -> Document | None:
    """None: nothing of it may be shown any more. Never changes what it is given."""
    if now is None or now["root"].get("merged_into_id"):
        return None
    seen = seen_case(kind, now, now, reader, today)
    if seen is None:
        return None
    left = deepcopy(document)
    _take_records(left, frozenset(seen.ids()))
    _take_citations(left, seen)
    _take_facts(left, seen)
    _take_details(left, seen)
    if kind == "prisoner":
        _take_status(document, left)
        _take_name(document, left, seen, around)
        if item_refused("birthday", reader, now, now):
            _with_dates_as_recorded(left, without_birthday)
    if kind == "source" and not seen.root["copy_is_public"]:
        left["file_name"] = left["sha256"] = None
    _take_copies(left, document, reader, around)
    _take_sources(left, seen, around)
    if kind == "court_case":
        without_officials(left, around.proof)
    _take_summary(kind, document, left, now, reader)
    _take_labels(left, now, around)
    _take_claimants(left, now, reader, around)
    _take_links(kind, left, seen, around)
    _take_words_of_order(left)
    if kind == "prisoner" and item_refused("search_engines", reader, now, now):
        left["search_engines"] = False  # which no summary repeats
    if kind == "prisoner":
        for item in ("letters", "birthday"):
            if not item_allowed(item, reader, now, now):
                left[item] = False
    without_names(left, around.kept.get(left["id"], ()), around.may_stay)
    if kind == "prisoner":
        _take_court_cases(left)
        _take_related(left, seen, now, reader, around)
    if left.get("last_place") and left != document:
        left["last_place"] = None  # it followed from the whole
    if not _is_told_through_others(kind, left, seen, around):
        return None
    return left


def _take_records(record: Document, ids: frozenset[str]) -> None:
    """Parts and citations, with the parts within them."""
    for name, rows in record.items():
        if _is_list_of_records(rows):
            record[name] = [row for row in rows if row["id"] in ids]
            for row in record[name]:
                _take_records(row, ids)


def _is_list_of_records(value: Any) -> bool:
    return isinstance(value, list) and any(
        isinstance(row, dict) and "id" in row for row in value
    )


def _records(record: Document) -> Iterator[Document]:
    """The case itself, its parts and the parts within them, without citations."""
    yield record
    for name, rows in record.items():
        if name != "citations" and _is_list_of_records(rows):
            for row in rows:
                yield from _records(row)


def _take_citations(left: Document, seen: SeenCase) -> None:
    """A citation may have been edited since: what the document says of it counts,
    too.
    """
    there = {record["id"] for record in _records(left)}
    kept = []
    for citation in left["citations"]:
        about = citation["record"]["id"]
        if about in there and not seen.withheld.covers(about, citation):
            without(citation, seen.withheld.of(citation["id"]))
            kept.append(citation)
    left["citations"] = kept


def _take_facts(left: Document, seen: SeenCase) -> None:
    rows = {row["id"]: row for rows in seen.lists.values() for row in rows}
    rows[seen.root["id"]] = seen.root
    for record in _records(left):
        for fact in seen.withheld.of(record["id"]):
            name, _colon, entry = fact.partition(":")
            row = rows[record["id"]]
            column = column_of(row, fact)
            if name not in record or column is None:
                continue  # it is not published
            if entry:
                record[name] = left_of(record[name], entry)
            else:
                record[name] = row[column]  # empty, as a fact of its kind is


def _take_details(left: Document, seen: SeenCase) -> None:
    """A consent that stands now was given for what the detail says now."""
    if "personal_details" not in left:
        return
    present = {row["id"]: row for row in seen.lists["personal_details"]}
    kept = []
    for detail in left["personal_details"]:
        row = present[detail["id"]]
        said = (row["detail_kind"], row["told_as"] or None)
        if (detail["detail_kind"], detail["told_as"]) == said:
            kept.append(detail)
    left["personal_details"] = kept


def _take_copies(
    left: Document, document: Document, reader: Reader, around: Surroundings
) -> None:
    """They are no records of the case: what is shown of them, each decision says."""
    if "copies" not in document:
        return
    shown = copies_shown(document["id"], reader, around)
    ids = {copy["id"] for copy in shown}
    left["copies"] = [copy for copy in document["copies"] if copy["id"] in ids]


def _take_status(document: Document, left: Document) -> None:
    """Of what it followed from, something is gone: what would follow without it is for
    the gate to say.
    """
    basis = (*EVENTS, *FACTS)
    facts_went = any(left.get(name) != document.get(name) for name in basis)
    if facts_went or _said_of_status(left) != _said_of_status(document):
        left["status"] = [custody.NOTHING_KNOWN.as_dict()]
        left["sentence_in_force"] = None


def _said_of_status(document: Document) -> list[Document]:
    """The citations under it: how surely it is known follows from them."""
    records = {document["id"]}
    for name in EVENTS:
        for record in document.get(name, ()):
            records.add(record["id"])
    said = []
    for citation in document["citations"]:
        about = citation["record"]["id"]
        is_of_death = citation["field"] in OF_DEATH
        if about in records and (about != document["id"] or is_of_death):
            said.append(citation)
    return said


def _take_name(
    document: Document, left: Document, seen: SeenCase, around: Surroundings
) -> None:
    """What was published without its name was approved so, with what was ticked then, or
    had its words taken already. Nobody approved a tick for what was published with it, or
    before anything could be ticked.
    """
    names_went = left["names"] != document["names"]
    if names_went:
        left["name"] = call_by(left["names"])
        without_words(left)
    if seen.name.withheld:
        left["name_withheld"] = True
    if seen.told is None:
        return
    _with_dates_as_recorded(
        left, lambda content: without_traces(content, around.of_many)
    )
    only_told(left, seen.told if _was_told_by_years(document) else frozenset())


def _was_told_by_years(document: Document) -> bool:
    """Without its name, and by what was ticked."""
    year_only = StatusReason.YEAR_ONLY.value
    spans = document["status"]
    return not document["names"] and any(
        year_only in span.get("reasons", ()) for span in spans
    )


def _with_dates_as_recorded(left: Document, take: Callable[[Document], None]) -> None:
    """A document holds a date with its bounds, and the rules are those of the record."""
    dated = [(left, "born_on")]
    for listing in left.get("designations") or ():
        dated += [(listing, "from_on"), (listing, "to_on")]
    for record, name in dated:
        record[name] = record[name]["edtf"] if record[name] else None
    take(left)
    for record, name in dated:
        record[name] = dates.published(record[name])


def _take_sources(left: Document, seen: SeenCase, around: Surroundings) -> None:
    records = {record["id"]: record for record in _records(left)}
    here = around.published | {seen.root["id"]}
    for citation in left["citations"]:
        if citation["source"] is not None and citation["source"] not in here:
            hide_source(citation, records[citation["record"]["id"]])
        if citation["source"] is None or citation["source"] in around.void:
            citation["agreement"] = None


def _take_summary(
    kind: str, document: Document, left: Document, now: Aggregate, reader: Reader
) -> None:
    """It may repeat what went of the case, and which source said so."""
    if "summary" not in left:
        return
    story = kind == "prisoner" and took_back("story", reader, now, now)
    if story or left != document:
        left["summary"] = {}


def _take_labels(left: Document, now: Aggregate, around: Surroundings) -> None:
    """Of sources that are not shown. What was changed since may have said too much."""
    sources = {row["id"]: row["source_id"] for row in now["citations"]}
    for citation in left["citations"]:
        present = around.sources.get(sources[citation["id"]])
        if present is None or citation["source_label"] != present["public_label"]:
            citation["source_label"] = None


def _take_claimants(
    left: Document, now: Aggregate, reader: Reader, around: Surroundings
) -> None:
    rows = {row["id"]: row for row in now["citations"]}
    rows[left["id"]] = now["root"]
    for record in (left, *left["citations"]):
        said: Mapping[str, Any] | None = record.get("claimant")
        if said is not None:
            claimant_id = rows[record["id"]]["claimant_id"]
            present = around.claimants.get(claimant_id)
            record["claimant"] = still_said(said, present, reader)


def _take_links(
    kind: str, left: Document, seen: SeenCase, around: Surroundings
) -> None:
    here = around.published.union(seen.ids())
    previous = around.known.intersection(seen.root.get("merged_from_ids", ()))
    previous -= around.without_name
    for record, name in references(kind, left):
        allowed = previous if name == "previous_ids" else here
        value = record[name]
        if isinstance(value, list):
            record[name] = [record_id for record_id in value if record_id in allowed]
        elif value is not None and value not in allowed:
            record[name] = None


def _take_court_cases(left: Document) -> None:
    """That the person is in one that is not told, and what was cited for it."""
    told, gone = [], set()
    for prosecution in left.get("prosecutions") or ():
        if prosecution["court_case"]:
            told.append(prosecution)
        else:
            gone.add(prosecution["id"])
    if gone:
        left["prosecutions"] = told
        left["citations"] = [
            citation
            for citation in left["citations"]
            if citation["record"]["id"] not in gone
        ]


def _take_related(
    left: Document, seen: SeenCase, now: Aggregate, reader: Reader, around: Surroundings
) -> None:
    if "related_cases" in left:
        told = related_cases(seen, reader, now, now, around)
        left["related_cases"] = [one for one in left["related_cases"] if one in told]


def _is_told_through_others(
    kind: str, left: Document, seen: SeenCase, around: Surroundings
) -> bool:
    """Of a court case those who are not told in it any more go, too."""
    if kind == "court_case":
        accused = around.accused.get(left["id"], ())
        left["people"] = [person for person in left["people"] if person in accused]
        return bool(left["people"])
    court_case = seen.root.get("court_case_id")
    return court_case is None or court_case in around.published


def _take_words_of_order(left: Document) -> None:
    """Who says what something came after tells that there is something before."""
    records = {record["id"]: record for record in _records(left)}
    told = []
    for citation in left["citations"]:
        record = records[citation["record"]["id"]]
        if citation["field"] != "after" or record.get("after"):
            told.append(citation)
    left["citations"] = told
