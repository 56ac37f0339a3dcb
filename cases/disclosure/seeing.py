"""Which records of a case a reader sees. The gate makes its documents of them; review
asks the same, so that nobody is told otherwise than it will be.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.aggregate import Aggregate
from cases.disclosure.citations import Cited, cited_of
from cases.disclosure.consents import is_hidden
from cases.disclosure.nameless import Told, fact_told, rows_told, ticked
from cases.disclosure.naming import NameDecision, name_decision
from cases.disclosure.parts import seen_citations, seen_parts
from cases.disclosure.readers import READERS, Reader, is_visible
from cases.disclosure.withholding import (
    Withholding,
    names_nothing,
    withheld_from,
    without,
)
from cases.visibility import NOBODY_OUTSIDE
from tracker.contract.vocabulary import ToldWithoutName

Row = dict[str, Any]


@dataclass(frozen=True)
class SeenCase:
    """`root` and the rows of `lists` are copies, without the facts that are withheld.

    `subtracted`: of what was approved for this reader, something has gone since; a
    summary may repeat it. `hides_a_name`: one of the names, or all. `told`: of a person
    whose name this reader is not told, what is told beside country, years and status
    (nameless.py); None if all is.
    """

    root: Row
    lists: dict[str, list[Row]]
    citations: list[Cited]
    name: NameDecision
    withheld: Withholding
    subtracted: bool
    hides_a_name: bool
    told: Told | None = None

    def ids(self) -> Iterator[str]:
        """Of the case itself, its parts and its citations."""
        told = {self.root["id"]}
        for name, rows in self.lists.items():
            if self.told is not None:
                told.update(row["id"] for row in rows_told(name, rows, self.told))
            else:
                told.update(row["id"] for row in rows)
        yield from told
        for cited in self.citations:
            if cited.record["id"] in told and self._tells(cited):
                yield cited.citation["id"]

    def _tells(self, cited: Cited) -> bool:
        if self.told is None:
            return True
        if ToldWithoutName.SOURCES not in self.told:
            return False
        return fact_told(cited.kind, cited.citation["field"], self.told)


def seen_case(
    kind: str, then: Aggregate, now: Aggregate, reader: Reader, day: date
) -> SeenCase | None:
    """The case as approved on `day`, and what of it may be seen still; None if the
    reader sees nothing of it.
    """
    if not is_visible(reader, then["root"], now["root"]) or is_hidden(then, now):
        return None
    withheld = withheld_from(reader, then["root"], now["root"])
    root = dict(then["root"])
    facts = withheld.of(root["id"])
    if names_nothing(root, facts):
        return None
    without(root, facts)
    parts = seen_parts(kind, then, now, reader, withheld)
    name = NameDecision()
    if kind == "prisoner":
        name = name_decision(then, now, reader, day)
    told = None
    unticked = False
    if kind == "prisoner" and (name.withheld or not parts.lists["names"]):
        told = ticked(then) & ticked(now)
        unticked = told < ticked(then)
        # A number in somebody's list leads to the name.
        parts.lists["names"] = parts.lists["identifiers"] = []
        # So does what few people have in common.
        parts.lists["personal_details"] = []
    citations, lost_citations = seen_citations(then, now, reader, withheld)
    return SeenCase(
        root=root,
        lists=parts.lists,
        citations=cited_of(kind, root, parts.lists, citations, withheld),
        name=name,
        withheld=withheld,
        subtracted=parts.subtracted
        or lost_citations
        or withheld.grew
        or name.subtracts
        or unticked,
        hides_a_name=parts.hides_a_name or name.words_may_repeat_it,
        told=told,
    )


def who_sees(kind: str, case: Aggregate, day: date) -> dict[str, str]:
    """By the id of each record a code of Visibility, if the case were approved on this
    day as it stands. What nobody outside sees is missing.
    """
    seen: dict[str, str] = {}
    if case["root"].get("merged_into_id"):
        return seen  # it leads to the other one, and shows nothing of its own
    for reader in reversed(READERS):
        shown = seen_case(kind, case, case, reader, day)
        if shown is not None:
            seen.update(dict.fromkeys(shown.ids(), reader.name))
    return seen


def who_sees_the_case(kind: str, case: Aggregate) -> str:
    """The same of the case itself, on whatever day."""
    root = case["root"]
    if is_hidden(case, case):
        return NOBODY_OUTSIDE
    for reader in READERS:
        facts = withheld_from(reader, root, root).of(root["id"])
        if is_visible(reader, root) and not names_nothing(root, facts):
            return reader.name
    return NOBODY_OUTSIDE
