"""Who asks: anyone, or a partner with a key."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_api_key.models import APIKey

from tracker.audiences import PARTNERS, Audience

KEYWORD = "Api-Key"


class PartnersKey(BaseAuthentication):
    """`Authorization: Api-Key …`. A key that is not valid is refused, never answered with what anyone may see.

    A partner's copy would else take everything that only partners see for withdrawn.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Audience] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        keyword, _space, key = header.partition(" ")
        if keyword.lower() != KEYWORD.lower():
            raise AuthenticationFailed(_("Send your key as “Authorization: Api-Key …”, or no Authorization at all."))
        if not key.isprintable() or not APIKey.objects.is_valid(key.strip()):
            raise AuthenticationFailed(_("This key is not valid: unknown, revoked or expired."))
        return AnonymousUser(), PARTNERS

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD
