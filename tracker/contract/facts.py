"""What lists filter, order and count by: computed from a published document, never from
the record.

`facts` answers "is it equal": {name: [values]}. Spans answer "in which days". Which
fields they are read off, the contract says; a rule for each kind of document is
compiled once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tracker import names, texts
from tracker.contract import past, spans
from tracker.contract.asked import Asked, asked_of
from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import Codes, Date, Ids, Label, Number, Texts
from tracker.contract.vocabulary import FOR_LIFE, TermInForce, YesNo
from tracker.contract.walking import (
    Path,
    others_named,
    reader,
    records_reader,
    values_of,
)

Doc = Mapping[str, Any]
Read = Callable[[Doc], list[Any]]


@dataclass(frozen=True)
class Span:
    fact: str
    value: str
    first_day: date | None
    last_day: date | None


@dataclass
class Facts:
    """The columns of a published row beside its document."""

    equal: dict[str, list[Any]] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    named: list[UUID] = field(default_factory=list)
    search_key: str = ""
    text_words: list[str] = field(default_factory=list)
    sort_name: str | None = None
    sort_date: date | None = None
    sort_number: int | None = None

    def add(self, fact: str, values: Iterable[Any]) -> None:
        """Nulls and doubles fall away; an empty list is left out."""
        known = sorted({value for value in values if value is not None and value != ""})
        if known:
            self.equal[fact] = known

    def add_dates(
        self, fact: str, published: Iterable[Mapping[str, str | None] | None]
    ) -> None:
        for bounds in published:
            if bounds:
                self.spans.append(
                    Span(fact, "", _day(bounds["earliest"]), _day(bounds["latest"]))
                )


def of(kind: str, document: Doc) -> Facts:
    return _RULES[kind].facts(document)


def texts_searched(kind: str, document: Doc) -> list[str]:
    return _RULES[kind].words(document)


def texts_of(kind: str, document: Doc) -> dict[Label, list[str]]:
    """What is found by its words, by the place where it stands."""
    return _RULES[kind].texts_of(document)


# --- What is computed of more than one field ------------------------------------------


def _identifiers(document: Doc, facts: Facts) -> None:
    numbers = [f"{row['scheme']}:{row['value']}" for row in document["identifiers"]]
    facts.add("identifier", numbers)


def _status(document: Doc, facts: Facts) -> None:
    for span in document["status"]:
        last_day = None
        if span["until"]:
            last_day = date.fromisoformat(span["until"]) - timedelta(days=1)
        for status in span["statuses"]:
            facts.spans.append(Span("status", status, _day(span["since"]), last_day))
    # Each but once: tracker/counting/totals.py counts them.
    for status in dict.fromkeys(spans.last_known(document["status"])["statuses"]):
        facts.spans.append(Span("last_status", status, None, None))


def _begun(_document: Doc, facts: Facts) -> None:
    """Of what was read of the same document: it is last."""
    events = past.events("prisoner")
    days = [span.first_day for span in facts.spans if span.fact in events]
    known = [day for day in days if day]
    first = min(known, default=None)
    if len(known) < len(days):
        first = None
    facts.spans.append(Span(spans.BEGUN, "", first, None))


def _in_force(document: Doc, facts: Facts) -> None:
    """A replaced sentence answers nothing of what the person is to serve."""
    in_force = document.get("sentence_in_force") or {}
    facts.add("punishment", in_force.get("punishments", ()))
    facts.add("sentence_execution", in_force.get("executions", ()))
    facts.add("term_in_force", [in_force.get("term")])
    standing = in_force.get("sentences", ())
    rows = [row for row in document["sentences"] if row["id"] in standing]
    if in_force:
        facts.add("term_left_open", [any(map(_is_left_open, rows))])


def _left_open(document: Doc, facts: Facts) -> None:
    facts.add("term_left_open", [_is_left_open(document)])


def _is_left_open(sentence: Doc) -> bool:
    """Such as treatment until a court ends it; there may be a least number of months."""
    return bool(sentence["indeterminate"] == YesNo.YES.value)


def _held_in(document: Doc, facts: Facts) -> None:
    place = document.get("last_place") or {}
    facts.add("held_in", [place.get("facility")])


def _claimants(document: Doc) -> list[str]:
    """By name. A protected pseudonym is nobody's name, and is found by nothing."""
    claimants = [citation["claimant"] for citation in document.get("citations", ())]
    claimants.append(document.get("claimant"))
    names_told = []
    for claimant in claimants:
        if claimant and claimant["name"] and not claimant["protected_pseudonym"]:
            names_told.append(claimant["name"])
    return names_told


WHO_SAYS_SO = _("who says so")

COMPUTED: dict[str, tuple[Callable[[Doc, Facts], None], ...]] = {
    "prisoner": (_identifiers, _status, _in_force, _held_in, _begun),
    "sentence": (_left_open,),
}

# They stand above every number of months that a term can have.
LIFE, DEATH = 2_147_483_646, 2_147_483_647


