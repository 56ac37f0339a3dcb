"""Documents told as facts, each with its sources, the rival values, and what is not
known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from tracker.contract import labels
from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import Address
from tracker.contract.telling import COMPOSED, needs_source, on_page
from tracker.contract.vocabulary import Agreement, Hedge
from tracker.contract.walking import RECORDS, lists_of
from tracker.site import values
from tracker.site.citing import Citation, Citations, Mark, NumberedSource, title
from tracker.site.records import (
    MAIN_DATES,
    Document,
    Record,
    composed,
    machine_date,
    page_of,
    records,
)


@dataclass(frozen=True)
class Value:
    text: str
    href: str = ""
    datetime: str = ""
    marks: list[Mark] = field(default_factory=list)
    uncited: bool = False


@dataclass(frozen=True)
class Rival:
    """What other sources state of the same fact."""

    text: str
    marks: list[Mark]


@dataclass(frozen=True)
class Fact:
    """`doubt` is how the sources put it, where none plainly states it; `other` are
    predictions and retracted words.

    `uncited`: no source supports any of it. Where some entries of a list have one,
    those without say so themselves.
    """

    anchor: str
    label: str
    values: list[Value]
    marks: list[Mark]
    rivals: list[Rival]
    other: list[Mark]
    doubt: str
    uncited: bool
    when_empty: str


@dataclass(frozen=True)
class RecordOnPage:
    """One record of a document with its facts; `parts` are records that belong to it.

    `marks` are the sources for the record as a whole, `denied` those that deny it.
    `uncited`: it states nothing of its own, and nobody is cited for it.
    """

    anchor: str
    title: str
    facts: list[Fact]
    marks: list[Mark]
    denied: list[Mark]
    uncited: bool
    parts: list["RecordOnPage"] = field(default_factory=list)


class Account:
    """`others`: the published documents that these name, by id. All share one list of
    sources.
    """

    def __init__(
        self, documents: Sequence[Document], others: Mapping[str, Document]
    ) -> None:
        self.documents = documents
        self.others = others
        self.records: dict[str, tuple[str, Record]] = {}
        citations: list[Citation] = []
        for document in documents:
            self.records |= records(document)
            citations += document["citations"]
        self.citations = Citations(citations, self.records, others)
        self._shown: dict[tuple[str, str], str] = {}

    def record(self, kind: str, record: Record) -> RecordOnPage:
        always, if_known = on_page(kind)
        names = [*always]
        for name in if_known:
            if self._is_told(record, name):
                names.append(name)
        facts = [self.fact(kind, record, name) for name in names]
        stated = any(fact.values for fact in facts)
        not_denying: list[Citation] = []
        denying: list[Citation] = []
        for citation in self.citations.of(record["id"], None):
            if citation["agreement"] == Agreement.CONTRADICTS:
                denying.append(citation)
                continue
            not_denying.append(citation)
            if citation["agreement"] == Agreement.SUPPORTS or is_hidden(citation):
                stated = True
        has_page = kind in DOCUMENTS and bool(DOCUMENTS[kind].page)
        return RecordOnPage(
            anchor=f"r-{record['id']}",
            title=str(labels.RECORDS[kind]),
            facts=facts,
            marks=self.citations.marks(not_denying),
            denied=self.citations.marks(denying),
            uncited=not stated and not has_page,
        )

    def with_parts(self, kind: str, record: Record) -> RecordOnPage:
        whole = self.record(kind, record)
        for name, part_kind in lists_of(kind).items():
            for part in record[name]:
                whole.parts.append(self.with_parts(part_kind, part))
        return whole

    def fact(self, kind: str, record: Record, name: str) -> Fact:
        fields: tuple[str | None, ...] = COMPOSED.get(name, (name,))
        citations = self._heard(record, fields)
        supporting: list[Citation] = []
        of_whole_value: list[Citation] = []
        neither: list[Citation] = []
        hidden: list[Citation] = []
        for citation in citations:
            if citation["agreement"] is None:
                neither.append(citation)
            if is_hidden(citation):
                hidden.append(citation)
            if citation["agreement"] == Agreement.SUPPORTS:
                supporting.append(citation)
                if not _of_item(citation, record, name):
                    of_whole_value.append(citation)
        shown = self._values(kind, record, name, [*supporting, *hidden])
        all_uncited = all(value.uncited for value in shown)
        uncited = (
            bool(shown)
            and all_uncited
            and not self._whole_claim_heard(kind, record, citations)
        )
        if all_uncited:
            shown = [replace(value, uncited=False) for value in shown]
        anchor = f"f-{record['id']}-{name}"
        for field_name in fields:
            self._shown[record["id"], field_name or ""] = anchor
        return Fact(
            anchor=anchor,
            label=labels.of(kind, name),
            values=shown,
            marks=self.citations.marks(of_whole_value),
            rivals=self._rivals(citations),
            other=self.citations.marks(neither),
            doubt=_doubt(supporting),
            uncited=uncited,
            when_empty=labels.when_empty(kind, name) or _("unknown"),
        )

    def summary(self, kind: str, document: Document) -> dict[str, Any]:
        language, text = values.language_and_text(document["summary"])
        return {
            "language": language,
            "text": text,
            "fact": self.fact(kind, document, "summary"),
        }

    def sources(self) -> list[NumberedSource]:
        """Call it last: sources are numbered as the facts of the page name them."""
        return self.citations.numbered(self._shown)

    def _is_told(self, record: Record, name: str) -> bool:
        fields: tuple[str | None, ...] = COMPOSED.get(name, (name,))
        for field_name in fields:
            if record.get(field_name or "") not in (None, "", []):
                return True
        return bool(self.citations.of(record["id"], *fields))

    def _heard(self, record: Record, fields: tuple[str | None, ...]) -> list[Citation]:
        """A source that speaks of the fact itself is not also heard through the record
        as a whole.
        """
        citations = self.citations.of(record["id"], *fields)
        own_voices = {_voice(citation) for citation in citations if citation["field"]}
        heard: list[Citation] = []
        for citation in citations:
            if citation["field"] or _voice(citation) not in own_voices:
                heard.append(citation)
        return heard

    def _whole_claim_heard(
        self, kind: str, record: Record, citations: list[Citation]
    ) -> bool:
        """A citation of a record as a whole says that it is so, and nothing of its
        single facts.
        """
        if not RECORDS[kind].one_claim:
            return False
        own_voices = {_voice(citation) for citation in citations}
        for citation in self.citations.of(record["id"], None):
            supports = citation["agreement"] == Agreement.SUPPORTS
            if (supports or is_hidden(citation)) and _voice(citation) not in own_voices:
                return True
        return False

    def _values(
        self, kind: str, record: Record, name: str, support: list[Citation]
    ) -> list[Value]:
        uncited = needs_source(kind, name) and not support
        if name in COMPOSED:
            text = composed(record, name)
            if not text:
                return []
            return [Value(text, uncited=uncited)]
        value = record.get(name)
        if isinstance(value, list):
            return self._entries(kind, name, value, support)
        if value in (None, "", {}):
            return []
        return [replace(self._value(kind, name, value), uncited=uncited)]

    def _entries(
        self, kind: str, name: str, entries: list[object], support: list[Citation]
    ) -> list[Value]:
        """Of a list: each has its own sources beside those of the list as a whole."""
        shown = []
        for entry in entries:
            own: list[Citation] = []
            cited = False
            for citation in support:
                if citation["item"] == str(entry):
                    own.append(citation)
                if _is_about(citation, entry):
                    cited = True
            value = replace(
                self._value(kind, name, entry),
                marks=self.citations.marks(own),
                uncited=needs_source(kind, name) and not cited,
            )
            shown.append(value)
        return shown

    def _value(self, kind: str, name: str, value: object) -> Value:
        if isinstance(value, str) and value in self.others:
            return Value(title(self.others[value]), page_of(self.others[value]))
        if isinstance(value, str) and value in self.records:
            return Value(self.name_of(value), f"#r-{value}")
        if isinstance(values.form(kind, name), Address):
            address = str(value)
            if address.startswith(("https://", "http://")):
                return Value(address, href=address)
            return Value(address)
        return Value(values.words(kind, name, value), datetime=machine_date(value))

    def name_of(self, record_id: str) -> str:
        """A record in a few words, as a link to it: “Release, 11 September 2025”."""
        kind, record = self.records[record_id]
        day = None
        for name in MAIN_DATES:
            if record.get(name):
                day = record[name]
                break
        words = composed(record, "term")
        if kind == "charge":
            words = record.get("label_as_stated") or record.get("article") or ""
        parts = [str(labels.RECORDS[kind]), words, values.date_words(day)]
        return ", ".join(filter(None, parts))

    def _rivals(self, citations: list[Citation]) -> list[Rival]:
        groups: dict[str, list[Citation]] = {}
        for citation in citations:
            if citation["agreement"] == Agreement.CONTRADICTS:
                groups.setdefault(self._rival_words(citation), []).append(citation)
        rivals = []
        for text, group in groups.items():
            rivals.append(Rival(text, self.citations.marks(group)))
        return rivals

    def _rival_words(self, citation: Citation) -> str:
        stated = self.citations.stated(citation)
        if citation["hedge"] != Hedge.DENIED:
            return stated or _("something else, which cannot be shown")
        if stated:
            return _("not %(value)s") % {"value": stated}
        return _("denied")


def is_hidden(citation: Citation) -> bool:
    """There is a source, and how it stands to the fact is not told."""
    return citation["source"] is None


def _voice(citation: Citation) -> tuple[Any, Any]:
    return citation["source"], citation["source_label"]


def _is_about(citation: Citation, entry: object) -> bool:
    """Of the entry, of the list as it is, or of a list that has the entry."""
    states = citation["states"]
    if citation["item"]:
        return bool(citation["item"] == str(entry))
    if isinstance(states, list):
        return entry in states
    return states is None or bool(entry == states)


def _of_item(citation: Citation, record: Record, name: str) -> bool:
    """Is it of one entry of a list that is shown? Then its mark stands there."""
    value = record.get(name)
    if not citation["item"] or not isinstance(value, list):
        return False
    return citation["item"] in map(str, value)


def _doubt(support: list[Citation]) -> str:
    """“alleged” where no source says so without it."""
    hedge_names: list[str] = []
    for citation in support:
        if citation["hedge"] in (Hedge.STATED, Hedge.REPORTED):
            return ""
        name = values.code(Hedge, citation["hedge"])
        if name not in hedge_names:
            hedge_names.append(name)
    return ", ".join(hedge_names)
