"""What administrators do to accounts: each act in one transaction with its record of
who did it, and why.
"""

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from cases.desk.signin.models import AccountEvent, Act


class NotAllowed(ValidationError):
    """Nothing was done."""


def lock(account: User, *, by: User | None, reason: str) -> None:
    lock_all([account], by=by, reason=reason)


def lock_all(chosen: Iterable[User], *, by: User | None, reason: str) -> None:
    """From the next request on, nobody is let in by them; what runs, finds its session
    gone. All of them or none.
    """
    with transaction.atomic():
        for account in _held(chosen, by):
            account.is_active = False
            account.save(update_fields=["is_active"])
            end_sessions(account)
            note(account, Act.LOCKED, by=by, reason=reason)


def unlock(account: User, *, by: User | None, reason: str) -> None:
    """A sign-in that was under way when it was locked, may have left a session: it
    goes, too.
    """
    with transaction.atomic():
        (account,) = _held([account], by)
        account.is_active = True
        account.save(update_fields=["is_active"])
        end_sessions(account)
        note(account, Act.UNLOCKED, by=by, reason=reason)


def end_all_sessions(account: User, *, by: User | None, reason: str) -> None:
    with transaction.atomic():
        (account,) = _held([account], by)
        end_sessions(account)
        note(account, Act.SESSIONS_ENDED, by=by, reason=reason)


def forget_second_factors(account: User, *, by: User | None, reason: str) -> None:
    """For who lost the telephone and the recovery codes. The next sign-in leads to
    setting one up.
    """
    with transaction.atomic():
        (account,) = _held([account], by)
        Authenticator.objects.filter(user=account).delete()
        end_sessions(account)
        note(account, Act.FACTORS_FORGOTTEN, by=by, reason=reason)


def link_for_new_password(account: User, *, by: User | None, reason: str) -> str:
    """An address, good for a day and for one use; earlier ones stop working."""
    with transaction.atomic():
        (account,) = _held([account], by)
        note(account, Act.LINK_MADE, by=by, reason=reason)
        uid = urlsafe_base64_encode(force_bytes(account.pk))
        return reverse("new_password", args=[uid, links.make_token(account)])


class Links(PasswordResetTokenGenerator):
    """Whatever is done to the account, a lock or a newer link, ends those that were
    made before.
    """

    key_salt = "cases.signin.accounts.Links"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        last = (
            AccountEvent.objects.filter(account=user)
            .values_list("pk", flat=True)
            .first()
        )
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}{last}"


links = Links()


def note(account: Any, act: Act, *, by: User | None, reason: str = "") -> None:
    """`by` is None for the command line."""
    who = by.get_username() if by else "manage.py account"
    AccountEvent.objects.create(
        account=account,
        account_name=account.get_username(),
        act=act,
        by_name=who,
        reason=reason,
    )


def end_sessions(account: User) -> None:
    """All there are, also those that allauth does not list."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(account.pk):
            session.delete()
    UserSession.objects.filter(user=account).delete()


def _held(chosen: Iterable[User], by: User | None) -> list[User]:
    """The accounts, held in the database together with that of who acts: of two
    administrators who lock each other at the same moment, one does. So there is always
    one left.
    """
    wanted = {account.pk for account in chosen}
    if by is not None and by.pk in wanted:
        raise NotAllowed(
            _("Nobody does this to their own account. Ask another administrator.")
        )
    rows = (
        User.objects.select_for_update()
        .filter(pk__in=wanted | {by.pk if by else None})
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    if by is not None and not found.pop(by.pk).is_active:
        raise NotAllowed(_("Your own account has just been locked."))
    return list(found.values())
