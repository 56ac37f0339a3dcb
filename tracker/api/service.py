"""The first address: what there is, and how far it has come."""

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from tracker import feed
from tracker.api.views import VERSION, PublishedView, as_json

RESOURCES = {
    "prisoners": "prisoner-list",
    "sentences": "sentence-list",
    "release_events": "release_event-list",
    "deportations": "deportation-list",
    "sources": "source-list",
    "facilities": "facility-list",
    "reported_counts": "reported_count-list",
    "vocabularies": "vocabularies",
    "changes": "changes",
    "export": "export",
    "digest": "digest",
}


class ServiceDocument(serializers.Serializer[Any]):
    """`epoch` and `last_seq`: how far publishing has come. Numbers of another epoch cannot be compared with these."""

    title = serializers.CharField()
    version = serializers.CharField()
    audience = serializers.ChoiceField(choices=["public", "partners"])
    epoch = serializers.UUIDField()
    last_seq = serializers.IntegerField()
    addresses = serializers.DictField(child=serializers.URLField())
    schema = serializers.URLField()
    documentation = serializers.URLField()


class ServiceView(PublishedView):
    """What this service offers to you."""

    @extend_schema(responses=ServiceDocument)
    def get(self, request: Request) -> HttpResponseBase:
        now = feed.counter(self.audience)
        return self.answer_if_new(
            as_json(
                {
                    "title": _("Prisoner tracker: read API"),
                    "version": VERSION,
                    "audience": self.audience.name,
                    "epoch": str(now.epoch),
                    "last_seq": now.last_seq,
                    "addresses": {
                        name: request.build_absolute_uri(reverse(address)) for name, address in RESOURCES.items()
                    },
                    "schema": request.build_absolute_uri(reverse("api-schema")),
                    "documentation": request.build_absolute_uri(reverse("api-docs")),
                }
            )
        )
