"""Which facts of a case still want a source: the panel above its citations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases import sourcing
from cases.aggregate import Aggregate, row_of
from cases.catalogue import part_lists
from cases.desk.admin.cited import Cited, add_url, fact_title, record_title, states_of
from cases.models import Citation
from cases.models.base import Record, Root
from cases.sourcing import FactStanding, Question

# (question, heading, what it means)
_GROUPS = [
    (
        Question.UNCITED,
        _("No source"),
        _("Nobody’s word is named for it, or only that of retracted sources."),
    ),
    (
        Question.SINGLE_SOURCE,
        _("One independent source"),
        _("Those that repeat each other, or the same agency or publisher, count once."),
    ),
    (
        Question.SOURCES_DISAGREE,
        _("Contradicted"),
        _("A source states something else."),
    ),
]


@dataclass(frozen=True)
class OpenFact:
    """`rivals` is what others state; `add_url` is the citation form, filled in."""

    label: str
    add_url: str
    rivals: str


@dataclass(frozen=True)
class Group:
    """`records` are (title of the record, its facts)."""

    heading: Any
    meaning: Any
    count: int
    records: list[tuple[str, list[OpenFact]]]


@dataclass(frozen=True)
class Assessed:
    """A case as the page has read it, and how each of its facts stands."""

    aggregate: Aggregate
    sources: sourcing.Sources
    standings: list[FactStanding]


def assessed(root: Root, cited: Cited) -> Assessed:
    """One query, whatever the size of the case."""
    sources = sourcing.read({citation.source_id for citation in cited.citations})
    aggregate = _aggregate(root, cited)
    standings = sourcing.assess(root.kind, aggregate, sources)
    return Assessed(aggregate, sources, standings)


def groups(cited: Cited, standings: Sequence[FactStanding]) -> list[Group]:
    """Empty for what needs no source."""
    records = {str(record.pk): record for _name, record in cited.records}
    citations = {str(citation.pk): citation for citation in cited.citations}
    panel = []
    for question, heading, meaning in _GROUPS:
        count = 0
        facts_by_record: dict[str, list[OpenFact]] = {}
        for standing in standings:
            if question in standing.questions:
                fact = _fact(records[standing.record_id], standing, citations)
                facts_by_record.setdefault(standing.record_id, []).append(fact)
                count += 1
        titled = []
        for record_id, facts in facts_by_record.items():
            titled.append((record_title(records[record_id]), facts))
        if titled:
            panel.append(Group(heading, meaning, count, titled))
    return panel


def _aggregate(root: Root, cited: Cited) -> Aggregate:
    """As cases.aggregate.read gives it, of what the page has read anyway."""
    rows: dict[type[Any], list[dict[str, Any]]] = {}
    for _name, record in cited.records:
        rows.setdefault(type(record), []).append(row_of(record))
    for citation in cited.citations:
        rows.setdefault(type(citation), []).append(row_of(citation))
    aggregate: Aggregate = {"root": row_of(root)}
    for part in part_lists(root.kind):
        aggregate[part.name] = rows.get(part.model, [])
    return aggregate


def _fact(
    record: Record, standing: FactStanding, citations: dict[str, Citation]
) -> OpenFact:
    rivals = []
    for citation_id in standing.contradicts:
        rival = citations[citation_id]
        rivals.append(f"{states_of(record, rival)} ({rival.source})")
    title = fact_title(type(record), standing.field, standing.item)
    return OpenFact(
        label=title or str(_("the record as a whole")),
        add_url=add_url(record, standing.field, standing.item),
        rivals="; ".join(rivals),
    )
