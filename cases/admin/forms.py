"""Forms of the record: they refuse to save over what their reader has not seen, and say what the database refused."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.admin.facts import shown
from cases.models.base import Part, Record


def root_of(record: Record) -> Any:
    """What is locked and versioned as a whole: the case of a part, or the record itself."""
    return record.root if isinstance(record, Part) else record


class ModelForm(forms.ModelForm):
    """Lets rules ask what no form shows and every record has: the bounds of its dates, and its id."""

    def _get_validation_exclusions(self) -> set[str]:
        known = {field.name for field in self.instance._meta.fields if field.generated or field.primary_key}
        return super()._get_validation_exclusions() - known  # type: ignore[misc]


class PartForm(ModelForm):
    """An inline's form. A row that nobody touched costs no query; `limit_to_case` narrows its choices."""

    def validate_unique(self) -> None:
        if self.has_changed():
            super().validate_unique()

    def validate_constraints(self) -> None:
        if self.has_changed():
            super().validate_constraints()


class RecordForm(ModelForm):
    """The form of a page. It holds the version that its reader saw; the admin has locked the record before it asks."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    refusal: str = ""  # set by the admin, once the database has refused what was typed

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["seen_version"]
        else:
            self.initial["seen_version"] = root_of(self.instance).version

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal:
            raise ValidationError(self.refusal)
        if "seen_version" in self.changed_data:
            raise ValidationError([_stale(), *self._differences()], code="stale")
        return cleaned

    def _differences(self) -> list[str]:
        """What stands in the record now, wherever it is not what stands on the page."""
        fields = {field.name: field for field in self.instance._meta.fields}
        return [
            _("%(field)s: the record now says “%(value)s”.")
            % {"field": self.fields[name].label, "value": shown(fields[name], self.initial.get(name)) or "–"}
            for name in self.changed_data
            if name in fields
        ]


def _stale() -> str:
    return _(
        "Nothing was saved: this case was changed after you had opened it. What you typed is still on this page;"
        " open the case anew in another tab, and enter there what is missing."
    )


def limit_to_case(form: Any, root: Any) -> None:
    """Let fields that point at parts of a case offer those of this one alone, listed by one query for all rows."""
    for field in form.base_fields.values():
        model: Any = field.queryset.model if isinstance(field, forms.ModelChoiceField) else None  # type: ignore[union-attr]
        if model is None or not issubclass(model, Part):
            continue
        field.queryset = model._default_manager.filter(**{model.root_path: root}) if root else model.objects.none()
        empty = [] if isinstance(field, forms.ModelMultipleChoiceField) else [("", "---------")]
        field.choices = [*empty, *((part.pk, str(part)) for part in field.queryset)]
        if len(field.choices) == len(empty):
            field.help_text = _("None yet. One that is entered on this page can be chosen once the page is saved.")
        for link in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            setattr(field.widget, link, False)