def _term_in_force(document: Doc) -> int | None:
    """Of a range its start, if that is known."""
    in_force = document.get("sentence_in_force")
    if in_force is None:
        return None
    return _size(in_force["term"], in_force["months"], in_force["months_to"])


def _term(document: Doc) -> int | None:
    months, months_to = document["term_months"], document["term_months_to"]
    return _size(document["punishment"], months, months_to)


def _size(kind: str, months: int | None, months_to: int | None) -> int | None:
    if kind == TermInForce.DEATH.value:
        return DEATH
    if kind in FOR_LIFE:
        return LIFE
    return months if months is not None else months_to


NUMBERS: dict[str, Callable[[Doc], int | None]] = {
    "prisoner": _term_in_force,
    "sentence": _term,
}


# --- What the contract says ------------------------------------------------------------


@dataclass
class _List:
    """The facts read off the records of one list: {fact: field}."""

    records: Callable[[Doc], list[Doc]]
    equal: dict[str, str] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)

    def read(self, document: Doc, facts: Facts) -> None:
        records = self.records(document)
        if not records:
            return
        for fact, name in self.equal.items():
            facts.add(fact, values_of(records, name))
        for fact, name in self.days.items():
            facts.add_dates(fact, values_of(records, name))


class _Rule:
    """How the facts of one kind of document are read off it. `own` are its own fields
    that hold one value, {fact: field}: most do, so they are read with less ado.
    """

    def __init__(self, kind: str) -> None:
        document = DOCUMENTS[kind]
        self.own: dict[str, str] = {}
        self.lists: dict[Path, _List] = {}
        for question in asked_of(kind):
            self._read(question)
        self.computed = COMPUTED.get(kind, ())
        self.number = NUMBERS.get(kind)
        self.searched: list[Read] = []
        if document.searched:
            self.searched = [_path(path) for path in document.searched.paths]
        self.texts: list[tuple[Label, list[Read]]] = []
        for place in document.texts:
            reads = [_path(path) for path in place.paths]
            self.texts.append((place.label, reads))
        self.sorted = [
            (order.column, _SORTED[order.column], _path(order.path))
            for order in document.orderings.values()
            if not (self.number and order.column == "sort_number")
        ]

    def _read(self, question: Asked) -> None:
        form, (*way, name) = question.form, question.path
        if isinstance(form, Number):
            return  # asked of the column that lists are ordered by
        if not way and not isinstance(form, Date | Codes | Ids | Texts):
            self.own[question.fact] = name
            return
        records = records_reader(tuple(way))
        place = self.lists.setdefault(tuple(way), _List(records))
        facts = place.days if isinstance(form, Date) else place.equal
        facts[question.fact] = name

    def facts(self, document: Doc) -> Facts:
        facts = Facts()
        for fact, name in self.own.items():
            value = document.get(name)
            if value is not None and value != "":
                facts.equal[fact] = [value]
        for part in self.lists.values():
            part.read(document, facts)
        for compute in self.computed:
            compute(document, facts)
        facts.named = [UUID(row_id) for row_id in others_named(document)]
        if self.searched:
            facts.search_key = names.search_key(self.words(document))
        facts.text_words = texts.words_of(self._all_texts(document))
        for column, sort, read in self.sorted:
            setattr(facts, column, sort(read(document)))
        if self.number:
            facts.sort_number = self.number(document)
        return facts

    def words(self, document: Doc) -> list[str]:
        words: list[str] = []
        for read in self.searched:
            words += _texts(read(document))
        return words

    def _all_texts(self, document: Doc) -> set[str]:
        """As texts_of. A label is translated wherever it is a key, so there is none."""
        told: set[str] = set()
        for _place, reads in self.texts:
            for read in reads:
                told.update(_texts(read(document)))
        if self.texts:
            told.update(_claimants(document))
        return told

    def texts_of(self, document: Doc) -> dict[Label, list[str]]:
        found: dict[Label, list[str]] = {}
        for place, reads in self.texts:
            found[place] = []
            for read in reads:
                found[place] += _texts(read(document))
        if self.texts:
            found[WHO_SAYS_SO] = _claimants(document)
        return found


def _path(path: str) -> Read:
    return reader(tuple(path.split(".")))


def _texts(values: Iterable[Any]) -> list[str]:
    """Of a text in several languages, each."""
    told: list[str] = []
    for value in values:
        if isinstance(value, Mapping):
            told += value.values()
        elif value:
            told.append(value)
    return told


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _sort_name(values: list[Any]) -> str | None:
    told = _texts(values)
    return names.sort_key(told[0]) if told and told[0] else None


def _last_day(values: list[Any]) -> date | None:
    """The latest of the first days that they may be."""
    days = [_day(value["earliest"]) for value in values if value]
    return max((day for day in days if day), default=None)


def _largest(values: list[Any]) -> int | None:
    return max((value for value in values if value is not None), default=None)


_SORTED: dict[str, Callable[[list[Any]], Any]] = {
    "sort_name": _sort_name,
    "sort_date": _last_day,
    "sort_number": _largest,
}
_RULES = {kind: _Rule(kind) for kind in DOCUMENTS}
