"""Forms of stored editions: how an edition of an older form is read today.

A field that is only added needs no new form: cases/editions.py reads what lacks it. A
field that is renamed, dropped or coded otherwise does. Raise FORM by one and declare
here what changed. Stored editions stay as they are.
"""

from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from cases.aggregate import PARTS, Aggregate
from cases.models import TARGETS, Claimant
from cases.models.base import Record
from tracker.emptiness import is_empty

FORM = 1
"""Editions are stored in this form. Those before it have no number: they are of form 0."""

Fact = tuple[str, str]
"""(record, field), such as ("placement", "facility"): the record by its kind, or as a
citation calls it, and the field by the name that it had until then.
"""
ENDINGS = ("", "_id", "_ids")
"""After the name of a field, in the name of its column: a reference is stored as
`facility_id`, several as `charges_ids`.
"""
Codes = Mapping[Any, Any]
"""By the old code the new one, or None for a code that is no longer there."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Upgrade:
    """From the form before to the form `to`. Of one fact, the codes change first, and
    then the name.

    It also changes what names the fact: citations of it, and what is withheld. A
    citation of a dropped fact goes with it.
    """

    to: int
    renamed: Mapping[Fact, str] = field(default_factory=dict)
    dropped: Collection[Fact] = ()
    values: Mapping[Fact, Codes] = field(default_factory=dict)


UPGRADES: tuple[Upgrade, ...] = ()


class NewerForm(Exception):
    """A newer release stored this edition: nobody knows here what it means."""


def form_of(snapshot: Mapping[str, Any]) -> int:
    return int(snapshot.get("form", 0))


def upgraded(kind: str, snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    """The snapshot in today's form; the one that is given does not change."""
    form = form_of(snapshot)
    if form > FORM:
        raise NewerForm(f"form {form}; this release knows {FORM}")
    upgrades = [upgrade for upgrade in UPGRADES if upgrade.to > form]
    if not upgrades:
        return snapshot
    case = deepcopy(dict(snapshot))
    for upgrade in upgrades:
        _apply(upgrade, kind, case)
    return case


def record_name(model: type[Record]) -> str:
    """As the facts of upgrades call it."""
    if model is Claimant:
        return "claimant"
    for name, target in TARGETS.items():
        if target is model:
            return getattr(model, "kind", name)
    return str(model._meta.model_name)


def former_columns(column: str) -> set[str]:
    """What older forms may call this column of any record. For erasing, which changes
    what is stored.
    """
    known = {column}
    for upgrade in reversed(UPGRADES):
        for (_record, old_name), new_name in upgrade.renamed.items():
            for ending in ENDINGS:
                if f"{new_name}{ending}" in known:
                    known.add(f"{old_name}{ending}")
    return known - {column}


def _apply(upgrade: Upgrade, kind: str, case: Aggregate) -> None:
    names: dict[str, str] = {}
    for record, row in _own_rows(kind, case):
        names[row["id"]] = record
        _change_row(upgrade, record, row)
    for record, rows in (("source", "sources"), ("claimant", "claimants")):
        for row in case.get(rows, {}).values():
            _change_row(upgrade, record, row)
    case["citations"] = [
        citation
        for citation in case.get("citations", [])
        if _change_citation(upgrade, names, citation)
    ]
    withheld = case["root"].get("withheld") or {}
    case["root"]["withheld"] = {
        record_id: _change_withheld(upgrade, names.get(record_id, ""), facts)
        for record_id, facts in withheld.items()
    }


def _own_rows(kind: str, case: Aggregate) -> Iterator[tuple[str, Row]]:
    yield kind, case["root"]
    for part in PARTS[kind]:
        for row in case.get(part.name, []):
            yield record_name(part.model), row


def _change_row(upgrade: Upgrade, record: str, row: Row) -> None:
    for (its_record, name), codes in upgrade.values.items():
        if its_record == record and name in row:
            row[name] = _in_new_codes(row[name], codes)
    for (its_record, name), new_name in upgrade.renamed.items():
        if its_record == record:
            for column, ending in _columns(row, name):
                row[f"{new_name}{ending}"] = row.pop(column)
    for its_record, name in upgrade.dropped:
        if its_record == record:
            for column, _ending in _columns(row, name):
                del row[column]


def _columns(row: Row, name: str) -> list[tuple[str, str]]:
    """The column of a field, with what follows the field's name."""
    columns = [(f"{name}{ending}", ending) for ending in ENDINGS]
    return [(column, ending) for column, ending in columns if column in row]


def _in_new_codes(value: Any, codes: Codes) -> Any:
    if isinstance(value, list):
        entries = [codes.get(entry, entry) for entry in value]
        return [entry for entry in entries if entry is not None]
    if isinstance(value, dict):
        return value
    return codes.get(value, value)


def _change_citation(upgrade: Upgrade, names: Mapping[str, str], citation: Row) -> bool:
    """False for a citation of what is no longer there."""
    fact = (_record_cited(names, citation), citation.get("field") or "")
    if fact in upgrade.dropped:
        return False
    codes = upgrade.values.get(fact, {})
    for column in ("item", "states"):
        if codes and not is_empty(citation.get(column)):
            citation[column] = _in_new_codes(citation[column], codes)
            if is_empty(citation[column]):
                return False
    if fact in upgrade.renamed:
        citation["field"] = upgrade.renamed[fact]
    return True


def _record_cited(names: Mapping[str, str], citation: Row) -> str:
    """Whatever its column is called: it holds the id of a record of the case."""
    for column, value in citation.items():
        if column not in {"id", "states"} and isinstance(value, str) and value in names:
            return names[value]
    return ""


def _change_withheld(
    upgrade: Upgrade, record: str, facts: Mapping[str, str]
) -> dict[str, str]:
    changed: dict[str, str] = {}
    for key, who in facts.items():
        name, colon, entry = key.partition(":")
        fact = (record, name)
        if fact in upgrade.dropped:
            continue
        if colon and fact in upgrade.values:
            entry = upgrade.values[fact].get(entry, entry)
            if entry is None:
                continue
        changed[f"{upgrade.renamed.get(fact, name)}{colon}{entry}"] = who
    return changed
