"""What was approved, and what could not be published: to look at, never to edit."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from cases.desk.admin.filters import KindFilter
from cases.desk.read_only import ReadOnlyAdmin
from cases.models import Edition, PublishingFailure
from cases.publishing import health


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = [
        "case",
        "root_kind",
        "number",
        "version",
        "approved_by",
        "approved_at",
        "reason",
        "not_before",
    ]
    list_display_links = ["number"]
    list_filter = [KindFilter, "approved_at"]
    list_select_related = ["approved_by"]
    search_fields = ["root_id"]
    show_full_result_count = False


@admin.register(PublishingFailure)
class PublishingFailureAdmin(ReadOnlyAdmin):
    change_list_template = "admin/cases/failures.html"
    list_display = [
        "case",
        "root_kind",
        "error",
        "failed_at",
        "tries",
        "retry_at",
        "is_withdrawal",
    ]
    list_display_links = ["error"]
    list_filter = [KindFilter]
    search_fields = ["root_id", "error"]

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.health_view)
        return [path("health/", page, name="publishing_health"), *super().get_urls()]

    def health_view(self, request: HttpRequest) -> HttpResponse:
        """What the figures say (config/figures.py), in words."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("How publishing does"),
            "opts": self.opts,
            "health": health.ask(),
        }
        return TemplateResponse(request, "admin/cases/health.html", context)
