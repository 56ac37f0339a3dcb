"""Who works at the desk. Nobody gives an account more than they may do themselves:
cases/desk/roles.py.

Accounts are never deleted, for the history names them; one that is not active lets
nobody in.
"""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk import roles
from cases.desk.admin.filters import RelatedFilter
from cases.desk.permissions import CHANGE_ACCOUNTS
from cases.desk.signin.acting import SigningIn

apps.get_app_config("auth").verbose_name = gettext_lazy("People")
admin.site.unregister(User)
admin.site.unregister(Group)


class AccountForm(forms.ModelForm):
    """Nobody takes from their own account what they may do, so there is always an
    administrator left.
    """

    actor: User

    def clean(self) -> dict[str, Any]:
        """Both accounts are held: of two administrators who take the role from each
        other at once, one does.
        """
        cleaned: dict[str, Any] = super().clean() or {}
        accounts = User.objects.select_for_update().filter(pk__in=self._account_ids())
        held = {account.pk: account for account in accounts.order_by("pk")}
        actor = held[self.actor.pk]
        if not actor.has_perm(CHANGE_ACCOUNTS):
            raise ValidationError(
                _(
                    "You have just lost the right to change accounts. Nothing was changed."
                )
            )
        if self.instance == actor:
            self._keep(actor)
        return cleaned

    def _account_ids(self) -> list[int]:
        return [pk for pk in (self.instance.pk, self.actor.pk) if pk is not None]

    def _keep(self, actor: User) -> None:
        groups = self.cleaned_data.get("groups")
        if groups is not None:
            for group in actor.groups.exclude(pk__in=groups.values("pk")):
                self.add_error(
                    "groups",
                    _(
                        "Nobody takes a role from their own account: %s. Ask another administrator."
                    )
                    % roles.called(group),
                )
        for name in ("is_superuser", "is_staff"):
            if (
                name in self.cleaned_data
                and getattr(actor, name)
                and not self.cleaned_data[name]
            ):
                self.add_error(
                    name,
                    _(
                        "Nobody takes this from their own account. Ask another administrator."
                    ),
                )


class RoleFilter(RelatedFilter):
    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> list[Any]:
        return [(group.pk, roles.called(group)) for group in Group.objects.all()]


@admin.register(User)
class AccountAdmin(SigningIn, UserAdmin):
    form = AccountForm
    add_form = forms.ModelForm
    add_form_template = None
    fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "email"]}),
        (gettext_lazy("What they may do"), {"fields": ["groups"]}),
    ]
    for_superusers = (
        gettext_lazy("Beyond the roles"),
        {"fields": ["is_superuser", "is_staff"]},
    )
    add_fieldsets = [
        (
            None,
            {
                "fields": ["username", "first_name", "last_name", "email", "groups"],
                "description": gettext_lazy(
                    "The person sets the password, by a link that you make on the next page."
                ),
            },
        )
    ]
    explained = {
        "groups": gettext_lazy(
            "A reviewer may do what a documenter may, an administrator what a reviewer may."
        ),
        "is_active": gettext_lazy(
            "An account that is locked lets nobody in. It stays: the history names it."
        ),
    }
    list_display = [
        "username",
        "first_name",
        "last_name",
        "roles",
        "is_active",
        "last_login",
    ]
    list_filter = ["is_active", ("groups", RoleFilter)]
    # What is done to the accounts chosen in the list. Each action asks
    # has_change_permission of every one of them.
    actions = ["lock_accounts"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        signing_in = ["is_active", "last_login", "date_joined"]
        if self.has_change_permission(request, obj):
            signing_in.append("signing_in")
        fieldsets = [*self.fieldsets, (_("Signing in"), {"fields": signing_in})]
        if request.user.is_superuser:
            fieldsets.append(self.for_superusers)
        return fieldsets

    def get_form(
        self,
        request: HttpRequest,
        obj: User | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        explained = dict(self.explained)
        if obj:
            explained["username"] = gettext_lazy(
                "It cannot be changed: the history uses it to say who did what."
            )
        words = {"labels": {"groups": _("Roles")}, "help_texts": explained}
        form: Any = super().get_form(
            request, obj, **{"change": change, **words, **kwargs}
        )
        form.actor = request.user
        return form

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> list[str]:
        if obj is None:
            return []
        fixed = ["username", "signing_in", "is_active", "last_login", "date_joined"]
        if not obj.is_superuser:
            fixed.append("is_superuser")  # the database leaves that to its owner
        return fixed

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or roles.is_within(obj, request.user)
        )

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return False

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = roles.groups_to_give(request.user)
            kwargs["widget"] = forms.CheckboxSelectMultiple(attrs={"class": "codes"})
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.label_from_instance = roles.called
        return field

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        """An account that is made here is for the desk."""
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:auth_user_sign_in", obj.pk)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Nobody types another's password."""
        return redirect("admin:auth_user_sign_in", id)

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, account: User) -> str:
        if account.is_superuser:
            return _("everything")
        return ", ".join(roles.called(group) for group in account.groups.all())


@admin.register(Group)
class OwnGroupAdmin(GroupAdmin):
    """Groups beside the roles, for superusers: whoever makes a group could give
    themselves everything.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        return request.user.is_superuser and getattr(obj, "name", "") not in roles.ROLES

    def has_delete_permission(
        self, request: HttpRequest, obj: Group | None = None
    ) -> bool:
        return self.has_change_permission(request, obj)
