"""Choosing a person on record: each with what tells namesakes apart."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from cases.desk.permissions import may
from cases.merging import nearest
from cases.models import Prisoner
from cases.telling_apart import Person, told_apart

SHORTEST = 2  # letters, of which somebody may be known


class PersonField(forms.ModelChoiceField):
    """A case that was not merged into another."""

    def __init__(self, *, label: Any) -> None:
        merged_into: Any = Prisoner._meta.get_field("merged_into")
        super().__init__(
            queryset=Prisoner.objects.filter(merged_into=None).select_related("desk"),
            label=label,
            widget=AutocompleteSelect(merged_into, admin.site),
        )

    def label_from_instance(self, obj: Any) -> str:
        (person,) = told_apart([obj.pk])
        return str(person)


class KnowingPeople(admin.ModelAdmin):
    """For the prisoners' pages: “do we know this person?”, asked while a name is typed.
    Boxes with `asks_who` are answered by a script.
    """

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["cases/known.js"])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.known_view)
        return [path("known/", view, name="cases_prisoner_known"), *super().get_urls()]

    def known_view(self, request: HttpRequest) -> JsonResponse:
        if not request.user.has_perm(may("view", Prisoner)):
            raise PermissionDenied
        name = request.GET.get("term", "").strip()
        case_ids = []
        if len(name) >= SHORTEST:
            case_ids = nearest(name, typing=True)
        results = [_result(person) for person in told_apart(case_ids)]
        return JsonResponse({"question": _known(), "results": results})


def asks_who() -> dict[str, str]:
    """Attributes of a box in which a name is typed."""
    return {"data-known": reverse("admin:cases_prisoner_known"), "autocomplete": "off"}


def _known() -> str:
    return _("Do we know this person?")


def _result(person: Person) -> dict[str, str]:
    url = reverse("admin:cases_prisoner_change", args=[person.pk])
    return {"id": str(person.pk), "text": str(person), "url": url}
