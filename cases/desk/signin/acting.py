"""The desk's pages on which administrators see how an account signs in, and act on it."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.signin import accounts
from cases.desk.signin.accounts import NotAllowed
from cases.desk.signin.models import AccountEvent

SHOWN = 50  # of the latest acts on an account
ACTS = {
    "lock": accounts.lock,
    "unlock": accounts.unlock,
    "end_sessions": accounts.end_all_sessions,
    "forget_second_factors": accounts.forget_second_factors,
    "link": accounts.link_for_new_password,
}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("Kept, with your name, for administrators."),
    )


class SigningIn:
    """For the admin of accounts. Whom one may act on, is whom one may change."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.sign_in_page)  # type: ignore[attr-defined]
        urls: list[Any] = super().get_urls()  # type: ignore[misc]
        return [
            path("<path:object_id>/sign-in/", view, name="auth_user_sign_in"),
            *urls,
        ]

    def sign_in_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        model_admin: Any = self
        me: Any = request.user
        if not model_admin.has_change_permission(request):
            raise PermissionDenied
        account = model_admin.get_object(request, object_id)
        if account is None:
            return model_admin._get_obj_does_not_exist_redirect(
                request, User._meta, object_id
            )
        if not model_admin.has_change_permission(request, account):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        link = ""
        if (
            request.method == "POST"
            and request.POST.get("act") in ACTS
            and form.is_valid()
        ):
            try:
                link = (
                    ACTS[request.POST["act"]](
                        account, by=me, reason=form.cleaned_data["reason"]
                    )
                    or ""
                )
            except NotAllowed as refusal:
                form.add_error(None, refusal)
            else:
                if not link:
                    messages.success(request, _("Done."))
                    return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Signing in: %s") % account.get_username(),
            "opts": User._meta,
            "account": account,
            "own": account == me,
            "form": form,
            "link": request.build_absolute_uri(link) if link else "",
            "factors": Authenticator.objects.filter(user=account).order_by("pk"),
            "sessions": UserSession.objects.purge_and_list(account),
            "events": AccountEvent.objects.filter(account=account)[:SHOWN],
        }
        return TemplateResponse(request, "admin/signin/account.html", context)

    @admin.display(description=gettext_lazy("signing in"))
    def signing_in(self, account: User) -> str:
        url = reverse("admin:auth_user_sign_in", args=[account.pk])
        words = _("Lock, unlock, sessions, second factor, link for a new password")
        return format_html('<a href="{}">{}</a>', url, words)

    @admin.action(
        description=gettext_lazy("Lock these accounts and end their sessions"),
        permissions=["change"],
    )
    def lock_accounts(
        self, request: HttpRequest, chosen: QuerySet[User]
    ) -> HttpResponse | None:
        """All of them or none."""
        model_admin: Any = self
        me: Any = request.user
        if not all(
            model_admin.has_change_permission(request, account) for account in chosen
        ):
            raise PermissionDenied
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            try:
                accounts.lock_all(chosen, by=me, reason=form.cleaned_data["reason"])
            except NotAllowed as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("Locked. Their sessions have ended."))
                return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": _("Lock accounts"),
            "opts": User._meta,
            "chosen": chosen,
            "form": form,
        }
        return TemplateResponse(request, "admin/signin/lock.html", context)
