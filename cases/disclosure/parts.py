"""Which parts of a case a reader sees: those that were visible when it was approved and
are visible now.
"""

from dataclasses import dataclass
from typing import Any

from cases.aggregate import PARTS, Aggregate
from cases.disclosure.consents import detail_may_be_told
from cases.disclosure.readers import Reader, is_visible
from cases.disclosure.withholding import Withholding, goes_whole, names_nothing, without

Row = dict[str, Any]
Rows = list[Row]

# What stands in another part goes with it: the list of that part, and the column.
WITHIN = {
    "placements": ("detentions", "detention_id"),
    "orders": ("detentions", "detention_id"),
    "decisions": ("charges", "charge_id"),
    "further_punishments": ("sentences", "sentence_id"),
}


@dataclass(frozen=True)
class SeenParts:
    """`lists` are copies of the rows as approved, without the facts that are withheld.

    `subtracted`: of what was approved, something is hidden since. `hides_a_name`: of
    the names that were approved, one is not among them.
    """

    lists: dict[str, Rows]
    subtracted: bool
    hides_a_name: bool


@dataclass(frozen=True)
class _SeenList:
    rows: Rows
    approved: int
    subtracted: bool


def seen_parts(
    kind: str, then: Aggregate, now: Aggregate, reader: Reader, withheld: Withholding
) -> SeenParts:
    seen = {
        part.name: _seen_list(part.name, then, now, reader, withheld)
        for part in PARTS[kind]
        if not part.model.stays_inside
        and part.name != "citations"  # they follow what they cite
    }
    if kind == "prisoner":
        seen["personal_details"] = _seen_details(then, now, reader, withheld)
    lists = {name: of_list.rows for name, of_list in seen.items()}
    subtracted = any(of_list.subtracted for of_list in seen.values())
    if kind != "prisoner":
        return SeenParts(lists, subtracted, hides_a_name=False)
    for name, (around, column) in WITHIN.items():
        lists[name] = _within(lists[around], lists[name], column)
    approved = [row for row in lists["identifiers"] if not row["owner_organisation"]]
    lists["identifiers"] = _our_own(approved, now)
    return SeenParts(
        lists,
        subtracted or len(lists["identifiers"]) < len(approved),
        hides_a_name=len(lists["names"]) < seen["names"].approved,
    )


def seen_citations(
    then: Aggregate, now: Aggregate, reader: Reader, withheld: Withholding
) -> tuple[Rows, bool]:
    """Whatever they cite; and whether one that was approved is hidden since."""
    seen = _seen_list("citations", then, now, reader, withheld)
    return seen.rows, seen.subtracted


def seen_names(
    then: Aggregate, now: Aggregate, reader: Reader, withheld: Withholding
) -> Rows:
    """Whatever the case withholds as a whole."""
    return _seen_list("names", then, now, reader, withheld).rows


def _seen_list(
    name: str, then: Aggregate, now: Aggregate, reader: Reader, withheld: Withholding
) -> _SeenList:
    if not then[name]:  # as most lists are
        return _SeenList([], 0, subtracted=False)
    present = {row["id"]: row for row in now[name]}
    approved = 0
    subtracted = False
    rows: Rows = []
    for row in then[name]:
        if not is_visible(reader, row):
            continue
        approved += 1
        if row["id"] not in present or not is_visible(reader, present[row["id"]]):
            subtracted = True
            continue
        facts = withheld.of(row["id"])
        if goes_whole(name, row, facts):
            subtracted = subtracted or names_nothing(row, facts)
            continue
        shown = dict(row)
        without(shown, facts)
        rows.append(shown)
    return _SeenList(rows, approved, subtracted)


def _seen_details(
    then: Aggregate, now: Aggregate, reader: Reader, withheld: Withholding
) -> _SeenList:
    """Of those that are visible, the ones that a consent names: it says of each what is
    told. What colleagues know of them stays inside.
    """
    seen = _seen_list("personal_details", then, now, reader, withheld)
    rows: Rows = []
    for row in seen.rows:
        if detail_may_be_told(row, reader, then, now):
            rows.append({**row, "detail": None})
    approved = 0
    for row in then["personal_details"]:
        if is_visible(reader, row) and detail_may_be_told(row, reader, then, then):
            approved += 1
    return _SeenList(rows, approved, subtracted=len(rows) < approved)


def _within(around: Rows, parts: Rows, column: str) -> Rows:
    seen = {row["id"] for row in around}
    return [row for row in parts if row[column] in seen]


def _our_own(identifiers: Rows, now: Aggregate) -> Rows:
    """Others' numbers for the case would let whoever reads their lists join what we
    keep apart.
    """
    ours = {row["id"] for row in now["identifiers"] if not row["owner_organisation"]}
    return [row for row in identifiers if row["id"] in ours]
