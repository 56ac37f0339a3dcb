"""The contract: every field of every published document, named. What is not named here
is not published.

A field is declared once, in one line: its form, its label, its place on the page, the
question that lists answer by it, its column of a table, and its limits where a partner
proposes it. Pages, filters, tables, schemas and proposals read it here
(docs/changing.md). What no line can say, because it is computed of several fields,
stands where it is computed, as COMPUTED.

A document holds its own case and the ids of others, and an id only where the same
audience may see what it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from tracker.contract import vocabulary as v
from tracker.contract.arranging import FIRST, Runs
from tracker.contract.fields import (
    ALWAYS,
    BY_VALUE,
    ELSEWHERE,
    IF_KNOWN,
    NOWHERE,
    Address,
    Anything,
    Case,
    Code,
    Codes,
    Date,
    Flag,
    Id,
    Ids,
    Label,
    Number,
    Text,
    TextByLanguage,
    Texts,
    by_age,
    by_month,
)

# Raised by one with every change of what a document looks like. The gate then writes
# every document anew (docs/decisions/sync.md), and docs/api.md#changelog says what is
# new.
CONTRACT = 4

# What programs in JavaScript still read exactly.
MOST_MONEY = 2**53 - 1


@dataclass(frozen=True)
class Order:
    """An order of a list: the column of the published row, and the field that it is
    made of, by its path. Of several values the last day or the largest number counts.
    Without a path it is computed: tracker/contract/facts.py.
    """

    column: str
    path: str = ""


@dataclass(frozen=True)
class Searched:
    """What lists are searched in, by the paths of the fields, and how that is called."""

    label: Label
    paths: tuple[str, ...]


# Docstrings of these classes are read by whoever uses the API; comments are for us.
class RecordFields(serializers.Serializer[Any]):
    id = Id(allow_null=False, place=NOWHERE)

    record_kind: ClassVar[str] = ""
    # What such a record is called on a page.
    called: ClassVar[Label] = ""
    # Which fields stand on a page in another order than here.
    on_page: ClassVar[Runs] = ()
    # Is it one claim in several columns? Who is cited for the record is cited for each.
    one_claim: ClassVar[bool] = False
    # Does a correction tell that such a record came, went or was changed?
    told_in_corrections: ClassVar[bool] = True
    # May it stand in a table, a row beside those of many people?
    in_rows: ClassVar[bool] = True


class ClaimantDocument(serializers.Serializer[Any]):
    """Who says so. Of a relative or a lawyer only the role; a protected pseudonym is marked as one
    and is nobody's name.
    """

    name = Text()
    role = Code(v.ClaimantRole)
    role_as_stated = Text()
    protected_pseudonym = Flag()


class CitedRecord(serializers.Serializer[Any]):
    kind = Text()
    id = Id()


class CitationDocument(RecordFields):
    """One source's word for one fact of `record`; without `field`, for the record as a
    whole.

    Where the source may not be seen, `source` is null and `source_label` stands for it.
    Then all is null that would tell what it says. `states` is what the source states,
    if that differs from the record; `agreement` is how it stands to the fact published
    here, null where that is not told. `as_of` is the day of which it speaks;
    `still_so`: its words say that it was still so on the day of publication.
    """

    record = CitedRecord()
    field = Text()
    item = Text()
    source = Id(  # type: ignore[assignment]  # a field of that name, not the argument
        to="source",
        of_case=Case(asks=_("Cites this source (id)"), column="sources"),
    )
    source_label = Text()
    locator = Text()
    quote = Text()
    states = Anything()
    as_of = Date()
    still_so = Flag()
    claimant = ClaimantDocument(allow_null=True)
    hedge = Code(v.Hedge)
    agreement = Code(v.Agreement)


class PersonNameDocument(RecordFields):
    value = Text(
        _("Value"),
        place=ELSEWHERE,
        of_case=Case(column="names"),
        required=True,
        most=200,
    )
    name_kind = Code(
        v.NameKind, _("Kind of name"), place=ELSEWHERE, in_table=False, own_word=True
    )
    language = Text(
        _("Language"),
        place=ELSEWHERE,
        in_table=False,
        own_word=True,
        most=20,
        hint=_("Such as be, ru, en or be-Latn."),
    )
    preferred = Flag(_("Preferred"), place=ELSEWHERE, in_table=False, proposed=False)

    record_kind = "person_name"
    called = _("Name")


# Both fields are one question and one column of the case.
class IdentifierDocument(RecordFields):
    scheme = Text(
        _("Identifier"), place=ELSEWHERE, in_table=False, required=True, most=60
    )
    value = Text(_("Value"), place=ELSEWHERE, in_table=False, required=True, most=200)

    record_kind = "identifier"
    called = _("Identifier")


# Organisation and outcome are one column of the case.
class RecognitionDocument(RecordFields):
    organisation = Text(
        _("Organisation"),
        place=ALWAYS,
        of_case=Case(
            "recognised_by",
            asks=_("Organisation that decided on recognition"),
            counted=BY_VALUE,
        ),
        in_table=False,
        required=True,
        most=200,
    )
    outcome = Code(
        v.RecognitionOutcome,
        _("Outcome"),
        place=ALWAYS,
        of_case=Case("recognition", asks=_("Recognition as a political prisoner")),
        in_table=False,
        required=True,
    )
    category = Text(
        _("Category"),
        place=IF_KNOWN,
        of_case=Case(
            "recognition_category",
            asks=_("Category of the body’s own"),
            counted=BY_VALUE,
        ),
        in_table=False,
        most=200,
        hint=_("As the body calls it, such as: category II."),
    )
    decided_on = Date(_("Decided"), place=ALWAYS, in_table=False)
    criteria = Codes(
        v.RecognitionCriterion,
        _("Criteria (PACE Resolution 1900)"),
        place=IF_KNOWN,
        in_table=False,
    )
    reason = Text(_("Reason"), place=IF_KNOWN, in_table=False)

    record_kind = "recognition"
    called = _("Recognition")
    on_page = ((FIRST, "outcome"), ("organisation", "category"))


# Who listed the person and as what are one column of the case.
class DesignationDocument(RecordFields):
    """An authority put the person on a list: `authority` says so, and it is no fact
    about the person.
    """

    authority = Text(
        _("Listed by"),
        place=ALWAYS,
        of_case=Case(
            "listed_by",
            asks=_("Authority that put the person on a list"),
            counted=BY_VALUE,
        ),
        in_table=False,
        required=True,
        most=200,
    )
    list_kind = Code(
        v.ListKind,
        _("Kind of list"),
        place=ALWAYS,
        of_case=Case(asks=_("Listed by an authority, kind of list")),
        in_table=False,
    )
    list_as_stated = Text(_("List as stated"), place=IF_KNOWN, in_table=False, most=300)
    country = Code(v.Country, _("Country"), place=IF_KNOWN, in_table=False)
    from_on = Date(_("From"), place=ALWAYS, in_table=False)
    to_on = Date(
        _("Until"), place=ALWAYS, in_table=False, when_empty=_("no end on record")
    )

    record_kind = "designation"
    called = _("Listing by an authority")


class PersonalDetailDocument(RecordFields):
    """What the person, or somebody who speaks for them, allowed to be told in this
    audience's documents, and nothing beyond it. It goes when that is taken back. No list
    is asked by it, and no correction tells of it.
    """

    detail_kind = Code(
        v.PersonalDetailKind,
        _("About what"),
        place=ALWAYS,
        in_table=False,
        own_word=True,
    )
    told_as = Text(_("In these words"), place=IF_KNOWN, in_table=False, own_word=True)
    since_on = Date(_("Since"), place=IF_KNOWN, in_table=False, own_word=True)
    until_on = Date(_("Until"), place=IF_KNOWN, in_table=False, own_word=True)

    record_kind = "personal_detail"
    called = _("Told by consent")
    told_in_corrections = False
    in_rows = False


class PlacementDocument(RecordFields):
    facility = Id(
        _("Place"),
        to="facility",
        place=ALWAYS,
        of_case=Case(
            asks=_("Ever held in this facility (id)"),
            counted=BY_VALUE,
            column="facilities",
        ),
    )
    place_kind = Code(
        v.PlaceKind,
        _("Kind of place"),
        place=ALWAYS,
        of_case=Case(asks=_("Kind of place"), column="place_kinds"),
    )
    country = Code(v.Country, _("Country"), place=IF_KNOWN, in_table=False)
    region = Text(
        _("Region"),
        place=IF_KNOWN,
        in_table=False,
        most=200,
    )
    place_as_stated = Text(
        _("Place as stated"), place=IF_KNOWN, in_table=False, most=200
    )
    from_on = Date(_("From"), place=IF_KNOWN, in_table=False)
    to_on = Date(
        _("Until"), place=IF_KNOWN, in_table=False, when_empty=_("no end on record")
    )
    transfer_reason = Code(
        v.TransferReason, _("Moved on because"), place=IF_KNOWN, in_table=False
    )
    conditions = Codes(
        v.Condition,
        _("Conditions"),
        place=IF_KNOWN,
        of_case=Case(asks=_("Conditions reported"), column="conditions"),
    )
    duration_as_stated = Text(
        _("How long, as stated"), place=IF_KNOWN, in_table=False, most=200
    )

    record_kind = "placement"
    called = _("Where held")
    on_page = ((FIRST, "place_kind"),)


class DetentionOrderDocument(RecordFields):
    """By which the person is held without a charge. Each renewal is another one."""

    ordered_on = Date(_("Ordered"), place=IF_KNOWN, in_table=False)
    from_on = Date(_("From"), place=IF_KNOWN, in_table=False)
    to_on = Date(
        _("Until"), place=ALWAYS, of_case=Case(column="ordered_until"), in_table=False
    )
    authority = Text(_("Ordered by"), place=IF_KNOWN, in_table=False, most=200)

    record_kind = "detention_order"
    called = _("Order of detention")
    on_page = (("from_on", "to_on", "ordered_on"),)


class DetentionDocument(RecordFields):
    started_on = Date(
        _("Started"),
        place=ALWAYS,
        of_case=Case(
            "detained_on",
            asks=(_("Detained on or after"), _("Detained on or before")),
            counted=by_month(_("Detained in the month")),
            column="detained_on",
        ),
    )
    ended_on = Date(
        _("Ended"), place=ALWAYS, in_table=False, when_empty=_("no end on record")
    )
    ground = Code(
        v.DetentionGround,
        _("Ground"),
        place=ALWAYS,
        of_case=Case(
            "detention_ground",
            asks=_("Ground of detention"),
            column="detention_grounds",
        ),
    )
    authority = Text(_("Held by"), place=IF_KNOWN, in_table=False, most=200)
    detaining_party = Code(
        v.DetainingParty,
        _("By whom held"),
        place=IF_KNOWN,
        of_case=Case(
            asks=_("Held by a state or by others"), column="detaining_parties"
        ),
    )
    arrest_country = Code(
        v.Country,
        _("Country of the arrest"),
        place=IF_KNOWN,
        of_case=Case(asks=_("Arrested in this country"), column="arrest_countries"),
    )
    arrest_region = Text(
        _("Region of the arrest"),
        place=IF_KNOWN,
        of_case=Case(
            asks=_("Arrested in this region"),
            counted=BY_VALUE,
            column="arrest_regions",
        ),
        most=200,
    )
    arrest_place_as_stated = Text(
        _("Place of the arrest as stated"),
        place=IF_KNOWN,
        in_table=False,
        most=200,
        hint=_("Such as: at work. Never the address of a home."),
    )
    term_days = Number(_("Ordered for, days"), place=IF_KNOWN, in_table=False)
    after = Id(_("Came after"), place=IF_KNOWN, in_table=False)
    placements = PlacementDocument(many=True)
    orders = DetentionOrderDocument(many=True)

    record_kind = "detention"
    called = _("Detention")


class ChargeDecisionDocument(RecordFields):
    """What became of a charge on one day. The last is how it stands, as far as is told."""

    outcome = Code(
        v.ChargeOutcome, _("Outcome"), place=ALWAYS, in_table=False, required=True
    )
    decided_on = Date(_("Decided"), place=ALWAYS, in_table=False, required=True)
    instance = Code(v.Instance, _("Instance"), place=IF_KNOWN, in_table=False)
    authority = Text(_("Decided by"), place=IF_KNOWN, in_table=False, most=200)

    record_kind = "charge_decision"
    called = _("Decision on the charge")


class ChargeDocument(RecordFields):
    code = Text(_("Law"), place=IF_KNOWN, in_table=False, most=100)
    article = Text(
        _("Article"),
        place=IF_KNOWN,
        of_case=Case(
            "charge_article",
            asks=_("Article charged with"),
            counted=BY_VALUE,
            column="charge_articles",
        ),
        most=60,
    )
    label_as_stated = Text(
        _("Charge as stated"),
        place=IF_KNOWN,
        of_case=Case(column="charges_as_stated"),
        most=300,
    )
    brought_on = Date(_("Charged"), place=ALWAYS, in_table=False)
    outcome = Code(
        v.ChargeOutcome,
        _("Outcome"),
        place=ALWAYS,
        in_table=False,
        told_by="decisions",
    )
    decisions = ChargeDecisionDocument(many=True)

    record_kind = "charge"
    called = _("Charge")
    on_page = (("outcome", "brought_on", "label_as_stated", "article", "code"),)


class FurtherPunishmentDocument(RecordFields):
    """What a decision orders beside its main punishment."""

    punishment = Code(
        v.Punishment,
        _("Punishment"),
        place=ALWAYS,
        of_case=Case(column="further_punishments"),
        in_table=False,
    )
    term_months = Number(_("Term"), place=IF_KNOWN.within("term"), in_table=False)
    term_months_to = Number(_("Term"), place=IF_KNOWN.within("term"), in_table=False)
    term_days = Number(_("Term"), place=IF_KNOWN.within("term"), in_table=False)
    term_as_stated = Text(
        _("Term as stated"), place=IF_KNOWN.within("term"), in_table=False, most=200
    )
    amount = Number(_("Amount"), place=IF_KNOWN.within("money"), in_table=False)
    currency = Text(
        _("Currency"), place=IF_KNOWN.within("money"), in_table=False, most=3
    )
    particulars_as_stated = Text(
        _("Particulars as stated"), place=IF_KNOWN, in_table=False, most=300
    )

    record_kind = "further_punishment"
    called = _("Further punishment")


class SentenceFields(RecordFields):
    court = Text(
        _("Court"),
        place=ALWAYS,
        asks=_("Court"),
        counted=BY_VALUE,
        of_case=Case(column="courts"),
        most=200,
    )
    handed_down_on = Date(
        _("Handed down"),
        place=ALWAYS,
        asks=(_("Handed down on or after"), _("Handed down on or before")),
        counted=by_month(_("Handed down in the month")),
        of_case=Case(
            "sentenced_on",
            asks=(_("Sentenced on or after"), _("Sentenced on or before")),
            counted=by_month(_("Sentenced in the month")),
            column="sentenced_on",
        ),
    )
    in_force_on = Date(
        _("In force"),
        place=IF_KNOWN,
        asks=(
            _("In force from that day or later"),
            _("In force from that day or earlier"),
        ),
    )
    in_absentia = Flag(
        _("In absentia"),
        place=IF_KNOWN,
        asks=_("In absentia"),
        of_case=Case(asks=_("Sentenced in absentia")),
    )
    closed_hearing = Code(
        v.YesNo,
        _("Closed hearing"),
        place=IF_KNOWN,
        asks=_("Closed hearing"),
        of_case=Case(asks=_("Sentenced in a closed hearing"), column="closed_hearings"),
    )
    charges = Ids(_("On charges of"), to="charge", place=IF_KNOWN)
    decision = Code(
        v.SentenceDecision, _("Decision"), place=IF_KNOWN, asks=_("Decision")
    )
    enforceable_months = Number(_("To be served"), place=IF_KNOWN.within("enforceable"))
    enforceable_days = Number(_("To be served"), place=IF_KNOWN.within("enforceable"))
    indeterminate = Code(v.YesNo, _("Is the length left open"), place=IF_KNOWN)
    hard_labour = Code(
        v.YesNo,
        _("Hard labour"),
        place=IF_KNOWN,
        asks=_("Hard labour"),
        of_case=Case(asks=_("Sentenced to hard labour"), column="hard_labour"),
    )
    execution = Code(
        v.SentenceExecution,
        _("Served or not"),
        place=IF_KNOWN,
        asks=_("Served or not"),
        of_case=Case(column="sentence_executions"),
    )
    legal_force = Code(
        v.LegalForce,
        _("Legal force"),
        place=IF_KNOWN,
        asks=_("Legal force"),
        of_case=Case(
            "legal_force",
            asks=_("Is the sentence in force"),
            column="legal_forces",
        ),
    )
    set_aside_on = Date(_("Set aside"), place=IF_KNOWN)
    punishment = Code(
        v.Punishment,
        _("Punishment"),
        place=ALWAYS,
        asks=_("Punishment"),
        of_case=Case(column="punishments"),
    )
    term_months = Number(
        _("Term"),
        place=ALWAYS.within("term"),
        asks=(_("Term in months, at least"), _("Term in months, at most")),
    )
    term_months_to = Number(_("Term"), place=ALWAYS.within("term"))
    term_days = Number(_("Term"), place=ALWAYS.within("term"))
    term_as_stated = Text(
        _("Term as stated"),
        place=ALWAYS.within("term"),
        of_case=Case(column="terms_as_stated"),
        most=200,
    )
    amount = Number(_("Amount"), place=IF_KNOWN.within("money"), most=MOST_MONEY)
    currency = Text(
        _("Currency"),
        place=IF_KNOWN.within("money"),
        most=3,
        hint=_("Three letters, such as BYN or EUR."),
    )
    particulars_as_stated = Text(_("Particulars as stated"), place=IF_KNOWN, most=300)
    counted_from = Date(_("Counted from"), place=IF_KNOWN)
    regime = Code(
        v.Regime,
        _("Regime"),
        place=IF_KNOWN,
        asks=_("Regime"),
        of_case=Case(asks=_("Regime"), column="regimes"),
    )
    replaces = Id(_("Replaces"), to="sentence", place=IF_KNOWN)
    adds_to = Id(_("Added to"), to="sentence", place=IF_KNOWN)
    runs = Code(v.SentenceRuns, _("Served together"), place=IF_KNOWN)
    after = Id(_("Came after"), place=IF_KNOWN)
    further_punishments = FurtherPunishmentDocument(many=True)

    record_kind = "sentence"
    called = _("Sentence")
    on_page = (
        (FIRST, "punishment", "term_months", "handed_down_on", "court"),
        ("court", "charges", "decision", "regime"),
    )


class ProsecutionDocument(RecordFields):
    """That the person is in a court case: on which of their charges, with which of
    their sentences.
    """

    court_case = Id(
        _("Court case"),
        to="court_case",
        place=ALWAYS,
        of_case=Case(asks=_("In this court case (id)"), column="court_cases"),
    )
    charges = Ids(_("On charges of"), to="charge", place=IF_KNOWN, in_table=False)
    sentences = Ids(_("Sentences"), to="sentence", place=IF_KNOWN, in_table=False)

    record_kind = "prosecution"
    called = _("Court case")


class ReleaseDocument(RecordFields):
    release_event = Id(
        _("Release event"),
        to="release_event",
        place=IF_KNOWN,
        of_case=Case(
            asks=_("Freed in this release (id)"),
            counted=BY_VALUE,
            column="release_events",
        ),
    )
    released_on = Date(
        _("Released"),
        place=ALWAYS,
        of_case=Case(
            asks=(_("Released on or after"), _("Released on or before")),
            counted=by_month(_("Released in the month")),
            column="released_on",
        ),
    )
    ground = Code(
        v.ReleaseGround,
        _("Ground"),
        place=ALWAYS,
        of_case=Case(
            "release_ground", asks=_("Ground of release"), column="release_grounds"
        ),
    )
    to_liberty = Code(v.YesNo, _("To liberty"), place=ALWAYS, in_table=False)
    ordered_on = Date(_("Ordered"), place=IF_KNOWN, in_table=False)
    carried_out = Code(
        v.YesNo,
        _("Carried out"),
        place=IF_KNOWN,
        of_case=Case("release_carried_out", asks=_("Was the release carried out")),
        in_table=False,
    )
    restrictions = Codes(
        v.ReleaseRestriction,
        _("Restrictions"),
        place=IF_KNOWN,
        of_case=Case(
            "release_restrictions",
            asks=_("Restrictions after the release"),
            column="release_restrictions",
        ),
    )
    bail_amount = Number(
        _("Bail"), place=IF_KNOWN.within("bail"), in_table=False, most=MOST_MONEY
    )
    bail_currency = Text(
        _("Currency of the bail"),
        place=IF_KNOWN.within("bail"),
        in_table=False,
        most=3,
    )
    conditions = Text(_("Conditions"), place=IF_KNOWN, in_table=False)
    revoked_on = Date(
        _("Revoked"), place=IF_KNOWN, of_case=Case(column="release_revoked_on")
    )
    remaining_months = Number(
        _("Term still to serve"), place=IF_KNOWN.within("remaining"), in_table=False
    )
    remaining_days = Number(
        _("Term still to serve"), place=IF_KNOWN.within("remaining"), in_table=False
    )
    remaining_as_stated = Text(
        _("Term still to serve, as stated"),
        place=IF_KNOWN.within("remaining"),
        in_table=False,
        most=200,
    )
    after = Id(_("Came after"), place=IF_KNOWN, in_table=False)

    record_kind = "release"
    called = _("Release")
    on_page = (("release_event", "remaining_months", "conditions"),)


class DeportationFields(RecordFields):
    release = Id(_("Release"), to="release", place=NOWHERE)
    deported_on = Date(
        _("Date"),
        place=ALWAYS,
        asks=(_("Expelled on or after"), _("Expelled on or before")),
        counted=by_month(_("Expelled in the month")),
        of_case=Case(
            asks=(_("Expelled on or after"), _("Expelled on or before")),
            counted=by_month(_("Expelled in the month")),
            column="deported_on",
        ),
    )
    outcome = Code(
        v.DeportationOutcome,
        _("Outcome"),
        place=ALWAYS,
        asks=_("Outcome"),
        of_case=Case(
            "deportation_outcome",
            asks=_("Outcome of expulsion"),
            column="deportation_outcomes",
        ),
    )
    from_country = Code(
        v.Country,
        pgettext_lazy("country", "From"),
        place=ALWAYS,
        asks=pgettext_lazy("country", "From"),
        of_case=Case("deportation_from_country", asks=_("Expelled from")),
    )
    to_country = Code(
        v.Country,
        _("To"),
        place=ALWAYS,
        asks=_("To"),
        of_case=Case(
            "deportation_to_country", asks=_("Expelled to"), column="deported_to"
        ),
    )
    from_place = Text(_("From which place"), place=IF_KNOWN, most=200)
    to_place = Text(_("To which place"), place=IF_KNOWN, most=200)
    crossing = Text(
        _("Border crossing"),
        place=IF_KNOWN,
        asks=_("Border crossing"),
        counted=BY_VALUE,
        most=200,
    )
    coercion = Text(
        _("How they were made to leave"), place=IF_KNOWN, most=300, prose=True
    )
    voluntary = Code(v.YesNo, _("Called voluntary"), place=IF_KNOWN)
    own_national = Code(
        v.OwnNational,
        _("Nationality"),
        place=IF_KNOWN,
        asks=_("By the person’s own country"),
        of_case=Case(
            "deportation_own_national",
            asks=_("Forced exile: expulsion by the person’s own country"),
        ),
    )
    passport_fate = Code(
        v.PassportFate,
        _("Passport"),
        place=ALWAYS,
        asks=_("What became of the passport"),
        of_case=Case(
            "deportation_passport_fate",
            asks=_("What became of the passport"),
            column="passport_fates",
        ),
    )
    replacement_document = Text(_("Paper given instead"), place=IF_KNOWN, most=200)
    document_issuer = Text(_("Issued by"), place=IF_KNOWN, most=200)
    document_handed_over_by = Text(_("Handed over by"), place=IF_KNOWN, most=200)
    valid_identity_document = Code(
        v.YesNo,
        _("Valid as an identity document"),
        place=IF_KNOWN,
        asks=_("Has a valid identity document"),
    )
    may_return = Code(v.YesNo, _("May return"), place=ALWAYS, asks=_("May return"))
    after = Id(_("Came after"), place=IF_KNOWN)

    record_kind = "deportation"
    called = _("Expulsion")
    on_page = ((FIRST, "outcome"),)


class WhereaboutsDocument(RecordFields):
    last_seen_on = Date(
        _("Last seen"),
        place=ALWAYS,
        of_case=Case(asks=(_("Last seen on or after"), _("Last seen on or before"))),
        in_table=False,
    )
    last_seen_where = Text(_("Last seen where"), place=ALWAYS, in_table=False, most=200)
    # Its column is computed: it ends when somebody hears of the person again.
    no_contact_since = Date(_("No contact since"), place=ALWAYS, in_table=False)
    place_known = Code(
        v.YesNo, _("Is it known where the person is"), place=IF_KNOWN, in_table=False
    )
    after = Id(_("Came after"), place=IF_KNOWN, in_table=False)

    record_kind = "whereabouts"
    called = _("Whereabouts")


class SightingDocument(RecordFields):
    """That somebody heard of the person, or saw them: so they were alive. The day is
    told to the month where few people may know of it.
    """

    # No list is asked by it in public: that would find those of whom nobody hears.
    heard_on = Date(
        _("Heard of or seen"), place=ALWAYS, of_case=Case(column="heard_on")
    )
    how = Code(v.SightingHow, _("How"), place=ALWAYS, of_case=Case(column="heard_how"))
    heard_where = Text(_("Where"), place=IF_KNOWN, in_table=False, most=200)
    facility = Id(_("Place"), to="facility", place=IF_KNOWN, in_table=False)
    after = Id(_("Came after"), place=IF_KNOWN, in_table=False)

    record_kind = "sighting"
    called = _("Heard of or seen")


class NationalityChangeDocument(RecordFields):
    """What became of a nationality: `citizenships` says which ones the person has."""

    country = Code(v.Country, _("Country"), place=ALWAYS, in_table=False, required=True)
    event = Code(
        v.NationalityEvent,
        _("What happened"),
        place=ALWAYS,
        of_case=Case(
            "nationality_event",
            asks=_("What became of a nationality"),
            column="nationality_events",
        ),
        required=True,
    )
    happened_on = Date(pgettext_lazy("day", "On"), place=IF_KNOWN, in_table=False)

    record_kind = "nationality_change"
    called = _("Change of nationality")
    on_page = ((FIRST, "event", "country"),)


class StatusSpan(serializers.Serializer[Any]):
    """One of these holds from the day `since` (null: as far back as is known) to before
    `until` (null: to this day).

    `hedge` is the weakest on which it rests; `disputed`: a source denies it. `as_of` is
    the last day of which a source speaks: of later days it is only what was last known.
    `reasons` say why less is known than the records seem to say. `basis` are the ids of
    the detentions, sentences, releases and so on that it follows from.
    """

    since = Text()
    until = Text()
    statuses = Codes(v.Status)
    hedge = Code(v.Hedge)
    disputed = Flag()
    as_of = Date()
    reasons = Codes(v.StatusReason)
    basis = Ids()


class LastPlace(serializers.Serializer[Any]):
    """Where the person was when a source last told: `facility`, by which `placement`.
    `as_of` is the last day of which one speaks; nobody knows of later days.

    Null where nobody said so, where it ended or is disputed, and where the person is
    not held. Never a home or a hospital.
    """

    facility = Id(to="facility")
    placement = Id(to="placement")
    as_of = Date()


class SentenceInForce(serializers.Serializer[Any]):
    """What now stands of the sentences, after those that were replaced or set aside.

    `term` says what they come to: `months` (a total of `months`, of a range to
    `months_to`, and `days`), life (with `months` to serve at least, if a source says
    so), death, none, or not known, and then `reasons` say why. `executions` and
    `legal_forces` are those of the sentences that stand: a suspended one, or one under
    appeal, stands too. `ends_on` is about the month in which the term is over by plain
    count from `counted_from`, without credit for remand or remission; it is no release.

    `hedge` is the weakest on which it rests; `disputed`: a source denies it. `as_of` is
    the last day of which a source speaks.
    """

    sentences = Ids(to="sentence")
    punishments = Codes(v.Punishment)
    executions = Codes(v.SentenceExecution)
    legal_forces = Codes(v.LegalForce)
    term = Code(v.TermInForce)
    months = Number()
    months_to = Number()
    days = Number()
    counted_from = Date()
    counted_by = Code(v.CountedBy)
    ends_on = Date()
    hedge = Code(v.Hedge)
    disputed = Flag()
    as_of = Date()
    reasons = Codes(v.TermReason)


class DocumentFields(RecordFields):
    """`address`, `audience` and `licence` go with every copy."""

    kind = Text(allow_null=False, place=NOWHERE, in_table=False, in_rows=False)
    address = Text(allow_null=False, place=NOWHERE)
    audience = Text(allow_null=False, place=NOWHERE)
    licence = Text(place=NOWHERE)
    citations = CitationDocument(many=True)

    plural: ClassVar[str]  # under /api/v1/
    listed: ClassVar[str] = ""  # what stands there: the description tells it
    page: ClassVar[str] = ""  # the name of its page's address
    needs_sources: ClassVar[bool] = True
    searched: ClassVar[Searched | None] = None
    # What is found by the words of texts; each place as a page calls it. Claimants are
    # computed: tracker/contract/facts.py.
    texts: ClassVar[tuple[Searched, ...]] = ()
    orderings: ClassVar[Mapping[str, Order]]
    default_ordering: ClassVar[str]
    # Which questions and columns stand in another order than their fields here.
    asked: ClassVar[Runs] = ()
    columns: ClassVar[Runs] = ()
    # What readers of the page of the list are offered first, in that order.
    offered: ClassVar[tuple[str, ...]] = ()


class PrisonerDocument(DocumentFields):
    """`name` is the preferred one; null where the name is withheld. `status` is derived
    from what stands here.

    `previous_ids` are those of cases that turned out to be this person's, and lead here
    now. `related_cases` are those of relatives, where both people consented to that; how
    they are related is not told. `search_engines`: may they list the page of the case?
    `letters`: may readers be told how to write to the person? `birthday`: may the day
    stand in a list of birthdays? Whoever shows the document on a page of their own keeps
    to these, too.
    """

    name = Text(place=ELSEWHERE, derived=True)
    name_withheld = Flag(
        _("Name withheld"),
        place=ELSEWHERE,
        asks=_("Name withheld"),
        proposed=False,
        lasting=True,
    )
    names = PersonNameDocument(many=True)
    identifiers = IdentifierDocument(many=True)
    sex = Code(v.Sex, _("Sex"), place=ALWAYS, asks=_("Sex"), lasting=True)
    born_on = Date(
        _("Born"),
        place=ALWAYS,
        asks=(_("Born on or after"), _("Born on or before")),
        counted=by_age(_("Age")),
        lasting=True,
    )
    age_as_stated = Number(_("Age as stated"), place=IF_KNOWN, most=120)
    died_on = Date(
        _("Died"), place=IF_KNOWN, asks=(_("Died on or after"), _("Died on or before"))
    )
    death_in_custody = Code(
        v.DeathInCustody,
        _("Died in custody"),
        place=IF_KNOWN,
        asks=_("Death in custody"),
    )
    executed = Code(v.YesNo, _("Executed"), place=IF_KNOWN, asks=_("Executed"))
    cause_of_death_by_authorities = Text(
        _("Cause of death, as the authorities state it"), place=IF_KNOWN, in_table=False
    )
    cause_of_death_by_family = Text(
        _("Cause of death, as the family states it"), place=IF_KNOWN, in_table=False
    )
    citizenships = Codes(
        v.Country, _("Citizenship"), place=ALWAYS, asks=_("Citizenship"), lasting=True
    )
    stateless = Code(
        v.YesNo, _("Stateless"), place=IF_KNOWN, asks=_("Stateless"), lasting=True
    )
    occupations = Codes(
        v.Occupation, _("Occupation"), place=ALWAYS, asks=_("Occupation"), lasting=True
    )
    affiliation = Text(
        _("Affiliation"),
        place=IF_KNOWN,
        asks=_("Affiliation"),
        lasting=True,
        counted=BY_VALUE,
        most=200,
    )
    position = Text(
        _("Office or candidacy"),
        place=IF_KNOWN,
        asks=_("Office or candidacy"),
        lasting=True,
        most=200,
    )
    summary = TextByLanguage(_("Summary"), place=ELSEWHERE)
    stated_end_of_term = Date(_("End of term as stated"), place=IF_KNOWN)
    last_verified_on = Date(
        _("Last verified"), place=IF_KNOWN, own_word=True, proposed=False
    )
    recognitions = RecognitionDocument(many=True)
    designations = DesignationDocument(many=True)
    detentions = DetentionDocument(many=True)
    charges = ChargeDocument(many=True)
    sentences = SentenceFields(many=True)
    prosecutions = ProsecutionDocument(many=True)
    releases = ReleaseDocument(many=True)
    deportations = DeportationFields(many=True)
    whereabouts = WhereaboutsDocument(many=True)
    sightings = SightingDocument(many=True)
    nationality_changes = NationalityChangeDocument(many=True)
    personal_details = PersonalDetailDocument(many=True)
    previous_ids = Ids(place=ELSEWHERE, derived=True)
    related_cases = Ids(
        to="prisoner", place=ELSEWHERE, in_table=False, in_rows=False, derived=True
    )
    search_engines = Flag(place=NOWHERE, in_table=False, in_rows=False, derived=True)
    letters = Flag(place=NOWHERE, in_table=False, in_rows=False, derived=True)
    birthday = Flag(place=NOWHERE, in_table=False, in_rows=False, derived=True)
    status = StatusSpan(many=True)
    sentence_in_force = SentenceInForce(allow_null=True)
    last_place = LastPlace(allow_null=True)

    record_kind = "prisoner"
    called = _("Person")
    plural = "prisoners"
    listed = (
        "Prisoners, with their names, detentions, charges, sentences, releases,"
        " expulsions and citations."
    )
    page = "case"
    searched = Searched(_("Name, in any spelling"), ("names.value",))
    texts = (
        Searched(_("summary"), ("summary",)),
        Searched(_("affiliation or office"), ("affiliation", "position")),
        Searched(
            _("charges"),
            ("charges.label_as_stated", "charges.code", "charges.article"),
        ),
        Searched(
            _("courts and authorities"),
            ("sentences.court", "charges.decisions.authority", "detentions.authority"),
        ),
        Searched(_("recognition"), ("recognitions.organisation",)),
        Searched(_("sources"), ("citations.source_label",)),
    )
    orderings = {
        "name": Order("sort_name", "name"),
        "released_on": Order("sort_date", "releases.released_on"),
        "term_months": Order("sort_number"),  # that of the sentence in force
    }
    default_ordering = "name"
    on_page = (("age_as_stated", "affiliation"),)
    asked = (
        (FIRST, "status", "status_on", "sex", "citizenships", "occupations"),
        ("occupations", "affiliation", "identifier", "name_withheld"),
        ("death_in_custody", "recognition", "recognised_by", "recognition_category"),
        ("recognition_category", "list_kind", "listed_by"),
        ("place_kind", "held_in", "facility", "conditions", "last_seen_on"),
        ("punishment", "regime", "in_absentia", "term_months_min", "term_months_max"),
        ("release_event", "release_ground", "released_on"),
        ("deportation_passport_fate", "deported_on"),
    )
    columns = (
        ("names", "identifiers", "status", "status_on", "status_hedge"),
        ("status_hedge", "status_disputed", "status_as_of"),
        ("affiliation", "recognitions", "listed_by"),
        ("place_kinds", "facilities"),
        ("sentenced_on", "courts", "punishments", "further_punishments"),
        ("further_punishments", "longest_term_months"),
        ("terms_as_stated", "punishments_in_force", "executions_in_force"),
        ("executions_in_force", "term_in_force", "term_in_force_months"),
        ("term_in_force_months", "term_in_force_months_to", "term_in_force_days"),
        ("term_in_force_days", "term_in_force_counted_from", "term_in_force_ends_on"),
        ("term_in_force_ends_on", "term_in_force_hedge", "term_in_force_disputed"),
        ("term_in_force_disputed", "term_in_force_reasons"),
        ("regimes", "stated_end_of_term"),
        ("release_grounds", "release_events"),
        ("no_contact_since", "heard_on", "heard_how", "summary", "last_verified_on"),
    )
    offered = (
        "status",
        "status_on",
        "occupations",
        "citizenships",
        "sex",
        "release_event",
        "punishment",
        "deportation_to_country",
        "deportation_outcome",
        "recognition",
        "list_kind",
        "place_kind",
        "conditions",
        "release_ground",
        "detained_on",
        "released_on",
        "deported_on",
        "term_months_min",
        "term_months_max",
    )


class SentenceDocument(DocumentFields, SentenceFields):
    prisoner = Id(to="prisoner", place=NOWHERE, asks=_("Of this prisoner (id)"))

    plural = "sentences"
    listed = "Sentences. They stand in their prisoner's document, too."
    orderings = {
        "handed_down_on": Order("sort_date", "handed_down_on"),
        "term_months": Order("sort_number", "term_months"),
    }
    default_ordering = "-handed_down_on"
    asked = (
        (FIRST, "prisoner", "court", "decision", "punishment", "regime", "in_absentia"),
    )
    columns = (("id", "prisoner"), ("regime", "charges"))


class DeportationDocument(DocumentFields, DeportationFields):
    prisoner = Id(to="prisoner", place=NOWHERE, asks=_("Of this prisoner (id)"))

    plural = "deportations"
    listed = (
        "Expulsions, also those refused. They stand in their prisoner's document, too."
    )
    orderings = {"deported_on": Order("sort_date", "deported_on")}
    default_ordering = "-deported_on"
    asked = ((FIRST, "prisoner"), ("may_return", "deported_on"))
    columns = (("id", "prisoner"),)


class HearingDocument(RecordFields):
    """One day in court, of all the people in the case."""

    held_on = Date(_("Held"), place=ALWAYS, in_table=False)
    what_happened = Code(
        v.HearingEvent, _("What happened"), place=ALWAYS, in_table=False
    )
    closed_hearing = Code(v.YesNo, _("Closed hearing"), place=IF_KNOWN, in_table=False)
    # The name and the office on that day. In no list, table, search or correction.
    judge = Text(
        _("Judge on that day"),
        place=IF_KNOWN,
        in_table=False,
        in_rows=False,
        in_corrections=False,
    )
    prosecutor = Text(
        _("Prosecutor on that day"),
        place=IF_KNOWN,
        in_table=False,
        in_rows=False,
        in_corrections=False,
    )

    record_kind = "hearing"
    called = _("Hearing")


class CourtCaseDocument(DocumentFields):
    """What a court deals with as one case. `people` are those in it who are published
    by name, in no order; how many were accused is only what counts claim. Citations
    have neither quote nor locator: such words name several people.
    """

    number = Text(_("Number"), place=ELSEWHERE, asks=_("Number"))
    court = Text(_("Court"), place=ALWAYS, asks=_("Court"), counted=BY_VALUE)
    stage = Code(v.CourtStage, _("Stage"), place=ALWAYS, asks=_("Stage"))
    outcome = Code(v.CourtCaseOutcome, _("Outcome"), place=IF_KNOWN, asks=_("Outcome"))
    hearings = HearingDocument(many=True)
    # The prosecutions of the people tell the same, a row each.
    people = Ids(
        to="prisoner", place=ELSEWHERE, in_table=False, in_rows=False, derived=True
    )

    record_kind = "court_case"
    called = _("Court case")
    plural = "court-cases"
    listed = "Court cases, with their hearings and the people in them."
    page = "court_case"
    searched = Searched(_("Number or court"), ("number", "court"))
    texts = (Searched(_("number or court"), ("number", "court")),)
    orderings = {"number": Order("sort_name", "number")}
    default_ordering = "number"


class ReleaseEventDocument(DocumentFields):
    title = Text(_("Title"), place=ELSEWHERE, own_word=True)
    occurred_on = Date(
        _("Date"),
        place=ALWAYS,
        asks=(_("On or after"), _("On or before")),
        counted=by_month(_("In the month")),
    )
    brokered_by = Text(_("Brokered by"), place=ALWAYS, prose=True)
    ground = Code(
        v.ReleaseGround,
        _("Ground, as said of the group"),
        place=ALWAYS,
        asks=_("Ground of release"),
    )
    concessions = Text(_("Given in return"), place=ALWAYS, prose=True)
    exchange = Code(
        v.YesNo,
        _("Exchange of prisoners"),
        place=ALWAYS,
        asks=_("Exchange of prisoners"),
    )
    exchange_sides = Codes(v.Country, _("Sides of the exchange"), place=IF_KNOWN)
    destinations = Codes(
        v.Country, _("Destinations"), place=IF_KNOWN, asks=_("Destination")
    )
    from_place = Text(_("From which place"), place=IF_KNOWN)
    to_place = Text(_("To which place"), place=IF_KNOWN)
    passport_fate = Code(
        v.PassportFate,
        _("Passports, as said of the group"),
        place=IF_KNOWN,
        asks=_("What became of the passports"),
    )
    replacement_document = Text(_("Paper given instead"), place=IF_KNOWN, prose=True)
    document_issuer = Text(_("Issued by"), place=IF_KNOWN)
    document_handed_over_by = Text(_("Handed over by"), place=IF_KNOWN)
    valid_identity_document = Code(
        v.YesNo, _("Valid as an identity document"), place=IF_KNOWN
    )
    may_return = Code(v.YesNo, _("May they return"), place=IF_KNOWN)
    nationality_event = Code(
        v.NationalityEvent,
        _("Nationality, as said of the group"),
        place=IF_KNOWN,
        asks=_("What became of the nationality"),
    )
    summary = TextByLanguage(_("Summary"), place=ELSEWHERE)

    record_kind = "release_event"
    called = _("Release event")
    plural = "release-events"
    listed = "Releases of several people at once."
    page = "release"
    searched = Searched(_("Title"), ("title",))
    texts = (
        Searched(_("title"), ("title",)),
        Searched(_("summary"), ("summary",)),
        Searched(_("brokers and conditions"), ("brokered_by", "concessions")),
    )
    orderings = {
        "title": Order("sort_name", "title"),
        "occurred_on": Order("sort_date", "occurred_on"),
    }
    default_ordering = "-occurred_on"
    asked = (("exchange", "occurred_on"),)


class CopyDocument(serializers.Serializer[Any]):
    """A picture of the source, redacted and made anew by us: nothing of the original
    file is in it. `sha256` is that of the picture; its bytes are at `copies/{id}/`.
    """

    id = Id(allow_null=False)
    media_type = Text(allow_null=False)
    size = Number(allow_null=False)
    width = Number(allow_null=False)
    height = Number(allow_null=False)
    sha256 = Text(allow_null=False)


class SourceDocument(DocumentFields):
    """`file_name` and `sha256` are given only for a copy of material that is itself
    public. `copies` are redacted ones.
    """

    title = Text(_("Title"), place=ELSEWHERE, most=500)
    source_kind = Code(
        v.SourceKind,
        _("Kind of source"),
        place=IF_KNOWN,
        asks=_("Kind"),
        proposed=False,
    )
    publisher = Text(
        _("Publisher"),
        place=ALWAYS,
        asks=_("Publisher"),
        counted=BY_VALUE,
        most=200,
    )
    author = Text(_("Author"), place=ALWAYS, asks=_("Author"), most=200)
    url = Address(_("Address"), place=IF_KNOWN)
    archived_url = Address(_("Archived copy"), place=IF_KNOWN, proposed=False)
    published_on = Date(
        _("Published"),
        place=ALWAYS,
        asks=(_("Published on or after"), _("Published on or before")),
    )
    accessed_on = Date(_("Last looked at"), place=IF_KNOWN, proposed=False)
    language = Text(
        _("Language"),
        place=ELSEWHERE,
        asks=_("Language (BCP 47)"),
        counted=BY_VALUE,
        most=20,
    )
    file_name = Text(_("Copy held, file name"), place=IF_KNOWN, proposed=False)
    sha256 = Text(_("SHA-256 of the copy held"), place=IF_KNOWN, proposed=False)
    derived_from = Ids(
        _("Repeats"), to="source", place=IF_KNOWN, asks=_("Relays this source (id)")
    )
    relays = Texts(_("Relays reports of"), place=IF_KNOWN)
    text_is_whole = Code(
        v.YesNo, _("Is the text whole"), place=IF_KNOWN, proposed=False
    )
    standing = Code(
        v.SourceStanding,
        _("Standing"),
        place=ALWAYS,
        asks=_("Standing"),
        proposed=False,
    )
    copies = CopyDocument(many=True)

    record_kind = "source"
    called = _("Source")
    plural = "sources"
    listed = "Sources, and which of them merely relay others."
    page = "source"
    needs_sources = False  # it speaks for itself
    searched = Searched(
        _("Title, publisher or author"), ("title", "publisher", "author")
    )
    texts = (
        Searched(
            _("title, publisher or author"),
            ("title", "publisher", "author", "relays"),
        ),
    )
    orderings = {
        "title": Order("sort_name", "title"),
        "published_on": Order("sort_date", "published_on"),
    }
    default_ordering = "-published_on"
    on_page = (("accessed_on", "relays", "derived_from", "file_name"),)
    asked = (("language", "standing", "derived_from", "published_on"),)


class FacilityDocument(DocumentFields):
    names = TextByLanguage(_("Names"), place=ELSEWHERE)
    place_kind = Code(
        v.PlaceKind, _("Kind of place"), place=ALWAYS, asks=_("Kind of place")
    )
    country = Code(v.Country, _("Country"), place=ALWAYS, asks=_("Country"))
    region = Text(_("Region"), place=ALWAYS, asks=_("Region"), counted=BY_VALUE)
    official = Code(
        v.YesNo,
        _("Official place of detention"),
        place=IF_KNOWN,
        asks=_("Official place of detention"),
    )
    coordinates = Text(_("Coordinates"), place=IF_KNOWN)
    address_for_letters = Text(_("Address for letters"), place=IF_KNOWN)
    letters_arrive = Code(v.YesNo, _("Letters arrive"), place=IF_KNOWN)

    record_kind = "facility"
    called = _("Place of detention")
    plural = "facilities"
    listed = "Prisons, colonies and other places."
    page = "facility"
    needs_sources = False  # an address book is looked up, not reported
    searched = Searched(_("Name"), ("names",))
    orderings = {"name": Order("sort_name", "names")}
    default_ordering = "name"


class ReportedCountDocument(DocumentFields):
    measure = Code(
        v.Measure, _("What is counted"), place=ELSEWHERE, asks=_("What was counted")
    )
    country = Code(v.Country, _("Country"), place=ELSEWHERE, asks=_("Country"))
    of_group = Code(
        v.CountedGroup, _("Of which group"), place=ELSEWHERE, asks=_("Of which group")
    )
    of_nationality = Code(
        v.Country,
        _("Of which nationality"),
        place=ELSEWHERE,
        asks=_("Of which nationality"),
    )
    among_them = Codes(
        v.Country,
        _("Among them citizens of"),
        place=ELSEWHERE,
        asks=_("Among them citizens of"),
    )
    value = Number(
        _("Value"), place=ALWAYS.within("claim"), asks=(_("At least"), _("At most"))
    )
    value_as_stated = Text(_("Value as stated"), place=ALWAYS.within("claim"))
    qualifier = Code(
        v.Qualifier,
        _("Qualifier"),
        place=ALWAYS.within("claim"),
        asks=_("Qualifier"),
    )
    lowest = Number(_("Words mean at least"), place=ELSEWHERE)
    highest = Number(_("Words mean at most"), place=ELSEWHERE)
    as_of = Date(
        _("As of"),
        place=ALWAYS,
        asks=(_("As of that day or later"), _("As of that day or earlier")),
    )
    claimant = ClaimantDocument(allow_null=True)
    release_event = Id(
        _("Release event"),
        to="release_event",
        place=ELSEWHERE,
        asks=_("Of this release (id)"),
    )
    court_case = Id(
        _("Court case"),
        to="court_case",
        place=ELSEWHERE,
        asks=_("Of this court case (id)"),
    )

    record_kind = "reported_count"
    called = _("Reported count")
    one_claim = True
    plural = "reported-counts"
    listed = "Numbers that someone reported: who, when, and how exactly."
    orderings = {
        "as_of": Order("sort_date", "as_of"),
        "value": Order("sort_number", "value"),
    }
    default_ordering = "-as_of"
    on_page = ((FIRST, "qualifier"),)
    asked = (("qualifier", "release_event", "as_of", "value"),)
    columns = (("as_of", "claimant"),)


_KINDS: tuple[type[DocumentFields], ...] = (
    PrisonerDocument,
    SentenceDocument,
    DeportationDocument,
    ReleaseEventDocument,
    SourceDocument,
    FacilityDocument,
    CourtCaseDocument,
    ReportedCountDocument,
)
# The kinds of document. Sentences and deportations stand inside their prisoner too, and
# have rows of their own so that they can be listed and filtered.
DOCUMENTS: dict[str, type[DocumentFields]] = {kind.record_kind: kind for kind in _KINDS}
# Where they stand, under /api/v1/.
PLACES = {kind: document.plural for kind, document in DOCUMENTS.items()}
