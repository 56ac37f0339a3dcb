"""What stands outside the cases of a batch and is shown in them, as it is now."""

import json
import logging
from collections.abc import (
    Collection,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
    Set,
)
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from cases import aggregate, editions, sourcing
from cases.aggregate import OF_CLAIMANT, OF_SOURCE, ROOTS, Aggregate
from cases.disclosure.court import court_cases_of
from cases.disclosure.kept_names import Kept, texts_in, texts_of, words_of
from cases.disclosure.neighbours import named_outside
from cases.disclosure.related import agreed_with, named_as_related
from cases.disclosure.seeing import SeenCase, seen_case
from cases.disclosure.surroundings import Surroundings
from cases.models import (
    Claimant,
    CopyDecision,
    Decision,
    Prisoner,
    Prosecution,
    RedactedCopy,
    Source,
)
from cases.models.events import WITH_COORDINATES
from cases.publishing import kept_names
from cases.publishing.officials import proof_for
from cases.sourcing.independence import Sources
from cases.statements import Statement, asked
from cases.visibility import NOBODY_OUTSIDE
from tracker.audiences import Audience

WordsByRoot = Mapping[str, Set[str]]
"""By its id, as text."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OtherPerson:
    """In a court case, or related: the case as it was approved, on which day, and as it
    is.
    """

    then: Aggregate
    now: Aggregate
    approved_on: date


@dataclass(frozen=True)
class Present:
    """Ids are text."""

    visibilities: dict[str, str]
    sources: dict[str, dict[str, Any]]
    claimants: dict[str, dict[str, Any]]
    relations: Sources
    copies: dict[str, list[dict[str, Any]]]
    accused: dict[str, list[OtherPerson]]
    related: dict[str, OtherPerson]
    merged_into: frozenset[str]
    without_name: frozenset[str]
    kept: dict[str, list[Kept]]
    may_stay: frozenset[str]
    is_of_court_cases: bool

    def moved_since(self, before: "Present") -> set[str]:
        """The ids of which the two readings differ."""
        moved = self.relations.differ(before.relations)
        for now, then in (
            (self.visibilities, before.visibilities),
            (self.sources, before.sources),
            (self.claimants, before.claimants),
            (self.copies, before.copies),
            (self.accused, before.accused),
            (self.related, before.related),
        ):
            for record_id in now.keys() | then.keys():
                if now.get(record_id) != then.get(record_id):
                    moved.add(record_id)
        return moved


def read_present(
    cases: Iterable[Aggregate],
    today: date,
    also: Collection[str] = (),
    *,
    words: WordsByRoot,
) -> Present:
    """Of what these cases name, and of other roots by their ids. `words` are all that
    may be told of each root: no others are looked through for names.
    """
    referred: set[str] = set(also)
    claimants: set[str] = set()
    own_sources: set[str] = set()
    court_cases: set[str] = set()
    relatives: set[str] = set()
    merged_into: set[str] = set()
    merged_from: set[str] = set()
    for case in cases:
        if case["root"].get("merged_into_id"):
            merged_into.add(case["root"]["merged_into_id"])
        merged_from.update(case["root"].get("merged_from_ids") or ())
        if _is_source(case):
            own_sources.add(case["root"]["id"])
        if _is_court_case(case):
            court_cases.add(case["root"]["id"])
        relatives |= named_as_related(case)
        referred.update(_roots_named_by(case))
        claimants.update(case["claimants"])
    accused = _accused(court_cases, today)
    for people in accused.values():
        referred.update(person.now["root"]["id"] for person in people)
    kept = kept_names.read(words)
    sources = aggregate.by_id(Source, referred, OF_SOURCE)
    relations = sourcing.read(sources)
    return Present(
        _visibilities(referred.union(relations.ids)),
        sources,
        aggregate.by_id(Claimant, claimants, OF_CLAIMANT),
        relations,
        _copies(own_sources),
        accused,
        _people(relatives, today),
        frozenset(merged_into),
        _without_name(merged_from),
        kept,
        kept_names.may_stay(kept),
        bool(court_cases),
    )


def words_by_root(cases: Iterable[Aggregate]) -> WordsByRoot:
    words = {}
    for case in cases:
        words[case["root"]["id"]] = words_of(texts_of(case))
    return words


def with_words_of(
    documents: Iterable[Mapping[str, Any]], words: WordsByRoot
) -> WordsByRoot:
    """The documents are of the same roots, and may have other words."""
    more = dict(words)
    for document in documents:
        before = more.get(document["id"], frozenset())
        more[document["id"]] = words_of(texts_in(document)) | before
    return more


def surroundings(audience: Audience, present: Present, today: date) -> Surroundings:
    """An id is shown only if what it names is published to this audience, and visible
    to it now.
    """
    visible = [
        root_id
        for root_id, visibility in present.visibilities.items()
        if visibility in audience.sees
    ]
    known: set[str] = set()
    published: set[str] = set()
    of_many: set[str] = set()
    for root_id, gone, place_kind in _documents(audience)(visible):
        known.add(str(root_id))
        if not gone:
            published.add(str(root_id))
            if place_kind in WITH_COORDINATES:
                of_many.add(str(root_id))
    proof = None
    if present.is_of_court_cases:
        proof = proof_for(audience, published, present.relations)
    return Surroundings(
        published_on=_published_on(audience, present.sources),
        published=frozenset(published),
        known=frozenset(known),
        void=present.relations.void_for(published),
        repeating=present.relations.repeating_for(published),
        sources=present.sources,
        claimants=present.claimants,
        copies=present.copies,
        named=_named(audience, present),
        without_name=present.without_name,
        accused=_told_in(audience, present.accused, published, today),
        agreed=_agreed(audience, present.related, today),
        kept=_not_told(audience, present.kept),
        may_stay=present.may_stay,
        today=today,
        of_many=frozenset(of_many),
        proof=proof,
    )


# Where the row of a facility has its kind.
_KIND = "facts__place_kind__0"


@cache
def _documents(audience: Audience) -> Statement:
    rows = audience.document_model._default_manager.annotate(gone=Q(document=None))
    rows = rows.values_list("id", "gone", _KIND)
    return Statement(lambda ids: rows.filter(id__among=ids))


def _published_on(audience: Audience, sources: Collection[str]) -> dict[str, str]:
    """The days of publication that this audience is told, as EDTF."""
    days = {}
    for of, first, last in _days_of_publication(audience)(sources):
        if first and first == last:
            days[str(of)] = first.isoformat()
        elif first and last:
            days[str(of)] = f"[{first}..{last}]"
    return days


@cache
def _days_of_publication(audience: Audience) -> Statement:
    manager: Any = audience.span_model._default_manager
    days = manager.filter(fact="published_on")
    days = days.values_list("of", "first_day", "last_day")
    return Statement(lambda ids: days.filter(of__among=ids))


def _told_in(
    audience: Audience,
    accused: Mapping[str, Sequence[OtherPerson]],
    published: Container[str],
    today: date,
) -> dict[str, list[str]]:
    """By court case those through whom this audience may be told of it. By the rules
    for each person, and not by what that document holds: it names no court case before
    this one is published.
    """
    told: dict[str, list[str]] = {}
    for court_case_id, people in accused.items():
        told[court_case_id] = []
        for person in people:
            person_id = person.now["root"]["id"]
            if person_id not in published:
                continue
            seen = _seen(audience, person, today)
            if seen is not None and court_case_id in court_cases_of(seen):
                told[court_case_id].append(person_id)
    return told


def _agreed(
    audience: Audience, related: Mapping[str, OtherPerson], today: date
) -> dict[str, frozenset[str]]:
    agreed = {}
    for person_id, person in related.items():
        seen = _seen(audience, person, today)
        if seen is not None:
            agreed[person_id] = frozenset(
                agreed_with(seen, audience, person.then, person.now)
            )
    return agreed


def _seen(audience: Audience, person: OtherPerson, today: date) -> SeenCase | None:
    day = min(person.approved_on, today)
    return seen_case(Prisoner.kind, person.then, person.now, audience, day)


def _named(audience: Audience, present: Present) -> frozenset[str]:
    people = set(present.merged_into)
    for of_source in present.copies.values():
        for copy in of_source:
            people.update(copy["people"])
    return told_by_name(audience, people)


def _without_name(merged: Collection[str]) -> frozenset[str]:
    """What merging has found out of each (cases/merging/moving.py) stays on it."""
    if not merged:
        return frozenset()
    nameless = Prisoner.objects.filter(pk__among=merged, name_withheld=True)
    return frozenset(str(case_id) for case_id in nameless.values_list("pk", flat=True))


def _not_told(
    audience: Audience, kept: Mapping[str, Sequence[Kept]]
) -> dict[str, list[Kept]]:
    not_told: dict[str, list[Kept]] = {}
    for root_id, names in kept.items():
        secret = [name for name in names if name.told_to not in audience.sees]
        if secret:
            not_told[root_id] = secret
    return not_told


def told_by_name(audience: Audience, people: Collection[str]) -> frozenset[str]:
    """Those whose document names them: by what stands in it, whatever the reason why a
    name does not.
    """
    named = set()
    for person_id, document in _texts(audience)(people):
        if document is not None and json.loads(document)["name"]:
            named.add(str(person_id))
    return frozenset(named)


@cache
def _texts(audience: Audience) -> Statement:
    documents = audience.document_model._default_manager.values_list("id", "document")
    return Statement(lambda ids: documents.filter(id__among=ids))


def named_by(case: Aggregate | None) -> Iterator[str]:
    """The ids of all that a case names, outside of itself."""
    if case is not None:
        if _is_source(case) or _is_court_case(case):
            yield case["root"]["id"]
        yield from _roots_named_by(case)
        yield from case["claimants"]


def _roots_named_by(case: Aggregate) -> Iterator[str]:
    yield from case["sources"]
    yield from named_outside(case)
    yield from named_as_related(case)


def _is_source(case: Aggregate) -> bool:
    """Only a source is derived from others."""
    return "derived_from_ids" in case["root"]


def _is_court_case(case: Aggregate) -> bool:
    return "hearings" in case


def _accused(court_cases: Collection[str], today: date) -> dict[str, list[OtherPerson]]:
    """Whose case was approved and is there, in the order of their ids."""
    pairs = _ties(court_cases)
    people = _people({str(person_id) for _court_case, person_id in pairs}, today)
    accused: dict[str, list[OtherPerson]] = {}
    for court_case_id, person_id in pairs:
        person = people.get(str(person_id))
        if person is not None:
            accused.setdefault(str(court_case_id), []).append(person)
    return accused


@Statement
def _ties(court_cases: Collection[str]) -> Any:
    ties = Prosecution.objects.filter(court_case__among=court_cases)
    return ties.order_by("prisoner").values_list("court_case", "prisoner")


def _people(ids: Collection[str], today: date) -> dict[str, OtherPerson]:
    """By id, whose case was approved and is there."""
    if not ids:
        return {}
    person_ids = sorted(map(UUID, ids))
    now = aggregate.read(Prisoner.kind, person_ids)
    shown = editions.last_shown(Prisoner.kind, person_ids, today)
    people = {}
    for person_id, edition in shown.items():
        if person_id not in now:
            continue
        try:
            then = edition.case
        except Exception:
            # Nobody is told of others through what cannot be read. The gate says of the
            # person's own case that it cannot.
            log.debug("The edition of a person who is told with others cannot be read.")
            continue
        approved_on = edition.approved_at.date()
        people[str(person_id)] = OtherPerson(then, now[person_id], approved_on)
    return people


_OF_COPY = ("media_type", "size", "width", "height", "sha256", "audience")


def _copies(sources: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Those that were approved and not withdrawn, in the order in which they came."""
    copies: dict[str, list[dict[str, Any]]] = {}
    for source_id, copy_id, people, *values in _approved_copies(sources):
        copy: dict[str, Any] = {"id": str(copy_id), "people": list(map(str, people))}
        copy |= zip(_OF_COPY, values, strict=True)
        copies.setdefault(str(source_id), []).append(copy)
    return copies


@Statement
def _approved_copies(sources: Collection[str]) -> Any:
    decided = CopyDecision.objects.filter(copy=OuterRef("pk"))
    rows = RedactedCopy.objects.filter(
        Exists(decided.filter(decision=Decision.APPROVED)),
        ~Exists(decided.filter(decision=Decision.WITHDRAWN)),
        root_id__among=sources,
        content__isnull=False,
    )
    return rows.order_by("id").values_list(
        "root_id", "published_as", "people", *_OF_COPY
    )


_VISIBILITIES = " UNION ALL ".join(
    f"SELECT id, CASE WHEN {model.hidden_when} THEN '{NOBODY_OUTSIDE}' ELSE visibility END"  # noqa: S608
    f" FROM {model._meta.db_table} WHERE id = ANY(%s)"
    for model in ROOTS.values()
)


def _visibilities(ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    by_id = [[UUID(root_id) for root_id in ids]] * len(ROOTS)
    return {str(root_id): seen for root_id, seen in asked(_VISIBILITIES, by_id)}
