"""The page of one row, which is that of a proposal: compared with the record, and
accepted field by field.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from cases.desk.admin.forms import reason_given
from cases.desk.lists import accepting
from cases.desk.lists.comparing import OfList, known_case
from cases.desk.lists.models import List, Row
from cases.desk.permissions import BRING_LISTS, may
from cases.desk.proposals.comparing import compared, matches
from cases.desk.proposals.forms import ChooseForm
from cases.desk.proposals.pages import (
    DecisionForm,
    accepted_in_words,
    chosen_case,
    decided_by_form,
    form_for,
    may_write,
)
from cases.models import Prisoner


class RowPages(admin.ModelAdmin):
    """For the admin of lists."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.row_view)
        address = "<id:object_id>/rows/<int:number>/"
        return [path(address, view, name="lists_list_row"), *super().get_urls()]

    def row_view(
        self, request: HttpRequest, object_id: Any, number: int
    ) -> HttpResponse:
        if not (
            self.has_view_permission(request)
            and request.user.has_perm(may("view", Prisoner))
        ):
            raise PermissionDenied
        lists = List.objects.defer("content")
        in_list = get_object_or_404(lists, pk=object_id)
        rows = Row.objects.select_related("decided_by")
        row = get_object_or_404(rows, in_list=in_list, number=number)
        row.in_list = in_list
        if request.method == "POST":
            if not request.user.has_perm(BRING_LISTS):
                raise PermissionDenied
            return self._decide_row(request, row)
        if not row.is_sound or not row.waits or not request.user.has_perm(BRING_LISTS):
            return self._look_at_row(request, row)
        chosen, case = chosen_case(request)
        if chosen:
            return self._compare_row(request, row, case)
        known = known_case(row)
        if known is not None:
            return HttpResponseRedirect(f"{request.path}?into={known.pk}")
        form = ChooseForm()
        return self._row_page(
            request,
            "row_choose",
            row,
            compared=compared(OfList(row), None),
            matches=matches(OfList(row)),
            form=form,
            may_add=request.user.has_perm(may("add", Prisoner)),
            media=self.media + form.media,
        )

    def _look_at_row(self, request: HttpRequest, row: Row) -> HttpResponse:
        case = None
        if row.accepted_as_id:
            cases = Prisoner.objects.select_related("desk")
            case = cases.filter(pk=row.accepted_as_id).first()
        said = compared(OfList(row), None) if row.is_sound else None
        return self._row_page(request, "row_look", row, compared=said, case=case)

    def _compare_row(
        self,
        request: HttpRequest,
        row: Row,
        case: Prisoner | None,
        form: DecisionForm | None = None,
    ) -> HttpResponse:
        if not may_write(request, case):
            raise PermissionDenied
        form = form or form_for(request, OfList(row), case)
        facts, parts = form.rows()
        return self._row_page(
            request, "row_compare", row, case=case, form=form, facts=facts, parts=parts
        )

    def _decide_row(self, request: HttpRequest, row: Row) -> HttpResponse:
        address = reverse("admin:lists_list_change", args=[row.in_list_id])
        if request.POST.get("decision") == "leave_out":
            accepting.leave_out([row.pk], by=request.user)
            self.message_user(request, _("The row was left out."))
            return HttpResponseRedirect(address)
        chosen, case = chosen_case(request)
        if not chosen:
            return HttpResponseRedirect(request.path)
        if not may_write(request, case):
            raise PermissionDenied

        def accept(case: Prisoner | None, form: DecisionForm) -> Row:
            return accepting.accept_one(
                row.pk,
                case,
                form.decisions,
                by=request.user,
                reason=reason_given(request),
            )

        form, accepted, problems = decided_by_form(request, OfList(row), case, accept)
        if accepted is not None:
            self.message_user(request, accepted_in_words())
            return HttpResponseRedirect(address)
        row.refresh_from_db()
        if row.waits:
            if case is not None:
                case = Prisoner.objects.select_related("desk").get(pk=case.pk)
            return self._compare_row(request, row, case, form)
        messages.error(request, " ".join([_("Nothing was changed."), *problems]))
        return HttpResponseRedirect(request.path)

    def _row_page(
        self, request: HttpRequest, name: str, row: Row, **more: object
    ) -> HttpResponse:
        address = reverse("admin:lists_list_change", args=[row.in_list_id])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Row %(number)s") % {"number": row.number},
            "back_to": (row.in_list, address),
            "deciding_base": "admin/lists/row_base.html",
            "row": row,
            "may_bring": request.user.has_perm(BRING_LISTS),
            **more,
        }
        return TemplateResponse(request, f"admin/lists/{name}.html", context)
