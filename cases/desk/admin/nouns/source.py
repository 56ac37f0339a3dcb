"""Sources, and those on whose word they speak."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin.base import FOR_THE_DESK, HOUSEKEEPING, RecordAdmin
from cases.desk.admin.filters import CodeFilter, WaitsFilter, YearFilter
from cases.desk.admin.history import HistoryPages
from cases.desk.admin.root import RootAdmin
from cases.desk.admin.waiting import together
from cases.desk.admin.withdrawing import WithWhatRestsOnIt
from cases.models import Claimant, Source
from cases.review import waiting


@admin.register(Source)
class SourceAdmin(WithWhatRestsOnIt, RootAdmin):
    list_display = [
        "title",
        "source_kind",
        "publisher",
        "published_on",
        "standing",
        "visibility",
        "waits",
    ]
    list_filter = [
        WaitsFilter,
        ("visibility", CodeFilter),
        ("source_kind", CodeFilter),
        ("standing", CodeFilter),
        ("reliability", CodeFilter),
        ("published_on", YearFilter),
        "publisher",
        "language",
    ]
    search_fields = ["title", "publisher", "author", "url"]
    autocomplete_fields = ["derived_from"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("visibility", "standing"),
                    "title",
                    ("source_kind", "language"),
                    ("publisher", "author"),
                    ("published_on", "accessed_on"),
                    "url",
                    "archived_url",
                    "public_label",
                ]
            },
        ),
        (gettext_lazy("Whom it repeats"), {"fields": ["derived_from", "relays"]}),
        (
            gettext_lazy("The copy held"),
            {
                "fields": ["file_name", "sha256", "copy_is_public"],
                "classes": ["collapse"],
            },
        ),
        (
            gettext_lazy("For the desk"),
            {"fields": ["reliability", "internal_notes"], "classes": ["collapse"]},
        ),
        HOUSEKEEPING,
    ]
    exported = [
        "visibility",
        "standing",
        "title",
        "source_kind",
        "publisher",
        "published_on",
        "language",
        "url",
    ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        if source := context.get("original"):
            url = (
                reverse("admin:cases_citation_changelist")
                + f"?source__id__exact={source.pk}"
            )
            several = together(request, waiting.of_source(source.pk), source=source.pk)
            context["record_links"] = [(url, _("What is cited from it")), *several]
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Claimant)
class ClaimantAdmin(HistoryPages, RecordAdmin):
    list_display = [
        "name_or_role",
        "role",
        "protected_pseudonym",
        "visibility",
    ]
    list_filter = [
        ("role", CodeFilter),
        "protected_pseudonym",
        ("visibility", CodeFilter),
    ]
    search_fields = ["name", "role_as_stated"]

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def name_or_role(self, claimant: Claimant) -> str:
        """Of a relative or a witness the name stands on their own page."""
        return claimant.name_in_lists or str(claimant.get_role_display())

    fieldsets = [
        (
            None,
            {
                "fields": [
                    "visibility",
                    ("name", "protected_pseudonym"),
                    ("role", "role_as_stated"),
                ]
            },
        ),
        FOR_THE_DESK,
        HOUSEKEEPING,
    ]
