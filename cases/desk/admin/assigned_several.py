"""Who works on the cases of a list: handed over all at once. Who works on each now is
shown first.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.desk.admin.several import listed, more_left, with_filters
from cases.desk.admin.working import MAY_WORK, who_may_view_cases
from cases.desk.casework.models import Assignment
from cases.desk.casework.todo import who_works_on
from cases.history import acting
from cases.models import Prisoner
from cases.named import named_on_each

MOST = 500  # cases that are handed over at once, and listed before


class HandOverForm(forms.Form):
    colleague = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label=gettext_lazy("Who works on them"),
        empty_label=gettext_lazy("nobody in particular"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["colleague"]
        field.queryset = who_may_view_cases()


@dataclass(frozen=True)
class Handover:
    """`before`: None is nobody in particular."""

    case: Prisoner
    before: User | None


class AssignedSeveral(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.assigning_view)
        own = path("assigning/", view, name="cases_prisoner_assigning")
        return [own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if request.user.has_perm(MAY_WORK):
            context["assigning_url"] = with_filters(request, "assigning")
        return super().changelist_view(request, context)

    def assigning_view(self, request: HttpRequest) -> HttpResponse:
        """Of what the list shows with the same filters."""
        if not request.user.has_perm(MAY_WORK):
            raise PermissionDenied
        cases = listed(self, request)
        if cases is None:
            return HttpResponseRedirect(reverse("admin:cases_prisoner_changelist"))
        form = HandOverForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return self._assigning_page(request, form, count=cases.count())
        colleague = form.cleaned_data["colleague"]
        chosen, left = _handed_over(cases, colleague)
        closed = _closed_to(colleague, chosen)
        seen = _token(colleague, chosen)
        if closed or not chosen or request.POST.get("seen") != seen:
            return self._assigning_page(
                request,
                form,
                count=cases.count(),
                chosen=chosen,
                left=left,
                closed=closed,
                colleague=colleague,
                seen=seen,
            )
        _hand_over(chosen, colleague, by=request.user)
        self.message_user(request, _told(len(chosen), left), messages.SUCCESS)
        page = "assigning" if left else "changelist"
        return HttpResponseRedirect(with_filters(request, page))

    def _assigning_page(
        self, request: HttpRequest, form: HandOverForm, **more: object
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who works on these cases"),
            "opts": self.opts,
            "form": form,
            "asked": request.method == "POST" and form.is_valid(),
            **more,
        }
        return TemplateResponse(request, "admin/cases/assigned_several.html", context)


def _handed_over(
    cases: QuerySet[Prisoner], colleague: User | None
) -> tuple[list[Handover], int]:
    """Those on which somebody else works, and how many more of these are left."""
    ids = list(cases.values_list("pk", flat=True))
    workers = who_works_on(ids)
    others = [case_id for case_id in ids if workers.get(case_id) != colleague]
    by_id = cases.in_bulk(others[:MOST])
    chosen = []
    for case_id in others[:MOST]:
        if case_id in by_id:  # else it was deleted in this moment
            chosen.append(Handover(by_id[case_id], workers.get(case_id)))
    return chosen, len(others[MOST:])


def _closed_to(colleague: User | None, chosen: Sequence[Handover]) -> list[Prisoner]:
    """Those that this colleague does not see."""
    if colleague is None:
        return []
    named = named_on_each([handover.case.pk for handover in chosen])
    closed = []
    for handover in chosen:
        staff = named.get(handover.case.pk)
        if staff is not None and colleague.pk not in staff:
            closed.append(handover.case)
    return closed


def _token(colleague: User | None, chosen: Sequence[Handover]) -> str:
    """Says of a confirmation what it has seen."""
    said = [str(colleague)]
    said += [f"{handover.case.pk} {handover.before}" for handover in chosen]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


@transaction.atomic
def _hand_over(chosen: Sequence[Handover], colleague: User | None, *, by: Any) -> None:
    with acting(user=by):
        Assignment.objects.bulk_create(
            Assignment(root_id=handover.case.pk, colleague=colleague, assigned_by=by)
            for handover in chosen
        )


def _told(count: int, left: int) -> str:
    words = ngettext(
        "%(n)s case was handed over.", "%(n)s cases were handed over.", count
    )
    return " ".join([words % {"n": count}, *more_left(left)])
