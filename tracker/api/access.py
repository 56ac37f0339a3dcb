"""Who asks: anyone, or a partner with a key."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tracker.api import keys
from tracker.audiences import PARTNERS, PUBLIC

KEYWORD = "Api-Key"


class PartnersKey(BaseAuthentication):
    """`Authorization: Api-Key …`. A key that is not valid is refused, never answered
    with what anyone may see.

    A partner's copy would else take everything that only partners see for withdrawn.
    Nobody is signed in: the key is the request's `auth`, and its `user` is None.
    """

    def authenticate(self, request: Request) -> tuple[None, keys.KnownKey] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            if not PUBLIC.is_served:
                raise NotAuthenticated(
                    _(
                        "This address answers partners only. Send “Authorization: Api-Key …”."
                    )
                )
            return None
        keyword, _space, key = header.partition(" ")
        if keyword.lower() != KEYWORD.lower():
            raise AuthenticationFailed(
                _(
                    "Send your key as “Authorization: Api-Key …”, or no Authorization at all."
                )
            )
        if not PARTNERS.is_served:
            raise AuthenticationFailed(
                _("Keys do not work at this address: it shows what everyone may see.")
            )
        known_key = None
        if key.isprintable():
            known_key = keys.find(key.strip())
        if known_key is None:
            raise AuthenticationFailed(
                _("This key is not valid: unknown, revoked or expired.")
            )
        known_key.used()
        return None, known_key

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class MayRead(BasePermission):
    """Anyone may read what is for anyone; a key may have been given for something else."""

    message = gettext_lazy("This key was not given for reading.")

    def has_permission(self, request: Request, view: object) -> bool:
        key: Any = request.auth
        return key is None or "read" in key.scopes
