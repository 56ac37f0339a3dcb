"""Court cases, their hearings, and who is in them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cases.desk.admin.arranging import FOR_THE_DESK, HOUSEKEEPING, MORE
from cases.desk.admin.base import PartAdmin, StackedPart
from cases.desk.admin.filters import CodeFilter, WaitsFilter, YearFilter
from cases.desk.admin.root import RootAdmin
from cases.desk.permissions import may
from cases.models import CourtCase, Hearing, Prisoner, Prosecution
from cases.telling_apart import told_apart


class HearingInline(StackedPart):
    model = Hearing
    fieldsets = [
        (None, {"fields": [("held_on", "what_happened", "closed_hearing")]}),
        (
            MORE,
            {
                "fields": [("judge", "prosecutor"), "visibility", "internal_notes"],
                "classes": ["collapse"],
            },
        ),
    ]


class ProsecutionInline(StackedPart):
    model = Prosecution
    autocomplete_fields = ["court_case"]
    fieldsets = [
        (None, {"fields": ["court_case", ("charges", "sentences")]}),
        (
            MORE,
            {"fields": ["visibility", "internal_notes"], "classes": ["collapse"]},
        ),
    ]


@admin.register(CourtCase)
class CourtCaseAdmin(RootAdmin):
    list_display = ["number", "court", "stage", "outcome", "visibility", "waits"]
    list_filter = [
        WaitsFilter,
        ("visibility", CodeFilter),
        ("stage", CodeFilter),
        ("outcome", CodeFilter),
        ("hearings__held_on", YearFilter),
    ]
    search_fields = ["number", "court"]
    inlines = [HearingInline]
    fieldsets = [
        (
            None,
            {"fields": ["visibility", ("number", "court"), ("stage", "outcome")]},
        ),
        FOR_THE_DESK,
        HOUSEKEEPING,
    ]
    exported = True

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        court_case = context.get("original")
        if court_case and request.user.has_perm(may("view", Prisoner)):
            people = told_apart(
                court_case.prosecutions.values_list("prisoner_id", flat=True)
            )
            context["accused"] = sorted(people, key=lambda person: person.name)
            context["people_shown"] = [person.pk for person in people]
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Hearing)
class HearingAdmin(PartAdmin):
    list_display = ["case", "held_on", "what_happened", "closed_hearing"]
    list_filter = [
        ("what_happened", CodeFilter),
        ("held_on", YearFilter),
        ("closed_hearing", CodeFilter),
    ]
    search_fields = ["court_case__number", "court_case__court"]
    fields = [
        "case",
        ("held_on", "what_happened", "closed_hearing"),
        ("judge", "prosecutor"),
        "visibility",
        "internal_notes",
    ]
    exported = True


@admin.register(Prosecution)
class ProsecutionAdmin(PartAdmin):
    list_display = ["case", "court_case"]
    list_filter = ["court_case"]
    list_select_related = ["court_case"]
    search_fields = ["prisoner__names__value"]
    autocomplete_fields = ["court_case"]
    fields = [
        "case",
        "court_case",
        ("charges", "sentences"),
        "visibility",
        "internal_notes",
    ]
    exported = True
