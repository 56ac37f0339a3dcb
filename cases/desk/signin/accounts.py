"""What administrators do to accounts.

Each act is in one transaction with the note of who did it, and why.
"""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from cases.desk.signin.models import AccountEvent, Act
from cases.desk.signin.sessions import SessionStore
from cases.history import acting
from cases.history.calling import call


class NotAllowed(ValidationError):
    """Nothing was done."""


def lock(account: User, *, by: User | None, reason: str) -> None:
    lock_all([account], by=by, reason=reason)


def lock_all(accounts: Iterable[User], *, by: User | None, reason: str) -> None:
    """Lock all accounts or none, and end their sessions.

    From the next request on, they let nobody in.
    """
    with transaction.atomic():
        for account in _hold(accounts, by):
            account.is_active = False
            account.save(update_fields=["is_active"])
            end_sessions(account)
            note(account, Act.LOCKED, by=by, reason=reason)


def unlock(account: User, *, by: User | None, reason: str) -> None:
    """Sessions end here, too: one may come from a sign-in that was under way."""
    with transaction.atomic():
        (account,) = _hold([account], by)
        account.is_active = True
        account.save(update_fields=["is_active"])
        end_sessions(account)
        note(account, Act.UNLOCKED, by=by, reason=reason)


def end_all_sessions(account: User, *, by: User | None, reason: str) -> None:
    with transaction.atomic():
        (account,) = _hold([account], by)
        end_sessions(account)
        note(account, Act.SESSIONS_ENDED, by=by, reason=reason)


def forget_second_factors(account: User, *, by: User | None, reason: str) -> None:
    """For people who lost their telephone and their recovery codes.

    The next sign-in leads to setting up a second factor.
    """
    with transaction.atomic():
        (account,) = _hold([account], by)
        Authenticator.objects.filter(user=account).delete()
        end_sessions(account)
        note(account, Act.FACTORS_FORGOTTEN, by=by, reason=reason)


def link_for_new_password(account: User, *, by: User | None, reason: str) -> str:
    """An address for one use within a day. Earlier ones stop working."""
    with transaction.atomic():
        (account,) = _hold([account], by)
        note(account, Act.LINK_MADE, by=by, reason=reason)
        uid = urlsafe_base64_encode(force_bytes(account.pk))
        return reverse("new_password", args=[uid, links.make_token(account)])


class Links(PasswordResetTokenGenerator):
    """Links for a new password. Any later act on the account ends them."""

    key_salt = "cases.signin.accounts.Links"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        events = AccountEvent.objects.filter(account=user)
        newest = events.values_list("pk", flat=True).first()
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{newest}"


links = Links()


def note(account: User, act: Act, *, by: User | None, reason: str = "") -> None:
    """`by` is None for the command line."""
    with acting(user=by):
        call("account_act(%s, %s, %s)", account.pk, act.value, reason)


def end_sessions(account: User) -> None:
    """End all sessions, also those that allauth does not list, and those that have
    expired by the clock of this machine: another may still take them.
    """
    for session in Session.objects.iterator():
        content = SessionStore(session.session_key).decode(session.session_data)
        if content.get(SESSION_KEY) == str(account.pk):
            session.delete()
    UserSession.objects.filter(user=account).delete()


def _hold(accounts: Iterable[User], by: User | None) -> list[User]:
    """Lock the accounts in the database, together with the account of who acts.

    So if two administrators lock each other at the same moment, only one succeeds, and
    one administrator is left.
    """
    numbers = {account.pk for account in accounts}
    if by is not None:
        if by.pk in numbers:
            raise NotAllowed(
                _("Nobody does this to their own account. Ask another administrator.")
            )
        numbers.add(by.pk)
    held = {}
    locked = User.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
    for account in locked:
        held[account.pk] = account
    if by is not None:
        actor = held.pop(by.pk)
        if not actor.is_active:
            raise NotAllowed(_("Your own account has just been locked."))
    return list(held.values())
