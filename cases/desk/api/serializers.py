"""One serializer for every model of the record: all its fields, under the model's
names, as the model keeps them.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from cases import quotes
from cases.catalogue import can_be_cited
from cases.desk import listing
from cases.desk.api.validation import moves, problems_of, strays
from cases.locking import root_of
from cases.models import Citation, Claimant
from cases.models.base import Root
from cases.models.declaring import Mark, is_marked
from cases.models.fields import CodesField
from cases.models.texts import TextByLanguage


class Code(serializers.ChoiceField):
    """A code of a vocabulary. Unknown is null, never the empty text."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("“{input}” is not one of the known codes.")
    }

    def __init__(self, vocabulary: type[TextChoices], **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(**{**kwargs, "choices": vocabulary.choices})


class KnownFieldsOnly:
    """For a serializer: refuses fields that are not there, and fields that the database
    sets, unless sent as read.
    """

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_what_cannot_be_set(data)
        return super().to_internal_value(data)  # type: ignore[misc]

    def _refuse_what_cannot_be_set(self, data: Mapping[str, Any]) -> None:
        serializer: Any = self
        shown = {}
        if serializer.instance is not None:
            shown = serializer.to_representation(serializer.instance)
        errors = {}
        for name, value in data.items():
            field = serializer.fields.get(name)
            if field is None:
                errors[name] = _("There is no such field here. Known: %(known)s.") % {
                    "known": ", ".join(self._known())
                }
            elif field.read_only and shown.get(name) != value:
                errors[name] = _(
                    "This is set by the database. Leave it out, or send it as you read it."
                )
        if errors:
            raise serializers.ValidationError(errors)

    def _known(self) -> list[str]:
        """`also_known` of the context is what else may be sent, such as lists of parts."""
        serializer: Any = self
        known = []
        for name, field in serializer.fields.items():
            if not field.read_only:
                known.append(name)
        return [*known, *serializer.context.get("also_known", ())]


class ModelFields(KnownFieldsOnly, serializers.ModelSerializer[Any]):
    """The fields of a model as it keeps them; its rules are asked once, of the whole."""

    def _model(self) -> Any:
        return self.Meta.model

    def get_default_field_names(
        self, declared_fields: Any, model_info: Any
    ) -> list[str]:
        bounds = [
            field.name
            for field in self._model()._meta.concrete_fields
            if field.generated
        ]
        return [*super().get_default_field_names(declared_fields, model_info), *bounds]

    def build_property_field(
        self, field_name: str, model_class: Any
    ) -> tuple[Any, dict[str, Any]]:
        """For the bounds of dates, which the database computes."""
        return serializers.DateField, {"read_only": True, "allow_null": True}

    def build_standard_field(
        self, field_name: str, model_field: Any
    ) -> tuple[Any, dict[str, Any]]:
        optional = {"required": False, "help_text": model_field.help_text}
        if isinstance(model_field, CodesField):
            assert model_field.vocabulary is not None
            return serializers.ListField, {
                **optional,
                "child": Code(model_field.vocabulary),
            }
        if isinstance(model_field, TextByLanguage):
            return serializers.DictField, {
                **optional,
                "child": serializers.CharField(allow_blank=True),
            }
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if vocabulary := getattr(model_field, "vocabulary", None):
            field_class, kwargs["vocabulary"] = Code, vocabulary
        if model_field.null:
            kwargs.pop("allow_blank", None)
        # The record's own rules are asked once, in `validate`.
        kwargs["validators"] = [
            rule
            for rule in kwargs.get("validators", ())
            if not isinstance(rule, UniqueValidator)
        ]
        return field_class, kwargs


# These follow from the record that is cited, and from what it says.
_OF_THE_FACT = {"field", "item", "states"}


def _fields_of_support() -> list[str]:
    """Of a citation, all that may be said of each fact alike."""
    names = []
    for field in Citation._meta.concrete_fields:
        is_of_fact = is_marked(field, Mark.CITED) or field.name in _OF_THE_FACT
        if field.editable and not is_of_fact:
            names.append(field.name)
    return names


Support = Mapping[str, Any]
"""The fields of a citation that are given, its `source` among them."""

MOST_SUPPORTS = 20


class SupportSerializer(ModelFields):
    """A source that states the values which are given: of each that is new or changed, a
    citation is added, with the fields that stand here.
    """

    class Meta:
        model = Citation
        fields = _fields_of_support()
        validators: list[Any] = []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A record may be changed in part; a source is named in full."""
        if "source" not in attrs:
            raise serializers.ValidationError(
                {"source": self.fields["source"].error_messages["required"]}
            )
        citation = Citation(**attrs)
        problems = {}
        for name, sentences in problems_of(citation).items():
            if name in self.fields:
                problems[name] = sentences
        if problems:
            raise serializers.ValidationError(problems)
        return {name: getattr(citation, name) for name in attrs}


class RecordSerializer(ModelFields):
    """`version` is that of the case as a whole, as in the ETag. Dates are EDTF text,
    with read-only bounds.
    """

    version = serializers.IntegerField(read_only=True)
    supported_by = SupportSerializer(  # type: ignore[call-arg]
        many=True, required=False, write_only=True, max_length=MOST_SUPPORTS
    )

    supports: Sequence[Support] = ()
    # As a part of a whole case, or with parts: the sources were named for all of it.
    may_state_nothing = False
    proposed: Any  # once it is valid: the record as it would be
    # Of a new case that may not be seen before it is cited: its visibility then.
    shown_once_cited: str | None = None

    def get_fields(self) -> dict[str, Any]:
        """PUT replaces the record, so it names every field: what is left out is neither
        kept nor emptied unasked.
        """
        fields = super().get_fields()
        if not can_be_cited(self._model()):
            del fields["supported_by"]
        request = self.context.get("request")
        # The schema describes what POST and PUT take once.
        is_described = getattr(self.context.get("view"), "swagger_fake_view", False)
        if request is not None and request.method == "PUT" and not is_described:
            for name, field in fields.items():
                field.required = not field.read_only and name != "supported_by"
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        self.supports = attrs.pop("supported_by", ())
        if self.instance is None and _is_cited_before_it_is_seen(self._model()):
            self.shown_once_cited = attrs.pop("visibility", None)
        record = copy(self.instance) if self.instance is not None else self._model()()
        lists = {field.name for field in record._meta.many_to_many}
        for name, value in attrs.items():
            if name not in lists:
                setattr(record, name, value)
        self.proposed = record
        if (
            problems := problems_of(record)
            or strays(record, attrs)
            or moves(self.instance, record)
        ):
            raise serializers.ValidationError(problems)
        self._check_quotes(record)
        # As the record has it now: without what nobody sees.
        for name, value in attrs.items():
            if isinstance(value, str | dict):
                attrs[name] = getattr(record, name)
        return attrs

    def _check_quotes(self, record: Any) -> None:
        """Each has been asked by itself; here by the case that it would stand in."""
        for support in self.supports:
            sentence = quotes.refusal(
                support.get("quote", ""),
                case=_stored_case(record),
                source_id=support["source"].pk,
                claimant=support.get("claimant"),
            )
            if sentence:
                raise serializers.ValidationError({"supported_by": sentence})

    def create(self, validated_data: dict[str, Any]) -> Any:
        """Under the id of what was checked, by which its case is asked about."""
        return super().create({**validated_data, "id": self.proposed.pk})


def _stored_case(record: Any) -> Any:
    """None: it is made in the same request."""
    try:
        return root_of(record)
    except ObjectDoesNotExist:
        return None


def _is_cited_before_it_is_seen(model: type[Model]) -> bool:
    return issubclass(model, Root) and model.needs_citation


class ListedSerializer(RecordSerializer):
    """A row of a list: without notes, without what a consent says, and of a relative or
    witness without the name. The record itself has them.
    """

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name in listing.left_out(self._model()):
            fields.pop(name, None)
        fields.pop("supported_by", None)
        if self._model() is Claimant:
            fields["name"] = serializers.CharField(
                source="name_in_lists", read_only=True, allow_null=True
            )
        return fields


@cache
def listed_serializer_for(model: type[Model]) -> type[ListedSerializer]:
    meta = type("Meta", (), {"model": model, "fields": "__all__", "validators": []})
    return type(
        f"Listed{model.__name__}Serializer",
        (ListedSerializer,),
        {"Meta": meta, "__doc__": ListedSerializer.__doc__},
    )


@cache
def serializer_for(model: type[Model]) -> type[RecordSerializer]:
    meta = type("Meta", (), {"model": model, "fields": "__all__", "validators": []})
    return type(
        f"{model.__name__}Serializer",
        (RecordSerializer,),
        {"Meta": meta, "__doc__": RecordSerializer.__doc__},
    )
