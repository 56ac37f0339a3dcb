"""Sign-ins in the access log: who, when, and whether they were let in.

What was typed is not kept: neither the password or code, nor a name that is no
account's, which may be a password in the wrong box.
"""

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.db import connection
from django.http import HttpRequest

from cases.desk.access.models import Act
from cases.desk.middleware import id_from_proxy

# One statement, whether or not there is such an account: the time of the answer must
# not tell.
_LOG = """
    INSERT INTO access_accessevent
        (user_id, username, act, kind, record_id, page, asked, reason, request_id)
    SELECT id, username, %s, '', '', 'admin/account/', '', '', %s
    FROM auth_user WHERE username = %s
"""


def connect() -> None:
    user_logged_in.connect(_signed_in)
    user_login_failed.connect(_wrong_password)
    authentication_failed.connect(_wrong_code)


def _signed_in(request: HttpRequest, user: User, **_: object) -> None:
    """Who cannot be logged is not let in: the error ends the request."""
    _log(Act.SIGNED_IN, user.get_username(), request)


def _wrong_password(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_: object
) -> None:
    name = str(credentials.get("username", ""))
    if "\0" not in name:
        _log(Act.NOT_LET_IN, name, request)


def _wrong_code(request: HttpRequest, user: User, **_: object) -> None:
    _log(Act.NOT_LET_IN, user.get_username(), request)


def _log(act: Act, username: str, request: HttpRequest | None) -> None:
    request_id = id_from_proxy(request) if request else ""
    with connection.cursor() as cursor:
        cursor.execute(_LOG, [act.value, request_id, username])
