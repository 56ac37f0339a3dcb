"""The first address: what there is, how far it has come, and on what terms."""

from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from tracker import feed
from tracker.api.schema import ApiSchema
from tracker.api.views import PublishedView, as_json
from tracker.audiences import PUBLIC, Audience
from tracker.contract.documents import CONTRACT, DOCUMENTS, PLACES
from tracker.contract.terms import licence
from tracker.feed import ROOT_KINDS, TOMBSTONE_DAYS
from tracker.versions import RELEASE

ADDRESSES = {
    **{place.replace("-", "_"): f"{kind}-list" for kind, place in PLACES.items()},
    "vocabularies": "vocabularies",
    "changes": "changes",
    "export": "export",
    "digest": "digest",
    "datapackage": "datapackage",
    "package": "package",
    "workbook": "workbook",
}


class TermsDocument(serializers.Serializer[Any]):
    """`licence` is what you may do with what you see here; null: none was stated, ask
    the contact. `withdrawals` is the duty of whoever keeps a copy.
    """

    organisation = serializers.CharField(allow_null=True)
    contact = serializers.CharField(allow_null=True)
    licence = serializers.CharField(allow_null=True)
    licence_url = serializers.CharField(allow_null=True)
    attribution = serializers.CharField()
    withdrawals = serializers.CharField()
    withdrawals_within_hours = serializers.IntegerField()


class DeletionDocument(serializers.Serializer[Any]):
    """In the words of OAI-PMH: `persistent`, withdrawals are told for ever;
    `transient`, for `days`.
    """

    policy = serializers.ChoiceField(choices=["persistent", "transient"])
    days = serializers.IntegerField(allow_null=True)


class ServiceDocument(serializers.Serializer[Any]):
    """`epoch` and `last_seq`: how far publishing has come. Numbers of another epoch
    cannot be compared with these.

    `contract` is the version of what documents look like. It rises with every change.
    """

    title = serializers.CharField()
    release = serializers.CharField()
    contract = serializers.IntegerField()
    audience = serializers.ChoiceField(choices=["public", "partners"])
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=ROOT_KINDS))
    terms = TermsDocument()
    deletion = DeletionDocument()
    epoch = serializers.UUIDField()
    last_seq = serializers.IntegerField()
    addresses = serializers.DictField(child=serializers.URLField())
    tables = serializers.DictField(child=serializers.URLField())
    schemas = serializers.DictField(child=serializers.URLField())
    schema = serializers.URLField()
    documentation = serializers.URLField()


def terms_of(audience: Audience) -> dict[str, Any]:
    publisher, hours = (
        settings.ORGANISATION or _("the publisher of this address"),
        settings.WITHDRAWAL_HOURS,
    )
    return {
        "organisation": settings.ORGANISATION or None,
        "contact": settings.CONTACT or None,
        "licence": licence(audience.name),
        "licence_url": (settings.LICENCE_URL or None)
        if audience.name == "public"
        else None,
        "attribution": _("Name %(publisher)s and the address of each document.")
        % {"publisher": publisher},
        "withdrawals": _(
            "Whoever keeps a copy follows the change feed: within %(hours)s hours they delete what it calls deleted,"
            " and change what it changes, in everything that they publish or pass on."
        )
        % {"hours": hours},
        "withdrawals_within_hours": hours,
    }


def _deletion(audience: Audience) -> dict[str, Any]:
    if audience.name == "public":
        return {"policy": "transient", "days": TOMBSTONE_DAYS}
    return {"policy": "persistent", "days": None}


def content(audience: Audience, now: feed.Counter, absolute: Any) -> dict[str, Any]:
    """`absolute` makes an address of a path."""
    return {
        "title": _("Prisoner tracker: read API"),
        "release": RELEASE,
        "contract": CONTRACT,
        "audience": audience.name,
        "kinds": list(ROOT_KINDS),
        "terms": terms_of(audience),
        "deletion": _deletion(audience),
        "epoch": str(now.epoch),
        "last_seq": now.last_seq,
        "addresses": {
            name: absolute(reverse(address)) for name, address in ADDRESSES.items()
        },
        "tables": {kind: absolute(reverse(f"{kind}-table")) for kind in DOCUMENTS},
        "schemas": {
            kind: absolute(reverse("document-schema", kwargs={"kind": kind}))
            for kind in DOCUMENTS
        },
        "schema": absolute(reverse("api-schema")),
        "documentation": absolute(reverse("api-docs")),
    }


class ServiceSchema(ApiSchema):
    def get_examples(self) -> list[OpenApiExample]:
        def absolute(path: str) -> str:
            return f"https://tracker.example{path}"

        value = content(PUBLIC, feed.Counter.nothing(), absolute)
        return [OpenApiExample("service", value=value, response_only=True)]


class ServiceView(PublishedView):
    """What this service offers to you, and on what terms."""

    schema = ServiceSchema()

    @extend_schema(responses=ServiceDocument)
    def get(self, request: Request) -> HttpResponseBase:
        now = feed.counter(self.audience)
        return self.answer_if_new(
            as_json(content(self.audience, now, request.build_absolute_uri))
        )
