"""The desk's pages on how an account signs in, where administrators act on it."""

from collections.abc import Callable
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
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.signin import accounts
from cases.desk.signin.accounts import NotAllowed
from cases.desk.signin.models import AccountEvent

SHOWN = 50  # of the latest acts on an account
ACTS: dict[str, Callable[..., str | None]] = {
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


class SigningIn(admin.ModelAdmin):
    """For the admin of accounts. One may act on those whom one may change."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.sign_in_page)
        address = "<path:object_id>/sign-in/"
        return [path(address, view, name="auth_user_sign_in"), *super().get_urls()]

    def sign_in_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        account = self.get_object(request, object_id)
        if account is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, User._meta, object_id
            )
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        act = ACTS.get(request.POST.get("act", ""))
        link = ""
        if act and form.is_valid():
            actor: Any = request.user
            reason = form.cleaned_data["reason"]
            try:
                address = act(account, by=actor, reason=reason)
            except NotAllowed as refusal:
                form.add_error(None, refusal)
            else:
                if not address:
                    messages.success(request, _("Done."))
                    return redirect(request.path)
                link = request.build_absolute_uri(address)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Signing in: %s") % account.get_username(),
            "opts": User._meta,
            "account": account,
            "own": account == request.user,
            "form": form,
            "link": link,
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
        """All accounts or none."""
        for account in chosen:
            if not self.has_change_permission(request, account):
                raise PermissionDenied
        form = ReasonForm()
        if "reason" in request.POST:
            form = ReasonForm(request.POST)
        if form.is_valid():
            actor: Any = request.user
            try:
                accounts.lock_all(chosen, by=actor, reason=form.cleaned_data["reason"])
            except NotAllowed as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("Locked. Their sessions have ended."))
                return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Lock accounts"),
            "opts": User._meta,
            "chosen": chosen,
            "form": form,
        }
        return TemplateResponse(request, "admin/signin/lock.html", context)
