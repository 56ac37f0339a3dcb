"""What was approved, and what could not be published: to look at, never to edit."""

from django.contrib import admin

from cases.desk.admin.filters import KindFilter
from cases.desk.read_only import ReadOnlyAdmin
from cases.models import Edition, PublishingFailure


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
