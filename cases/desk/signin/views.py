"""One's own account: its password and sessions, and a new password by a link.

An administrator makes the link.
"""

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.desk.signin.accounts import links, note
from cases.desk.signin.language import choose
from cases.desk.signin.middleware import FACTORS
from cases.desk.signin.models import AccountEvent, Act

SHOWN = 10  # of the latest acts


@login_required
def own_account(request: HttpRequest) -> HttpResponse:
    """The page does not show the reasons that administrators gave for their acts."""
    user: Any = request.user
    factors = Authenticator.objects.filter(user=user, type__in=FACTORS)
    context = {
        "roles": list(user.groups.order_by("pk").values_list("name", flat=True)),
        "factors": factors.order_by("pk"),
        "sessions": UserSession.objects.purge_and_list(user),
        "events": AccountEvent.objects.filter(account=user)[:SHOWN],
    }
    return TemplateResponse(request, "signin/own_account.html", context)


@login_required
@require_POST
def own_language(request: HttpRequest) -> HttpResponse:
    """Back to the page where it was chosen. No other language than ours is kept."""
    user: Any = request.user
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        choose(request, user, language)
    following = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(following, {request.get_host()}):
        following = reverse("own_account")
    return HttpResponseRedirect(following)


class OwnSessions(ListUserSessionsView):
    def post(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        """End one session, or all but this one."""
        if "session" not in request.POST:
            return super().post(request, *args, **kwargs)
        for session in self.get_context_data()["sessions"]:
            if str(session.pk) == request.POST["session"] and not session.is_current():
                session.end()
                messages.info(request, _("That session has been ended."))
        return HttpResponseRedirect(self.success_url)


class OwnPassword(PasswordChangeView):
    def dispatch(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        """An account without a password gets one by an administrator's link."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class NewPassword(PasswordResetConfirmView):
    token_generator = links
    template_name = "signin/new_password.html"
    success_url = reverse_lazy("account_login")

    def get_user(self, uidb64: str) -> User | None:
        """A locked account gets no new password."""
        user = super().get_user(uidb64)
        if user and user.is_active:
            return user
        return None

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        assert self.user is not None  # a link that works is one account's
        note(self.user, Act.PASSWORD_CHANGED, by=self.user)
        messages.success(
            self.request, _("Your password has been set. Sign in with it.")
        )
        return response
