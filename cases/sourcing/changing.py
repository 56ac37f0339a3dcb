"""A fact that changes: does somebody have to say on whose word, and who is cited for it
now. Asked by the desk's pages and by the editorial API alike; what the sources said
before, the database keeps (cases/triggers/sourcing.py).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models

from cases.agreement import agreement
from cases.catalogue import can_be_cited, citable_fields, facts_of, target_of
from cases.models import Citation, Source
from cases.models.base import Part, Record
from cases.sourcing.reading import read
from cases.sourcing.standing import Row, is_about, of_item
from tracker.contract.vocabulary import Agreement, Hedge
from tracker.emptiness import is_empty

_NOT_STATED = (Hedge.DENIED, Hedge.PREDICTED)
_VOICE = ("claimant", "hedge")


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

    @property
    def came(self) -> list[str]:
        """The entries that a list gained."""
        old = self.old or []
        return [item for item in self.new or [] if item not in old]

    @property
    def adds(self) -> bool:
        """Nothing that stood there before is gone: there was nothing, or a list grew."""
        if isinstance(self.old, list):
            return len(self.came) + len(self.old) == len(self.new or [])
        return self.old is None


@dataclass(frozen=True)
class Word:
    """What is said of a fact beside its value: by which source; and `said`, fields of
    the citation: where in it, on whose word, how surely, of which day.
    """

    source: Source
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_for_it(self) -> bool:
        """Does who is cited in this way say that it is, or was, so?"""
        return self.said.get("hedge") not in _NOT_STATED

    @cached_property
    def is_void(self) -> bool:
        """Was the source retracted, or has it all from what was?"""
        return str(self.source.pk) in read({self.source.pk}).void

    @property
    def supports(self) -> bool:
        """May a cited fact change on this word?"""
        return self.is_for_it and not self.is_void

    @property
    def beside(self) -> dict[str, Any]:
        """Without what is empty: a box left empty says nothing against what was said
        before. Nor does that it is stated plainly.
        """
        beside = {}
        for name, value in self.said.items():
            if not is_empty(value) and value != Hedge.STATED:
                beside[name] = value
        return beside

    @property
    def voice(self) -> dict[str, Any]:
        """By whose word, and how surely: another one of these is another statement."""
        return {name: self.beside[name] for name in _VOICE if name in self.beside}


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


def cite(changes: Iterable[ChangedFact], word: Word) -> int:
    """The source states what the record holds now; of how many facts it was not cited
    for that before. The change is stored already.

    If it was cited for the old value, it no longer states that one: the record was
    wrong, not the source.
    """
    count = 0
    for change in changes:
        if change.emptied or change.field not in facts_of(type(change.record)):
            continue
        items = [""]
        if isinstance(change.new, list):
            items = change.came or [""]
        for item in items:
            count += _cite(change, item, word)
    return count


def cite_all(record: Record, word: Word, names: Collection[str] | None = None) -> int:
    """The source states everything that this record holds, which was stored just now;
    or of it the fields of these names.
    """
    citations = []
    for name, item in _held(record):
        if names is None or not name or name in names:
            citations.append(Citation(**_about(record, name, item), **_said(word)))
    Citation.objects.bulk_create(citations)
    return len(citations)


def _held(record: Record) -> Iterator[tuple[str, str]]:
    """Each fact by its field and the entry of a list, as cases/sourcing/standing.py
    asks for it: a part that holds none is one itself.
    """
    holds_a_fact = False
    for fact in facts_of(type(record)):
        value = _plain(getattr(record, fact.attname))
        if is_empty(value):
            continue
        holds_a_fact = True
        items = [""]
        if isinstance(value, list):
            items = value
        for item in items:
            yield fact.name, item
    if isinstance(record, Part) and not holds_a_fact:
        yield "", ""


def _about(record: Record, name: str, item: str) -> dict[str, Any]:
    return {target_of(type(record)): record, "field": name, "item": item}


def _said(word: Word) -> dict[str, Any]:
    return {"source": word.source, **word.beside}


def _cite(change: ChangedFact, item: str, word: Word) -> int:
    """1 if the source is cited for it only now."""
    fact = _about(change.record, change.field.name, item)
    cited = Citation.objects.filter(**fact, source=word.source)
    follows = 0
    if word.is_for_it:
        cited = cited.exclude(hedge__in=_NOT_STATED)
        follows = _said_before(change, item, cited.filter(**word.voice))
    if cited.filter(states__isnull=True, **word.beside).exists():
        return int(bool(follows))
    Citation.objects.create(**fact, **_said(word))
    return 1


def _said_before(
    change: ChangedFact, item: str, cited: models.QuerySet[Citation]
) -> int:
    """How many citations of the source followed the record. Where the value was taken
    out, what is entered again from the same source takes the place of what that was
    cited for before.
    """
    kept = cited.filter(states__isnull=False)
    if item:
        return kept.filter(states=item).update(states=None)
    if change.old is not None:
        return kept.filter(states=change.old).update(states=None)
    of_this_value = kept.filter(states=change.new)
    if of_this_value.exists():
        return of_this_value.update(states=None)
    if kept.count() == 1:
        return kept.update(states=None)
    return 0


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
