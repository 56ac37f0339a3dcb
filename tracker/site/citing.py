"""The sources of one page, numbered in the order in which its facts name them, and what
each of them states.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.contract import labels
from tracker.contract.vocabulary import Agreement, Hedge, SourceStanding
from tracker.site import values

Citation = Mapping[str, Any]
Document = Mapping[str, Any]

PLAIN = frozenset({Hedge.STATED, Hedge.REPORTED})
# Too long to be said again for each of its sources.
TOLD_ABOVE = {"summary"}


@dataclass(frozen=True)
class Mark:
    """The number beside a fact. `hedge` is said at the fact itself where a source does
    not plainly state it.
    """

    number: int
    anchor: str
    hedge: str = ""
    retracted: bool = False


@dataclass(frozen=True)
class Statement:
    """What a source states of one fact, whose anchor on the page is `fact`. Citations
    that differ only in the place in the source are one statement; `anchors` are those
    of all of them.
    """

    citation: Citation
    anchors: list[str]
    fact: str
    about: str
    states: str
    hedge: str
    contradicts: bool
    locators: list[str]


@dataclass
class NumberedSource:
    """`document` is None where the source may not be shown; `label` stands for it.
    `repeats`: what it is a copy of.
    """

    number: int
    document: Document | None
    label: str | None
    repeats: list[Document] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    @property
    def retracted(self) -> bool:
        return bool(
            self.document and self.document["standing"] == SourceStanding.RETRACTED
        )


class Citations:
    """`records` are all records of the document: {id: (kind, record)}; `others` the
    published documents it names.
    """

    def __init__(
        self,
        rows: Iterable[Citation],
        records: Mapping[str, Any],
        others: Mapping[str, Document],
    ) -> None:
        self._rows = list(rows)
        self._records = records
        self._others = others
        self._by_fact: dict[tuple[str, str | None], list[Citation]] = defaultdict(list)
        self._sources: dict[str, NumberedSource] = {}
        for row in self._rows:
            self._by_fact[row["record"]["id"], row["field"]].append(row)

    def of(self, record_id: str, *fields: str | None) -> list[Citation]:
        """The citations of these fields of a record; None is the record as a whole."""
        return [row for name in fields for row in self._by_fact[record_id, name]]

    def marks(self, rows: Iterable[Citation]) -> list[Mark]:
        """One for each source, in the order of their numbers."""
        found: dict[int, Mark] = {}
        for row in rows:
            source = self._source(row)
            hedge = "" if row["hedge"] in PLAIN else values.code(Hedge, row["hedge"])
            found.setdefault(
                source.number,
                Mark(source.number, f"c-{row['id']}", hedge, source.retracted),
            )
        return [found[number] for number in sorted(found)]

    def _source(self, row: Citation) -> NumberedSource:
        """Sources that may not be shown are one entry for each label: how many they are
        would say too much.
        """
        label = None if row["source"] in self._others else row["source_label"]
        key = row["source"] if row["source"] in self._others else f"label {label}"
        if key not in self._sources:
            document = self._others.get(row["source"])
            copied = (document and document["derived_from"]) or []
            repeats = [self._others[id] for id in copied if id in self._others]
            self._sources[key] = NumberedSource(
                len(self._sources) + 1, document, label, repeats
            )
        return self._sources[key]

    def numbered(self, shown: Mapping[tuple[str, str], str]) -> list[NumberedSource]:
        """All sources with all they state; once. `shown`: the anchors of the facts on
        the page, by record and field.
        """
        found: dict[tuple[Any, ...], Statement] = {}
        for row in self._rows:
            statement = self._statement(row, shown)
            same = (
                row["source"],
                row["source_label"],
                *row["record"].values(),
                row["field"],
                row["item"],
            )
            told = (
                statement.states,
                row["hedge"],
                row["agreement"],
                str(row["claimant"]),
                str(row["as_of"]),
                row["quote"],
            )
            first = found.setdefault((*same, *told), statement)
            if first is not statement:
                first.anchors.extend(statement.anchors)
                first.locators.extend(
                    one for one in statement.locators if one not in first.locators
                )
                continue
            self._source(row).statements.append(statement)
        return list(self._sources.values())

    def _statement(
        self, row: Citation, shown: Mapping[tuple[str, str], str]
    ) -> Statement:
        cited, name = row["record"], row["field"]
        return Statement(
            citation=row,
            anchors=[f"c-{row['id']}"],
            fact=shown.get((cited["id"], name or ""), f"r-{cited['id']}"),
            about=labels.about(cited["kind"], name),
            states=""
            if name in TOLD_ABOVE and row["states"] is None
            else self.stated(row),
            hedge=""
            if row["hedge"] == Hedge.STATED
            else values.code(Hedge, row["hedge"]),
            contradicts=row["agreement"] == Agreement.CONTRADICTS,
            locators=[row["locator"]] if row["locator"] else [],
        )

    def stated(self, row: Citation) -> str:
        """In words: the source's own value; else the published one, which it states
        too; "" for neither.
        """
        cited, name = row["record"], row["field"]
        if row["states"] is not None:
            return values.words(cited["kind"], name or "", row["states"])
        if row["agreement"] == Agreement.CONTRADICTS and row["hedge"] != Hedge.DENIED:
            return ""
        if row["item"]:
            return values.words(cited["kind"], name or "", row["item"])
        if cited["kind"] == "person_name":
            name = "value"
        kind, record = self._records.get(cited["id"], ("", {}))
        if kind == "reported_count" and not name:
            return values.counted(record)
        value = record.get(name or "")
        if isinstance(value, str) and value in self._others:
            return title(self._others[value])
        return values.words(cited["kind"], name or "", value)


def title(document: Document) -> str:
    """What a link to a published document says."""
    if document["kind"] == "facility":
        return values.in_language(document["names"])
    return document.get("title") or document.get("name") or ""
