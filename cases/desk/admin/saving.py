"""Filters of a list that somebody keeps under a name, for themselves alone. The words of
a search are not kept: they name people.
"""

from copy import copy
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.desk.casework.models import SavedFilter
from cases.desk.choosing import NotAChoice

# Searched words, pages, order and the source in hand are no filters.
_NO_FILTER = ("q", "p", "o", "all", "e", "recording", "_")
MOST = 30  # of one person, for one list


class SavedFilterForm(forms.ModelForm):
    class Meta:
        model = SavedFilter
        fields = ["name", "question"]

    def clean_question(self) -> str:
        question = only_filters(self.cleaned_data["question"])
        if not question:
            raise forms.ValidationError(_("Choose a filter first."))
        return question


class CountedList(ChangeList):
    """The rows of a filter are counted and not read."""

    def get_results(self, request: HttpRequest) -> None:
        self.result_count = self.queryset.count()


class SavesFilters(admin.ModelAdmin):
    def get_changelist(
        self, request: HttpRequest, **kwargs: object
    ) -> type[ChangeList]:
        if getattr(request, "only_counted", False):
            return CountedList
        return super().get_changelist(request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.filters_view))
        name = f"cases_{self.opts.model_name}_filters"
        return [path("filters/", view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {
            "saved_filters": self._counted(request),
            "filters_url": reverse(f"admin:cases_{self.opts.model_name}_filters"),
            "asked_filters": only_filters(request.GET.urlencode()),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def filters_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        url = reverse(f"admin:cases_{self.opts.model_name}_changelist")
        if number := request.POST.get("drop", ""):
            if number.isdecimal() and len(number) < 18:
                self._own(request).filter(pk=number).delete()
            return HttpResponseRedirect(url)
        whose = SavedFilter(owner=request.user, listed=self.opts.label_lower)  # type: ignore[misc]
        form = SavedFilterForm(request.POST, instance=whose)
        if self._own(request).count() >= MOST:
            self.message_user(request, _("You keep too many filters."), messages.ERROR)
        elif form.is_valid() and not self._is_taken(request, form):
            kept = form.save()
            return HttpResponseRedirect(f"{url}?{kept.question}")
        else:
            for errors in form.errors.values():
                for error in errors:
                    self.message_user(request, str(error), messages.ERROR)
        question = only_filters(request.POST.get("question", ""))
        return HttpResponseRedirect(f"{url}?{question}")

    def _own(self, request: HttpRequest) -> QuerySet[SavedFilter]:
        return SavedFilter.objects.filter(
            owner=request.user,  # type: ignore[misc]
            listed=self.opts.label_lower,
        )

    def _counted(self, request: HttpRequest) -> list[tuple[SavedFilter, int | None]]:
        """Each with how many rows it leaves; None of one that is no filter any more."""
        if not self.has_view_permission(request):
            return []
        return [(saved, self._count(request, saved)) for saved in self._own(request)]

    def _count(self, request: HttpRequest, saved: SavedFilter) -> int | None:
        asked = copy(request)
        asked.GET = QueryDict(saved.question)
        asked.only_counted = True  # type: ignore[attr-defined]
        try:
            return int(self.get_changelist_instance(asked).result_count)
        except (IncorrectLookupParameters, NotAChoice):
            return None

    def _is_taken(self, request: HttpRequest, form: SavedFilterForm) -> bool:
        taken = self._own(request).filter(name=form.cleaned_data["name"]).exists()
        if taken:
            form.add_error("name", _("You have a filter of this name."))
        return taken


def only_filters(question: str) -> str:
    kept = []
    for name, value in parse_qsl(question):
        if not (name in _NO_FILTER or name.startswith(("_", "recording"))):
            kept.append((name, value))
    return urlencode(kept)
