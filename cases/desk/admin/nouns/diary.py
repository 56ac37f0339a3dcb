"""The diary of the desk, across all cases. Entries are made on the page of their case."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases.day import today
from cases.desk.admin.filters import CodeFilter
from cases.desk.casework.models import DiaryEntry
from cases.desk.choosing import ChoiceFilter
from cases.desk.permissions import may
from cases.desk.read_only import ReadOnlyAdmin
from cases.models import Prisoner


def entries() -> QuerySet[DiaryEntry]:
    """Of the cases that are there, and that whoever asks sees."""
    there = Prisoner.objects.filter(pk=OuterRef("root_id"))
    return DiaryEntry.objects.filter(Exists(there))


def due(user: User | AnonymousUser) -> QuerySet[DiaryEntry]:
    """Today's and those of before, for this person or for anybody."""
    whose = Q(colleague__isnull=True)
    if isinstance(user, User):
        whose |= Q(colleague=user)
    return entries().filter(whose, done_at__isnull=True, day__lte=today())


class DueFilter(ChoiceFilter):
    title = _("due")
    parameter_name = "due"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return [
            ("yes", _("due, for me or for anybody")),
            ("coming", _("still to come")),
            ("done", _("done")),
        ]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        if asked == "yes":
            return queryset.filter(pk__in=due(request.user).order_by().values("pk"))
        if asked == "coming":
            return queryset.filter(done_at__isnull=True, day__gt=today())
        return queryset.filter(done_at__isnull=False)


class CalledList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        """What the cases of this page are called: one query."""
        super().get_results(request)
        ids = {entry.root_id for entry in self.result_list}
        cases = Prisoner.objects.select_related("desk").in_bulk(ids)
        for entry in self.result_list:
            entry.called = cases[entry.root_id]


@admin.register(DiaryEntry)
class DiaryEntryAdmin(ReadOnlyAdmin):
    list_display = ["day", "what", "called", "note", "colleague", "done_at"]
    list_display_links = None
    list_filter = [DueFilter, ("what", CodeFilter)]
    list_select_related = ["colleague"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ["day"]

    class Media:
        css = {"all": ["cases/desk.css"]}

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm(may("view", Prisoner))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return entries()

    def get_changelist(
        self, request: HttpRequest, **kwargs: object
    ) -> type[ChangeList]:
        return CalledList

    @admin.display(description=_("case"))
    def called(self, entry: Any) -> str:
        url = reverse("admin:cases_prisoner_notes", args=[entry.root_id])
        return format_html('<a href="{}#diary">{}</a>', url, entry.called)
