"""Each fact that a case states, with what is cited for it and against it. A pure
function of plain data.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
        found = []
        if self.held and self.independent < 2:
            found.append(
                Question.SINGLE_SOURCE if self.independent else Question.UNCITED
            )
        if self.contradicts:
            found.append(Question.SOURCES_DISAGREE)
        return found


def assess(kind: str, case: Aggregate, sources: Sources) -> list[FactStanding]:
    """Of every fact that the case holds, and of what a source states where it holds
    nothing.
    """
    if kind in NEEDS_NONE:
        return []
    cited: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for citation in case["citations"]:
        about = next(citation[column] for column in _TARGET_COLUMNS if citation[column])
        cited[about, citation["field"]].append(citation)
    return [
        standing
        for model, row in records(kind, case)
        for standing in _Assessed(model, row, cited, sources).standings()
    ]


def questions(kind: str, case: Aggregate, sources: Sources) -> dict[str, int]:
    """How many facts, or 1 for the case, by the code of the question."""
    found = Counter(
        question.value
        for standing in assess(kind, case, sources)
        for question in standing.questions
    )
    if kind == "prisoner" and not case["names"]:
        found[Question.NO_NAME.value] = 1
    if not case["citations"]:
        found[Question.NO_CITATION.value] = 1
    return dict(found)


def records(kind: str, case: Aggregate) -> Iterator[tuple[type[Record], Row]]:
    yield KINDS[kind], case["root"]
    for part in part_lists(kind):
        if can_be_cited(part.model):
            for row in case[part.name]:
                yield part.model, row


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
        found = [
            standing
            for field in facts_of(self.model)
            for standing in self._of_field(field)
        ]
        yield from found
        if issubclass(self.model, Part) and not any(
            standing.held for standing in found
        ):
            yield self._standing("", self._of("", None))

    def _of_field(self, field: models.Field) -> Iterator[FactStanding]:
        value = self.row[field.attname]
        if isinstance(value, list):
            yield from self._of_list(field.name, value)
            return
        held = not is_empty(value)
        citations = self._of(field.name, held)
        if held or citations:
            standing = self._standing(field.name, citations, held=held)
            if held or standing.contradicts:
                yield standing

    def _of(self, name: str, held: Any) -> Sequence[Row]:
        """Its citations. A source that speaks of the field itself is not also heard
        through the record as a whole.
        """
        own = self._cited.get((self.row["id"], name), [])
        if not (name and held and self.model.one_claim):
            return own
        spoke = {citation["source_id"] for citation in own}
        whole = self._cited.get((self.row["id"], ""), [])
        return [
            *own,
            *(citation for citation in whole if citation["source_id"] not in spoke),
        ]

    def _of_list(self, name: str, held: list[str]) -> Iterator[FactStanding]:
        citations = self._of(name, held)
        for item in held:
            about = [
                of_item(citation, item)
                for citation in citations
                if is_about(citation, item)
            ]
            yield self._standing(name, about, item=item, value=[item])
        stray = [
            of_item(one, one["item"]) if one["item"] else one
            for one in citations
            if one["item"] not in held
        ]
        beside = [one for one in stray if one["item"] or one["states"] is not None]
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
        value: Any = None,
    ) -> FactStanding:
        row = self.row if value is None else {**self.row, name: value}
        judged: dict[str | None, list[Row]] = defaultdict(list)
        for one in citations:
            judged[
                agreement(one, row, retracted=one["source_id"] in self.sources.void)
            ].append(one)
        supports, contradicts = (
            judged[Agreement.SUPPORTS.value],
            judged[Agreement.CONTRADICTS.value],
        )
        return FactStanding(
            self.target,
            self.row["id"],
            name,
            item,
            held,
            tuple(one["id"] for one in supports),
            tuple(one["id"] for one in contradicts),
            self.sources.independent(one["source_id"] for one in supports),
        )


def is_about(citation: Row, item: str) -> bool:
    """Of the entry, of the list as the record has it, or of a list that has the entry."""
    states = citation["states"]
    if citation["item"]:
        return bool(citation["item"] == item)
    return states is None or (
        item in states if isinstance(states, list) else item == states
    )


def of_item(citation: Row, item: str) -> Row:
    """What it states of the entry; of one that it does not name differently, the entry
    itself.
    """
    states = citation["states"]
    return {
        **citation,
        "states": item if states is None or isinstance(states, list) else states,
    }


_TARGET_COLUMNS = tuple(f"{name}_id" for name in TARGETS)
