"""The contract of proposals: what a partner may say of one person. The fields and their
limits are those of the contract of documents; here stand the rules between fields.

These are no models: a process for partners has no record. A test holds each field
against the record's, and that what passes here is accepted there.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from tracker.contract import documents
from tracker.contract import vocabulary as v
from tracker.contract.proposal_fields import (
    LANGUAGE,
    KnownFieldsOnly,
    Place,
    Places,
    Said,
    Text,
    not_before,
)

MOST_ROWS = 500
_UNNAMED = {
    v.PlaceKind.HOUSE_ARREST,
    v.PlaceKind.HOME_CONFINEMENT,
    v.PlaceKind.ON_LEAVE,
}


class SaidName(Said):
    record = documents.PersonNameDocument

    def validate_language(self, language: str | None) -> str | None:
        if language and not LANGUAGE.fullmatch(language):
            raise serializers.ValidationError(
                _("Write a language tag such as be, ru, en or be-Latn.")
            )
        return language


class SaidIdentifier(Said):
    """Another number of the person in some list. Accepted, it is yours: it is never
    published.
    """

    record = documents.IdentifierDocument


class SaidRecognition(Said):
    record = documents.RecognitionDocument

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        in_a_category = said.get("outcome") == v.RecognitionOutcome.OWN_CATEGORY
        if in_a_category and "category" not in said:
            sentence = _("Say which category, as the body calls it.")
            raise serializers.ValidationError({"category": sentence})
        return said


class SaidDesignation(Said):
    record = documents.DesignationDocument

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        sentence = _("A listing cannot end before it begins.")
        not_before(said, "from_on", "to_on", sentence)
        return said


class SaidPlacement(Said):
    """`place_as_stated` may be the name of a place of detention. If the record has one
    alone of that name, in the country if you say it, the desk is shown that.
    """

    record = documents.PlacementDocument

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        sentence = _("Nobody leaves a place before they come there.")
        not_before(said, "from_on", "to_on", sentence)
        if said.get("place_kind") in _UNNAMED and "place_as_stated" in said:
            raise serializers.ValidationError(
                {"place_as_stated": _("Of a home say the region at most.")}
            )
        return said


class SaidDetention(Said):
    record = documents.DetentionDocument
    parts = {"placement": SaidPlacement}

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        not_before(
            said,
            "started_on",
            "ended_on",
            _("A detention cannot end before it starts."),
        )
        return said


class SaidCharge(Said):
    record = documents.ChargeDocument

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


class SaidFurtherPunishment(Said):
    record = documents.FurtherPunishmentDocument

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        _is_an_amount_of_a_currency(said, "amount", "currency")
        _is_a_range(said)
        return said


class SaidSentence(Said):
    """`charges` and `adds_to` are places in this row's lists, from 0."""

    record = documents.SentenceFields
    parts = {"further_punishment": SaidFurtherPunishment}
    links = {"charges": Places("charges"), "adds_to": Place("sentences")}

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        sentence = _("A sentence cannot be in force before it is handed down.")
        not_before(said, "handed_down_on", "in_force_on", sentence)
        _is_an_amount_of_a_currency(said, "amount", "currency")
        _is_a_range(said)
        term = max(said.get("term_months", 0), said.get("term_months_to", 0))
        if term and said.get("enforceable_months", 0) > term:
            raise serializers.ValidationError(
                {
                    "enforceable_months": _(
                        "No more is to be served than the whole term."
                    )
                }
            )
        return said


def _is_an_amount_of_a_currency(
    said: Mapping[str, Any], amount: str, name: str
) -> None:
    currency = said.get(name, "")
    if amount in said and not currency:
        raise serializers.ValidationError(
            {name: _("Say of which currency the amount is.")}
        )
    if currency and not re.fullmatch("[A-Z]{3}", currency):
        raise serializers.ValidationError(
            {name: _("Write three letters, such as BYN or EUR.")}
        )


def _is_a_range(said: Mapping[str, Any]) -> None:
    first, last = said.get("term_months"), said.get("term_months_to")
    if first is not None and last is not None and last < first:
        raise serializers.ValidationError(
            {"term_months_to": _("A range cannot end below its start.")}
        )


class SaidRelease(Said):
    record = documents.ReleaseDocument

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        _is_an_amount_of_a_currency(said, "bail_amount", "bail_currency")
        ordered = _("Nobody is let out before that is ordered.")
        not_before(said, "ordered_on", "released_on", ordered)
        revoked = _("A release cannot be revoked before it happens.")
        not_before(said, "released_on", "revoked_on", revoked)
        if said.get("carried_out") == v.YesNo.NO and "released_on" in said:
            raise serializers.ValidationError(
                {
                    "released_on": _(
                        "A release that was not carried out has no such day."
                    )
                }
            )
        return said


