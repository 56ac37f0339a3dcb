"""Release events and facilities."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases.desk.admin.base import FOR_THE_DESK, HOUSEKEEPING
from cases.desk.admin.filters import CodeFilter, WaitsFilter, YearFilter
from cases.desk.admin.root import RootAdmin
from cases.desk.admin.waiting import together
from cases.models import Facility, ReleaseEvent
from cases.review import waiting


@admin.register(ReleaseEvent)
class ReleaseEventAdmin(RootAdmin):
    list_display = ["title", "occurred_on", "brokered_by", "visibility", "waits"]
    list_filter = [
        WaitsFilter,
        ("visibility", CodeFilter),
        ("occurred_on", YearFilter),
        ("exchange", CodeFilter),
    ]
    search_fields = ["title", "brokered_by"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "visibility",
                    "title",
                    ("occurred_on", "brokered_by", "exchange"),
                    "concessions",
                    "summary",
                ]
            },
        ),
        FOR_THE_DESK,
        HOUSEKEEPING,
    ]
    exported = [
        "visibility",
        "title",
        "occurred_on",
        "brokered_by",
        "concessions",
        "exchange",
    ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        if event := context.get("original"):
            several = together(
                request, waiting.of_release_event(event.pk), release_event=event.pk
            )
            context["record_links"] = several
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Facility)
class FacilityAdmin(RootAdmin):
    list_display = ["name", "place_kind", "country", "region", "visibility", "waits"]
    list_filter = [
        WaitsFilter,
        ("visibility", CodeFilter),
        ("place_kind", CodeFilter),
        ("country", CodeFilter),
        "region",
    ]
    search_fields = ["names", "region"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "visibility",
                    "names",
                    ("place_kind", "country", "region"),
                    "address_for_letters",
                ]
            },
        ),
        FOR_THE_DESK,
        HOUSEKEEPING,
    ]
    exported = [
        "visibility",
        "names",
        "place_kind",
        "country",
        "region",
        "address_for_letters",
    ]

    @admin.display(description=_("name"))
    def name(self, facility: Facility) -> str:
        return str(facility)
