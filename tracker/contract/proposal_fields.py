"""The forms of what a partner hands in, made of the forms that documents have. Nothing,
the empty text and null are one: nothing is said.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any, ClassVar, NoReturn

from django.core.exceptions import ValidationError as DateRefused
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from tracker import dates
from tracker.contract import fields as forms
from tracker.contract.arranging import Runs, arranged
from tracker.contract.documents import RecordFields
from tracker.contract.fields import NOWHERE, Form, Line
from tracker.contract.vocabulary import Country
from tracker.plain import refuse_unseen, without_unseen

MOST_PARTS = 50  # of one list of one person
LONG = 5_000  # characters of a text that has no limit in the record


class Text(serializers.CharField):
    def __init__(self, most: int = LONG, **kwargs: Any) -> None:
        required = kwargs.get("required", False)
        kwargs = {
            "required": required,
            "allow_blank": not required,
            "allow_null": not required,
            **kwargs,
        }
        super().__init__(**{"max_length": most, **kwargs})
        if most < LONG:
            self.validators.append(refuse_unseen)

    def to_internal_value(self, data: Any) -> str:
        text = without_unseen(super().to_internal_value(data))
        if not text and not self.allow_blank:
            self.fail("blank")
        return text


class Number(serializers.IntegerField):
    """Spreadsheets leave a box empty where there is no number."""

    def __init__(self, most: int = 2_147_483_647) -> None:
        super().__init__(required=False, allow_null=True, min_value=0, max_value=most)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return super().validate_empty_values(None if data == "" else data)


class Flag(serializers.BooleanField):
    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True)


class Date(Text):
    """The record asks once more, and of the `edtf` library, when it is accepted: that
    takes milliseconds a date.
    """

    def __init__(self) -> None:
        super().__init__(
            40,
            help_text=gettext_lazy(
                "As a source gives it: 2025, 2025-09 or 2025-09-11."
            ),
        )

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            dates.bounds(text)
        except DateRefused as refused:
            raise serializers.ValidationError(refused.messages) from None
        return text


class Address(serializers.URLField):
    def __init__(self) -> None:
        super().__init__(
            required=False, allow_blank=True, allow_null=True, max_length=1000
        )

    def to_internal_value(self, data: Any) -> str:
        address: str = super().to_internal_value(data)
        if not address.lower().startswith(("http://", "https://")):
            raise serializers.ValidationError(
                _("Give an address that begins with https:// or http://.")
            )
        return address


class Code(serializers.ChoiceField):
    default_error_messages = {
        "invalid_choice": gettext_lazy(
            "“{input}” is not one of the known codes: {codes}."
        ),
        "no_country": gettext_lazy("“{input}” is not one of the known codes."),
    }

    def __init__(
        self, vocabulary: type[TextChoices], *, required: bool = False
    ) -> None:
        self.vocabulary = vocabulary
        super().__init__(
            choices=vocabulary.choices,
            required=required,
            allow_null=not required,
            allow_blank=not required,
        )

    def fail(self, key: str, **words: Any) -> NoReturn:
        """With the codes that there are; those of countries are known to everybody."""
        if key == "invalid_choice" and self.vocabulary is Country:
            key = "no_country"
        super().fail(key, codes=", ".join(map(str, self.choices)), **words)


class Codes(serializers.ListField):
    def __init__(self, vocabulary: type[TextChoices]) -> None:
        super().__init__(
            child=Code(vocabulary, required=True),
            required=False,
            allow_null=True,
            max_length=MOST_PARTS,
        )


LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class TextByLanguage(serializers.DictField):
    """A text in several languages: {"en": "…", "be": "…"}."""

    def __init__(self) -> None:
        super().__init__(child=Text(required=True), required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        said: dict[str, str] = super().to_internal_value(data)
        if len(said) > MOST_PARTS:
            raise serializers.ValidationError(_("These are too many languages."))
        for language in said:
            if not LANGUAGE.fullmatch(language):
                raise serializers.ValidationError(
                    _("Write a language tag such as be, ru, en or be-Latn.")
                )
        return said


class Place(Number):
    """Of another part of the row, from 0: what documents say by an id."""

    def __init__(self, of: str) -> None:
        self.of = of
        super().__init__(MOST_PARTS - 1)


class Places(serializers.ListField):
    def __init__(self, of: str) -> None:
        self.of = of
        child = serializers.IntegerField(min_value=0, max_value=MOST_PARTS - 1)
        super().__init__(
            child=child, required=False, allow_null=True, max_length=MOST_PARTS
        )


def proposed(form: Any) -> Any:
    """The field by which a partner says what this field of a document says; None where
    that is not theirs to say. Of ids and links they know nothing.
    """
    line: Line = form.line
    if not line.proposed or line.derived or line.place is NOWHERE:
        return None
    match form:
        case forms.Address():
            return Address()
        case forms.Text():
            most = LONG if line.most is None else line.most
            return Text(most, required=line.required, help_text=line.hint or None)
        case forms.Number():
            return Number() if line.most is None else Number(line.most)
        case forms.Flag():
            return Flag()
        case forms.Date():
            return Date()
        case forms.Code():
            return Code(form.vocabulary, required=line.required)
        case forms.Codes():
            return Codes(form.of_each)
        case forms.TextByLanguage():
            return TextByLanguage()
    return None


class KnownFieldsOnly(serializers.Serializer[Any]):
    """Refuses unknown fields together with all that is wrong with the known; drops what
    says nothing.
    """

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            known = ", ".join(self.fields)
            sentence = _("There is no such field here. Known: %(known)s.") % {
                "known": known
            }
            errors = {str(name): [sentence] for name in data if name not in self.fields}
        try:
            said = super().to_internal_value(data)
        except serializers.ValidationError as refused:
            detail: Any = refused.detail
            raise serializers.ValidationError({**detail, **errors}) from None
        if errors:
            raise serializers.ValidationError(errors)
        return {
            name: value
            for name, value in said.items()
            if value not in (None, "", [], {})
        }


# What may be said of one record: every field of the contract that is a partner's to say,
# under the name that it has there.
class Said(KnownFieldsOnly):
    record: ClassVar[type[RecordFields]]
    # Those of its lists, by the kind of their records.
    parts: ClassVar[Mapping[str, type["Said"]]] = {}
    # What it says of other parts of the row, by their places.
    links: ClassVar[Mapping[str, Place | Places]] = {}
    in_order: ClassVar[Runs] = ()

    def get_fields(self) -> dict[str, Any]:
        return deepcopy(_fields(type(self)))


@cache
def _fields(said: type[Said]) -> dict[str, Any]:
    """Made once: a serializer is made for every request."""
    fields = {}
    for name, form in said.record().fields.items():
        kind = getattr(getattr(form, "child", None), "record_kind", "")
        field = None
        if isinstance(form, Form):
            field = proposed(form)
        elif kind in said.parts:
            field = parts(said.parts[kind])
        if name in said.links:
            field = said.links[name]
        if field is not None:
            fields[name] = field
    return {name: fields[name] for name in arranged(fields, said.in_order)}


def parts(child: Any) -> Any:
    return child(many=True, required=False, allow_null=True, max_length=MOST_PARTS)


def not_before(said: Mapping[str, Any], start: str, end: str, sentence: str) -> None:
    """Only what is certainly before is refused; the record has the same rules
    (cases/models/dates.py).
    """
    if start in said and end in said:
        first, last = dates.bounds(said[start]).earliest, dates.bounds(said[end]).latest
        if first and last and last < first:
            raise serializers.ValidationError({end: sentence})
