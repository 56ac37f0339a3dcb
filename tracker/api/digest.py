"""What a copy must equal, for whoever wants to know whether theirs does."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from tracker import feed
from tracker.api.changes import IF_NONE_MATCH, KIND, FeedView, kinds_asked
from tracker.api.views import as_json
from tracker.audiences import PUBLIC
from tracker.digests import Digest

_EXAMPLE_KINDS = {"prisoner": Digest.of("{}"), "source": Digest.of("[]")}
_EXAMPLE_CURSOR = feed.Cursor(
    PUBLIC.name, feed.Counter.nothing().epoch, 812, tuple(_EXAMPLE_KINDS)
)


class KindDigestDocument(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    sha256_sum = serializers.RegexField("^[0-9a-f]{64}$")


class DigestDocument(KindDigestDocument):
    """Of all documents, and of those of each kind, as they were at `cursor`: compare
    where yours is the same.

    `sha256_sum` is the sum of the SHA-256 of each document, modulo 2**256.
    """

    cursor = serializers.CharField()
    kinds = serializers.DictField(child=KindDigestDocument())


def _written(digest: Digest) -> dict[str, Any]:
    return {"count": digest.count, "sha256_sum": digest.sha256_sum}


def _content(cursor: feed.Cursor, kinds: dict[str, Digest]) -> dict[str, Any]:
    whole = _written(sum(kinds.values(), Digest()))
    by_kind = {kind: _written(digest) for kind, digest in kinds.items()}
    return {"cursor": str(cursor), **whole, "kinds": by_kind}


class DigestView(FeedView):
    """What a copy that has read the feed to its end must hold: how many documents, and
    the sum of their hashes.
    """

    def known_parameters(self) -> set[str]:
        return {"kind"}

    @extend_schema(
        responses=DigestDocument,
        parameters=[KIND, IF_NONE_MATCH],
        examples=[
            OpenApiExample(
                "digest",
                value=_content(_EXAMPLE_CURSOR, _EXAMPLE_KINDS),
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> HttpResponseBase:
        standing = feed.standing(self.audience, kinds_asked(request))
        etag = self.etag_of(standing.counter)
        not_modified = self.not_modified(etag)
        if not_modified:
            return not_modified
        text = as_json(_content(standing.cursor, standing.digests))
        return self.answer(etag, text)
