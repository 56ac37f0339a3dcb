"""The form of a group: what is said once, and of each line who it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    RelatedFieldWidgetWrapper,
)
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin.backing import (
    DayField,
    HedgeField,
    LocatorField,
    RecordingField,
)
from cases.desk.admin.doubting import FIELD, AnswersField
from cases.desk.admin.forms import ModelForm, ReasonField
from cases.desk.admin.groups import lines as pasting
from cases.desk.admin.groups.kinds import GroupKind, Made, Shared
from cases.desk.admin.groups.lines import Line
from cases.desk.admin.persons import asks_who
from cases.desk.admin.recording import AS_OF, CLAIMANT, HEDGE, LOCATOR, NAMES, SOURCE
from cases.desk.permissions import may
from cases.models import Claimant, Source
from cases.models.base import Record
from cases.plausibility import Doubt
from cases.sourcing import Word

NEW, OUT = "new", "out"


class PeopleField(forms.CharField):
    def __init__(self) -> None:
        box = forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField people"})
        super().__init__(
            label=gettext_lazy("People"),
            required=False,
            strip=False,
            widget=box,
            help_text=gettext_lazy(
                "One a line, in any spelling, or pasted. “not identified: 22” may stand"
                " in a line of its own."
            ),
        )

    def clean(self, value: Any) -> Any:
        return pasting.read(super().clean(value))


class GroupForm(forms.Form):
    """What is said once for all, apart from the fields of records."""

    day = DayField()
    recording = RecordingField("source", label=gettext_lazy("Source"))
    recording_locator = LocatorField()
    recording_claimant = RecordingField("claimant", label=gettext_lazy("Who says so"))
    recording_hedge = HedgeField()
    recording_as_of = DayField()
    people = PeopleField()
    not_identified = forms.IntegerField(
        label=gettext_lazy("Not identified"), min_value=0, required=False
    )
    claimed = forms.IntegerField(
        label=gettext_lazy("Claimed"),
        min_value=1,
        required=False,
        help_text=gettext_lazy(
            "How many the source says there were. Kept as its claim, with who says so."
            " Empty: those who are named and those who are not identified, together."
        ),
    )
    change_reason = ReasonField(required=False)

    def __init__(
        self,
        kind: GroupKind,
        user: User | AnonymousUser,
        *args: Any,
        doubts: Iterable[Doubt] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name, model in ((SOURCE, Source), (CLAIMANT, Claimant)):
            widget: Any = self.fields[name].widget
            widget.can_add_related = user.has_perm(may("add", model))
        self.fields["day"].label = _("Day")
        self.fields[SOURCE].required = True
        self.fields["people"].widget.attrs.update(asks_who())
        if kind.measure is None:
            del self.fields["claimed"], self.fields["not_identified"]
        if doubts:
            self.fields[FIELD] = AnswersField(doubts)

    def of_source(self) -> list[forms.BoundField]:
        return [self[name] for name in NAMES]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        pasted = cleaned.get("people")
        if pasted is None:
            return cleaned
        not_identified = self._not_identified(pasted)
        cleaned["not_identified"] = not_identified
        if not pasted.names and not not_identified:
            self.add_error("people", _("Name at least one person."))
        total = len(pasted.names) + (not_identified or 0)
        claimed = cleaned.get("claimed")
        if claimed is not None and not_identified is not None and claimed != total:
            sentence = _(
                "%(claimed)s are claimed, but %(named)s named and %(rest)s not"
                " identified are %(total)s. Correct one, or leave one empty."
            )
            numbers = {
                "claimed": claimed,
                "named": len(pasted.names),
                "rest": not_identified,
                "total": total,
            }
            self.add_error("claimed", sentence % numbers)
        if claimed is not None and claimed < len(pasted.names):
            sentence = _("%(claimed)s are claimed, but %(named)s are named here.")
            numbers = {"claimed": claimed, "named": len(pasted.names)}
            self.add_error("claimed", sentence % numbers)
        if claimed is None and not_identified:
            cleaned["claimed"] = total
        return cleaned

    def _not_identified(self, pasted: pasting.Pasted) -> int | None:
        """Typed in its box, or among the names."""
        typed: int | None = self.cleaned_data.get("not_identified")
        if pasted.not_identified is None or self.kind.measure is None:
            return typed
        if typed not in (None, pasted.not_identified):
            self.add_error(
                "not_identified",
                _("Among the people it says %(number)s not identified.")
                % {"number": pasted.not_identified},
            )
        return pasted.not_identified

    def word(self) -> Word:
        said = {
            "locator": self.cleaned_data.get(LOCATOR),
            "claimant": self.cleaned_data.get(CLAIMANT),
            "hedge": self.cleaned_data.get(HEDGE),
            "as_of": self.cleaned_data.get(AS_OF),
        }
        return Word(self.cleaned_data[SOURCE], said)


# --- What is asked of records ---------------------------------------------------------


def section(declared: Made | Shared, request: HttpRequest, data: Any) -> ModelForm:
    """The boxes of one record, asked once for all; all may stay empty."""
    form_class = _form_class(declared.model, declared.fields, request)
    return form_class(
        data,
        prefix=str(declared.model._meta.model_name),
        empty_permitted=True,
        use_required_attribute=False,
    )


def said_in(form: forms.ModelForm) -> dict[str, Any]:
    """What was filled in; of a valid form."""
    said = {}
    for name in form.changed_data:
        value = form.cleaned_data.get(name)
        if value not in (None, "", []):
            said[name] = value
    return said


def _form_class(
    model: type[Record], names: Iterable[str], request: HttpRequest
) -> type[ModelForm]:
    model_admin = admin.site.get_model_admin(model)
    made: Any = forms.modelform_factory(
        model,
        form=ModelForm,
        fields=list(names),
        formfield_callback=partial(_box, model_admin, request),
    )
    return made


def _box(model_admin: Any, request: HttpRequest, field: Any, **kwargs: Any) -> Any:
    box = model_admin.formfield_for_dbfield(field, request, **kwargs)
    if box is not None and isinstance(box.widget, RelatedFieldWidgetWrapper):
        box.widget.can_change_related = False
    return box


class EventForm(forms.Form):
    """An event that stands already, in place of a new one."""

    def __init__(self, declared: Shared, part: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reference = part._meta.get_field(declared.named_by)
        self.fields[declared.named_by] = forms.ModelChoiceField(
            declared.model._default_manager.all(),
            required=False,
            label=_("On record already"),
            help_text=_("Choose it, or leave this empty and tell of it below."),
            widget=AutocompleteSelect(reference, admin.site),
        )
        self.name = declared.named_by

    @property
    def box(self) -> forms.BoundField:
        return self[self.name]

    def event(self) -> Any:
        return self.cleaned_data.get(self.name)


# --- Lines ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    box: Any
    url: str


class LineForm(forms.Form):
    """Who stands in a line. A name that one case or another may have is never decided
    for somebody; one that nobody has is a new case unless it is left out.
    """

    name = forms.CharField(widget=forms.HiddenInput, strip=False)
    choice = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who this is.")},
    )

    def __init__(
        self, line: Line, kind: GroupKind, request: HttpRequest, data: Any
    ) -> None:
        prefix = f"line-{line.number}"
        is_of_this_name = data is not None and data.get(f"{prefix}-name") == line.name
        if not is_of_this_name:
            data = None
        super().__init__(data, prefix=prefix, use_required_attribute=False)
        self.line, self.kind = line, kind
        self.initial["name"] = line.name
        choices: list[tuple[str, Any]] = []
        for person in line.people:
            choices.append((str(person.pk), str(person)))
        choices += [(NEW, _("a new case")), (OUT, _("leave out"))]
        choice: Any = self.fields["choice"]
        choice.choices = choices
        if line.is_nobody_known:
            self.initial["choice"] = NEW
        self.own: dict[Any, ModelForm] = {}
        for declared in kind.made:
            if declared.for_each:
                self.fields[_tick(declared)] = forms.BooleanField(
                    required=False, initial=True, label=str(declared.for_each)
                )
            if declared.own:
                form_class = _form_class(declared.model, declared.own, request)
                self.own[declared.model] = form_class(
                    data,
                    prefix=f"{prefix}-{declared.prefix}",
                    empty_permitted=True,
                    use_required_attribute=False,
                )

    def is_valid(self) -> bool:
        own_forms = [form.is_valid() for form in self.own.values() if form.is_bound]
        return super().is_valid() and all(own_forms)

    @property
    def own_boxes(self) -> list[forms.BoundField]:
        boxes = []
        for form in self.own.values():
            boxes += list(form)
        return boxes

    @property
    def ticks(self) -> list[forms.BoundField]:
        ticks = []
        for declared in self.kind.made:
            if declared.for_each:
                ticks.append(self[_tick(declared)])
        return ticks

    def choices(self) -> list[tuple[Any, Any]]:
        """Each box, with the person whom it stands for, or None."""
        people: list[Any] = [*self.line.people, None, None]
        return list(zip(self["choice"], people, strict=True))

    @property
    def is_left_out(self) -> bool:
        return bool(self.cleaned_data["choice"] == OUT)

    @property
    def case_id(self) -> UUID | None:
        chosen = self.cleaned_data["choice"]
        if chosen == NEW:
            return None
        return UUID(chosen)

    def without(self) -> frozenset[Any]:
        models = set()
        for declared in self.kind.made:
            if declared.for_each and not self.cleaned_data.get(_tick(declared)):
                models.add(declared.model)
        return frozenset(models)


def hold_apart(forms_of_lines: Iterable[LineForm]) -> None:
    """Two lines are not of one case."""
    line_of_case: dict[UUID, int] = {}
    for form in forms_of_lines:
        if "choice" not in form.cleaned_data:
            continue
        case_id = None if form.is_left_out else form.case_id
        if case_id is None:
            continue
        if case_id in line_of_case:
            sentence = _("Line %(number)s is of this case already.")
            number = line_of_case[case_id]
            form.add_error("choice", ValidationError(sentence % {"number": number}))
        line_of_case.setdefault(case_id, form.line.number)


def _tick(declared: Made) -> str:
    return f"with_{declared.prefix}"
