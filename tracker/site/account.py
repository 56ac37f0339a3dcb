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
from tracker.contract.hedges import contradicts, is_about, is_hidden
from tracker.contract.telling import (
    COMPOSED,
    needs_source,
    on_page,
    puts_otherwise,
    told_in_part,
)
from tracker.contract.vocabulary import Agreement, Hedge
from tracker.contract.walking import RECORDS, fields_of, lists_of
from tracker.site import values
from tracker.site.citing import (
    TOLD_ABOVE,
    Citation,
    Citations,
    NumberedSource,
    Said,
    Statement,
    title,
)
from tracker.site.hedged import voice
from tracker.site.records import (
    Document,
    Record,
    called,
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
    said: list[Said] = field(default_factory=list)
    uncited: bool = False


@dataclass(frozen=True)
class Rival:
    """What other sources state of the same fact."""

    text: str
    said: list[Said]


@dataclass(frozen=True)
class Fact:
    """`said` are the sources, each with how surely it says so: also those that only
    predict it, and those that were retracted.

    `uncited`: no source supports any of it. Where some entries of a list have one,
    those without say so themselves. `in_prose`: the rivals only word it differently.
    `is_unknown`: nobody says anything of it. `statements` are what the sources state,
    where that stands beneath the fact.
    """

    anchor: str
    label: str
    values: list[Value]
    said: list[Said]
    rivals: list[Rival]
    in_prose: bool
    uncited: bool
    when_empty: str
    is_unknown: bool
    statements: list[Statement] = field(default_factory=list)

    @property
    def text(self) -> str:
        return ", ".join(value.text for value in self.values)


@dataclass(frozen=True)
class RecordOnPage:
    """One record of a document with its facts; `parts` are records that belong to it.

    `said` are the sources for the record as a whole, `denied` those that deny it;
    `statements` are those of all of them.
    `uncited`: it states nothing of its own, and nobody is cited for it. `note` is what
    follows from other records of the document, and `note_on` the anchor of that one.
    """

    anchor: str
    title: str
    facts: list[Fact]
    said: list[Said]
    denied: list[Said]
    uncited: bool
    statements: list[Statement]
    parts: list["RecordOnPage"] = field(default_factory=list)
    note: str = ""
    note_on: str = ""

    @property
    def told(self) -> list[Fact]:
        return [fact for fact in self.facts if not fact.is_unknown]

    @property
    def unknown(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.is_unknown]


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
        in_part: set[str] = set()
        for document in documents:
            self.records |= records(document)
            citations += document["citations"]
            in_part |= told_in_part(document)
        self.in_part = in_part
        self.citations = Citations(citations, self.records, others, in_part)
        self.heard = self.citations.heard
        self._shown: dict[tuple[str, str], str] = {}

    def record(self, kind: str, record: Record) -> RecordOnPage:
        always, if_known = on_page(kind)
        names = []
        for name in always:
            if not self._is_told_within(kind, record, name):
                names.append(name)
        for name in if_known:
            if self._is_told(record, name):
                names.append(name)
        facts = []
        for name in names:
            fact = self.fact(kind, record, name)
            statements = self.citations.beneath(self.heard.of_fact(record, name))
            facts.append(replace(fact, statements=statements))
        stated = any(fact.values for fact in facts)
        not_denying: list[Citation] = []
        denying: list[Citation] = []
        for citation in self.heard.of(record["id"], None):
            if citation["agreement"] == Agreement.CONTRADICTS:
                denying.append(citation)
                continue
            not_denying.append(citation)
            if citation["agreement"] == Agreement.SUPPORTS or is_hidden(citation):
                stated = True
        has_page = kind in DOCUMENTS and bool(DOCUMENTS[kind].page)
        is_in_part = record["id"] in self.in_part
        if is_in_part:
            facts = [fact for fact in facts if fact.values or fact.said or fact.rivals]
        return RecordOnPage(
            anchor=f"r-{record['id']}",
            title=str(labels.RECORDS[kind]),
            facts=facts,
            said=self.citations.said(not_denying),
            denied=self.citations.said(denying, denied=True),
            uncited=not (stated or has_page or is_in_part),
            statements=self.citations.beneath([*not_denying, *denying]),
        )

    def with_parts(self, kind: str, record: Record) -> RecordOnPage:
        whole = self.record(kind, record)
        for name, part_kind in lists_of(kind).items():
            for part in record.get(name) or ():
                whole.parts.append(self.with_parts(part_kind, part))
        return whole

    def fact(self, kind: str, record: Record, name: str) -> Fact:
        fields: tuple[str | None, ...] = COMPOSED.get(name, (name,))
        citations = self.heard.of_fact(record, name)
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
            said=self.citations.said(
                [*of_whole_value, *neither],
                of=record.get("claimant"),
                with_claimants=name not in TOLD_ABOVE,
            ),
            rivals=self._rivals(citations),
            in_prose=all(map(puts_otherwise, filter(contradicts, citations))),
            uncited=uncited,
            when_empty=self._when_empty(kind, name, citations),
            is_unknown=not (shown or citations or labels.when_empty(kind, name)),
        )

    def summary(self, kind: str, document: Document) -> dict[str, Any]:
        language, text = values.language_and_text(document["summary"])
        return {
            "language": language,
            "text": text,
            "fact": replace(
                self.fact(kind, document, "summary"),
                statements=self.citations.beneath(
                    self.heard.of_fact(document, "summary")
                ),
            ),
        }

    def sources(self) -> list[NumberedSource]:
        """Call it last: sources are numbered as the facts of the page name them."""
        return self.citations.numbered(self._shown)

    def _when_empty(self, kind: str, name: str, citations: list[Citation]) -> str:
        """What is not shown is not unknown: a source states it, and it is not told."""
        if any(not contradicts(citation) for citation in citations):
            return _("not shown")
        return labels.when_empty(kind, name) or _("not given")

    def _is_told(self, record: Record, name: str) -> bool:
        fields: tuple[str | None, ...] = COMPOSED.get(name, (name,))
        for field_name in fields:
            if record.get(field_name or "") not in (None, "", []):
                return True
        return bool(self.heard.of(record["id"], *fields))

    def _is_told_within(self, kind: str, record: Record, name: str) -> bool:
        """A charge without an outcome of its own that has decisions."""
        form = fields_of(kind).get(name)
        told_by = form.line.told_by if form else ""
        return bool(record.get(told_by)) and not self._is_told(record, name)

    def _whole_claim_heard(
        self, kind: str, record: Record, citations: list[Citation]
    ) -> bool:
        """A citation of a record as a whole says that it is so, and nothing of its
        single facts.
        """
        if not RECORDS[kind].one_claim:
            return False
        own_voices = {voice(citation) for citation in citations}
        for citation in self.heard.of(record["id"], None):
            supports = citation["agreement"] == Agreement.SUPPORTS
            if (supports or is_hidden(citation)) and voice(citation) not in own_voices:
                return True
        return False

    def _values(
        self, kind: str, record: Record, name: str, support: list[Citation]
    ) -> list[Value]:
        uncited = self._needs_source(kind, record, name) and not support
        if name in COMPOSED:
            text = composed(record, name)
            if not text:
                return []
            return [Value(text, uncited=uncited)]
        value = record.get(name)
        if isinstance(value, list):
            needs_one = self._needs_source(kind, record, name)
            return self._entries(kind, name, value, support, needs_one)
        if value in (None, "", {}):
            return []
        return [replace(self._value(kind, name, value), uncited=uncited)]

    def _needs_source(self, kind: str, record: Record, name: str) -> bool:
        return needs_source(kind, name) and record["id"] not in self.in_part

    def _entries(
        self,
        kind: str,
        name: str,
        entries: list[object],
        support: list[Citation],
        needs_one: bool,
    ) -> list[Value]:
        """Of a list: each has its own sources beside those of the list as a whole."""
        shown = []
        for entry in entries:
            own: list[Citation] = []
            cited = False
            for citation in support:
                if citation["item"] == str(entry):
                    own.append(citation)
                if is_about(citation, entry):
                    cited = True
            value = replace(
                self._value(kind, name, entry),
                said=self.citations.said(own),
                uncited=needs_one and not cited,
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
        """A record in a few words, as a link to it."""
        return called(*self.records[record_id])

    def _rivals(self, citations: list[Citation]) -> list[Rival]:
        groups: dict[str, list[Citation]] = {}
        for citation in citations:
            if citation["agreement"] == Agreement.CONTRADICTS:
                groups.setdefault(self._rival_words(citation), []).append(citation)
        rivals = []
        for text, group in groups.items():
            rivals.append(Rival(text, self.citations.said(group, denied=True)))
        return rivals

    def _rival_words(self, citation: Citation) -> str:
        stated = self.citations.stated(citation)
        if citation["hedge"] != Hedge.DENIED:
            return stated or _("something else, which cannot be shown")
        if stated:
            return _("not %(value)s") % {"value": stated}
        return _("denied")


def _of_item(citation: Citation, record: Record, name: str) -> bool:
    """Is it of one entry of a list that is shown? Then its mark stands there."""
    value = record.get(name)
    if not citation["item"] or not isinstance(value, list):
        return False
    return citation["item"] in map(str, value)
