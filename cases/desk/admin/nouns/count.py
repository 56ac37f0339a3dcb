"""What somebody said how many there were."""

from django.contrib import admin

from cases.desk.admin.arranging import FOR_THE_DESK, HOUSEKEEPING, MORE
from cases.desk.admin.base import PartAdmin
from cases.desk.admin.filters import CodeFilter, WaitsFilter, YearFilter
from cases.desk.admin.listed_names import WithListedNames
from cases.desk.admin.root import RootAdmin
from cases.models import ListedName, ReportedCount


@admin.register(ReportedCount)
class ReportedCountAdmin(WithListedNames, RootAdmin):
    list_display = [
        "measure",
        "qualifier",
        "value",
        "value_as_stated",
        "as_of",
        "claimant",
        "release_event",
        "visibility",
        "waits",
    ]
    list_filter = [
        WaitsFilter,
        ("visibility", CodeFilter),
        ("measure", CodeFilter),
        ("country", CodeFilter),
        ("of_group", CodeFilter),
        "release_event",
        "claimant",
        ("as_of", YearFilter),
    ]
    list_select_related = ["claimant", "release_event"]
    search_fields = ["value_as_stated", "claimant__name", "release_event__title"]
    autocomplete_fields = ["claimant", "release_event", "court_case"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "visibility",
                    ("measure", "country"),
                    ("of_group", "of_nationality"),
                    ("qualifier", "value", "value_as_stated"),
                    ("lowest", "highest"),
                    ("as_of", "claimant"),
                    ("release_event", "court_case"),
                ]
            },
        ),
        (MORE, {"fields": ["among_them"], "classes": ["collapse"]}),
        FOR_THE_DESK,
        HOUSEKEEPING,
    ]
    exported = True


@admin.register(ListedName)
class ListedNameAdmin(PartAdmin):
    list_display = ["value", "line", "case", "identified"]
    list_filter = ["identified", "reported_count"]
    search_fields = ["value"]
    fields = [
        "case",
        ("line", "value", "identified"),
        "said",
        "internal_notes",
    ]
    exported = True
