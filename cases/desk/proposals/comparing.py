"""What was handed in beside what the record holds, and which cases it may be about:
suggested, never chosen.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.functions import JSONObject
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.catalogue import part_lists
from cases.desk.proposals.handed_in import HandedIn
from cases.merging import named_like
from cases.models import (
    CourtCase,
    Facility,
    Identifier,
    Placement,
    Prisoner,
    Prosecution,
)
from cases.models.base import Part
from cases.telling_apart import Person, told_apart
from cases.words import shown
from tracker.contract.proposal_row import ProposalRow
from tracker.emptiness import is_empty

# The lists of a case that may be said something of; and the lists of their parts.
PARTS: dict[str, type[Part]] = {}
WITHIN: dict[tuple[type[models.Model], str], type[Part]] = {}
for _part in part_lists(Prisoner.kind):
    if issubclass(_part.model, Part):
        _stands_in: Any = _part.model._meta.get_field(
            _part.model.root_path.split("__")[0]
        )
        if _stands_in.related_model is not Prisoner:
            WITHIN[_stands_in.related_model, _part.name] = _part.model
        elif _part.name in ProposalRow().fields:
            PARTS[_part.name] = _part.model


# What leads from a part to others of the same row.
LINKS: dict[type[Part], frozenset[str]] = {}
for _name, _model in PARTS.items():
    _said: Any = ProposalRow().fields[_name]
    LINKS[_model] = frozenset(_said.child.links)


@dataclass(frozen=True)
class ProposedFact:
    """A field of the person, or of a part that is there already."""

    field: models.Field
    proposed: Any
    held: Any

    @property
    def is_new(self) -> bool:
        return is_empty(self.held)

    @property
    def is_the_same(self) -> bool:
        """Of a list, and of a text by language: all of it is there."""
        if isinstance(self.proposed, dict):
            return self.proposed.items() <= (self.held or {}).items()
        if isinstance(self.proposed, list):
            return set(self.proposed) <= set(self.held or [])
        return bool(self.proposed == self.held)

    @property
    def label(self) -> str:
        return capfirst(str(self.field.verbose_name))

    @property
    def words(self) -> tuple[str, str]:
        """(held, proposed)"""
        return shown(self.field, self.held), shown(self.field, self.proposed)


_HANDED_IN_AS = {"facility": "place_as_stated", "court_case": "number"}


@dataclass(frozen=True)
class ProposedPart:
    """`key` is its place in what was handed in, such as "sentences-0"; `beside` are the
    parts of that kind that are there. `within` are its own parts, such as the placements
    of a detention. `links` are places of other parts, by the name of the field.
    """

    key: str
    model: type[Part]
    said: dict[str, Any]
    beside: list[Any]
    within: list["ProposedPart"] = dataclasses.field(default_factory=list)
    links: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def label(self) -> str:
        return capfirst(str(self.model._meta.verbose_name))

    def key_of(self, fact: ProposedFact) -> str:
        """Where it was handed in: what has a record of its own, by its name."""
        name = fact.field.name
        return f"{self.key}.{_HANDED_IN_AS.get(name, name)}"

    @property
    def lines(self) -> list[tuple[str, str]]:
        facts = facts_of(self.model(), self.said)
        lines = [(fact.label, fact.words[1]) for fact in facts]
        court_case = self.said.get("court_case")
        if court_case is not None and court_case._state.adding:
            lines.append((_("On record"), _("no such court case: it is entered")))
        for name, places in self.links.items():
            field = self.model._meta.get_field(name)
            label = capfirst(str(getattr(field, "verbose_name", name)))
            numbers = places if isinstance(places, list) else [places]
            lines.append((label, ", ".join(f"№ {place + 1}" for place in numbers)))
        for part in self.within:
            words = [f"{label}: {said}" for label, said in part.lines]
            lines.append((part.label, "; ".join(words)))
        return lines

    @property
    def held(self) -> list[tuple[Any, list[tuple[str, str]]]]:
        """Each part that is there, with what it says in the fields that are proposed."""
        held = []
        for part in self.beside:
            facts = facts_of(part, self.said)
            held.append((part, [(fact.label, fact.words[0]) for fact in facts]))
        return held


@dataclass(frozen=True)
class Compared:
    facts: list[ProposedFact]
    parts: list[ProposedPart]


def facts_of(record: models.Model, said: dict[str, Any]) -> list[ProposedFact]:
    """In the order of the model's fields. Of a new record, nothing stands there yet."""
    facts = []
    for field in record._meta.concrete_fields:
        name = field.name
        if name in said:
            facts.append(ProposedFact(field, said[name], getattr(record, name, None)))
    return facts


