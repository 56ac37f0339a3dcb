"""What allauth is told to do otherwise."""

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
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.throttling import BaseThrottle

logger = logging.getLogger(__name__)

UNKNOWN_ADDRESS = str(ipaddress.IPv6Address(0))
# Stands in the person's authenticator app, where somebody else may read it: it must not
# say what the desk is about.
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
        """As the read API counts: the last address that none of our own proxies could
        have been told by the caller.
        """
        given = BaseThrottle().get_ident(request)  # type: ignore[arg-type]
        try:
            return str(ipaddress.ip_address((given or "").strip()))
        except ValueError:
            return UNKNOWN_ADDRESS

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago, is not asked for the password again."""
        records = get_authentication_records(context.request, context.request.user)
        at_once = (
            records
            and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
        )
        return not at_once and super().is_reauthentication_required(app=app, **kwargs)

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: Any
    ) -> str:
        """allauth's own begins with the Host header, with whose port anybody could
        count from the start again.
        """
        return "sign-in:" + str(credentials.get("username", "")).lower()


class SecondFactors(DefaultMFAAdapter):
    """A stolen copy of the database alone gives away no second factor: what they are
    made of is encrypted.
    """

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error(
                "A second factor cannot be read: SECRET_KEY was changed, or the row was."
            )
            return base64.b32encode(
                secrets.token_bytes(20)
            ).decode()  # that no code fits

    def get_totp_issuer(self) -> str:
        return NEUTRAL_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": NEUTRAL_NAME}

    def _get_user_identifier(self, user: Any) -> str:
        """Not the e-mail address, as allauth has it."""
        return str(user.get_username())

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {
            **super().get_public_key_credential_user_entity(user),
            "display_name": user.get_username(),
        }


def _box() -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=b"second factors").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(key))
