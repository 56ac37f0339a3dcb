"""Sources, and those on whose word they speak."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin.arranging import FOR_THE_DESK, HOUSEKEEPING
from cases.desk.admin.base import RecordAdmin
from cases.desk.admin.beginning import BeginningAdmin
from cases.desk.admin.copies import CopyPages
from cases.desk.admin.file import FileAdmin
from cases.desk.admin.filters import CodeFilter, WaitsFilter, YearFilter
from cases.desk.admin.history import HistoryPages
from cases.desk.admin.recording import SOURCE
from cases.desk.admin.root import RootAdmin
from cases.desk.admin.waiting import together
from cases.desk.admin.withdrawing import WithWhatRestsOnIt
from cases.desk.choosing import ChoiceFilter
from cases.desk.permissions import may
from cases.desk.searching import records_found
from cases.models import Citation, Claimant, Source
from cases.review import waiting
from cases.review.copies import undecided
from tracker.contract.vocabulary import SourceStanding


def retracted_and_cited() -> Q:
    """Somebody has to say on whose word those facts stand now."""
    cited = Exists(Citation.objects.filter(source=OuterRef("pk")))
    return Q(cited, standing=SourceStanding.RETRACTED)


def copy_waits() -> Q:
    """Somebody has to look at a redacted copy."""
    return Q(pk__in=undecided().values("root_id"))


class RetractedFilter(ChoiceFilter):
    title = gettext_lazy("to do")
    parameter_name = "todo"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return [
            ("retracted", gettext_lazy("retracted, and still cited")),
            ("copies", gettext_lazy("a redacted copy waits for review")),
        ]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        if asked == "retracted":
            return queryset.filter(retracted_and_cited())
        return queryset.filter(copy_waits())


@admin.register(Source)
class SourceAdmin(FileAdmin, CopyPages, BeginningAdmin, WithWhatRestsOnIt, RootAdmin):
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
        RetractedFilter,
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
            gettext_lazy("What is known"),
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
                "fields": ["file_name", "sha256", "copy_is_public", "text_is_whole"],
                "classes": ["collapse"],
            },
        ),
        (
            gettext_lazy("For the desk"),
            {"fields": ["reliability", "internal_notes"], "classes": ["collapse"]},
        ),
        HOUSEKEEPING,
    ]
    exported = True

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Source], search_term: str
    ) -> tuple[QuerySet[Source], bool]:
        if not search_term.strip():
            return queryset, False
        found = records_found(Source, self.search_fields, search_term)
        return queryset.filter(pk__among=found), False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        if source := context.get("original"):
            url = (
                reverse("admin:cases_citation_changelist")
                + f"?source__id__exact={source.pk}"
            )
            several = together(request, waiting.of_source(source.pk), source=source.pk)
            links = [(url, _("What is cited from it"))]
            if request.user.has_perm(may("add", Citation)):
                links.append((_recording_from(source), _("Record from it")))
            context["record_links"] = [*links, *several]
        return super().render_change_form(request, context, *args, **kwargs)


def _recording_from(source: Source) -> str:
    """The list of cases, with this source in hand: one looks first who is there."""
    query = urlencode({SOURCE: source.pk})
    return f"{reverse('admin:cases_prisoner_changelist')}?{query}"


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