def compared(handed_in: HandedIn, case: Prisoner | None) -> Compared:
    """With None, as a new case. One query for each list that is proposed."""
    parts = []
    for name, model in PARTS.items():
        proposed_parts = handed_in.content.get(name)
        if proposed_parts:
            beside = _there(model, case)
            for place, said in enumerate(proposed_parts):
                parts.append(_proposed(f"{name}-{place}", model, said, beside))
    return Compared(facts_of(case or Prisoner(), handed_in.content), parts)


def _proposed(
    key: str,
    model: type[Part],
    said: dict[str, Any],
    beside: list[Any],
    country: str = "",
) -> ProposedPart:
    """`country` is that of what it is a part of."""
    own, within, links = {}, [], {}
    country = said.get("country") or said.get("arrest_country") or country
    for name, value in said.items():
        if (model, name) in WITHIN:
            part = WITHIN[model, name]
            for place, inner in enumerate(value):
                inner_key = f"{key}.{name}-{place}"
                within.append(_proposed(inner_key, part, inner, [], country))
        elif name in LINKS.get(model, ()):
            links[name] = value
        else:
            own[name] = value
    if model is Placement:
        own = _at_facility(own, country)
    if model is Prosecution:
        own = {"court_case": court_case_of(**own)}
    return ProposedPart(key, model, own, beside, within, links)


class _IsAName(models.Func):
    """Is it a name, in whatever language, of what has names by language?"""

    function = "jsonb_path_exists"
    output_field = models.BooleanField()

    def __init__(self, names: str, name: str) -> None:
        path = models.Value("$.* ? (@ == $name)")
        super().__init__(names, path, JSONObject(name=models.Value(name)))


def _at_facility(said: dict[str, Any], country: str) -> dict[str, Any]:
    """The place of detention of that name, where there is one alone: in the country, if
    that is said. None is ever made.
    """
    name = said.get("place_as_stated", "")
    facilities = Facility.objects.filter(_IsAName("names", name))
    if country:
        facilities = facilities.filter(country=country)
    found = list(facilities[:2]) if name else []
    if len(found) != 1:
        return said
    rest = {field: value for field, value in said.items() if field != "place_as_stated"}
    return {"facility": found[0], **rest}


def court_case_of(number: str, court: str = "") -> CourtCase:
    """The one on record that has this number, of this court if that is said; else a new
    one, which is not saved. Where several courts have it and none is said, the one of
    which no court is known.
    """
    numbered = CourtCase.objects.filter(number__iexact=number)
    if court:
        numbered = numbered.filter(court__iexact=court)
    found = list(numbered.order_by("court", "created_at")[:2])
    if found and (court or len(found) == 1 or not found[0].court):
        return found[0]
    return CourtCase(number=number, court=court)


def same_part(part: ProposedPart, beside: Iterable[Any]) -> Any:
    """The first with which it agrees: they say one thing alike, and nothing differently."""
    for record in beside:
        facts = facts_of(record, part.said)
        alike = [fact for fact in facts if not fact.is_new and fact.is_the_same]
        if alike and all(fact.is_new or fact.is_the_same for fact in facts):
            return record
    return None


def _there(model: Any, case: Prisoner | None) -> list[Any]:
    if case is None:
        return []
    return list(model._default_manager.filter(prisoner=case))


@dataclass(frozen=True)
class Match:
    case: Prisoner
    person: Person
    why: str


def matches(handed_in: HandedIn) -> list[Match]:
    """The surest first: who has their identifier, what it was accepted as before, whose
    name is like it.
    """
    ids_by_reason = {
        _("has this identifier of theirs"): with_identifier(handed_in),
        _(
            "an earlier proposal with this identifier was accepted as this case"
        ): accepted_before(handed_in),
        _("has a name like it"): named_like(handed_in.names),
    }
    surest_reason: dict[UUID, str] = {}
    for reason, ids in ids_by_reason.items():
        for case_id in ids:
            surest_reason.setdefault(case_id, reason)
    living = Prisoner.objects.filter(merged_into=None).select_related("desk")
    cases = living.in_bulk(list(surest_reason))
    people = {person.pk: person for person in told_apart(cases)}
    possible = []
    for case_id, reason in surest_reason.items():
        if case_id in cases:
            possible.append(Match(cases[case_id], people[case_id], reason))
    return possible


def with_identifier(handed_in: HandedIn) -> list[UUID]:
    if not handed_in.identifier:
        return []
    theirs = Identifier.objects.filter(
        owner_organisation=handed_in.owner, value=handed_in.identifier
    )
    return list(theirs.values_list("prisoner_id", flat=True))


def accepted_before(handed_in: HandedIn) -> Iterable[UUID]:
    """Of a case that was merged since, the one that it became."""
    ids = list(handed_in.accepted_before())
    cases = Prisoner.objects.filter(pk__in=ids).values_list("pk", "merged_into_id")
    return [merged_into or case_id for case_id, merged_into in cases]
