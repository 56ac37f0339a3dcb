"""A fact that changes: does somebody have to say on whose word, and who is cited for it
now. Asked by the desk's pages and by the editorial API alike; what the sources said
before, the database keeps (cases/triggers/sourcing.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from cases.agreement import agreement
from cases.catalogue import can_be_cited, citable_fields, facts_of, target_of
from cases.models import Citation, Source
from cases.models.base import Record
from cases.sourcing.reading import read
from cases.sourcing.standing import Row, is_about, of_item
from tracker.contract.vocabulary import Agreement, Hedge
from tracker.emptiness import is_empty

_NOT_STATED = (Hedge.DENIED, Hedge.PREDICTED)


@dataclass(frozen=True)
class ChangedFact:
    """Values as the record keeps them, references by id. `asks`: it was cited, and no
    source cited states `new`.
    """

    record: Record
    field: models.Field
    old: Any
    new: Any
    asks: bool

    @property
    def emptied(self) -> bool:
        return is_empty(self.new)


def changed_facts(
    record: Record, before: Mapping[str, object], after: Mapping[str, object]
) -> list[ChangedFact]:
    """Of the fields given by name; at most two queries. The record may have been saved
    already, or not yet.
    """
    model = type(record)
    if not can_be_cited(model):
        return []
    facts = citable_fields(model)
    changed: dict[str, tuple[Any, Any]] = {}
    for name in before:
        if name in facts:
            old, new = _plain(before[name]), _plain(after[name])
            if old != new:
                changed[name] = (old, new)
    if not changed:
        return []
    citations = _citations(record, changed)
    changes = []
    for name, (old, new) in changed.items():
        asks = _loses_support(model, name, old, new, citations)
        changes.append(ChangedFact(record, facts[name], old, new, asks))
    return changes


def cite(
    changes: Iterable[ChangedFact], sources: Sequence[Source], locator: str = ""
) -> None:
    """These sources state what the record holds now. The change is stored already.

    A source that was cited for the old value no longer states it: the record was wrong,
    not the source.
    """
    for change in changes:
        if change.emptied or change.field not in facts_of(type(change.record)):
            continue
        for source in sources:
            for item in _items(change):
                _cite(change, source, item, locator)


def _items(change: ChangedFact) -> list[str]:
    """The entries that a list gained; "" is the whole value."""
    if not isinstance(change.new, list):
        return [""]
    old = change.old or []
    came = [item for item in change.new if item not in old]
    return came or [""]


def _cite(change: ChangedFact, source: Source, item: str, locator: str) -> None:
    fact: dict[str, Any] = {
        target_of(type(change.record)): change.record,
        "field": change.field.name,
        "item": item,
        "source": source,
    }
    cited = Citation.objects.filter(**fact).exclude(hedge__in=_NOT_STATED)
    if not item:
        cited.filter(states=change.old).update(states=None)
    now = cited.filter(states=None)
    if locator:
        now = now.filter(locator=locator)
    if not now.exists():
        Citation.objects.create(**fact, locator=locator)


def _citations(record: Record, names: Iterable[str]) -> list[dict[str, Any]]:
    """Of these fields, and of the record as a whole, from sources that still count."""
    target = target_of(type(record))
    about: dict[str, Any] = {target: record, "field__in": [*names, ""]}
    rows: Any = list(
        Citation.objects.filter(**about).values(
            "field", "item", "states", "hedge", "source_id"
        )
    )
    void = read({row["source_id"] for row in rows}).void
    return [row for row in rows if str(row["source_id"]) not in void]


def _loses_support(
    model: type[Record], name: str, old: Any, new: Any, citations: Iterable[Row]
) -> bool:
    if is_empty(old):
        return False
    own: list[Row] = []
    of_record: list[Row] = []
    for citation in citations:
        if citation["field"] == name:
            own.append(citation)
        elif citation["field"] == "" and model.one_claim:
            of_record.append({**citation, "field": name})
    own += of_record
    if isinstance(old, list):
        gone = [item for item in old if item not in (new or [])]
        return any(_entry_loses_support(name, item, own) for item in gone)
    return _supports(name, old, own) and not _states(new, own)


def _supports(name: str, value: object, citations: Iterable[Row]) -> bool:
    for citation in citations:
        verdict = agreement(citation, {name: value}, retracted=False)
        if verdict == Agreement.SUPPORTS:
            return True
    return False


def _states(value: object, citations: Iterable[Row]) -> bool:
    """Nobody states nothing."""
    if is_empty(value):
        return False
    for citation in citations:
        is_stated = citation["hedge"] not in _NOT_STATED
        if is_stated and citation["states"] == value:
            return True
    return False


def _entry_loses_support(name: str, item: str, citations: Iterable[Row]) -> bool:
    """An entry may go without a question if a source denies it."""
    verdicts = set()
    for citation in citations:
        if is_about(citation, item):
            of_entry = of_item(citation, item)
            verdicts.add(agreement(of_entry, {name: [item]}, retracted=False))
    return Agreement.SUPPORTS in verdicts and Agreement.CONTRADICTS not in verdicts


def _plain(value: object) -> Any:
    """As a row of an aggregate has it. Every empty value is None."""
    if isinstance(value, models.Model):
        value = value.pk
    if is_empty(value):
        return None
    if isinstance(value, UUID):
        return str(value)
    return value
