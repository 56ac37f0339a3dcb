"""One's own sessions, and a new password by the link that an administrator made."""

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from cases.signin.accounts import links, note
from cases.signin.models import Act


class OwnSessions(ListUserSessionsView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One of them, or all but this one."""
        if "session" not in request.POST:
            return super().post(request, *args, **kwargs)
        for session in self.get_context_data()["sessions"]:
            if str(session.pk) == request.POST["session"] and not session.is_current():
                session.end()
                messages.info(request, _("That session has been ended."))
        return HttpResponseRedirect(self.success_url)


class OwnPassword(PasswordChangeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever has none, gets one by an administrator's link."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class NewPassword(PasswordResetConfirmView):
    token_generator = links
    template_name = "signin/new_password.html"
    success_url = reverse_lazy("account_login")

    def get_user(self, uidb64: str) -> Any:
        """A locked account gets no new password."""
        user: Any = super().get_user(uidb64)
        return user if user and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        note(self.user, Act.PASSWORD_CHANGED, by=self.user)
        messages.success(self.request, _("Your password has been set. Sign in with it."))
        return response
