"""The lists that were brought in, and the page of one: what its rows come to, accepted
all at once, some, or one by one.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.desk.admin.forms import ReasonField, reason_given
from cases.desk.choosing import ChoiceFilter
from cases.desk.lists import accepting, showing
from cases.desk.lists.bringing_pages import BringingPages
from cases.desk.lists.comparing import compare
from cases.desk.lists.going_on import for_some_seconds
from cases.desk.lists.models import List, Row, RowState, Verdict
from cases.desk.lists.row_pages import RowPages
from cases.desk.permissions import BRING_LISTS, may
from cases.desk.proposals.writing import Refused
from cases.desk.read_only import ReadOnlyAdmin
from cases.models import Prisoner
from cases.review.rule import saving_approves

ON_A_PAGE = 50  # rows
# Which rows may be accepted all at once, by their verdict. Who may be somebody on record
# is looked at.
AT_ONCE = (Verdict.NEW, Verdict.DIFFERS, Verdict.SAME)


class TodoFilter(ChoiceFilter):
    title = gettext_lazy("to do")
    parameter_name = "todo"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return [("rows", gettext_lazy("rows wait to be decided"))]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(showing.has_rows_that_wait())


@admin.register(List)
class ListAdmin(BringingPages, RowPages, ReadOnlyAdmin):
    list_display = ["title", "owner", "brought_at", "brought_by", "waiting"]
    list_filter = [TodoFilter]
    list_select_related = ["brought_by"]
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    search_fields = ["title", "owner"]
    show_full_result_count = False

    class Media:
        css = {"all": ["cases/desk.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(BRING_LISTS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[List]:
        lists: QuerySet[List] = super().get_queryset(request)
        return lists.defer("content")

    @admin.display(description=gettext_lazy("rows that wait"))
    def waiting(self, in_list: List) -> int:
        return in_list.rows.filter(state=RowState.WAITING).count()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not (
            self.has_view_permission(request)
            and request.user.has_perm(may("view", Prisoner))
        ):
            raise PermissionDenied
        try:
            lists = List.objects.defer("content").select_related("brought_by")
            in_list = get_object_or_404(lists, pk=object_id)
        except ValidationError as not_an_id:
            raise Http404 from not_an_id
        if request.method == "POST":
            if not request.user.has_perm(BRING_LISTS):
                raise PermissionDenied
            return self._act(request, in_list)
        may_bring = request.user.has_perm(BRING_LISTS)
        if not in_list.rows.exists() and in_list.content_is_kept and may_bring:
            return HttpResponseRedirect(
                reverse("admin:lists_list_columns", args=[in_list.pk])
            )
        if in_list.rows.filter(verdict=None, state=RowState.WAITING).exists():
            return self._go_on(request, in_list, "compare")
        return self._preview(request, in_list)

    def _preview(self, request: HttpRequest, in_list: List) -> HttpResponse:
        may_bring = request.user.has_perm(BRING_LISTS)
        kinds = showing.kinds(in_list)
        code = request.GET.get("show", "")
        rows = showing.rows_of_kind(in_list, code)
        page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("p"))
        at_once = [kind for kind in kinds if kind.code in AT_ONCE]
        return self._list_page(
            request,
            "preview",
            in_list,
            kinds=kinds,
            show=code,
            page=page,
            rows=showing.shown(page),
            unread=showing.unread(in_list),
            counted=accepting.counted(in_list),
            hindrances=accepting.hindrances(in_list),
            at_once=at_once,
            approves=saving_approves(),
            may_bring=may_bring,
            may_read_anew=may_bring and in_list.can_be_read_anew,
            reason=ReasonField(required=False),
        )

    def _act(self, request: HttpRequest, in_list: List) -> HttpResponse:
        decision = request.POST.get("decision", "")
        here = reverse("admin:lists_list_change", args=[in_list.pk])
        if decision == "compare":
            for_some_seconds(compare(in_list))
            return HttpResponseRedirect(here)
        chosen = _chosen(request, in_list)
        if decision == "leave_out":
            count = accepting.leave_out(chosen, by=request.user)
            self.message_user(request, _left_out(count))
            return HttpResponseRedirect(here)
        if not _may_accept(request):
            raise PermissionDenied
        rows = in_list.rows.filter(pk__in=chosen)
        verdict = decision.removeprefix("all_")
        if verdict in AT_ONCE:
            rows = showing.rows_of_kind(in_list, verdict)
        try:
            batches = accepting.accept(
                rows, by=request.user, reason=reason_given(request)
            )
            for_some_seconds(batches)
        except Refused as refused:
            words = [_("Nothing of these rows was accepted."), *refused.sentences]
            messages.error(request, " ".join(words))
            return HttpResponseRedirect(here)
        if rows.filter(state=RowState.WAITING).exists():
            return self._go_on(request, in_list, decision)
        count = in_list.rows.filter(state=RowState.ACCEPTED).count()
        self.message_user(request, _accepted(count))
        return HttpResponseRedirect(here)

    def _go_on(
        self, request: HttpRequest, in_list: List, decision: str
    ) -> HttpResponse:
        """A page that asks for the rest by itself."""
        rows = in_list.rows.all()
        left = rows.filter(state=RowState.WAITING)
        if decision == "compare":
            left = left.filter(verdict=None)
        total = rows.count()
        return self._list_page(
            request,
            "going_on",
            in_list,
            decision=decision,
            reason=reason_given(request),
            done=total - left.count(),
            total=total,
        )

    def _list_page(
        self, request: HttpRequest, name: str, in_list: List, **more: object
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": in_list.title,
            "in_list": in_list,
            **more,
        }
        return TemplateResponse(request, f"admin/lists/{name}.html", context)


def _chosen(request: HttpRequest, in_list: List) -> list[int]:
    """Those of this list that were ticked."""
    numbers = [
        int(number) for number in request.POST.getlist("row") if number.isdecimal()
    ]
    rows = Row.objects.filter(in_list=in_list, number__in=numbers[:ON_A_PAGE])
    return list(rows.values_list("pk", flat=True))


def _may_accept(request: HttpRequest) -> bool:
    """As a whole, rows make cases and change them."""
    user = request.user
    return user.has_perm(may("add", Prisoner)) and user.has_perm(
        may("change", Prisoner)
    )


def _accepted(count: int) -> str:
    words = ngettext(
        "%(n)s row of this list is accepted.",
        "%(n)s rows of this list are accepted.",
        count,
    )
    return words % {"n": count}


def _left_out(count: int) -> str:
    words = ngettext("%(n)s row was left out.", "%(n)s rows were left out.", count)
    return words % {"n": count}
