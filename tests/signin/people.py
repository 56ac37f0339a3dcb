"""People who sign in: with a password, and with codes as an authenticator app shows
them (RFC 6238).
"""

import base64
import hashlib
import hmac
import struct
import time
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import User
from django.test import Client

from cases.desk.signin import middleware
from cases.desk.signin.middleware import FACTOR_SHOWN, IN_THIS_SESSION

PASSWORD = "three grey herons"
SIGN_IN = "/admin/account/sign-in/"
CODE = "/admin/account/second-factor/authenticate/"
SET_UP = "/admin/account/second-factor/"


def make_account(name: str = "olga", **given: Any) -> User:
    return User.objects.create_user(
        name, password=PASSWORD, **{"is_staff": True, "is_superuser": True, **given}
    )


def with_app(account: User) -> str:
    """The key that the account's authenticator app keeps."""
    secret = generate_totp_secret()
    TOTP.activate(account, secret)
    return secret


def code(secret: str, steps: int = 0) -> str:
    """What the app shows now, or `steps` half minutes later."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def give_password(
    client: Client, password: str = PASSWORD, name: str = "olga", **extra: Any
) -> Any:
    return client.post(SIGN_IN, {"login": name, "password": password}, **extra)


def sign_in(account: User, secret: str, client: Client | None = None) -> Client:
    client = client or Client()
    assert give_password(client, name=account.username)["Location"] == CODE
    assert client.post(CODE, {"code": code(secret)})["Location"] == "/admin/"
    return client


def show_factor(account: User) -> UUID:
    """The account has a second factor, and has just shown it."""
    if not Authenticator.objects.filter(user=account).exists():
        with_app(account)
    return middleware.show_factor(account)


def signed_in(account: User) -> Client:
    """As by a second factor, without typing a code: one is good for one sign-in."""
    client = Client()
    client.force_login(account)
    session = client.session
    session[IN_THIS_SESSION] = account.pk
    session[FACTOR_SHOWN] = str(show_factor(account))
    session.save()
    return client
