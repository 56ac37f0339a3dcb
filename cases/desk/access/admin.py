"""The access log at the desk: administrators read it, and nobody changes it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases.catalogue import KINDS
from cases.desk.access.models import AccessEvent
from cases.desk.calling import called, in_short
from cases.desk.choosing import ChoiceFilter
from cases.desk.read_only import ReadOnlyAdmin


class PersonFilter(ChoiceFilter):
    title = _("who")
    parameter_name = "username"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        names = AccessEvent.objects.order_by("username").values_list(
            "username", flat=True
        )
        return [(name, name) for name in names.distinct()]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(username=asked)


class DayFilter(ChoiceFilter):
    """One day. The list offers the last seven, and an address may ask for any."""

    title = _("day")
    parameter_name = "day"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, str]]:
        days = AccessEvent.objects.dates("at", "day", order="DESC")[:7]
        return [(day.isoformat(), day.isoformat()) for day in days]

    def is_known(self, asked: str) -> bool:
        return _day(asked) is not None

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(at__date=_day(asked))


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


@admin.register(AccessEvent)
class AccessEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "username", "act", "record", "rows", "asked", "reason"]
    list_filter = [PersonFilter, "act", DayFilter]
    search_fields = ["asked"]
    search_help_text = _("The id of a case or record, or a word that was searched.")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[AccessEvent],
        search_term: str,
    ) -> tuple[QuerySet[AccessEvent], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        names_it = (
            Q(asked__icontains=term) | Q(record_id=term) | Q(case_id__in=_ids(term))
        )
        return queryset.filter(names_it), False

    def get_changelist(
        self, request: HttpRequest, **kwargs: object
    ) -> type[ChangeList]:
        return LogList

    @admin.display(description=_("record"))
    def record(self, event: Any) -> str:
        kind = _kind(event.kind)
        if not event.record_id:
            return kind
        try:
            url = reverse(f"admin:cases_{event.kind}_change", args=[event.record_id])
        except NoReverseMatch:
            return f"{kind} {event.called}"
        return format_html('<a href="{}">{}: {}</a>', url, kind, event.called)


class LogList(ChangeList):
    """What was read, by its name, for those who may see that."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        about = []
        for event in self.result_list:
            model = _record_model(event)
            if model is not None:
                about.append((model, event.record_id))
        names = called(about, request.user)
        for event in self.result_list:
            model = _record_model(event) or AccessEvent
            event.called = in_short(names, model, event.record_id)


def _record_model(event: AccessEvent) -> type[Model] | None:
    """Not of claimants: no list names a relative."""
    if not _ids(event.record_id):
        return None
    for model in KINDS.values():
        if model._meta.model_name == event.kind:
            return model
    return None


def _ids(term: str) -> list[UUID]:
    try:
        return [UUID(term)]
    except ValueError:
        return []


def _kind(name: str) -> str:
    """What people call this kind of record. Kinds of other apps keep their names."""
    try:
        return str(apps.get_model("cases", name)._meta.verbose_name)
    except (LookupError, ValueError):
        return name
