"""The change feed from its beginning as one file, for a first copy."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import (
    OpenApiExample,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework.request import Request

from tracker import feed
from tracker.api.changes import KIND, SINCE, FeedEntry, FeedPlace, FeedView
from tracker.api.examples import CHANGES
from tracker.api.views import as_json
from tracker.audiences import Audience
from tracker.held import BeingUpdated

CHUNK = 500  # changes read at once, and between two lines with a cursor
MEDIA_TYPE = "application/x-ndjson"
_EXAMPLE = [*CHANGES, {"next": "WzEsInB1YmxpYyIs…", "more": False}]


LINE = PolymorphicProxySerializer(
    "FeedLine", [FeedEntry, FeedPlace], resource_type_field_name=None
)


class ExportView(FeedView):
    """All changes, a line each, as in the change feed. After every 500, and last of
    all, a line with `next` and `more`.

    The schema is that of a line. A file that does not end in a line with
    `"more":false` was cut short: go on with `since` its last `next`.
    """

    media_types = (MEDIA_TYPE,)

    @extend_schema(
        responses={(200, MEDIA_TYPE): LINE},
        parameters=[SINCE, KIND],
        examples=[
            OpenApiExample(
                f"line {number}",
                value=line,
                response_only=True,
                media_type=MEDIA_TYPE,
            )
            for number, line in enumerate(_EXAMPLE, start=1)
        ],
    )
    def get(self, request: Request) -> HttpResponseBase:
        first = self.changes(CHUNK)
        headers = {"Content-Disposition": 'attachment; filename="export.ndjson"'}
        if request.method == "HEAD":
            return HttpResponse(content_type=MEDIA_TYPE, headers=headers)
        # What comes later is read when nothing of the request is left: the audience is
        # handed on.
        since = request.query_params.get("since")
        chunks = _chunks(self.audience, first, request.auth, since)
        return StreamingHttpResponse(chunks, content_type=MEDIA_TYPE, headers=headers)


def _chunks(
    audience: Audience, page: feed.Changes, key: Any, since: str | None
) -> Iterator[str]:
    """Each by a query of its own, so that nothing is held open in the database for a
    caller who reads slowly.
    """
    counts = bool(key) and key.answered(since, page.next)
    while True:
        lines = [change.as_text() for change in page.results]
        yield "\n".join(
            [*lines, as_json({"next": str(page.next), "more": page.more}), ""]
        )
        if not page.more:
            return
        try:
            page = feed.changes(audience, str(page.next), None, CHUNK)
        except (feed.ResyncRequired, BeingUpdated):
            return  # cut short: whoever goes on with the last cursor is told why
        if counts:
            key.went_on(page.next)
