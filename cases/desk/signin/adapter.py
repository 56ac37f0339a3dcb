"""What allauth does otherwise here."""

import base64
import ipaddress
import logging
import secrets
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.throttling import BaseThrottle

logger = logging.getLogger(__name__)

UNKNOWN_ADDRESS = str(ipaddress.IPv6Address(0))
# It stands in a person's authenticator app, where somebody else may read it. So it does
# not say what the desk is about.
NEUTRAL_NAME = "Desk"


class Accounts(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("That name and password do not fit together."),
        "too_many_login_attempts": _(
            "Too many attempts. Wait a few minutes and try again."
        ),
        "incorrect_password": _("That is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address by which the read API counts, too.

        It is the last one that the caller could not invent: our own proxies wrote it.
        """
        address = BaseThrottle().get_ident(request)  # type: ignore[arg-type]
        try:
            return str(ipaddress.ip_address((address or "").strip()))
        except ValueError:
            return UNKNOWN_ADDRESS

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """A person who signed in a moment ago need not give the password again."""
        records = get_authentication_records(context.request, context.request.user)
        if records:
            seconds = time.time() - records[-1]["at"]
            if seconds < app_settings.REAUTHENTICATION_TIMEOUT:
                return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: object
    ) -> str:
        """allauth's own key begins with the Host header, which the caller writes.

        With another port in it, anybody could count from the start again.
        """
        return "sign-in:" + str(credentials.get("username", "")).lower()


class SecondFactors(DefaultMFAAdapter):
    """Second factors are encrypted, so a stolen copy of the database tells none."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error(
                "A second factor cannot be read:"
                " SECRET_KEY was changed, or the row was."
            )
            # No code fits this.
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_issuer(self) -> str:
        return NEUTRAL_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": NEUTRAL_NAME}

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        """allauth would give the e-mail address."""
        return user.get_username()

    def get_public_key_credential_user_entity(
        self, user: AbstractBaseUser
    ) -> dict[str, Any]:
        return {
            **super().get_public_key_credential_user_entity(user),
            "display_name": user.get_username(),
        }


def _box() -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=b"second factors").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(key))
