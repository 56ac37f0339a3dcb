"""How the fields of the record are asked for, on pages and in rows alike."""

from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import (
    FilteredSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst

from cases.desk.admin.dates import DateAsTyped, DayAsTyped
from cases.desk.admin.texts import TextsField
from cases.models.base import Part
from cases.models.dates import EDTFField
from cases.models.fields import CodesField
from cases.models.texts import TextByLanguage

MANY = 30  # choices; more than these are no longer ticked off in a list of boxes


class Aside:
    """A field of a form that is none of the record: to fill it in changes nothing by
    itself.
    """

    def has_changed(self, initial: object, data: object) -> bool:
        return False


class FieldsAdmin(BaseModelAdmin):
    formfield_overrides = {
        TextByLanguage: {"form_class": TextsField},
        EDTFField: {"form_class": DateAsTyped},
        models.DateField: {"form_class": DayAsTyped},
        models.URLField: {"assume_scheme": "https"},
        models.TextField: {
            "widget": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        },
    }

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if isinstance(db_field, CodesField):
            return _several_codes(db_field)
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = field.widget.can_view_related = False
        return field

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        return super().formfield_for_choice_field(
            db_field, request, **{"widget": PlainSelect, **kwargs}
        )

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if issubclass(db_field.related_model, Part):
            kwargs["widget"] = forms.CheckboxSelectMultiple(attrs={"class": "codes"})
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def _several_codes(db_field: CodesField) -> forms.Field:
    """Boxes to tick; of a long list, the chosen ones beside those that are offered."""
    field = db_field.formfield()
    field.label = capfirst(db_field.verbose_name)
    field.widget = TwoLists(str(db_field.verbose_name), is_stacked=False)
    if len(field.choices) <= MANY:
        field.widget = forms.CheckboxSelectMultiple(attrs={"class": "codes"})
    field.widget.choices = field.choices
    return field


class PlainSelect(forms.Select):
    """The library's renders a template for every option: with 249 countries to a box, a
    page took a second.
    """

    template_name = "admin/cases/select.html"


class TwoLists(FilteredSelectMultiple):
    """In a frame of its own: the library's script puts its lists before whatever shares
    theirs, the label too.
    """

    template_name = "admin/cases/two_lists.html"
