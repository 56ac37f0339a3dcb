"""The facts of a case that are withheld: boxes that are ticked, to untick what may be
shown again.
"""

from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cases.desk.admin.cited import Cited, fact_title, read, record_title
from cases.models.withheld import Withheld, WithheldFacts
from tracker.contract.vocabulary import NarrowedVisibility

FIELDSET: tuple[Any, Any] = (None, {"fields": ["withheld"], "classes": ["withheld"]})


class WithheldField(forms.MultipleChoiceField):
    """Of the facts that are withheld, those that stay so. `limit_to` says which there
    are.
    """

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        taken = {
            name: options[name] for name in ("label", "help_text") if name in options
        }
        super().__init__(required=False, **taken)
        self.withheld: Withheld = {}

    def limit_to(self, withheld: Withheld, cited: Cited) -> None:
        self.withheld = withheld
        records = {str(record.pk): record for _name, record in cited.records}
        self.choices = [
            (f"{one}:{fact}", _words(records.get(one), fact, who))
            for one, facts in withheld.items()
            for fact, who in facts.items()
        ]

    def prepare_value(self, value: Any) -> Any:
        return _keys(value) if isinstance(value, dict) else value

    def clean(self, value: Any) -> Withheld:
        kept = set(super().clean(value))
        left = {
            one: {fact: who for fact, who in facts.items() if f"{one}:{fact}" in kept}
            for one, facts in self.withheld.items()
        }
        return {one: facts for one, facts in left.items() if facts}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(_keys(initial or {})) != set(data or [])


class WithWithheldFacts(ModelAdmin):
    """For the admin of roots."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = list(super().get_fieldsets(request, obj))
        return (
            [fieldsets[0], FIELDSET, *fieldsets[1:]]
            if obj is not None and obj.withheld
            else fieldsets
        )

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
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
    return [f"{one}:{fact}" for one, facts in withheld.items() for fact in facts]


def _words(record: Any, fact: str, who: str) -> str:
    if record is None:
        return fact
    name, _colon, entry = fact.partition(":")
    title = capfirst(fact_title(type(record), name, entry))
    return f"{record_title(record)} – {title} ({NarrowedVisibility(who).label})"
