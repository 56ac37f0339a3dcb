"""Nobody is at the desk by password alone: allauth asks for a second factor only where
there is one.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.api.problems import problem

FACTORS = [
    Authenticator.Type.TOTP,
    Authenticator.Type.WEBAUTHN,
]  # recovery codes are a spare for these
IN_THIS_SESSION = "second_factor"

LEAVING = {"account_logout", "admin:logout"}
SETTING_UP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    *LEAVING,
}
SHOWING = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn", *LEAVING}


def shown(request: HttpRequest, user: Any) -> None:
    """From now on this session counts as one that a second factor opened."""
    request.session[IN_THIS_SESSION] = user.pk


class RequireSecondFactor:
    """Asked of each session, too: one that began by password alone, before the account
    had a second factor, may be that of somebody who knows nothing but the password.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if not settings.REQUIRE_SECOND_FACTOR or not request.path_info.startswith(
            settings.DESK_ADDRESSES
        ):
            return None
        user: Any = request.user
        if not user.is_authenticated:
            return None
        has_one = is_mfa_enabled(user, FACTORS)
        if has_one and request.session.get(IN_THIS_SESSION) == user.pk:
            return None
        match = request.resolver_match
        if match and match.view_name in (SHOWING if has_one else SETTING_UP):
            return None
        if request.path_info.startswith("/api/"):
            return problem(403, _("Sign in at the desk with a second factor first."))(
                request
            )
        if not has_one:
            return HttpResponseRedirect(reverse("mfa_index"))
        return HttpResponseRedirect(
            f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}"
        )
