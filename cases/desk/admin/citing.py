"""The form of a citation: what the source states is typed as people write it, and read
as the field holds it.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import quotes
from cases.catalogue import KINDS, citable_fields, target_of
from cases.desk.admin.dates import asks_what_is_meant
from cases.desk.admin.facts import as_typed, typed
from cases.desk.admin.forms import RecordForm
from cases.locking import root_of
from cases.models import Citation
from cases.models.base import Record
from cases.models.dates import EDTFField
from cases.models.fields import CodesField

Choices = list[tuple[Any, Any]]


class CitationForm(RecordForm):
    """Of `record`, which the admin sets: a citation never moves to another."""

    record: Record | None = None
    field = forms.ChoiceField(label=gettext_lazy("Field"), required=False)
    item = forms.ChoiceField(
        label=gettext_lazy("Entry"),
        required=False,
        help_text=gettext_lazy("Of a list: which entry of it."),
    )
    states = forms.CharField(
        label=gettext_lazy("What this source states"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "Only where it differs from the record, or once differed: 48, 2025-09-01, journalist."
            " Empty: the same as the record."
        ),
    )

    # A box to tick: that it is no longer so is no source's word.
    still_so = forms.BooleanField(
        label=gettext_lazy("Still so when published"),
        required=False,
        help_text=gettext_lazy(
            "The words cited say that it was still so on the day on which the source was published."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is None:
            return
        setattr(self.instance, target_of(type(self.record)), self.record)
        self.facts = citable_fields(type(self.record))
        self.fields["field"].choices = [  # type: ignore[attr-defined]
            ("", _("the record as a whole")),
            *((name, fact.verbose_name) for name, fact in self.facts.items()),
        ]
        self.fields["item"].choices = self._entries()  # type: ignore[attr-defined]
        if not self._lists():
            self.fields["item"].widget = forms.HiddenInput()
        self.fields["states"].widget.attrs.update(
            asks_what_is_meant(),
            **{
                "data-date-fields": " ".join(self._dates()),
                "data-field-box": self.add_prefix("field"),
            },
        )
        self.initial["states"] = as_typed(
            self.facts.get(self.instance.field), self.instance.states
        )

    def _dates(self) -> list[str]:
        return [
            name for name, fact in self.facts.items() if isinstance(fact, EDTFField)
        ]

    def _lists(self) -> dict[str, CodesField]:
        lists = {}
        for name, fact in self.facts.items():
            if isinstance(fact, CodesField):
                lists[name] = fact
        return lists

    def _entries(self) -> Choices:
        """The codes of every list that the record has; an entry of a list without codes
        keeps what it says.
        """
        groups: Choices = [("", "---------")]
        for fact in self._lists().values():
            groups.append((fact.verbose_name, fact.vocabulary.choices))  # type: ignore[union-attr]
        if self.instance.item:
            groups.append((self.instance.item, self.instance.item))
        return groups

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        fact = self.facts.get(self.cleaned_data.get("field", ""))
        self._clean_entry(fact, self.cleaned_data.get("item", ""))
        self._clean_states(fact, self.cleaned_data.get("states", "").strip())
        self._clean_quote()
        return self.cleaned_data

    def _clean_quote(self) -> None:
        quote, source = self.cleaned_data.get("quote"), self.cleaned_data.get("source")
        if not quote or source is None or self.record is None:
            return
        sentence = quotes.refusal(
            quote,
            case=root_of(self.record),
            source_id=source.pk,
            claimant=self.cleaned_data.get("claimant"),
        )
        if sentence:
            self.add_error("quote", sentence)

    def _clean_entry(self, fact: models.Field | None, entry: str) -> None:
        if not entry or entry == self.instance.item:
            return
        if not isinstance(fact, CodesField) or entry not in fact.vocabulary.values:  # type: ignore[union-attr]
            self.add_error("item", _("This is no entry of the field chosen above."))

    def _clean_states(self, fact: models.Field | None, text: str) -> None:
        self.cleaned_data["states"] = text or None
        if not text or fact is None:
            return
        try:
            self.cleaned_data["states"] = typed(
                fact, text, entry=bool(self.cleaned_data.get("item"))
            )
        except ValidationError as error:
            self.add_error("states", error)


class CaseSelect(AutocompleteSelect):
    """A box that searches cases of every kind."""

    def __init__(self) -> None:
        super().__init__(Citation._meta.get_field("prisoner"), admin.site)

    def get_url(self) -> str:
        return reverse("admin:cases_citation_cases")

    def optgroups(
        self, name: str, value: Any, attr: dict[str, Any] | None = None
    ) -> list[Any]:
        return []


class ChooseCaseForm(forms.Form):
    """`case` is cleaned to the case itself."""

    case = forms.CharField(label=gettext_lazy("Case"), widget=CaseSelect)

    def clean_case(self) -> Record:
        kind, _colon, pk = self.cleaned_data["case"].partition(":")
        try:
            case = KINDS[kind]._default_manager.filter(pk=pk).first()
        except (KeyError, ValidationError):
            case = None
        if case is None:
            raise ValidationError(_("Case: choose one of those offered."))
        return case
