"""Single facts that a reader may not see, in a case that they may."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cases.aggregate import PARTS
from cases.disclosure.readers import Reader
from cases.models.withheld import Withheld
from cases.sourcing import is_about

Row = Mapping[str, Any]
Facts = Collection[str]
"""“field”, or “field:entry” of a list."""


@dataclass(frozen=True)
class Withholding:
    """From one reader, by the id of the record. `grew`: some of it is new since the
    case was approved.
    """

    facts: Mapping[str, Facts]
    grew: bool

    def of(self, record_id: str) -> Facts:
        return self.facts.get(record_id, ())

    def covers(self, record_id: str, citation: Row) -> bool:
        """Is the citation of such a fact? It would repeat it."""
        for fact in self.of(record_id):
            name, _colon, entry = fact.partition(":")
            if citation["field"] == name and (not entry or is_about(citation, entry)):
                return True
        return False


def withheld_from(reader: Reader, then: Row, now: Row) -> Withholding:
    """By the root of a case as approved and as it is now: either one keeps a fact
    inside.
    """
    approved = _kept_from(reader, then["withheld"] or {})
    since = _kept_from(reader, now["withheld"] or {})
    facts: dict[str, Facts] = {}
    for record_id in approved | since:
        facts[record_id] = approved.get(record_id, set()) | since.get(record_id, set())
    grew = any(
        kept - approved.get(record_id, set()) for record_id, kept in since.items()
    )
    return Withholding(facts, grew)


def _kept_from(reader: Reader, withheld: Withheld) -> dict[str, set[str]]:
    return {
        record_id: {fact for fact, who in facts.items() if who not in reader.sees}
        for record_id, facts in withheld.items()
    }


def column_of(row: Row, fact: str) -> str | None:
    """The column of a row that holds the fact: references to others are stored by their
    ids.
    """
    name = fact.partition(":")[0]
    for column in (name, f"{name}_id", f"{name}_ids"):
        if column in row:
            return column
    return None


def names_nothing(row: Row, facts: Facts) -> bool:
    """Does one of them mean no fact of this row? Nobody knows which one was meant, so
    all of them must be kept inside.
    """
    return any(fact == "id" or column_of(row, fact) is None for fact in facts)


def goes_whole(name: str, row: Row, facts: Facts) -> bool:
    """Can this row of a list not be shown without these facts?"""
    if not facts:
        return False
    if names_nothing(row, facts) or not _needed(name).isdisjoint(facts):
        return True
    return name == "releases" and _would_free(row, facts)


def _would_free(release: Row, facts: Facts) -> bool:
    """Without them, it would say that somebody was let out who was not. Which of yes and
    no is withheld is not told either.
    """
    if "carried_out" in facts:
        return True
    return "ground" in facts and release.get("ground") == "escaped"


def without(row: dict[str, Any], facts: Facts) -> None:
    """Takes these facts out of the row, as if they were not known."""
    for fact in facts:
        column = column_of(row, fact)
        if column is not None:
            _name, _colon, entry = fact.partition(":")
            row[column] = left_of(row[column], entry)


def left_of(value: Any, entry: str) -> Any:
    """Of a list, or of a text by language, without this entry; without any, nothing."""
    if isinstance(value, list):
        return [item for item in value if entry and item != entry]
    if isinstance(value, dict):
        return {key: text for key, text in value.items() if entry and key != entry}
    return None


@cache
def _needed(name: str) -> frozenset[str]:
    """The fields that a row of this list always has."""
    lists = [part for parts in PARTS.values() for part in parts]
    model = next(part.model for part in lists if part.name == name)
    return frozenset(
        field.name
        for field in model._meta.concrete_fields
        if not (field.null or field.blank)
    )
