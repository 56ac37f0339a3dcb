"""What lists are filtered by. Each noun names its fields; what a field offers follows
from its kind:

- dates: `<field>_on_or_after` and `<field>_on_or_before`, a day each, which find every date that may be in that time;
- codes and ids: one or several, separated by commas, any of them; lists of codes: all of them;
- numbers: `<field>`, `<field>_at_least`, `<field>_at_most`; yes or no: true or false;
- texts: a part of them, in any case;
- and what may be unknown: `<field>_is_known`, true or false.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.drainage import set_override

from cases.models.dates import EDTFField
from cases.models.fields import CodesField
from cases.models.texts import TextByLanguage

COMMON = ("id", "created_at", "updated_at")
OF_A_RECORD = (*COMMON, "visibility")


class ListField(forms.CharField):
    """Values separated by commas, each cleaned as `item`."""

    def __init__(self, *, item: forms.Field, **kwargs: Any) -> None:
        self.item = item
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[Any]:
        return [
            self.item.clean(part.strip())
            for part in super().clean(value).split(",")
            if part.strip()
        ]


class ListFilter(filters.Filter):
    field_class = ListField

    def __init__(self, *args: Any, item: forms.Field, **kwargs: Any) -> None:
        super().__init__(*args, item=item, **kwargs)
        said = _("one, or several separated by commas")
        set_override(self, "field", {"type": "string", "description": said})


class DayField(forms.DateField):
    input_formats = [
        "%Y-%m-%d"
    ]  # the reader's language must not decide which of 03/04 is the month
    default_error_messages = {"invalid": _("Write a day as 2025-09-11.")}


class DayFilter(filters.DateFilter):
    field_class = DayField


class WholeNumberFilter(filters.NumberFilter):
    field_class = forms.IntegerField


class YesNoFilter(filters.TypedChoiceFilter):
    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", _("yes")), ("false", _("no"))]
        super().__init__(choices=choices, coerce=lambda text: text == "true", **kwargs)


class TextByLanguageFilter(filters.CharFilter):
    def filter(self, qs: models.QuerySet[Any], value: str) -> models.QuerySet[Any]:
        if not value:
            return qs
        words = models.Func(
            models.F(self.field_name),
            template="jsonb_path_query_array(%(expressions)s, '$.*')",
        )
        return qs.alias(words=Cast(words, models.TextField())).filter(
            words__icontains=value
        )


def filters_for(field: Any) -> dict[str, filters.Filter]:
    """The filters of one model field, by the name of their parameter."""
    found = _by_kind(field)
    if field.null and not field.many_to_many:
        found[f"{field.name}_is_known"] = YesNoFilter(
            field_name=field.name, lookup_expr="isnull", exclude=True
        )
    return found


def _by_kind(field: Any) -> dict[str, filters.Filter]:
    name = field.name
    vocabulary = getattr(field, "vocabulary", None)
    if isinstance(field, EDTFField):
        return {
            f"{name}_{lookup}": DayFilter(name, lookup)
            for lookup in ("on_or_after", "on_or_before")
        }
    if isinstance(field, models.DateTimeField):
        return _range(
            DayFilter, f"{name}__date", f"{name}_on_or_after", f"{name}_on_or_before"
        )
    if isinstance(field, models.DateField):
        return _range(DayFilter, name, f"{name}_on_or_after", f"{name}_on_or_before")
    if vocabulary:
        lookup = "contains" if isinstance(field, CodesField) else "in"
        return {
            name: ListFilter(name, lookup, item=_CodeField(choices=vocabulary.choices))
        }
    if isinstance(field, ArrayField):
        return {name: ListFilter(name, "contains", item=forms.CharField())}
    if isinstance(
        field,
        models.UUIDField
        | models.ForeignKey
        | models.ManyToManyField
        | models.AutoField,
    ):
        return {
            name: ListFilter(
                name, "in", item=_id_field(field), distinct=field.many_to_many
            )
        }
    if isinstance(field, models.BooleanField):
        return {name: YesNoFilter(field_name=name)}
    if isinstance(field, models.IntegerField):
        exactly = {name: WholeNumberFilter(name)}
        return exactly | _range(
            WholeNumberFilter, name, f"{name}_at_least", f"{name}_at_most"
        )
    if isinstance(field, TextByLanguage):
        return {name: TextByLanguageFilter(name)}
    return {name: filters.CharFilter(name, "icontains")}


class _CodeField(forms.ChoiceField):
    default_error_messages = {
        "invalid_choice": _("“%(value)s” is not one of the known codes.")
    }


def _id_field(field: Any) -> forms.Field:
    target = field.target_field if field.is_relation else field
    return (
        forms.UUIDField()
        if isinstance(target, models.UUIDField)
        else forms.IntegerField()
    )


def _range(
    kind: Callable[..., filters.Filter], path: str, least: str, most: str
) -> dict[str, filters.Filter]:
    return {least: kind(path, "gte"), most: kind(path, "lte")}


class RecordFilters(filters.FilterSet):
    """Meta.fields names the fields; filters of other kinds are declared beside it."""

    @classmethod
    def get_filters(cls) -> dict[str, filters.Filter]:
        model, fields = cls._meta.model, cls._meta.fields or ()
        found: dict[str, filters.Filter] = {}
        for name in fields:
            found.update(filters_for(model._meta.get_field(name)))
        return {**found, **cls.declared_filters}
