"""Which citations of a case a reader sees, and what of each: the source only where the
reader sees it, and of the claimant what was approved and is so still.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cases.aggregate import Aggregate
from cases.agreement import agreement
from cases.catalogue import TARGETS, can_be_cited, part_lists, target_of
from cases.disclosure.readers import Reader, is_visible
from cases.disclosure.surroundings import Surroundings
from cases.disclosure.withholding import Withholding
from cases.models.source import TOLD_BY_ROLE
from cases.weighing import WORD_BETRAYS_A_DAY, to_the_month
from tracker.contract.hedges import NO_SUPPORT

Row = dict[str, Any]
Rows = list[Row]

_SAID_BY_THE_SOURCE = (
    *("source", "locator", "quote", "states", "as_of", "still_so"),
    *("hedge", "agreement"),
)
_TARGET_COLUMNS = tuple(f"{name}_id" for name in TARGETS)


@cache
def _kinds_of_parts(kind: str) -> dict[str, str]:
    """By the name of a list of such a case, what a citation calls its records. What
    somebody says of a thing that stays inside stays there, too.
    """
    kinds = {}
    for part in part_lists(kind):
        if can_be_cited(part.model) and not part.model.stays_inside:
            kinds[part.name] = target_of(part.model)
    return kinds


@dataclass(frozen=True)
class Cited:
    """A citation with the record that it is of, as the reader sees that."""

    citation: Row
    kind: str
    record: Row


def cited_of(
    kind: str,
    root: Row,
    lists: Mapping[str, Rows],
    citations: Rows,
    withheld: Withholding,
) -> list[Cited]:
    """Of these citations those of records that are seen, and of facts that are not
    withheld.
    """
    records = {root["id"]: (kind, root)}
    kinds_of_parts = _kinds_of_parts(kind)
    for name, rows in lists.items():
        if name not in kinds_of_parts:
            continue
        for row in rows:
            records[row["id"]] = (kinds_of_parts[name], row)
    seen = []
    for citation in citations:
        about = record_cited(citation)
        if about in records and not withheld.covers(about, citation):
            seen.append(Cited(citation, *records[about]))
    return seen


def record_cited(citation: Row) -> str:
    for column in _TARGET_COLUMNS:
        if citation[column]:
            return str(citation[column])
    return ""


def shown(
    cited: Cited,
    root_id: str,
    then: Aggregate,
    reader: Reader,
    around: Surroundings,
) -> Row:
    """The citation as a document holds it."""
    citation = cited.citation
    citation["record"] = {"kind": cited.kind, "id": cited.record["id"]}
    citation["claimant"] = claimant(citation["claimant_id"], then, reader, around)
    if citation["as_of"] and betrays_a_day(citation, then):
        citation["as_of"] = to_the_month(citation["as_of"])
    # What the status reads, and no document holds:
    citation["repeats"] = citation["source_id"] in around.repeating
    citation["published_on"] = around.published_on.get(citation["source_id"])
    citation["supported"] = citation["hedge"] not in NO_SUPPORT
    if _names_its_source(citation, root_id, then, reader, around):
        retracted = citation["source_id"] in around.void
        citation["agreement"] = agreement(citation, cited.record, retracted=retracted)
        citation["source"] = citation["source_id"]
        citation["source_label"] = None
    else:
        hide_source(citation, cited.record)
        citation["source_label"] = _label(citation["source_id"], then, around)
    return citation


def as_if_shown(before: Row, record: Row, shown: Row, around: Surroundings) -> Row:
    """What of it the status read when it was approved, before its source was hidden."""
    retracted = before["source_id"] in around.void
    before["agreement"] = agreement(before, record, retracted=retracted)
    before["record"], before["repeats"] = shown["record"], shown["repeats"]
    before["source"] = before["source_id"]
    return before


def betrays_a_day(citation: Row, then: Aggregate) -> bool:
    """A visit, a call, a letter: few people know of one, and their names follow from
    its day. Asked of whoever said so, shown or not.
    """
    said_by = then["claimants"].get(citation["claimant_id"])
    return said_by is not None and said_by["role"] in WORD_BETRAYS_A_DAY


def hides_a_source(
    cited: Cited,
    root_id: str,
    then: Aggregate,
    reader: Reader,
    around: Surroundings,
) -> bool:
    """Was its source visible when the case was approved, and is not any more?"""
    if _names_its_source(cited.citation, root_id, then, reader, around):
        return False
    source_id = cited.citation["source_id"]
    if not _was_visible(source_id, then, reader):
        return False
    present = around.sources.get(source_id)
    return present is None or present["visibility"] not in reader.sees


def _names_its_source(
    citation: Row,
    root_id: str,
    then: Aggregate,
    reader: Reader,
    around: Surroundings,
) -> bool:
    """Whoever approved the case while the source was hidden has approved none of its
    words. A source may be cited for what it says of itself, before it has a document.
    """
    source_id = citation["source_id"]
    if source_id == root_id:
        return True
    return source_id in around.published and _was_visible(source_id, then, reader)


def _was_visible(source_id: str, then: Aggregate, reader: Reader) -> bool:
    approved = then["sources"].get(source_id)
    return approved is not None and approved["visibility"] in reader.sees


def hide_source(citation: Row, record: Mapping[str, Any]) -> None:
    """Its words and pages would give it away, and so would an entry that only it
    names. How it stands to the record, and how sure it is, tells what it says.
    """
    for name in _SAID_BY_THE_SOURCE:
        citation[name] = None
    held = record.get(citation["field"])
    if not (isinstance(held, list) and citation["item"] in held):
        citation["item"] = None


def _label(source_id: str, then: Aggregate, around: Surroundings) -> str | None:
    """The label as approved, unless it has been changed since: it may have said too
    much.
    """
    approved, present = then["sources"].get(source_id), around.sources.get(source_id)
    if approved is None or present is None:
        return None
    if approved["public_label"] != present["public_label"]:
        return None
    return str(approved["public_label"])


def claimant(
    claimant_id: str | None, then: Aggregate, reader: Reader, around: Surroundings
) -> Row | None:
    """As it was approved, and is visible then and now."""
    if not claimant_id:
        return None
    approved = then["claimants"].get(claimant_id)
    present = around.claimants.get(claimant_id)
    if approved is None or not is_visible(reader, approved):
        return None
    return still_said(approved, present, reader)


def still_said(
    approved: Mapping[str, Any], present: Mapping[str, Any] | None, reader: Reader
) -> Row | None:
    """Of relatives and lawyers only the role, and of nobody what has changed since."""
    if present is None or not is_visible(reader, present):
        return None
    said = {
        name: approved[name]
        for name in ("name", "role", "role_as_stated", "protected_pseudonym")
    }
    if approved["role"] in TOLD_BY_ROLE or present["role"] in TOLD_BY_ROLE:
        said["name"] = said["role_as_stated"] = None
    for name in ("name", "protected_pseudonym"):
        if present[name] != approved[name]:
            said["name"] = None
    if said["name"] is None:  # that it is another one tells that there is one
        said["protected_pseudonym"] = False
    if present["role_as_stated"] != approved["role_as_stated"]:
        said["role_as_stated"] = None
    return said
