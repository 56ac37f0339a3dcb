"""The page of a root: its citations in one table, and its approval."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin import cited, sourcing
from cases.desk.admin.base import RecordAdmin
from cases.desk.admin.files import FilePages
from cases.desk.admin.history import HistoryPages
from cases.desk.admin.kept_names import WithKeptNames
from cases.desk.admin.review import ReviewPages
from cases.desk.admin.sections import ALL, FILE, SectionsAdmin
from cases.desk.admin.withheld import WithWithheldFacts
from cases.models.base import Root
from cases.publishing.sight import has_public_page
from cases.review import waiting
from tracker.contract.vocabulary import Visibility
from tracker.site.records import page_of


class RootAdmin(
    SectionsAdmin,
    ReviewPages,
    HistoryPages,
    FilePages,
    WithWithheldFacts,
    WithKeptNames,
    RecordAdmin,
):
    """What is approved and published as a whole."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queued = Exists(waiting.queue().filter(root_id=OuterRef("pk")))
        return super().get_queryset(request).annotate(is_waiting=queued)

    @admin.display(description=gettext_lazy("review"), ordering="is_waiting")
    def waits(self, root: Any) -> str:
        if not root.is_waiting:
            return ""
        return _("waits for review")

    def view_on_site(self, root: Root) -> str | None:
        """The public page, while there is one."""
        if root.visibility != Visibility.PUBLIC or not has_public_page(root.pk):
            return None
        try:
            return page_of({"kind": root.kind, "id": root.pk})
        except (KeyError, NoReverseMatch):  # such a case has none, or this process has
            return None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        root = context.get("original")
        is_whole = self.section(request, root) in {ALL, FILE}
        if root is not None and not context["is_popup"] and is_whole:
            records = cited.read(root)
            assessed = sourcing.assessed(root, records)
            context["cited"], context["assessed"] = records, assessed
            context["cited_records"] = cited.table(records)
            if root.needs_citation:
                groups = sourcing.groups(records, assessed.standings)
                context["fact_groups"] = groups
                context["has_facts"] = bool(assessed.standings)
            context["approval"] = self.approval(request, root)
        return super().render_change_form(request, context, *args, **kwargs)