class SaidDeportation(Said):
    record = documents.DeportationFields


class SaidWhereabouts(Said):
    record = documents.WhereaboutsDocument


class SaidSighting(Said):
    """Accepted, it is inside only, as every new one is."""

    record = documents.SightingDocument


class SaidNationalityChange(Said):
    record = documents.NationalityChangeDocument


class SaidProsecution(Said):
    """That the person is in a court case, which is known by its number and court.
    `charges` and `sentences` are places in this row's lists, from 0.
    """

    record = documents.ProsecutionDocument
    links = {"charges": Places("charges"), "sentences": Places("sentences")}

    def get_fields(self) -> dict[str, Any]:
        number = Text(
            200,
            required=True,
            help_text=gettext_lazy("As the court, or the prosecution, writes it."),
        )
        court = Text(200, help_text=gettext_lazy("Where the number is of one court."))
        return {"number": number, "court": court, **super().get_fields()}


class SaidSource(Said):
    """What the partner has it from. None: on its own word."""

    record = documents.SourceDocument
    in_order = (("title", "url"),)


_PARTS: tuple[type[Said], ...] = (
    SaidName,
    SaidIdentifier,
    SaidRecognition,
    SaidDesignation,
    SaidDetention,
    SaidCharge,
    SaidSentence,
    SaidProsecution,
    SaidRelease,
    SaidDeportation,
    SaidWhereabouts,
    SaidSighting,
    SaidNationalityChange,
)


class ProposalRow(Said):
    """One person. What a row leaves out it says nothing about; it never empties
    anything.
    """

    record = documents.PrisonerDocument
    parts = {part.record.record_kind: part for part in _PARTS}

    def get_fields(self) -> dict[str, Any]:
        identifier = Text(
            200,
            required=True,
            help_text=gettext_lazy("Yours for this person: the same each time."),
        )
        source = SaidSource(required=False, allow_null=True)
        return {"identifier": identifier, **super().get_fields(), "source": source}

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """A part that says nothing is none: a spreadsheet has as many boxes in every
        row.
        """
        _renumber(said)
        full = {name: _full(value) for name, value in said.items()}
        said = {name: value for name, value in full.items() if value not in ([], {})}
        if said.keys() <= {"identifier", "source"}:
            raise serializers.ValidationError(
                _("The row says nothing of the person but your identifier.")
            )
        return said


def _full(value: Any) -> Any:
    """Without parts that say nothing, and without such parts of parts."""
    if not isinstance(value, list):
        return value
    parts = []
    for part in value:
        if isinstance(part, dict):
            full = {name: _full(said) for name, said in part.items()}
            part = {name: said for name, said in full.items() if said not in ([], {})}
        if part != {}:
            parts.append(part)
    return parts


def _renumber(said: dict[str, Any]) -> None:
    """Places are those of the row as it was handed in; parts that say nothing go."""
    errors = {}
    for of, links in (
        ("sentences", SaidSentence.links),
        ("prosecutions", SaidProsecution.links),
    ):
        wrong = [
            _renumber_part(said, of, own, links) for own in range(len(said.get(of, [])))
        ]
        if any(wrong):
            errors[of] = wrong
    if errors:
        raise serializers.ValidationError(errors)


def _renumber_part(
    said: dict[str, Any], of: str, own: int, links: Mapping[str, Place | Places]
) -> dict[str, Any]:
    """What is wrong with its links. A sentence adds to an earlier one."""
    part = said[of][own]
    wrong = {}
    for name, link in links.items():
        if name not in part:
            continue
        parts = said.get(link.of, [])
        if link.of == of:
            parts = parts[:own]
        try:
            part[name] = _new_places(part[name], parts)
        except LookupError:
            wrong[name] = [_("There is no such part in this row before it.")]
    return wrong


def _new_places(said: Any, parts: list[Any]) -> Any:
    """Once the parts that say nothing are gone. Raises LookupError."""
    new: dict[int, int] = {}
    for place, part in enumerate(parts):
        if _full([part]):
            new[place] = len(new)
    if isinstance(said, list):
        return [new[place] for place in said]
    return new[said]


class HandedIn(KnownFieldsOnly):
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
    repeated = {}
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        identifier = row.get("identifier") if isinstance(row, Mapping) else None
        if isinstance(identifier, str) and identifier.strip():
            first = seen.setdefault(identifier.strip(), place)
            if first != place:
                repeated[place] = {
                    "identifier": [
                        _("Row %(row)s has the same identifier.") % {"row": first}
                    ]
                }
    return repeated
