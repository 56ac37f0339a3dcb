"""On whose word what was changed on a page now stands: asked for once a page, for its
rows too.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import sourcing
from cases.catalogue import can_be_cited, citable_fields
from cases.desk.admin.cited import record_title
from cases.desk.admin.fields import Aside
from cases.desk.permissions import may
from cases.models import Citation, Source
from cases.sourcing import ChangedFact


class NeedsSource(IntegrityError):
    """Refused as what the database refuses: nothing is saved, and the page says why."""


class SourcesField(Aside, forms.ModelMultipleChoiceField):
    def __init__(self) -> None:
        super().__init__(
            queryset=Source.objects.all(),
            required=False,
            label=gettext_lazy("Source of what you changed"),
            widget=AutocompleteSelectMultiple(
                Citation._meta.get_field("source"), admin.site
            ),
            help_text=gettext_lazy(
                "One or several that state the new value; a citation is added for each. A source that is cited for"
                " the old value is taken to state the new one: name it again where the slip was ours."
            ),
        )


class LocatorField(Aside, forms.CharField):
    def __init__(self) -> None:
        box = forms.TextInput(attrs={"class": "vTextField"})
        label = gettext_lazy("Where in it")
        super().__init__(required=False, max_length=200, label=label, widget=box)


class BackedForm(forms.ModelForm):
    """Of a record that others are cited for, for whoever may cite."""

    new_sources = SourcesField()
    new_locator = LocatorField()
    may_cite: bool = False  # set by the admin

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (
            self.instance._state.adding
            or not can_be_cited(type(self.instance))
            or not self.may_cite
        ):
            del self.fields["new_sources"], self.fields["new_locator"]


class BackedAdmin(admin.ModelAdmin):
    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.may_cite = request.user.has_perm(may("add", Citation))
        return form

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool
    ) -> None:
        changes: list[ChangedFact] = []
        if change:
            changes = _changes_of(form, formsets)
        _hold(form, changes)
        super().save_related(request, form, formsets, change)
        sources = list(form.cleaned_data.get("new_sources") or [])
        sourcing.cite(changes, sources, form.cleaned_data.get("new_locator") or "")


def _changes_of(form: forms.ModelForm, formsets: Iterable[Any]) -> list[ChangedFact]:
    """Of the record and of its rows; not of new or deleted ones."""
    forms_of_records = [form]
    for formset in formsets:
        for row in formset.initial_forms:
            if row not in formset.deleted_forms:
                forms_of_records.append(row)
    changes: list[ChangedFact] = []
    for form_of_record in forms_of_records:
        if form_of_record.has_changed():
            changes += _changes(form_of_record)
    return changes


def _changes(form: forms.ModelForm) -> list[ChangedFact]:
    model: Any = type(form.instance)
    facts = citable_fields(model)
    before, after = {}, {}
    for name in form.changed_data:
        if name in facts:
            before[name] = form.initial.get(name)
            after[name] = getattr(form.instance, facts[name].attname)
    return sourcing.changed_facts(form.instance, before, after)


def _hold(form: forms.ModelForm, changes: Iterable[ChangedFact]) -> None:
    """Raise NeedsSource for what was cited and now would stand on nobody's word, unless
    there is a reason.
    """
    sources = form.cleaned_data.get("new_sources")
    reason = form.cleaned_data.get("change_reason")
    on_nobodys_word = []
    for change in changes:
        has_source = sources and not change.emptied
        if change.asks and not reason and not has_source:
            title = record_title(change.record)
            on_nobodys_word.append(f"{title} – {change.field.verbose_name}")
    if on_nobodys_word:
        raise NeedsSource(
            _(
                "This was cited: %(facts)s. Name the source of the new value, or give a reason for the change."
            )
            % {"facts": "; ".join(on_nobodys_word)}
        )
    if sources and all(change.emptied for change in changes):
        raise NeedsSource(
            _(
                "Source of what you changed: nothing was changed that a source could state."
            )
        )
