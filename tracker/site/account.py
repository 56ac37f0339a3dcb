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
        self.records = {
            row_id: record
            for document in documents
            for row_id, record in records(document).items()
        }
        rows = [
            citation for document in documents for citation in document["citations"]
        ]
        self.citations = Citations(rows, self.records, others)
        self._shown: dict[tuple[str, str], str] = {}

    def record(self, kind: str, record: Record) -> RecordOnPage:
        always, if_known = on_page(kind)
        names = [*always, *(name for name in if_known if self._is_told(record, name))]
        facts = [self.fact(kind, record, name) for name in names]
        whole = self.citations.of(record["id"], None)
        denied = [row for row in whole if row["agreement"] == Agreement.CONTRADICTS]
        stated = any(fact.values for fact in facts) or any(
            row["agreement"] == Agreement.SUPPORTS for row in whole
        )
        has_page = kind in DOCUMENTS and bool(DOCUMENTS[kind].page)
        return RecordOnPage(
            anchor=f"r-{record['id']}",
            title=str(labels.RECORDS[kind]),
            facts=facts,
            marks=self.citations.marks(row for row in whole if row not in denied),
            denied=self.citations.marks(denied),
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
        rows = self._heard(record, fields)
        support = [row for row in rows if row["agreement"] == Agreement.SUPPORTS]
        shown = self._values(kind, record, name, support)
        all_uncited = all(value.uncited for value in shown)
        uncited = (
            bool(shown)
            and all_uncited
            and not self._whole_claim_heard(kind, record, rows)
        )
        if all_uncited:
            shown = [replace(value, uncited=False) for value in shown]
        anchor = f"f-{record['id']}-{name}"
        self._shown |= {(record["id"], field or ""): anchor for field in fields}
        return Fact(
            anchor=anchor,
            label=labels.of(kind, name),
            values=shown,
            marks=self.citations.marks(
                row for row in support if not _of_item(row, record, name)
            ),
            rivals=self._rivals(rows),
            other=self.citations.marks(row for row in rows if row["agreement"] is None),
            doubt=_doubt(support),
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
        known = [record.get(field or "") not in (None, "", []) for field in fields]
        return any(known) or bool(self.citations.of(record["id"], *fields))

    def _heard(self, record: Record, fields: tuple[str | None, ...]) -> list[Citation]:
        """A source that speaks of the fact itself is not also heard through the record
        as a whole.
        """
        rows = self.citations.of(record["id"], *fields)
        own = {_voice(row) for row in rows if row["field"]}
        return [row for row in rows if row["field"] or _voice(row) not in own]

    def _whole_claim_heard(
        self, kind: str, record: Record, rows: list[Citation]
    ) -> bool:
        """A citation of a record as a whole says that it is so, and nothing of its
        single facts.
        """
        if not RECORDS[kind].one_claim:
            return False
        own = {_voice(row) for row in rows}
        whole = self.citations.of(record["id"], None)
        return any(
            row["agreement"] == Agreement.SUPPORTS and _voice(row) not in own
            for row in whole
        )

    def _values(
        self, kind: str, record: Record, name: str, support: list[Citation]
    ) -> list[Value]:
        uncited = needs_source(kind, name) and not support
        if name in COMPOSED:
            text = composed(record, name)
            return [Value(text, uncited=uncited)] if text else []
        value = record.get(name)
        if isinstance(value, list):
            return self._entries(kind, name, value, support)
        if value in (None, "", {}):
            return []
        return [replace(self._value(kind, name, value), uncited=uncited)]

    def _entries(
        self, kind: str, name: str, entries: list[Any], support: list[Citation]
    ) -> list[Value]:
        """Of a list: each has its own sources beside those of the list as a whole."""
        shown = []
        for entry in entries:
            own = [row for row in support if row["item"] == str(entry)]
            cited = any(_is_about(row, entry) for row in support)
            value = replace(
                self._value(kind, name, entry),
                marks=self.citations.marks(own),
                uncited=needs_source(kind, name) and not cited,
            )
            shown.append(value)
        return shown

    def _value(self, kind: str, name: str, value: Any) -> Value:
        if isinstance(value, str) and value in self.others:
            return Value(title(self.others[value]), page_of(self.others[value]))
        if isinstance(value, str) and value in self.records:
            return Value(self.name_of(value), f"#r-{value}")
        if isinstance(values.form(kind, name), Address):
            return Value(
                value, value if value.startswith(("https://", "http://")) else ""
            )
        return Value(values.words(kind, name, value), datetime=machine_date(value))

    def name_of(self, record_id: str) -> str:
        """A record in a few words, as a link to it: “Release, 11 September 2025”."""
        kind, record = self.records[record_id]
        day = next((record[name] for name in MAIN_DATES if record.get(name)), None)
        words = (
            record.get("label_as_stated") or record.get("article")
            if kind == "charge"
            else composed(record, "term")
        )
        return ", ".join(
            filter(None, [str(labels.RECORDS[kind]), words, values.date_words(day)])
        )

    def _rivals(self, rows: list[Citation]) -> list[Rival]:
        groups: dict[str, list[Citation]] = {}
        for row in rows:
            if row["agreement"] == Agreement.CONTRADICTS:
                groups.setdefault(self._rival_words(row), []).append(row)
        return [
            Rival(text, self.citations.marks(group)) for text, group in groups.items()
        ]

    def _rival_words(self, row: Citation) -> str:
        stated = self.citations.stated(row)
        if row["hedge"] == Hedge.DENIED:
            return _("not %(value)s") % {"value": stated} if stated else _("denied")
        return stated or _("something else, which cannot be shown")


def _voice(row: Citation) -> tuple[Any, Any]:
    return row["source"], row["source_label"]


def _is_about(row: Citation, entry: Any) -> bool:
    """Of the entry, of the list as it is, or of a list that has the entry."""
    states = row["states"]
    if row["item"]:
        return bool(row["item"] == str(entry))
    return states is None or (
        entry in states if isinstance(states, list) else entry == states
    )


def _of_item(row: Citation, record: Record, name: str) -> bool:
    """Is it of one entry of a list that is shown? Then its mark stands there."""
    value = record.get(name)
    return (
        bool(row["item"]) and isinstance(value, list) and row["item"] in map(str, value)
    )


def _doubt(support: list[Citation]) -> str:
    """“alleged” where no source says so without it."""
    hedges = [row["hedge"] for row in support]
    if not hedges or any(hedge in (Hedge.STATED, Hedge.REPORTED) for hedge in hedges):
        return ""
    return ", ".join(dict.fromkeys(values.code(Hedge, hedge) for hedge in hedges))
