"""Pages ask before they save what is hardly so: each doubt has a box to tick."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.db import IntegrityError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from cases.desk.admin import foreseeing
from cases.desk.admin.fields import Aside
from cases.desk.doubting import is_yet_unnamed, stored_doubts, unanswered
from cases.locking import root_of
from cases.models.base import Root
from cases.plausibility import Doubt
from cases.publishing.foreseeing import Foresight, key_of

FIELD = "source_says"
MOST = 100  # answers on one page


class Doubted(IntegrityError):
    """Refused as what the database refuses: nothing is saved, and the page asks."""

    def __init__(self, doubts: list[Doubt]) -> None:
        self.doubts = doubts
        super().__init__(" ".join(str(doubt) for doubt in doubts))


@dataclass(frozen=True)
class Asked:
    """What one tick answers: a doubt, or all persons on record of whom it is asked if
    this is one of them.
    """

    doubts: tuple[Doubt, ...]

    @property
    def value(self) -> str:
        return " ".join(doubt.key for doubt in self.doubts)

    @property
    def is_about_person(self) -> bool:
        return bool(self.doubts[0].known_case)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Each sentence, with the address of the case that it is about, or none."""
        lines = []
        for doubt in self.doubts:
            url = ""
            if doubt.known_case:
                url = reverse("admin:cases_prisoner_change", args=[doubt.known_case])
            lines.append((str(doubt.sentence if url else doubt), url))
        return lines

    def __str__(self) -> str:
        return " ".join(str(doubt) for doubt in self.doubts)


def asked_together(doubts: Iterable[Doubt]) -> list[Asked]:
    """One tick says of all persons on record that this is somebody else."""
    persons = []
    others = []
    for doubt in doubts:
        if doubt.known_case:
            persons.append(doubt)
        else:
            others.append(Asked((doubt,)))
    if persons:
        return [Asked(tuple(persons)), *others]
    return others


class AnswersField(Aside, forms.MultipleChoiceField):
    def __init__(self, doubts: Iterable[Doubt]) -> None:
        self.asked = asked_together(doubts)
        super().__init__(
            choices=[(asked.value, str(asked)) for asked in self.asked],
            required=False,
            label=gettext_lazy("Yes, the source says so"),
            widget=forms.CheckboxSelectMultiple,
        )

    def clean(self, value: object) -> Any:
        """A tick for what is asked no longer, or differently now, answers nothing."""
        offered = {asked.value for asked in self.asked}
        ticked = value if isinstance(value, list) else []
        return super().clean([key for key in ticked if key in offered])

    def get_bound_field(self, form: Any, field_name: str) -> "BoundAnswers":
        return BoundAnswers(form, self, field_name)


class BoundAnswers(forms.BoundField):
    def rows(self) -> list[tuple[Any, Asked]]:
        """Each box, with what it answers."""
        field: Any = self.field
        return list(zip(self, field.asked, strict=True))


def answers(request: HttpRequest) -> list[str]:
    """The keys of the doubts that were ticked."""
    keys = []
    for value in request.POST.getlist(FIELD)[:MOST]:
        keys += value.split()
    return keys[:MOST]


class DoubtingAdmin(admin.ModelAdmin):
    """Stands before what saves the rows of a page."""

    def remember_doubts(self, request: HttpRequest, record: Any, change: bool) -> None:
        """Before anything is saved: about these nobody is asked."""
        request.doubts_before = stored_doubts(root_of(record)) if change else []  # type: ignore[attr-defined]
        request.is_new_person = not change or is_yet_unnamed(record)  # type: ignore[attr-defined]
        if not hasattr(request, "foresight"):
            # Saved again, it is held to what was looked at.
            root = root_of(record)
            own = [key_of(root)] if change and isinstance(root, Root) else []
            request.foresight = Foresight(own)  # type: ignore[attr-defined]

    def has_said_what_goes(self, request: HttpRequest) -> bool:
        """Has a page before this one said it, and asked?"""
        return False

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        before: list[Doubt] = request.doubts_before  # type: ignore[attr-defined]
        is_new: bool = request.is_new_person  # type: ignore[attr-defined]
        after = stored_doubts(root_of(form.instance), is_new=is_new)
        doubts = unanswered(before, after, answers(request))
        if doubts:
            raise Doubted(doubts)
        if self.has_said_what_goes(request):
            return
        foresight: Foresight = request.foresight  # type: ignore[attr-defined]
        made = []
        if not change and isinstance(form.instance, Root):
            made.append(form.instance)
        foreseen = foresight.hold(foreseeing.confirmed(request), made)
        request.told += foreseeing.in_sentences(foreseen)  # type: ignore[attr-defined]
