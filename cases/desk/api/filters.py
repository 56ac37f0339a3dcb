"""What lists are filtered by, with the words and meanings of the read API
(tracker/asking/). What a field offers follows from its kind:

- codes, ids, yes or no: one or several, any of them; of a list of codes those that have any of them;
- texts: one or several by repeating the parameter, any of them, exactly; `<field>_contains` finds a part, in any case;
- dates: `born_on` gives `born_on_or_after` and `born_on_or_before`, `as_of` gives `as_of_on_or_after` and
  `as_of_on_or_before`: a day each, which find every date that may be in that time;
- numbers: `<field>`, `<field>_min`, `<field>_max`;
- and what may be unknown: `<field>_is_known`, true or false.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.drainage import set_override

from cases.catalogue import searched_fields
from cases.models.base import Part
from cases.models.dates import EDTFField
from cases.models.fields import CodesField
from cases.models.texts import TextByLanguage
from tracker.asking import questions
from tracker.asking.lengths import LONGEST
from tracker.contract.vocabulary import YesNo

Filters = dict[str, filters.Filter]
Schema = dict[str, Any]

_YES_OR_NO = [("true", _("yes")), ("false", _("no"))]
_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer", "minimum": 0}
_UUID: Schema = {"type": "string", "format": "uuid"}


class AnyOf(filters.Filter):
    """One or several values. Those of `field_class` are cleaned as by the read API."""

    def __init__(self, path: str, lookup: str, schema: Schema, **options: Any) -> None:
        super().__init__(field_name=path, lookup_expr=lookup, **options)
        described = {"description": _("Several: any of them."), "items": schema}
        set_override(self, "field", {"type": "array", **described})


class Codes(AnyOf):
    field_class = questions.CodesField


class Flags(Codes):
    def filter(
        self, qs: models.QuerySet[Any], value: list[str]
    ) -> models.QuerySet[Any]:
        return super().filter(qs, [text == "true" for text in value])


class Texts(AnyOf):
    field_class = questions.TextsField


class Ids(AnyOf):
    field_class = questions.IdsField


class NumbersField(questions.IdsField):
    """Ids of those tables that number their rows."""

    def cleaned(self, text: str) -> str:
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise ValidationError(
                _("“%(value)s” is not an id."), params={"value": text}
            )
        return text


class Numbers(AnyOf):
    field_class = NumbersField


class DayFilter(filters.DateFilter):
    field_class = questions.DayField


class NumberFilter(filters.NumberFilter):
    field_class = forms.IntegerField

    def __init__(self, path: str, lookup: str = "exact") -> None:
        super().__init__(field_name=path, lookup_expr=lookup, min_value=0)
        set_override(self, "field", _NUMBER)


class _AtMost(NumberFilter):
    """Of a term that the court left open nobody can say so, here as in the read API."""

    def filter(self, qs: Any, value: Any) -> Any:
        is_term = self.field_name == "term_months" and hasattr(
            qs.model, "indeterminate"
        )
        if value is not None and is_term:
            qs = qs.exclude(indeterminate=YesNo.YES)
        return super().filter(qs, value)


class IsKnown(filters.TypedChoiceFilter):
    def __init__(self, path: str) -> None:
        super().__init__(
            field_name=path,
            lookup_expr="isnull",
            exclude=True,
            choices=_YES_OR_NO,
            coerce=lambda text: text == "true",
        )


def _in_any_language(path: str) -> models.Func:
    """All texts of a text by language, as an array."""
    return models.Func(
        models.F(path),
        template="jsonb_path_query_array(%(expressions)s, '$.*')",
        output_field=models.JSONField(),
    )


class TextsByLanguage(Texts):
    """Any of the texts, in whatever language it is."""

    def filter(
        self, qs: models.QuerySet[Any], value: list[str]
    ) -> models.QuerySet[Any]:
        if not value:
            return qs
        any_of = models.Q()
        for text in value:
            any_of |= models.Q(texts__contains=[text])
        return qs.alias(texts=_in_any_language(self.field_name)).filter(any_of)


class PartOfText(filters.CharFilter):
    """Of any column that is text."""

    def __init__(self, path: str, lookup: str = "icontains") -> None:
        super().__init__(path, lookup, max_length=LONGEST)


class PartOfTextByLanguage(PartOfText):
    def filter(self, qs: models.QuerySet[Any], value: str) -> models.QuerySet[Any]:
        if not value:
            return qs
        words = Cast(_in_any_language(self.field_name), models.TextField())
        return qs.alias(words=words).filter(words__icontains=value)


def filters_for(field: Any) -> Filters:
    """The filters of one model field, by the name of their parameter."""
    by_parameter = _by_kind(field, field.name)
    if field.null and not field.many_to_many:
        by_parameter[f"{field.name}_is_known"] = IsKnown(field.name)
    return by_parameter


def _by_kind(field: Any, name: str) -> Filters:
    if isinstance(field, EDTFField):
        return _days(name, f"{name}__on_or_after", f"{name}__on_or_before")
    if isinstance(field, models.DateTimeField):
        return _days(name, f"{name}__date__gte", f"{name}__date__lte")
    if isinstance(field, models.DateField):
        return _days(name, f"{name}__gte", f"{name}__lte")
    if vocabulary := getattr(field, "vocabulary", None):
        lookup = "overlap" if isinstance(field, CodesField) else "in"
        schema = {"$ref": f"#/components/schemas/{vocabulary.__name__}"}
        return {name: Codes(name, lookup, schema, choices=vocabulary.choices)}
    if isinstance(field, ArrayField):
        return {name: Texts(name, "overlap", _TEXT)}
    if isinstance(field, models.UUIDField | models.AutoField) or field.is_relation:
        return {name: ids(field, name)}
    if isinstance(field, models.BooleanField):
        return {name: Flags(name, "in", {"type": "boolean"}, choices=_YES_OR_NO)}
    if isinstance(field, models.IntegerField):
        return {
            name: NumberFilter(name),
            f"{name}_min": NumberFilter(name, "gte"),
            f"{name}_max": _AtMost(name, "lte"),
        }
    if isinstance(field, TextByLanguage):
        return {
            name: TextsByLanguage(name, "in", _TEXT),
            f"{name}_contains": PartOfTextByLanguage(name),
        }
    return {
        name: Texts(name, "in", _TEXT),
        f"{name}_contains": PartOfText(name),
    }


def ids(field: Any, path: str) -> filters.Filter:
    """`field` is an id, or leads to a record by it."""
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.UUIDField):
        return Ids(path, "in", _UUID, distinct=field.many_to_many)
    return Numbers(path, "in", _NUMBER, distinct=field.many_to_many)


def _days(name: str, from_day: str, until_day: str) -> Filters:
    """The last part of each path is the lookup."""
    if not name.endswith("_on"):
        name = f"{name}_on"
    by_parameter: Filters = {}
    for end, path in (("or_after", from_day), ("or_before", until_day)):
        field_name, _separator, lookup = path.rpartition("__")
        by_parameter[f"{name}_{end}"] = DayFilter(field_name, lookup)
    return by_parameter


class RecordFilters(filters.FilterSet):
    """Of every field of Meta.model that lists are searched by, but Meta.exclude.
    Filters of other kinds are declared beside it.
    """

    base_filters: ClassVar[Filters]

    def __init__(
        self, data: Mapping[str, Any] | None = None, *args: Any, **options: Any
    ) -> None:
        """Only the fields that are asked are built: of countries there are hundreds."""
        asked_filters: Filters = {}
        for name, question in self.base_filters.items():
            if data is not None and name in data:
                asked_filters[name] = question
        self.base_filters = asked_filters  # type: ignore[misc]
        super().__init__(data, *args, **options)

    @classmethod
    def get_filters(cls) -> Filters:
        model = cls._meta.model
        by_parameter: Filters = {}
        if model is None:
            return by_parameter
        for field in searched_fields(model):
            if field.name not in (cls._meta.exclude or ()):
                by_parameter |= filters_for(field)
        return {**by_parameter, **_of_its_case(model), **cls.declared_filters}

    @classmethod
    def repeatable(cls) -> set[str]:
        repeatable_names = set()
        for name, question in cls.base_filters.items():
            if isinstance(question, AnyOf):
                repeatable_names.add(name)
        return repeatable_names


def _of_its_case(model: type[models.Model]) -> Filters:
    """What is part of a part is asked for by its case, too."""
    if not issubclass(model, Part) or "__" not in model.root_path:
        return {}
    *_steps, case = model.root_path.split("__")
    return {case: Ids(model.root_path, "in", _UUID)}


def filters_of(model: type[models.Model]) -> type[RecordFilters]:
    meta = type("Meta", (), {"model": model})
    return type(f"{model.__name__}Filters", (RecordFilters,), {"Meta": meta})
