"""A password alone lets nobody at the desk.

allauth asks for a second factor only if the account has one. This asks for the rest.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.history import acting
from cases.history.calling import call
from tracker.api.problems import problem

# Recovery codes are a spare for these.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
IN_THIS_SESSION = "second_factor"
FACTOR_SHOWN = "second_factor_shown"

# Nor does it need a factor to choose a language.
LEAVING = {"account_logout", "admin:logout", "own_language"}
SETTING_UP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    *LEAVING,
}
SHOWING = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn", *LEAVING}


def shown(request: HttpRequest, user: User) -> None:
    """From now on, this session counts as opened by a second factor."""
    request.session[IN_THIS_SESSION] = user.pk
    request.session[FACTOR_SHOWN] = str(show_factor(user))


def show_factor(user: User) -> UUID:
    """The database keeps it for whoever acts."""
    number = uuid4()
    with acting(user=user):
        call("account_factor_shown(%s)", number)
    return number


def factor_shown(request: HttpRequest) -> UUID | None:
    """The second factor that this session showed last, whatever settings ask for."""
    user: Any = request.user
    shown_last = request.session.get(FACTOR_SHOWN)
    if shown_last is None or request.session.get(IN_THIS_SESSION) != user.pk:
        return None
    return UUID(shown_last)


class RequireSecondFactor:
    """Asks each session for a second factor, not only each account.

    A session may have begun by password alone, before the account had a second factor.
    It may be the session of somebody who knows nothing but the password.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if not settings.REQUIRE_SECOND_FACTOR:
            return None
        if not request.path_info.startswith(settings.DESK_ADDRESSES):
            return None
        if getattr(request, "has_list_token", False):
            return None  # no session: lists alone are open (cases/desk/lists/door.py)
        user: Any = request.user
        if not user.is_authenticated:
            return None
        has_factor = is_mfa_enabled(user, FACTORS)
        if has_factor and request.session.get(IN_THIS_SESSION) == user.pk:
            return None
        allowed = SETTING_UP
        if has_factor:
            allowed = SHOWING
        match = request.resolver_match
        if match and match.view_name in allowed:
            return None
        if request.path_info.startswith("/api/"):
            refuse = problem(403, _("Sign in at the desk with a second factor first."))
            return refuse(request)
        if not has_factor:
            return HttpResponseRedirect(reverse("mfa_index"))
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{query}")
