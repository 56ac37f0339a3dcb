"""Forms of the record: they refuse to save over what their reader has not seen, and say
what the database refused.
"""

from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin.backing import BackedForm
from cases.desk.admin.doubting import FIELD, AnswersField
from cases.desk.admin.fields import Aside
from cases.history import kind_of, last_number, needs_reason, timeline
from cases.history.reasons import MOST
from cases.history.wording import in_sight, sentences
from cases.locking import root_of
from cases.models.base import Part, Record
from cases.models.fields import forgotten_codes
from cases.models.order import EarlierRecordBox, called, events_of
from cases.plausibility import Doubt

SHOWN = 30  # changes that a refusal lists, the newest of them


class ModelForm(forms.ModelForm):
    """Lets rules ask what no form shows and every record has: the bounds of its dates,
    and its id.

    A code of the organisation's own that its file has no more stays where it stands: a
    save of something else must not lose it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, codes in forgotten_codes(self.instance):
            if name in self.fields:
                field: Any = self.fields[name]
                left = [(code, code) for code in codes]
                field.choices = [*field.choices, *left]

    def _get_validation_exclusions(self) -> set[str]:
        known_names = set()
        for field in self.instance._meta.fields:
            if field.generated or field.primary_key:
                known_names.add(field.name)
        return super()._get_validation_exclusions() - known_names  # type: ignore[misc]


class PartForm(ModelForm):
    """An inline's form. A row that nobody touched costs no query; `limit_to_case`
    narrows its choices.
    """

    # On a page that says that something happened: an empty row says so, too.
    has_happened: bool = False
    asked_of_both: Any = None  # set by the admin: see cases/desk/admin/both.py
    is_draft: bool = False  # the same: shown as it was typed, and not judged

    def full_clean(self) -> None:
        if self.is_draft and self.is_bound:
            _leave_as_typed(self)
            return
        super().full_clean()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        _say_what_both_touched(self)
        return cleaned

    def has_changed(self) -> bool:
        return self.has_happened or super().has_changed()

    def validate_unique(self) -> None:
        if self.has_changed():
            super().validate_unique()

    def validate_constraints(self) -> None:
        if self.has_changed():
            super().validate_constraints()


class SeenField(Aside, forms.IntegerField):
    """The last event that the reader of the page can have seen."""

    widget = forms.HiddenInput


class ReasonField(Aside, forms.CharField):
    """Why, in a line."""

    def __init__(self, **kwargs: Any) -> None:
        box = forms.TextInput(attrs={"class": "vTextField reason"})
        help_text = gettext_lazy("For those who look back later. Never published.")
        label = gettext_lazy("Reason for the change")
        super().__init__(
            label=label, help_text=help_text, max_length=MOST, widget=box, **kwargs
        )
        self.error_messages["required"] = gettext_lazy(
            "This case has been published: say why you change it."
        )


class RecordForm(BackedForm, ModelForm):
    """The form of a page. It holds the version that its reader saw; the admin has
    locked the record before it asks.
    """

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen_event = SeenField(required=False)
    change_reason = ReasonField(required=False)
    refusal: str = ""  # set by the admin, once the database has refused what was typed
    doubts: list[Doubt] = []  # the same, once they were raised by what was typed
    case: Any = None  # set by the admin; None for a case that is not stored yet
    needs_reason: bool = False  # the same
    reader: Any = None  # the same
    asked_of_both: Any = None  # the same: see cases/desk/admin/both.py
    is_draft: bool = False  # the same: shown as it was typed, and not judged

    def full_clean(self) -> None:
        if self.is_draft and self.is_bound:
            _leave_as_typed(self)
            self.add_error(None, ValidationError("", code="draft"))
            return
        super().full_clean()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["change_reason"].required = self.needs_reason
        if self.doubts:
            self.fields[FIELD] = AnswersField(self.doubts)
        if self.case is None:
            del self.fields["change_reason"]
        if self.instance._state.adding:
            del self.fields["seen_version"], self.fields["seen_event"]
        else:
            self.initial["seen_version"] = root_of(self.instance).version
            if not self.is_bound:
                # Asked where the form is shown: a case that is only read needs none.
                self.initial["seen_event"] = partial(
                    last_number, kind_of(self.case), self.case.pk
                )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal:
            raise ValidationError(self.refusal)
        _say_what_both_touched(self)
        if self.asked_of_both is not None and self.asked_of_both.questions:
            raise ValidationError(_both_touched(), code="both")
        if self.doubts:
            raise ValidationError(_doubted(), code="doubted")
        if "seen_version" in self.changed_data:
            since = changes_since(
                self.case, self.cleaned_data.get("seen_event") or 0, self.reader
            )
            raise ValidationError([_stale(), *since], code="stale")
        return cleaned


class QuestionForm(forms.Form):
    """What a page that asks before it acts brings back."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen_event = SeenField(required=False)
    change_reason = ReasonField(required=False)
    stale: Any = ""

    def __init__(
        self, case: Any, reader: User | AnonymousUser, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.reader = case, reader
        self.initial["seen_version"] = case.version
        if not self.is_bound:
            self.initial["seen_event"] = last_number(kind_of(case), case.pk)

    def clean(self) -> dict[str, Any]:
        if "seen_version" in self.changed_data:
            since = changes_since(
                self.case, self.cleaned_data.get("seen_event") or 0, self.reader
            )
            raise ValidationError([self.stale, *since], code="stale")
        return self.cleaned_data

    def problems(self) -> list[str]:
        sentences_of_form = []
        for problems in self.errors.values():
            sentences_of_form += [str(problem) for problem in problems]
        return sentences_of_form


class DeletionForm(QuestionForm):
    stale = gettext_lazy(
        "Nothing was deleted: the case was changed after you had opened this page. Look at it again."
        " This is what was changed:"
    )

    def __init__(self, case: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        self.fields["change_reason"].required = needs_reason(case)


class PartFormSet(forms.BaseInlineFormSet):
    """Shown again after a refusal, each row stands beside the record that it was opened
    for; None if that is gone.
    """

    def get_queryset(self) -> Any:
        if self.is_bound and "forms" in self.__dict__:
            records: list[Record | None] = []
            for form in self.initial_forms:
                if form.instance._state.adding:
                    records.append(None)
                else:
                    records.append(form.instance)
            return records
        return super().get_queryset()

    @cached_property
    def empty_form(self) -> Any:
        """A page asks for it five times, and Django makes it anew each time: that took
        a seventh of the page of a case.
        """
        return super().empty_form


class LabelledRows(PartFormSet):
    """In a table no label stands beside a box: it says itself what it is for."""

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs.setdefault("aria-label", str(field.label))


def reason_given(request: HttpRequest) -> str:
    """As far as it can be written down; whether it will do, the form says."""
    if request.method != "POST":
        return ""
    reason = request.POST.get("change_reason", "")
    return reason.replace("\0", "").strip()[:MOST]


def changes_since(case: Record, number: int, reader: User | AnonymousUser) -> list[str]:
    """What was changed after that event, in sentences. Something was: at least the last
    of it.
    """
    history = in_sight(timeline(kind_of(case), case.pk), reader)
    new_changes = [change for change in history if change.number > number]
    return sentences((new_changes or history[-1:])[-SHOWN:], history)


def _leave_as_typed(form: Any) -> None:
    form._errors = ErrorDict()
    form.cleaned_data = {}


def _say_what_both_touched(form: Any) -> None:
    if form.asked_of_both is None:
        return
    for name in list(form.fields):
        sentence = form.asked_of_both.sentence_of(form[name])
        if sentence:
            form.add_error(name, sentence)


def _both_touched() -> str:
    return _(
        "Nothing was saved yet: somebody else saved meanwhile what you changed, too. Decide at the top of the page."
    )


def _doubted() -> str:
    return _(
        "Nothing was saved yet: something is hardly so. Correct it, or tick what the"
        " source says."
    )


def _stale() -> str:
    return _(
        "Nothing was saved: this case was changed after you had opened it. What you typed is still on this page;"
        " open the case anew in another tab, and enter there what is missing. This is what was changed:"
    )


def limit_to_case(form: Any, root: Record | None) -> None:
    """Let fields that point at parts of a case offer those of this one alone, listed by
    one query for all rows.
    """
    for field in form.base_fields.values():
        if isinstance(field, EarlierRecordBox) and root:
            field.offer({event.pk: called(event) for event in events_of(root)})
        if not isinstance(field, forms.ModelChoiceField):
            continue
        model: Any = field.queryset.model  # type: ignore[union-attr]
        if not issubclass(model, Part):
            continue
        parts = model.objects.none()
        if root:
            parts = model._default_manager.filter(**{model.root_path: root})
        field.queryset = parts
        choices = [(part.pk, str(part)) for part in field.queryset]
        empty_choice: list[tuple[Any, str]] = [("", "---------")]
        if isinstance(field, forms.ModelMultipleChoiceField):
            empty_choice = []
        field.choices = empty_choice + choices
        if not choices:
            field.help_text = _(
                "None yet. If you enter one on this page, you can choose it after you saved the page."
            )
        for link in (
            "can_add_related",
            "can_change_related",
            "can_delete_related",
            "can_view_related",
        ):
            setattr(field.widget, link, False)
