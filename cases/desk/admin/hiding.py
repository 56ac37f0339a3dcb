"""Hiding a case at once: a button on its page and in each row of the list, and the page
that answers. docs/editing.md, “Hiding a case at once”
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases.desk.permissions import APPROVE, HIDE
from cases.models import Prisoner
from cases.publishing.sight import is_out_of_sight
from cases.review.hiding import hide
from cases.review.returning import LINES, hidings
from cases.triggers.consents import CASE


class Hideable(admin.ModelAdmin):
    """For the admin of prisoners. Who may only view a case may hide it, too."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "<id:root_id>/hide/",
                view(require_POST(self.hide_view)),
                name="cases_prisoner_hide",
            ),
            path(
                "<id:root_id>/hidden/",
                view(self.hidden_view),
                name="cases_prisoner_hidden",
            ),
            *super().get_urls(),
        ]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = list(super().get_list_display(request))
        if request.user.has_perm(HIDE) and IS_POPUP_VAR not in request.GET:
            # Beside the name: on a telephone it is there without moving the table.
            columns.insert(1, "hide_now")
        return columns

    @admin.display(description=gettext_lazy("at once"))
    def hide_now(self, prisoner: Prisoner) -> str:
        """The list stands in a form of its own, with a token against forged ones."""
        if prisoner.is_hidden:
            return _("hidden")
        return format_html(
            '<button type="submit" class="hide-now" formaction="{}" aria-label="{}">{}</button>',
            reverse("admin:cases_prisoner_hide", args=[prisoner.pk]),
            _("Hide %(case)s now") % {"case": prisoner},
            _("Hide now"),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        prisoner = context.get("original")
        if prisoner and not context["is_popup"]:
            context["hiding"] = self._hiding(request, prisoner)
        return super().render_change_form(request, context, *args, **kwargs)

    def hide_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        """Whatever else is typed or changed at the moment: no version is asked for."""
        if not (self.has_view_permission(request) and request.user.has_perm(HIDE)):
            raise PermissionDenied
        if not hide(root_id, by=request.user):
            raise Http404
        return HttpResponseRedirect(
            reverse("admin:cases_prisoner_hidden", args=[root_id])
        )

    def hidden_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        """What happened, and what comes next."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        prisoner = get_object_or_404(
            Prisoner.objects.select_related("desk", "merged_into__desk"), pk=root_id
        )
        cases = [prisoner]
        if prisoner.merged_into:
            cases.append(prisoner.merged_into)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Hidden at once"),
            "opts": self.opts,
            "prisoner": prisoner,
            "hiding": self._hiding(request, prisoner),
            "out_of_sight": is_out_of_sight([case.pk for case in cases]),
            "required": settings.REQUIRE_REVIEW,
            "line": LINES[CASE],
            "cases_shown": [case.pk for case in cases],
        }
        return TemplateResponse(request, "admin/cases/hidden.html", context)

    def _hiding(self, request: HttpRequest, prisoner: Prisoner) -> dict[str, Any]:
        # Where a merged case leads is what there is to approve.
        seen = prisoner.merged_into or prisoner
        return {
            "may": request.user.has_perm(HIDE),
            "url": reverse("admin:cases_prisoner_hide", args=[prisoner.pk]),
            "is_hidden": prisoner.is_hidden,
            "times": hidings(prisoner) if prisoner.is_hidden else [],
            "line": LINES[CASE],
            "review_url": reverse("admin:cases_prisoner_review", args=[seen.pk]),
            "may_approve": request.user.has_perm(APPROVE),
        }
