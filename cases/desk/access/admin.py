"""The access log at the desk: for administrators to read, and for nobody to change."""

from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases.desk.access.models import AccessEvent
from cases.desk.read_only import ReadOnlyAdmin


class PersonFilter(admin.SimpleListFilter):
    title = _("who")
    parameter_name = "username"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        names = (
            AccessEvent.objects.order_by("username")
            .values_list("username", flat=True)
            .distinct()
        )
        return [(name, name) for name in names]

    def has_output(self) -> bool:
        return bool(self.lookup_choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(username=self.value()) if self.value() else queryset


class DayFilter(admin.SimpleListFilter):
    """One day; the last seven are offered, any can be asked for."""

    title = _("day")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        days = AccessEvent.objects.dates("at", "day", order="DESC")[:7]
        return [(day.isoformat(), day.isoformat()) for day in days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        day = _day(self.value())
        return queryset.filter(at__date=day) if day else queryset


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
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(
            Q(asked__icontains=term) | Q(record_id=term) | Q(case_id__in=_ids(term))
        ), False

    @admin.display(description=_("record"))
    def record(self, event: AccessEvent) -> str:
        kind = _kind(event.kind)
        if not event.record_id:
            return kind
        try:
            url = reverse(f"admin:cases_{event.kind}_change", args=[event.record_id])
        except NoReverseMatch:
            return f"{kind} {event.record_id[:8]}"
        return format_html('<a href="{}">{} {}</a>', url, kind, event.record_id[:8])


def _ids(term: str) -> list[UUID]:
    try:
        return [UUID(term)]
    except ValueError:
        return []


def _kind(name: str) -> str:
    """As people call it. Those of other apps stay as they are."""
    try:
        return str(apps.get_model("cases", name)._meta.verbose_name)
    except (LookupError, ValueError):
        return name
