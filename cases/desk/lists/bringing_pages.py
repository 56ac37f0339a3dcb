"""The pages by which a list comes in: the file, what its columns mean, what no rule
reads.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from cases.desk.lists import bringing
from cases.desk.lists.forms import (
    ColumnsForm,
    FileForm,
    QuestionsForm,
    SavedPlanForm,
)
from cases.desk.lists.models import List, SavedPlan
from cases.desk.lists.plan import Plan, as_json, from_json, questions
from cases.desk.lists.table import Table, Unreadable
from cases.desk.permissions import BRING_LISTS
from cases.desk.proposals.writing import Refused


class BringingPages(admin.ModelAdmin):
    """For the admin of lists."""

    def get_urls(self) -> list[URLPattern]:
        urls = []
        for name, view in (
            ("columns", self.columns_view),
            ("questions", self.questions_view),
        ):
            address = f"<id:object_id>/{name}/"
            asked = self.admin_site.admin_view(view)
            urls.append(path(address, asked, name=f"lists_list_{name}"))
        return [*urls, *super().get_urls()]

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not request.user.has_perm(BRING_LISTS):
            raise PermissionDenied
        form = FileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            in_list = form.save(commit=False)
            same = bringing.brought_before(in_list.owner, upload.content)
            if same is not None:
                messages.warning(request, _("This file was brought in before."))
                bringing.expect_anew(
                    same,
                    rows=in_list.expected_rows,
                    totals_said=in_list.expected_totals,
                    most=in_list.most_quarantined,
                )
                return _to("change", same)
            bringing.keep(in_list, upload.content, upload.name, by=request.user)
            return _to("columns", in_list)
        return self._bringing_page(
            request, "add", title=_("Bring in a list"), form=form
        )

    def columns_view(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        in_list, table, refused = self._opened(request, object_id)
        if refused:
            return refused
        before = _plan_of(request, in_list, table)
        form = ColumnsForm(table, before, request.POST or None)
        if request.method == "POST" and form.is_valid():
            name = form.cleaned_data["save_as"].strip()
            return self._on(request, in_list, table, form.plan, name)
        return self._bringing_page(
            request,
            "columns",
            title=_("What its columns mean"),
            in_list=in_list,
            table=table,
            form=form,
            saved=SavedPlanForm() if SavedPlan.objects.exists() else None,
        )

    def questions_view(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        in_list, table, refused = self._opened(request, object_id)
        if refused:
            return refused
        if in_list.plan is None:
            return _to("columns", in_list)
        plan = from_json(in_list.plan)
        form = QuestionsForm(questions(table, plan), request.POST or None)
        name = request.GET.get("save_as", "")
        if request.method == "POST" and form.is_valid():
            return self._on(request, in_list, table, form.answered(plan), name)
        return self._bringing_page(
            request,
            "questions",
            title=_("What its words mean"),
            in_list=in_list,
            form=form,
        )

    def _on(
        self, request: HttpRequest, in_list: List, table: Table, plan: Plan, name: str
    ) -> HttpResponse:
        """To what is still to be asked, or, once nothing is, to the rows."""
        if name:
            bringing.save_plan(name[:100], plan, by=request.user)
        if not questions(table, plan).is_answered:
            in_list.plan = as_json(plan)
            in_list.save(update_fields=["plan"])
            return _to("questions", in_list, {"save_as": name} if name else {})
        try:
            bringing.read_rows(in_list, table, plan)
        except Refused as refused:
            messages.error(request, " ".join(refused.sentences))
        return _to("change", in_list)

    def _opened(
        self, request: HttpRequest, object_id: Any
    ) -> tuple[List, Any, HttpResponse | None]:
        if not request.user.has_perm(BRING_LISTS):
            raise PermissionDenied
        in_list = get_object_or_404(List.objects.defer("content"), pk=object_id)
        try:
            return in_list, bringing.table_of(in_list), None
        except Unreadable as unreadable:
            messages.error(request, str(unreadable))
            return in_list, None, _to("change", in_list)

    def _bringing_page(
        self, request: HttpRequest, name: str, **more: object
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            **more,
        }
        return TemplateResponse(request, f"admin/lists/{name}.html", context)


def _plan_of(request: HttpRequest, in_list: List, table: Table) -> Plan:
    """What the columns page begins with."""
    saved = SavedPlan.objects.filter(name=request.GET.get("saved", "")).first()
    if saved is not None:
        return from_json(saved.plan)
    if in_list.plan is not None:
        return from_json(in_list.plan)
    return bringing.first_plan(in_list, table)


def _to(
    page: str, in_list: List, query: dict[str, str] | None = None
) -> HttpResponseRedirect:
    address = reverse(f"admin:lists_list_{page}", args=[in_list.pk], query=query or {})
    return HttpResponseRedirect(address)
