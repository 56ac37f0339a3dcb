"""The desk is closed, and opened again, by whoever has the owner's login."""

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction

from cases.desk.signin.accounts import note
from cases.desk.signin.models import Act


@transaction.atomic
def end_all_sessions(reason: str) -> None:
    Session.objects.all().delete()
    UserSession.objects.all().delete()
    _note(Act.DESK_CLOSED, reason)


def say_that_it_is_over(reason: str) -> None:
    _note(Act.DESK_OPENED, reason)


def _note(act: Act, reason: str) -> None:
    """On each account that may sign in: where administrators look."""
    for account in User.objects.filter(is_active=True, is_staff=True):
        note(account, act, by=None, reason=reason)
