"""Sign-ins in the access log: who, when, and whether they were let in.

What was typed is not kept: neither the password or code, nor a name that is no
account's, which may be a password in the wrong box.
"""

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from cases.desk.middleware import id_from_proxy
from cases.history import acting
from cases.history.calling import call


def connect() -> None:
    user_logged_in.connect(_signed_in)
    user_login_failed.connect(_wrong_password)
    authentication_failed.connect(_wrong_code)


def _signed_in(request: HttpRequest, user: User, **_: object) -> None:
    """Who cannot be logged is not let in: the error ends the request."""
    with acting(user=user):
        call("access_signed_in(%s)", id_from_proxy(request))


def _wrong_password(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_: object
) -> None:
    """One statement, whether or not there is such an account: the time of the answer
    must not tell.
    """
    name = str(credentials.get("username", ""))
    if "\0" not in name:
        _not_let_in(name, request)


def _wrong_code(request: HttpRequest, user: User, **_: object) -> None:
    _not_let_in(user.get_username(), request)


def _not_let_in(username: str, request: HttpRequest | None) -> None:
    request_id = id_from_proxy(request) if request else ""
    call("access_not_let_in(%s, %s)", username, request_id)
