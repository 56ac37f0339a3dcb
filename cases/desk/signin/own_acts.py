"""Notes what people do to their own accounts, and their use of a second factor."""

from allauth.account.signals import password_changed
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.http import HttpRequest

from cases.desk.signin.accounts import note
from cases.desk.signin.middleware import FACTORS, shown
from cases.desk.signin.models import Act


def connect() -> None:
    signals.authenticator_used.connect(_used)
    signals.authenticator_added.connect(_added)
    signals.authenticator_removed.connect(_removed)
    signals.authenticator_reset.connect(_codes_made)
    password_changed.connect(_password_changed)


def _used(request: HttpRequest, user: User, **_: object) -> None:
    shown(request, user)


def _added(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: object
) -> None:
    if authenticator.type in FACTORS:
        shown(request, user)
        note(user, Act.FACTOR_ADDED, by=user)


def _removed(user: User, authenticator: Authenticator, **_: object) -> None:
    if authenticator.type in FACTORS:
        note(user, Act.FACTOR_REMOVED, by=user)


def _codes_made(user: User, **_: object) -> None:
    note(user, Act.CODES_MADE, by=user)


def _password_changed(user: User, **_: object) -> None:
    note(user, Act.PASSWORD_CHANGED, by=user)
