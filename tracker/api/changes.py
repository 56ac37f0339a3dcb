"""The change feed, for partners who keep a copy."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from tracker import feed
from tracker.api.examples import CHANGES
from tracker.api.paging import limit_given
from tracker.api.views import PublishedView, add_link, as_json
from tracker.contract.documents import DOCUMENTS

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000


class ResyncRequired(APIException):
    status_code = 410
    problem_name = "resync_required"
    default_detail = gettext_lazy(
        "Numbers have started anew since this cursor was given. Read the feed from the beginning, without “since”, and"
        " then delete what it did not mention."
    )


@extend_schema_field({"type": "boolean", "const": False})
class _NotDeleted(serializers.BooleanField):
    pass


@extend_schema_field({"type": "boolean", "const": True})
class _Deleted(serializers.BooleanField):
    pass


def _published(kind: str) -> type[serializers.Serializer[Any]]:
    """Of one kind, so that a program knows which document it holds."""

    @extend_schema_field({"type": "string", "const": kind})
    class Kind(serializers.CharField):
        pass

    document = DOCUMENTS[kind]
    declared = {
        "__doc__": "As it is now.",
        "id": serializers.UUIDField(),
        "kind": Kind(),
        "seq": serializers.IntegerField(),
        "changed": serializers.DateField(),
        "deleted": _NotDeleted(),
        "document": document(),
    }
    name = document.__name__.removesuffix("Document") + "FeedPublished"
    return type(name, (serializers.Serializer,), declared)


class FeedDeletion(serializers.Serializer[Any]):
    """No longer published: forget it. `merged_into` says under which id it lives on."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=feed.ROOT_KINDS)
    deleted = _Deleted()
    merged_into = serializers.UUIDField(required=False)


class FeedPlace(serializers.Serializer[Any]):
    """From where to go on: all before it was sent."""

    next = serializers.CharField()
    more = serializers.BooleanField()


PUBLISHED = PolymorphicProxySerializer(
    "FeedPublished",
    {kind: _published(kind) for kind in feed.ROOT_KINDS},
    resource_type_field_name="kind",
)


class FeedEntrySchema(OpenApiSerializerExtension):
    """Drawn once, whether in a page or in a line of the export."""

    target_class = "tracker.api.changes.FeedEntry"

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        either = [
            auto_schema.resolve_serializer(each, direction).ref
            for each in (PUBLISHED, FeedDeletion)
        ]
        return {"oneOf": either}


class FeedEntry(serializers.Serializer[Any]):
    """What stands in the feed: it is published, or it was."""


class ChangesDocument(serializers.Serializer[Any]):
    """`next` is the `since` of the next request, also where `more` is false: ask again
    later.
    """

    results = FeedEntry(many=True)
    next = serializers.CharField()
    more = serializers.BooleanField()


class FeedView(PublishedView):
    """For what is asked by `kind`, and by `since` where it goes on."""

    def known_parameters(self) -> set[str]:
        return {"since", "kind"}

    def repeatable_parameters(self) -> set[str]:
        return {"kind"}

    def changes(self, limit: int) -> feed.Changes:
        try:
            since = self.request.query_params.get("since")
            return feed.changes(self.audience, since, kinds_asked(self.request), limit)
        except feed.BadCursor:
            problem = _("This is not a cursor that this feed gave to you.")
        except feed.OtherFilter:
            problem = _(
                "This cursor was given for other kinds. Leave “kind” out, or begin without “since”."
            )
        except feed.ResyncRequired:
            raise ResyncRequired from None
        raise ValidationError({"since": [problem]})


SINCE = OpenApiParameter(
    "since", description=gettext_lazy("The `next` that came last; none to begin.")
)
KIND = OpenApiParameter(
    "kind",
    {"type": "array", "items": {"type": "string", "enum": feed.ROOT_KINDS}},
    explode=False,
    description=gettext_lazy("Only these kinds. The cursor remembers them."),
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=gettext_lazy("The `ETag` of the answer that you hold."),
)


class ChangesView(FeedView):
    """Prisoners, releases, sources, facilities and counts as they are now, in the order
    of publishing.
    """

    def known_parameters(self) -> set[str]:
        return {*super().known_parameters(), "limit"}

    @extend_schema(
        responses=ChangesDocument,
        parameters=[
            SINCE,
            KIND,
            OpenApiParameter(
                "limit",
                {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_LIMIT,
                    "default": DEFAULT_LIMIT,
                },
            ),
            IF_NONE_MATCH,
        ],
        examples=[
            OpenApiExample(
                "changes",
                value={"results": CHANGES, "next": "WzEsInB1YmxpYyIs…", "more": False},
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> HttpResponseBase:
        page = self.changes(limit_given(request, DEFAULT_LIMIT, MAX_LIMIT))
        etag = self.etag_of(page.counter)
        cursor = str(page.next)
        results = ",".join(change.as_text() for change in page.results)
        body = (
            f'{{"results":[{results}],"next":{as_json(cursor)},'
            f'"more":{as_json(page.more)}}}'
        )
        response = self.not_modified(etag) or self.answer(etag, body)
        add_link(response, self._address(request, page.next), "next")
        key: Any = request.auth
        if key and request.method == "GET":
            key.answered(request.query_params.get("since"), page.next)
        return response

    def _address(self, request: Request, following: feed.Cursor) -> str:
        query = request.query_params.copy()
        query["since"] = str(following)
        return request.build_absolute_uri(f"{request.path}?{query.urlencode(safe=',')}")


def kinds_asked(request: Request) -> list[str] | None:
    if "kind" not in request.query_params:
        return None
    asked: list[str] = []
    for value in request.query_params.getlist("kind"):
        asked += [part.strip() for part in value.split(",")]
    unknown = [kind for kind in asked if kind not in feed.ROOT_KINDS]
    if unknown:
        sentence = _("“{value}” is not one of: {known}.")
        known = ", ".join(feed.ROOT_KINDS)
        raise ValidationError(
            {"kind": [sentence.format(value=", ".join(unknown), known=known)]}
        )
    return asked
