"""The contract of proposals: what a partner may say of one person, every field by the
name that documents give it.

These are no models: a process for partners has no record. A test holds each field
against the record's, and that what passes here is accepted there.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from tracker.contract import vocabulary as v
from tracker.contract.proposal_fields import (
    Address,
    Code,
    Codes,
    Date,
    Flag,
    Number,
    Said,
    Text,
    not_before,
    parts,
)

MOST_ROWS = 500
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class SaidName(Said):
    value = Text(200, required=True)
    name_kind = Code(v.NameKind)
    language = Text(20, help_text=gettext_lazy("Such as be, ru, en or be-Latn."))

    def validate_language(self, language: str | None) -> str | None:
        if language and not _LANGUAGE.fullmatch(language):
            raise serializers.ValidationError(
                _("Write a language tag such as be, ru, en or be-Latn.")
            )
        return language


class SaidRecognition(Said):
    organisation = Text(200, required=True)
    outcome = Code(v.RecognitionOutcome, required=True)
    decided_on = Date()
    criteria = Codes(v.RecognitionCriterion)
    reason = Text()


class SaidDetention(Said):
    started_on = Date()
    ended_on = Date()
    ground = Code(v.DetentionGround)
    authority = Text(200)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        not_before(
            said,
            "started_on",
            "ended_on",
            _("A detention cannot end before it starts."),
        )
        return said


class SaidCharge(Said):
    code = Text(100)
    article = Text(60)
    label_as_stated = Text(300)
    brought_on = Date()
    outcome = Code(v.ChargeOutcome)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if said and not {"article", "label_as_stated"} & said.keys():
            raise serializers.ValidationError(
                {
                    "label_as_stated": _(
                        "Give the article, or the charge as a source states it."
                    )
                }
            )
        return said


class SaidSentence(Said):
    court = Text(200)
    handed_down_on = Date()
    in_force_on = Date()
    in_absentia = Flag()
    decision = Code(v.SentenceDecision)
    punishment = Code(v.Punishment)
    term_months = Number()
    term_days = Number()
    term_as_stated = Text(200)
    regime = Code(v.Regime)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        sentence = _("A sentence cannot be in force before it is handed down.")
        not_before(said, "handed_down_on", "in_force_on", sentence)
        return said


class SaidRelease(Said):
    released_on = Date()
    ground = Code(v.ReleaseGround)
    to_liberty = Code(v.YesNo)
    conditions = Text()
    remaining_months = Number()
    remaining_days = Number()
    remaining_as_stated = Text(200)


class SaidDeportation(Said):
    deported_on = Date()
    outcome = Code(v.DeportationOutcome)
    from_country = Code(v.Country)
    to_country = Code(v.Country)
    crossing = Text(200)
    coercion = Text(300)
    own_national = Code(v.OwnNational)
    passport_fate = Code(v.PassportFate)
    replacement_document = Text(200)
    document_issuer = Text(200)
    document_handed_over_by = Text(200)
    valid_identity_document = Code(v.YesNo)
    may_return = Code(v.YesNo)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if (
            said.get("outcome") == v.DeportationOutcome.EXPELLED
            and "to_country" not in said
        ):
            raise serializers.ValidationError(
                {"to_country": _("An expulsion needs the country of destination.")}
            )
        return said


class SaidWhereabouts(Said):
    last_seen_on = Date()
    last_seen_where = Text(200)
    no_contact_since = Date()


class SaidSource(Said):
    """What the partner has it from. None: on its own word."""

    title = Text(500)
    url = Address()
    publisher = Text(200)
    author = Text(200)
    published_on = Date()
    language = Text(20)


class ProposalRow(Said):
    """One person. What a row leaves out it says nothing about; it never empties
    anything.
    """

    identifier = Text(
        200,
        required=True,
        help_text=gettext_lazy("Yours for this person: the same each time."),
    )
    names = parts(SaidName)
    sex = Code(v.Sex)
    born_on = Date()
    age_as_stated = Number(120)
    died_on = Date()
    death_in_custody = Code(v.DeathInCustody)
    cause_of_death_by_authorities = Text()
    cause_of_death_by_family = Text()
    citizenships = Codes(v.Country)
    occupations = Codes(v.Occupation)
    affiliation = Text(200)
    stated_end_of_term = Date()
    recognitions = parts(SaidRecognition)
    detentions = parts(SaidDetention)
    charges = parts(SaidCharge)
    sentences = parts(SaidSentence)
    releases = parts(SaidRelease)
    deportations = parts(SaidDeportation)
    whereabouts = parts(SaidWhereabouts)
    source = SaidSource(required=False, allow_null=True)  # type: ignore[assignment]  # a field, not the argument

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """A part that says nothing is none: a spreadsheet has as many boxes in every
        row.
        """
        full = {name: _full(value) for name, value in said.items()}
        said = {name: value for name, value in full.items() if value not in ([], {})}
        if said.keys() <= {"identifier", "source"}:
            raise serializers.ValidationError(
                _("The row says nothing of the person but your identifier.")
            )
        return said


def _full(value: Any) -> Any:
    return [one for one in value if one != {}] if isinstance(value, list) else value


class HandedIn(Said):
    rows: Any = ProposalRow(many=True, allow_empty=False, max_length=MOST_ROWS)  # type: ignore[call-arg]

    def to_internal_value(self, data: Any) -> Any:
        """The errors of all rows at once, also where an identifier stands in two of
        them.
        """
        repeated = _repeated(data)
        try:
            said = super().to_internal_value(data)
        except serializers.ValidationError as refused:
            detail: Any = refused.detail
            rows = detail.get("rows")
            if isinstance(rows, Mapping) and all(
                isinstance(place, int) for place in rows
            ):
                both = {
                    place: {**rows.get(place, {}), **errors}
                    for place, errors in repeated.items()
                }
                detail["rows"] = dict(sorted({**rows, **both}.items()))
            raise serializers.ValidationError(detail) from None
        if repeated:
            raise serializers.ValidationError({"rows": repeated})
        return said


def _repeated(data: Any) -> Any:
    rows = data.get("rows") if isinstance(data, Mapping) else None
    seen: dict[str, int] = {}
    found = {}
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        identifier = row.get("identifier") if isinstance(row, Mapping) else None
        if isinstance(identifier, str) and identifier.strip():
            first = seen.setdefault(identifier.strip(), place)
            if first != place:
                found[place] = {
                    "identifier": [
                        _("Row %(row)s has the same identifier.") % {"row": first}
                    ]
                }
    return found
