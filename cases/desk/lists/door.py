"""The door by which a program hands in lists: with a token, as an account that was made
for it. Nobody signs in as that account: it has no password and is no member of the staff.
It has a documenter's rights at most, and only the addresses of lists are open to it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cases.day import now
from cases.desk.lists.models import ListToken
from cases.desk.permissions import BRING_LISTS, may
from cases.desk.roles import permissions_of
from cases.models import Prisoner
from tracker.api import secrets
from tracker.api.problems import problem

ADDRESS = "/api/editorial/v1/lists/"
SCHEME = "List-Token"
NEEDED = (BRING_LISTS, may("add", Prisoner), may("change", Prisoner))


class CannotMake(Exception):
    """The message is for people."""


@transaction.atomic
def make(username: str, *, days: int) -> str:
    """The token, which is kept nowhere. With the account that it is for, or anew, in
    place of the one before: then that one is refused from now on.
    """
    account = User.objects.filter(username=username).first()
    if account is None:
        account = User.objects.create_user(username)
        account.groups.set(Group.objects.filter(name="documenter"))
    elif not ListToken.objects.filter(account=account).exists():
        raise CannotMake(
            _("The account %(name)s is somebody’s. Take another name.")
            % {"name": username}
        )
    token, prefix, hashed = secrets.new_key()
    ListToken.objects.update_or_create(
        account=account,
        defaults={
            "prefix": prefix,
            "hashed_token": hashed,
            "made_at": now(),
            "expires_at": now() + timedelta(days=days),
            "revoked": False,
        },
    )
    return token


def find(token: str) -> User | None:
    """None: unknown, expired, revoked, or its account is locked or may do more than a
    documenter; which of them is nobody's business.
    """
    prefix, _dot, _secret = token.partition(".")
    kept = ListToken.objects.filter(prefix=prefix).select_related("account").first()
    if kept is None or not secrets.fits(token, kept.hashed_token):
        return None
    if kept.revoked or kept.expires_at <= now():
        return None
    account: User = kept.account
    if not account.is_active or account.is_staff or account.is_superuser:
        return None
    rights = account.get_all_permissions()
    if rights <= permissions_of("documenter") and rights.issuperset(NEEDED):
        return account
    return None


def let_in(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Who shows a token acts as its account: what is read is logged, and what is changed
    stands in the history, under its name. A session of the desk opens nothing here.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADDRESS):
            return get_response(request)
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        account = find(token.strip()) if scheme == SCHEME else None
        if account is None:
            refused = problem(401, _("Show a token for lists that holds."))(request)
            refused["WWW-Authenticate"] = SCHEME
            return refused
        request.user = account
        request.has_list_token = True  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def has_token(request: Any) -> bool:
    return getattr(request, "has_list_token", False)
