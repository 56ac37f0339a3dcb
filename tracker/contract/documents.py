"""The contract: every field of every published document, named. What is not named here
is not published.

The gate feeds these serializers with plain dicts, already restricted to one audience;
nothing here reads a database. A document holds its own case and the ids of others, and
an id only where the same audience may see what it names.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from rest_framework import serializers

from tracker.contract import vocabulary as v
from tracker.contract.fields import (
    Anything,
    Code,
    Codes,
    Date,
    Flag,
    Id,
    Ids,
    Number,
    Text,
    TextByLanguage,
    Texts,
)


class Record(serializers.Serializer[Any]):
    id = Id(allow_null=False)


class ClaimantDocument(serializers.Serializer[Any]):
    """Who says so. Of a relative only the role; a protected pseudonym is marked as one
    and is nobody's name.
    """

    name = Text()
    role = Code(v.ClaimantRole)
    role_as_stated = Text()
    protected_pseudonym = Flag()


class CitedRecord(serializers.Serializer[Any]):
    kind = Text()
    id = Id()


class CitationDocument(Record):
    """One source's word for one fact of `record`; without `field`, for the record as a
    whole.

    Where the source may not be seen, `source` is null and `source_label` stands for it.
    `states` is what the source states, if that differs from the record; `agreement` is
    how it stands to the fact published here.
    """

    record = CitedRecord()
    field = Text()
    item = Text()
    source = Id()  # type: ignore[assignment]  # a field of that name, not the argument
    source_label = Text()
    locator = Text()
    quote = Text()
    states = Anything()
    as_of = Date()
    claimant = ClaimantDocument(allow_null=True)
    hedge = Code(v.Hedge)
    agreement = Code(v.Agreement)


class PersonNameDocument(Record):
    value = Text()
    name_kind = Code(v.NameKind)
    language = Text()
    preferred = Flag()


class IdentifierDocument(Record):
    scheme = Text()
    value = Text()


class RecognitionDocument(Record):
    organisation = Text()
    outcome = Code(v.RecognitionOutcome)
    decided_on = Date()
    criteria = Codes(v.RecognitionCriterion)
    reason = Text()


class PlacementDocument(Record):
    facility = Id()
    place_kind = Code(v.PlaceKind)
    from_on = Date()
    to_on = Date()
    conditions = Codes(v.Condition)
    duration_as_stated = Text()


class DetentionDocument(Record):
    started_on = Date()
    ended_on = Date()
    ground = Code(v.DetentionGround)
    authority = Text()
    placements = PlacementDocument(many=True)


class ChargeDocument(Record):
    code = Text()
    article = Text()
    label_as_stated = Text()
    brought_on = Date()
    outcome = Code(v.ChargeOutcome)


class SentenceFields(Record):
    court = Text()
    handed_down_on = Date()
    in_force_on = Date()
    in_absentia = Flag()
    charges = Ids()
    decision = Code(v.SentenceDecision)
    punishment = Code(v.Punishment)
    term_months = Number()
    term_days = Number()
    term_as_stated = Text()
    regime = Code(v.Regime)
    replaces = Id()
    adds_to = Id()


class ReleaseDocument(Record):
    release_event = Id()
    released_on = Date()
    ground = Code(v.ReleaseGround)
    to_liberty = Code(v.YesNo)
    conditions = Text()
    remaining_months = Number()
    remaining_days = Number()
    remaining_as_stated = Text()


class DeportationFields(Record):
    release = Id()
    deported_on = Date()
    outcome = Code(v.DeportationOutcome)
    from_country = Code(v.Country)
    to_country = Code(v.Country)
    crossing = Text()
    coercion = Text()
    own_national = Code(v.OwnNational)
    passport_fate = Code(v.PassportFate)
    replacement_document = Text()
    document_issuer = Text()
    document_handed_over_by = Text()
    valid_identity_document = Code(v.YesNo)
    may_return = Code(v.YesNo)


class WhereaboutsDocument(Record):
    last_seen_on = Date()
    last_seen_where = Text()
    no_contact_since = Date()


class StatusSpan(serializers.Serializer[Any]):
    """One of these holds from the day `since` (null: as far back as is known) to before
    `until` (null: to this day).

    `basis` are the ids of the detentions, sentences, releases and so on that it follows
    from.
    """

    since = Text()
    until = Text()
    statuses = Codes(v.Status)
    basis = Ids()


class _Root(Record):
    """`address`, `audience` and `licence` go with every copy:
    tracker/contract/terms.py.
    """

    kind = Text(allow_null=False)
    address = Text(allow_null=False)
    audience = Text(allow_null=False)
    licence = Text()
    citations = CitationDocument(many=True)


class PrisonerDocument(_Root):
    """`name` is the preferred one; null where the name is withheld. `status` is derived
    from what stands here.

    `previous_ids` are those of cases that turned out to be this person's, and lead here
    now.
    """

    name = Text()
    name_withheld = Flag()
    names = PersonNameDocument(many=True)
    identifiers = IdentifierDocument(many=True)
    sex = Code(v.Sex)
    born_on = Date()
    age_as_stated = Number()
    died_on = Date()
    death_in_custody = Code(v.DeathInCustody)
    cause_of_death_by_authorities = Text()
    cause_of_death_by_family = Text()
    citizenships = Codes(v.Country)
    occupations = Codes(v.Occupation)
    affiliation = Text()
    summary = TextByLanguage()
    stated_end_of_term = Date()
    last_verified_on = Date()
    recognitions = RecognitionDocument(many=True)
    detentions = DetentionDocument(many=True)
    charges = ChargeDocument(many=True)
    sentences = SentenceFields(many=True)
    releases = ReleaseDocument(many=True)
    deportations = DeportationFields(many=True)
    whereabouts = WhereaboutsDocument(many=True)
    previous_ids = Ids()
    status = StatusSpan(many=True)


class SentenceDocument(_Root, SentenceFields):
    prisoner = Id()


class DeportationDocument(_Root, DeportationFields):
    prisoner = Id()


class ReleaseEventDocument(_Root):
    title = Text()
    occurred_on = Date()
    brokered_by = Text()
    concessions = Text()
    exchange = Code(v.YesNo)
    summary = TextByLanguage()


class SourceDocument(_Root):
    """`file_name` and `sha256` are given only for a copy of material that is itself
    public.
    """

    title = Text()
    source_kind = Code(v.SourceKind)
    publisher = Text()
    author = Text()
    url = Text()
    archived_url = Text()
    published_on = Date()
    accessed_on = Date()
    language = Text()
    file_name = Text()
    sha256 = Text()
    derived_from = Ids()
    relays = Texts()
    standing = Code(v.SourceStanding)


class FacilityDocument(_Root):
    names = TextByLanguage()
    place_kind = Code(v.PlaceKind)
    country = Code(v.Country)
    region = Text()
    address_for_letters = Text()


class ReportedCountDocument(_Root):
    measure = Code(v.Measure)
    country = Code(v.Country)
    value = Number()
    value_as_stated = Text()
    qualifier = Code(v.Qualifier)
    as_of = Date()
    claimant = ClaimantDocument(allow_null=True)
    release_event = Id()


# The kinds of document. Sentences and deportations stand inside their prisoner too, and
# have rows of their own so that they can be listed and filtered.
DOCUMENTS: dict[str, type[serializers.Serializer[Any]]] = {
    "prisoner": PrisonerDocument,
    "sentence": SentenceDocument,
    "deportation": DeportationDocument,
    "release_event": ReleaseEventDocument,
    "source": SourceDocument,
    "facility": FacilityDocument,
    "reported_count": ReportedCountDocument,
}
CHILD_KINDS = {"sentence": "sentences", "deportation": "deportations"}
# Where they stand, under /api/v1/.
PLACES = {
    "prisoner": "prisoners",
    "sentence": "sentences",
    "deportation": "deportations",
    "release_event": "release-events",
    "source": "sources",
    "facility": "facilities",
    "reported_count": "reported-counts",
}

Finish = Callable[[Any], Any]


def _finish(field: Any) -> Finish:
    """What turns a value into its published form. Compiled once from the contract
    above: DRF's own walk over the fields takes several times as long, and the gate does
    little else.
    """
    if isinstance(field, serializers.ListSerializer):
        one = _finish(field.child)
        return lambda records: [one(record) for record in records]
    if isinstance(field, serializers.Serializer):
        finishes = [(name, _finish(part)) for name, part in field.fields.items()]
        return lambda record: (
            None
            if record is None
            else {name: finish(record[name]) for name, finish in finishes}
        )
    return field.to_representation


_finishes = {kind: _finish(serializer()) for kind, serializer in DOCUMENTS.items()}


def render(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A document of this kind from a restricted dict; what the contract does not name
    falls away.

    Raises KeyError where the dict lacks a field of the contract: a hole is a bug, not
    an unknown.
    """
    return _finishes[kind](content)


def as_text(document: Mapping[str, Any]) -> str:
    """The bytes served. The same document always gives the same text."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
