"""Each fact that a case states, with what is cited for it and against it. A pure
function of plain data.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.aggregate import Aggregate
from cases.agreement import agreement
from cases.catalogue import (
    KINDS,
    TARGETS,
    can_be_cited,
    facts_of,
    part_lists,
    target_of,
)
from cases.models.base import Part, Record
from cases.sourcing.independence import Sources
from tracker.contract.vocabulary import Agreement
from tracker.emptiness import is_empty

Row = Mapping[str, Any]

# The kinds of case that need no source.
NEEDS_NONE = frozenset(
    kind for kind, model in KINDS.items() if not model.needs_citation
)
TARGET_OF: dict[type[Record], str] = {model: name for name, model in TARGETS.items()}


class Question(models.TextChoices):
    """What an editor may still have to find out about a fact, or about a case."""

    NO_NAME = "no_name", _("no name")
    NO_CITATION = "no_citation", _("no citation at all")
    UNCITED = "uncited", _("without a source")
    SINGLE_SOURCE = "single_source", _("on one independent source")
    SOURCES_DISAGREE = "sources_disagree", _("contradicted")


@dataclass(frozen=True)
class FactStanding:
    """`target` is the citation's foreign key; `field` "" the record itself, which
    states nothing else.

    `item` is an entry of a list. `supports` and `contradicts` are ids of citations;
    `independent` is 0, 1, or 2 for two and more. What is contradicted need not be held:
    a source may state what the record leaves open.
    """

    target: str
    record_id: str
    field: str
    item: str = ""
    held: bool = True
    supports: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()
    independent: int = 0

    @property
    def questions(self) -> list[Question]:
        questions = []
        if self.held and self.independent == 0:
            questions.append(Question.UNCITED)
        if self.held and self.independent == 1:
            questions.append(Question.SINGLE_SOURCE)
        if self.contradicts:
            questions.append(Question.SOURCES_DISAGREE)
        return questions


def assess(kind: str, case: Aggregate, sources: Sources) -> list[FactStanding]:
    """The standing of every fact that the case holds. A source may also state what the
    case leaves open.
    """
    if kind in NEEDS_NONE:
        return []
    cited: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for citation in case["citations"]:
        about = next(citation[column] for column in _TARGET_COLUMNS if citation[column])
        cited[about, citation["field"]].append(citation)
    standings: list[FactStanding] = []
    for model, row in records(kind, case):
        standings.extend(_Assessed(model, row, cited, sources).standings())
    return standings


def questions(kind: str, case: Aggregate, sources: Sources) -> dict[str, int]:
    """For the code of each question the number of facts; 1 if it is about the case."""
    counts: Counter[str] = Counter()
    for standing in assess(kind, case, sources):
        for question in standing.questions:
            counts[question.value] += 1
    if kind == "prisoner" and not case["names"]:
        counts[Question.NO_NAME.value] = 1
    if not case["citations"]:
        counts[Question.NO_CITATION.value] = 1
    return dict(counts)


def records(kind: str, case: Aggregate) -> Iterator[tuple[type[Record], Row]]:
    yield KINDS[kind], case["root"]
    for part in part_lists(kind):
        if can_be_cited(part.model):
            for row in case[part.name]:
                yield part.model, row


@cache
def _columns_of_facts(model: type[Record]) -> tuple[tuple[str, str], ...]:
    """(its column in a row, its name) of each."""
    return tuple((field.attname, field.name) for field in facts_of(model))


class _Assessed:
    """One record."""

    def __init__(
        self,
        model: type[Record],
        row: Row,
        cited: Mapping[tuple[str, str], list[Row]],
        sources: Sources,
    ) -> None:
        self.model, self.row, self.sources = model, row, sources
        self.target = target_of(model)
        self._cited = cited

    def standings(self) -> Iterator[FactStanding]:
        holds_a_fact = False
        for column, name in _columns_of_facts(self.model):
            value = self.row[column]
            if is_empty(value) and (self.row["id"], name) not in self._cited:
                continue  # most are: nothing is held, and nobody speaks of it
            for standing in self._of_field(name, value):
                holds_a_fact = holds_a_fact or standing.held
                yield standing
        if issubclass(self.model, Part) and not holds_a_fact:
            yield self._standing("", self._citations("", held=False))

    def _of_field(self, name: str, value: Any) -> Iterator[FactStanding]:
        if isinstance(value, list):
            yield from self._of_list(name, value)
            return
        held = not is_empty(value)
        citations = self._citations(name, held=held)
        if held or citations:
            standing = self._standing(name, citations, held=held)
            if held or standing.contradicts:
                yield standing

    def _citations(self, name: str, *, held: bool) -> Sequence[Row]:
        """A source that speaks of the field is not heard again through the record."""
        citations = self._cited.get((self.row["id"], name), [])
        if not (name and held and self.model.one_claim):
            return citations
        spoke = {citation["source_id"] for citation in citations}
        heard = list(citations)
        for citation in self._cited.get((self.row["id"], ""), []):
            if citation["source_id"] not in spoke:
                heard.append(citation)
        return heard

    def _of_list(self, name: str, entries: list[str]) -> Iterator[FactStanding]:
        citations = self._citations(name, held=bool(entries))
        for item in entries:
            about = []
            for citation in citations:
                if is_about(citation, item):
                    about.append(of_item(citation, item))
            yield self._standing(name, about, item=item, value=[item])
        beside = []
        for citation in citations:
            item = citation["item"]
            if item in entries:
                continue
            if item:
                beside.append(of_item(citation, item))
            elif citation["states"] is not None:
                beside.append(citation)
        standing = self._standing(name, beside, held=False)
        if standing.contradicts:
            yield standing

    def _standing(
        self,
        name: str,
        citations: Iterable[Row],
        *,
        item: str = "",
        held: bool = True,
        value: list[str] | None = None,
    ) -> FactStanding:
        row = self.row
        if value is not None:
            row = {**row, name: value}
        supports: list[Row] = []
        contradicts: list[Row] = []
        for citation in citations:
            retracted = citation["source_id"] in self.sources.void
            verdict = agreement(citation, row, retracted=retracted)
            if verdict == Agreement.SUPPORTS.value:
                supports.append(citation)
            elif verdict == Agreement.CONTRADICTS.value:
                contradicts.append(citation)
        supporting_sources = [citation["source_id"] for citation in supports]
        return FactStanding(
            self.target,
            self.row["id"],
            name,
            item,
            held,
            _ids(supports),
            _ids(contradicts),
            self.sources.independent(supporting_sources),
        )


def _ids(citations: Iterable[Row]) -> tuple[str, ...]:
    return tuple(citation["id"] for citation in citations)


def is_about(citation: Row, item: str) -> bool:
    """A citation names the entry, or the list as the record has it, or a list with it."""
    states = citation["states"]
    if citation["item"]:
        return bool(citation["item"] == item)
    if states is None:
        return True
    if isinstance(states, list):
        return item in states
    return bool(item == states)


def of_item(citation: Row, item: str) -> Row:
    """The citation as one of this entry alone."""
    states = citation["states"]
    if states is None or isinstance(states, list):
        states = item
    return {**citation, "states": states}


_TARGET_COLUMNS = tuple(f"{name}_id" for name in TARGETS)
