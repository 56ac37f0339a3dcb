"""What was approved, and what could not be published: to look at, never to edit."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases.admin.filters import KindFilter
from cases.models import Edition, PublishingFailure


class ReadOnlyAdmin(admin.ModelAdmin):
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("case"))
    def case(self, about: Any) -> str:
        url = reverse(f"admin:cases_{about.root_kind.replace('_', '')}_change", args=[about.root_id])
        return format_html('<a href="{}">{}</a>', url, str(about.root_id)[:8])


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ["case", "root_kind", "number", "version", "approved_by", "approved_at", "reason", "not_before"]
    list_display_links = ["number"]
    list_filter = [KindFilter, "approved_at"]
    list_select_related = ["approved_by"]
    search_fields = ["root_id"]
    show_full_result_count = False


@admin.register(PublishingFailure)
class PublishingFailureAdmin(ReadOnlyAdmin):
    list_display = ["case", "root_kind", "error", "failed_at"]
    list_display_links = ["error"]
    list_filter = [KindFilter]
    search_fields = ["root_id", "error"]
