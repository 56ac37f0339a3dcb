"""Release events and facilities."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cases.admin.base import FOR_THE_DESK, HOUSEKEEPING
from cases.admin.filters import AwaitsApprovalFilter, CodeFilter, YearFilter
from cases.admin.root import RootAdmin
from cases.models import Facility, ReleaseEvent


@admin.register(ReleaseEvent)
class ReleaseEventAdmin(RootAdmin):
    list_display = ["title", "occurred_on", "brokered_by", "visibility", "approved"]
    list_filter = [
        AwaitsApprovalFilter,
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


@admin.register(Facility)
class FacilityAdmin(RootAdmin):
    list_display = ["name", "place_kind", "country", "region", "visibility", "approved"]
    list_filter = [
        AwaitsApprovalFilter,
        ("visibility", CodeFilter),
        ("place_kind", CodeFilter),
        ("country", CodeFilter),
        "region",
    ]
    search_fields = ["names", "region"]
    fieldsets = [
        (None, {"fields": ["visibility", "names", ("place_kind", "country", "region"), "address_for_letters"]}),
        FOR_THE_DESK,
        HOUSEKEEPING,
    ]

    @admin.display(description=_("name"))
    def name(self, facility: Facility) -> str:
        return str(facility)
