"""What is typed about a request: when it comes in, and at each step after it."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.day import today
from cases.desk.admin.dates import DayAsTyped, DayBox
from cases.desk.permissions import may
from cases.desk.requests.linking import Linked, linked
from cases.desk.requests.models import Outcome, Step, StepKind, SubjectRequest
from cases.named import named_on
from cases.terms import add

# Article 12(3) of the GDPR: by two further months where necessary.
FURTHER_MONTHS = 2
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_LONG: Any = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})


class TypedOnce(forms.TextInput):
    """No browser offers it again to the next person at this computer."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "vTextField", "autocomplete": "off"})


def who_may_handle(request: SubjectRequest | None) -> QuerySet[User]:
    """Those to whom it may be handed: of a case that only named people see, these."""
    staff = User.objects.with_perm(may("change", SubjectRequest), backend=_BACKEND)
    staff = staff.filter(is_staff=True, is_active=True).order_by("username")
    if request is not None and request.root_id:
        named = named_on(request.root_id)
        if named:
            staff = staff.filter(pk__in=[person.pk for person in named])
    return staff


class LinkField(forms.CharField):
    widget = TypedOnce
    user: User | AnonymousUser

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Which case or source"),
            help_text=gettext_lazy(
                "The address of its page, at the site or at the desk, or its id."
            ),
            max_length=500,
            **kwargs,
        )

    def clean(self, value: Any) -> Linked | None:
        text = super().clean(value)
        if not text:
            return None
        found = linked(text, self.user)
        if found is None:
            raise ValidationError(
                _("No case and no source that you see has this address.")
            )
        return found


def _not_in_the_future(day: Any) -> Any:
    if day and day > today():
        raise ValidationError(_("This day is still to come."))
    return day


class ContactForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), required=False, max_length=300, widget=TypedOnce
    )
    where = forms.CharField(
        label=gettext_lazy("Where to reach them"),
        required=False,
        max_length=500,
        widget=TypedOnce,
        help_text=gettext_lazy(
            "Only what you need to answer. It is kept sealed, and deleted some time after"
            " the answer."
        ),
    )


class EntryForm(ContactForm, forms.ModelForm):
    """Of what has come in. `user` is whoever enters it."""

    user: User | AnonymousUser
    link = LinkField(required=False)

    class Meta:
        model = SubjectRequest
        fields = ["kind", "received_on", "way", "asked_by", "text", "colleague"]
        widgets = {"text": _LONG, "received_on": DayBox}
        field_classes = {"received_on": DayAsTyped}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["link"].user = self.user
        fields["colleague"].queryset = who_may_handle(None)
        fields["colleague"].empty_label = _("nobody yet")
        fields["received_on"].initial = today

    def clean_received_on(self) -> Any:
        return _not_in_the_future(self.cleaned_data["received_on"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        found, colleague = cleaned.get("link"), cleaned.get("colleague")
        if found is not None and colleague is not None:
            about = SubjectRequest(root_kind=found.kind, root_id=found.id)
            if not who_may_handle(about).filter(pk=colleague.pk).exists():
                self.add_error("colleague", _("This person does not see that case."))
        return cleaned


class NoteForm(forms.ModelForm):
    class Meta:
        model = Step
        fields = ["text"]
        widgets = {"text": _LONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = True


class AboutForm(forms.Form):
    link = LinkField()

    def __init__(self, *args: Any, user: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["link"]
        field.user = user


class HandedForm(forms.ModelForm):
    class Meta:
        model = Step
        fields = ["colleague"]

    def __init__(self, *args: Any, asked: SubjectRequest, **kwargs: Any) -> None:
        kwargs["initial"] = {"colleague": asked.colleague_id}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["colleague"]
        field.queryset = who_may_handle(asked)
        field.empty_label = _("nobody yet")


class ExtendedForm(NoteForm):
    class Meta(NoteForm.Meta):
        fields = ["until", "text"]
        widgets = {"text": _LONG, "until": DayBox}
        field_classes = {"until": DayAsTyped}

    def __init__(self, *args: Any, asked: SubjectRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.fields["until"].required = True
        self.fields["until"].initial = add(asked.due_on, FURTHER_MONTHS, 0)
        self.fields["text"].label = _("Why")
        self.fields["text"].help_text = _(
            "Once only. Tell it to whoever asks before the first day is over."
        )

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day and day <= self.asked.due_on:
            raise ValidationError(_("Answer by: a later day than now."))
        return day


class AnsweredForm(NoteForm):
    class Meta(NoteForm.Meta):
        fields = ["outcome", "answered_on", "text"]
        widgets = {"text": _LONG, "answered_on": DayBox}
        field_classes = {"answered_on": DayAsTyped}

    def __init__(self, *args: Any, asked: SubjectRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        outcome: Any = self.fields["outcome"]
        outcome.required = True
        outcome.choices = [("", "---------"), *Outcome.choices]
        self.fields["answered_on"].required = True
        self.fields["answered_on"].initial = today
        self.fields["text"].label = _("Why, and what was answered")

    def clean_answered_on(self) -> Any:
        day = _not_in_the_future(self.cleaned_data["answered_on"])
        if day and day < self.asked.received_on:
            raise ValidationError(_("This day is before it came in."))
        return day


# By what is done, as the button says it.
STEPS: dict[str, type[forms.BaseForm]] = {
    StepKind.NOTE: NoteForm,
    StepKind.ABOUT: AboutForm,
    StepKind.HANDED: HandedForm,
    StepKind.EXTENDED: ExtendedForm,
    StepKind.ANSWERED: AnsweredForm,
}
