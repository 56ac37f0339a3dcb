"""Pages of the admin that are there to be looked at, never to edit."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases.desk.calling import NamedList


class ReadOnlyAdmin(admin.ModelAdmin):
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_changelist(
        self, request: HttpRequest, **kwargs: object
    ) -> type[ChangeList]:
        return NamedList

    @admin.display(description=_("case"))
    def case(self, about: Any) -> str:
        url = reverse(
            f"admin:cases_{about.root_kind.replace('_', '')}_change",
            args=[about.root_id],
        )
        return format_html('<a href="{}">{}</a>', url, *about.called)
