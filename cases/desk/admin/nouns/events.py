"""Release events and facilities."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.desk.admin.arranging import FOR_THE_DESK, HOUSEKEEPING, MORE
from cases.desk.admin.file import FileAdmin
from cases.desk.admin.filters import CodeFilter, WaitsFilter, YearFilter
from cases.desk.admin.groups.kinds import RELEASE
from cases.desk.admin.groups.pages import may_enter
from cases.desk.admin.people_of_event import people_of
from cases.desk.admin.root import RootAdmin
from cases.desk.admin.waiting import together
from cases.desk.permissions import may
from cases.models import Facility, Prisoner, ReleaseEvent
from cases.review import waiting


@admin.register(ReleaseEvent)
class ReleaseEventAdmin(FileAdmin, RootAdmin):
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
            _("What is known"),
            {
                "fields": [
                    "visibility",
                    "title",
                    ("occurred_on", "brokered_by", "exchange"),
                    "ground",
                    "concessions",
                    "summary",
                ]
            },
        ),
        (
            _("Exchange"),
            {
                "fields": ["exchange_sides", "destinations"],
                "classes": ["collapse"],
            },
        ),
        (
            MORE,
            {
                "fields": [("from_place", "to_place"), "nationality_event"],
                "classes": ["collapse"],
            },
        ),
        (
            _("Papers, as said of the group"),
            {
                "fields": [
                    ("passport_fate", "may_return"),
                    ("replacement_document", "valid_identity_document"),
                    ("document_issuer", "document_handed_over_by"),
                ]
            },
        ),
        FOR_THE_DESK,
        HOUSEKEEPING,
    ]
    exported = True

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        if event := context.get("original"):
            several = together(
                request, waiting.of_release_event(event.pk), release_event=event.pk
            )
            context["record_links"] = several
            if request.user.has_perm(may("view", Prisoner)):
                context["people"] = people = people_of(event)
                context["people_shown"] = [freed.person.pk for freed in people.freed]
            if may_enter(request, RELEASE):
                url = reverse(f"admin:{RELEASE.url_name}")
                context["add_people_url"] = f"{url}?release_event={event.pk}"
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Facility)
class FacilityAdmin(FileAdmin, RootAdmin):
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
            _("What is known"),
            {
                "fields": [
                    "visibility",
                    "names",
                    ("place_kind", "country", "region"),
                    ("official", "coordinates"),
                    ("address_for_letters", "letters_arrive"),
                ]
            },
        ),
        FOR_THE_DESK,
        HOUSEKEEPING,
    ]
    exported = True

    @admin.display(description=pgettext_lazy("of a thing", "name"))
    def name(self, facility: Facility) -> str:
        return str(facility)
