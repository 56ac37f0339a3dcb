"""The facts of a case that are withheld: boxes that are ticked, to untick what may be
shown again.
"""

from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cases.desk.admin.cited import Cited, fact_title, read, record_title
from cases.models.base import Record
from cases.models.withheld import Withheld, WithheldFacts
from tracker.contract.vocabulary import NarrowedVisibility

FIELDSET: tuple[Any, Any] = (None, {"fields": ["withheld"], "classes": ["withheld"]})


class WithheldField(forms.MultipleChoiceField):
    """Of the facts that are withheld, those that stay so. `limit_to` says which there
    are.
    """

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        kept_options = {}
        for name in ("label", "help_text"):
            if name in options:
                kept_options[name] = options[name]
        super().__init__(required=False, **kept_options)
        self.withheld: Withheld = {}

    def limit_to(self, withheld: Withheld, cited: Cited) -> None:
        self.withheld = withheld
        records = {str(record.pk): record for _name, record in cited.records}
        choices = []
        for record_id, facts in withheld.items():
            for fact, who in facts.items():
                words = _words(records.get(record_id), fact, who)
                choices.append((f"{record_id}:{fact}", words))
        self.choices = choices

    def prepare_value(self, value: object) -> object:
        if isinstance(value, dict):
            return _keys(value)
        return value

    def clean(self, value: Any) -> Withheld:
        ticked = set(super().clean(value))
        still_withheld: Withheld = {}
        for record_id, facts in self.withheld.items():
            for fact, who in facts.items():
                if f"{record_id}:{fact}" in ticked:
                    still_withheld.setdefault(record_id, {})[fact] = who
        return still_withheld

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(_keys(initial or {})) != set(data or [])


class WithWithheldFacts(ModelAdmin):
    """For the admin of roots."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is not None and obj.withheld:
            return [fieldsets[0], FIELDSET, *fieldsets[1:]]
        return fieldsets

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if isinstance(db_field, WithheldFacts):
            return WithheldField(
                label=capfirst(db_field.verbose_name), help_text=_GIVE_BACK
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if field := form.base_fields.get("withheld"):
            field.limit_to(obj.withheld, read(obj))
        return form


_GIVE_BACK = _(
    "Taken back, often with their source. Untick what may be shown again: what was approved of it before is shown at"
    " once, anything else with the next approval."
)


def _keys(withheld: Withheld) -> list[str]:
    keys: list[str] = []
    for record_id, facts in withheld.items():
        keys += [f"{record_id}:{fact}" for fact in facts]
    return keys


def _words(record: Record | None, fact: str, who: str) -> str:
    if record is None:
        return fact
    name, _colon, entry = fact.partition(":")
    title = capfirst(fact_title(type(record), name, entry))
    return f"{record_title(record)} – {title} ({NarrowedVisibility(who).label})"
