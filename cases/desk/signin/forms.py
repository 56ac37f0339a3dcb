"""A code of an authenticator app is good for one sign-in.

allauth remembers a used code for half a minute, but our tolerance for clocks is a
minute and a half. Somebody who looked over a shoulder would have a minute left.
"""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache


class OnceOnly:
    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            good_for = 30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)  # seconds
            digits = "".join(filter(str.isdigit, code))
            key = f"code-used:{self.user.pk}:{digits}"
            if not cache.add(key, True, timeout=good_for):
                raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(OnceOnly, forms.AuthenticateForm):
    pass


class ReauthenticateForm(OnceOnly, forms.ReauthenticateForm):
    pass
