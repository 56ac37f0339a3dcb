"""Single facts that an audience may not see, in a case that it may."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from cases.aggregate import PARTS
from cases.models.withheld import Withheld
from cases.sourcing import is_about
from tracker.audiences import Audience

Row = Mapping[str, Any]


class Withholding:
    """From one audience, by the root of a case as approved and as it is now. `grew`:
    some of it is new since.
    """

    def __init__(self, then: Row, now: Row, audience: Audience) -> None:
        approved, since = (
            _from(root.get("withheld") or {}, audience) for root in (then, now)
        )
        self._facts = {
            record: approved.get(record, set()) | since.get(record, set())
            for record in approved | since
        }
        self.grew = any(
            facts - approved.get(record, set()) for record, facts in since.items()
        )

    def of(self, record_id: str) -> Collection[str]:
        return self._facts.get(record_id, ())

    def leaves(self, name: str, row: dict[str, Any]) -> bool:
        """Takes the facts out of a row of this list. False if it cannot be without one
        of them: all of it goes.
        """
        facts = self.of(row["id"])
        if facts and not _needed(name).isdisjoint(facts):
            return False
        without(row, facts)
        return True

    def is_of_one(self, record_id: str, citation: Row) -> bool:
        """Is the citation of such a fact? It would repeat it."""
        for fact in self.of(record_id):
            name, _colon, entry = fact.partition(":")
            if citation["field"] == name and (not entry or is_about(citation, entry)):
                return True
        return False


def without(row: dict[str, Any], facts: Collection[str]) -> dict[str, Any]:
    """The row itself, with these facts as if they were not known."""
    for fact in facts:
        name, _colon, entry = fact.partition(":")
        column = name if name in row else f"{name}_id"
        if entry and column in row:
            row[column] = [one for one in row[column] if one != entry]
        elif column in row:
            row[column] = (
                type(row[column])() if isinstance(row[column], list | dict) else None
            )
    return row


def _from(withheld: Withheld, audience: Audience) -> dict[str, set[str]]:
    return {
        record: {fact for fact, who in facts.items() if who not in audience.sees}
        for record, facts in withheld.items()
    }


@cache
def _needed(name: str) -> frozenset[str]:
    model = next(part.model for part in PARTS["prisoner"] if part.name == name)
    return frozenset(
        field.name
        for field in model._meta.concrete_fields
        if not (field.null or field.blank)
    )
