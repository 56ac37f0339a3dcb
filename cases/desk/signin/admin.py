"""What was done to accounts, for reading.

allauth brings lists of its own, in which one could type in keys and sessions. We take
them out.
"""

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401 - it registers what we take out below
from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest

from cases.desk.signin.models import AccountEvent

for label in ("account", "mfa", "usersessions"):
    for model in apps.get_app_config(label).get_models():
        if admin.site.is_registered(model):
            admin.site.unregister(model)


@admin.register(AccountEvent)
class AccountEventAdmin(admin.ModelAdmin):
    list_display = ["at", "account_name", "act", "by_name", "reason"]
    list_display_links = None
    list_filter = ["act", "at"]
    search_fields = ["account_name", "by_name"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: AccountEvent | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: AccountEvent | None = None
    ) -> bool:
        return False
