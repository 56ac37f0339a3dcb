"""The sources of one page, numbered in the order in which its facts name them, and what
each of them states.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tracker.contract import hedges, labels
from tracker.contract.telling import puts_otherwise
from tracker.contract.vocabulary import Agreement, Hedge, SourceStanding
from tracker.site import hedged, values
from tracker.site.hedged import Heard
from tracker.site.records import called

Citation = Mapping[str, Any]
Document = Mapping[str, Any]

# Too long to be said again for each of its sources.
TOLD_ABOVE = {"summary"}


@dataclass(frozen=True)
class Mark:
    """The number beside a fact."""

    number: int
    anchor: str
    retracted: bool = False


@dataclass(frozen=True)
class Said:
    """The sources that put a fact alike. `how` are the words for it, “alleged,
    according to A centre”; "" for those that plainly state it.
    """

    how: str
    marks: list[Mark]


@dataclass(frozen=True)
class Statement:
    """What a source states of one fact, whose anchor on the page is `fact`. Citations
    that differ only in the place in the source are one statement; `anchors` are those
    of all of them.
    """

    source: "NumberedSource"
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
    `repeats`: what it is a copy of. `elsewhere` are the statements that do not stand
    beneath the facts of the page.
    """

    number: int
    document: Document | None
    label: str | None
    repeats: list[Document] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    elsewhere: list[Statement] = field(default_factory=list)

    @property
    def name(self) -> str:
        """In a few words, beside its number."""
        if self.document:
            return self.document["publisher"] or self.document["title"] or ""
        return self.label or _("A source that cannot be shown")

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
        in_part: Container[str] = (),
    ) -> None:
        self._rows = list(rows)
        self._records = records
        self._others = others
        self._sources: dict[str, NumberedSource] = {}
        self._beneath: set[str] = set()
        self.heard = Heard(self._rows, in_part)

    def said(
        self,
        rows: Iterable[Citation],
        *,
        of: Mapping[str, Any] | None = None,
        with_claimants: bool = True,
        denied: bool = False,
    ) -> list[Said]:
        """The surest first: what one states and four imply looks no surer for it. `of`
        is a claimant who is named beside the fact already; `denied`: that it is denied
        is said there, too.
        """
        groups: dict[tuple[int, str], list[Mark]] = {}
        for row in rows:
            source = self._source(row)
            mark = Mark(source.number, f"c-{row['id']}", source.retracted)
            claimant = row["claimant"] if with_claimants else None
            if claimant == of:
                claimant = None
            group = _how(row, claimant, source, Hedge.DENIED if denied else "")
            marks = groups.setdefault(group, [])
            if source.number not in {other.number for other in marks}:
                marks.append(mark)
        said = []
        for rank, how in sorted(groups):
            marks = groups[rank, how]
            said.append(Said(how, sorted(marks, key=lambda mark: mark.number)))
        return said

    def numbers(self, rows: Iterable[Citation]) -> list[int]:
        return sorted({self._source(row).number for row in rows})

    def _source(self, row: Citation) -> NumberedSource:
        """Sources that may not be shown are one entry for each label: how many they are
        would say too much.
        """
        document = self._others.get(row["source"])
        label, key = None, row["source"]
        if document is None:
            label = row["source_label"]
            key = f"label {label}"
        if key in self._sources:
            return self._sources[key]
        repeats: list[Document] = []
        if document is not None:
            for source_id in document["derived_from"] or []:
                if source_id in self._others:
                    repeats.append(self._others[source_id])
        number = len(self._sources) + 1
        self._sources[key] = NumberedSource(number, document, label, repeats)
        return self._sources[key]

    def numbered(self, shown: Mapping[tuple[str, str], str]) -> list[NumberedSource]:
        """All sources with all they state; once. `shown`: the anchors of the facts on
        the page, by record and field.
        """
        for statement in self._statements(self._rows, shown):
            source = statement.source
            source.statements.append(statement)
            if statement.citation["id"] not in self._beneath:
                source.elsewhere.append(statement)
        return list(self._sources.values())

    def beneath(self, rows: Sequence[Citation]) -> list[Statement]:
        """What stands beneath a fact, by the numbers of the sources."""
        self._beneath.update(row["id"] for row in rows)
        statements = self._statements(rows, {})
        return sorted(statements, key=lambda statement: statement.source.number)

    def _statements(
        self, rows: Iterable[Citation], shown: Mapping[tuple[str, str], str]
    ) -> list[Statement]:
        statements: dict[tuple[Any, ...], Statement] = {}
        for row in rows:
            statement = self._statement(row, shown)
            fact = (
                row["source"],
                row["source_label"],
                *row["record"].values(),
                row["field"],
                row["item"],
            )
            wording = (
                statement.states,
                row["hedge"],
                row["agreement"],
                str(row["claimant"]),
                str(row["as_of"]),
                row["quote"],
            )
            first = statements.setdefault((*fact, *wording), statement)
            if first is statement:
                continue
            first.anchors.extend(statement.anchors)
            for locator in statement.locators:
                if locator not in first.locators:
                    first.locators.append(locator)
        return list(statements.values())

    def _statement(
        self, row: Citation, shown: Mapping[tuple[str, str], str]
    ) -> Statement:
        cited, name = row["record"], row["field"]
        states, hedge, locators = "", "", []
        if name not in TOLD_ABOVE or row["states"] is not None:
            states = self.stated(row)
        if row["hedge"] and row["hedge"] != Hedge.STATED:
            hedge = values.code(Hedge, row["hedge"])
        if row["locator"]:
            locators.append(row["locator"])
        return Statement(
            source=self._source(row),
            citation=row,
            anchors=[f"c-{row['id']}"],
            fact=shown.get((cited["id"], name or ""), f"r-{cited['id']}"),
            about=labels.about(cited["kind"], name),
            states=states,
            hedge=hedge,
            contradicts=hedges.contradicts(row) and not puts_otherwise(row),
            locators=locators,
        )

    def stated(self, row: Citation) -> str:
        """In words: the source's own value; else the published one, which it states
        too; "" for neither, and where it is not told.
        """
        cited, name = row["record"], row["field"]
        if row["source"] is None:
            return ""
        if row["states"] is not None:
            if self._names_a_record(row["states"]):
                return called(*self._records[row["states"]])
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
        if self._names_a_record(value):
            return called(*self._records[value])
        return values.words(cited["kind"], name or "", value)

    def _names_a_record(self, value: object) -> bool:
        return isinstance(value, str) and value in self._records


def _how(
    row: Citation,
    claimant: Mapping[str, Any] | None,
    source: NumberedSource,
    said_already: str,
) -> tuple[int, str]:
    """In which order, and in which words."""
    if source.retracted:
        return len(hedges.EACH), _("retracted source")
    if hedges.is_hidden(row):
        return len(hedges.SUREST_FIRST), hedged.not_told()
    if row["agreement"] is None and not hedges.predicts(row):
        return len(hedges.EACH), _("only repeats a source that does not count")
    hedge = hedges.of(row)
    name = hedged.claimant_name(claimant)
    said = "" if hedge == said_already else hedge
    return hedges.EACH.index(hedge), hedged.words(said, [name] if name else [])


def title(document: Document) -> str:
    """What a link to a published document says."""
    if document["kind"] == "facility":
        return values.in_language(document["names"])
    if document["kind"] == "court_case":
        return ", ".join(filter(None, (document["number"], document["court"])))
    return document.get("title") or document.get("name") or ""
