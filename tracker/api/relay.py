"""All that a relay needs of one audience, as one file: the change feed, with what stands
beside the documents (docs/decisions/replication.md).

It is read by the same software on another machine, `python -m tracker.mirror --into
postgres`, and may change with each release: so it stands in no description of the API.
It tells nothing that the audience is not told at other addresses.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from tracker import feed
from tracker.api.changes import FeedView
from tracker.api.export import MEDIA_TYPE
from tracker.api.views import as_json
from tracker.audiences import Audience
from tracker.contract.documents import CONTRACT
from tracker.corrections import published
from tracker.database import one_moment
from tracker.held import BeingUpdated

CHUNK = 500  # changes read at once, and between two lines with a cursor
# Of what is held back, what the audience was told of by name; and whether the feed goes on
# without it.
_HELD = """
    SELECT root, bool_or(everywhere), max(passed_by) FROM {held} AS held WHERE EXISTS (
        SELECT FROM {documents} AS document WHERE document IS NOT NULL
        AND (document.id = root OR document.named @> ARRAY[root])
    ) GROUP BY root
"""
Page = tuple[str, feed.Changes | None]


class RelayView(FeedView):
    """The lines of the export; each document with its corrections. A line with `next`
    ends a chunk: with the contract of the documents, and what is held back now.
    """

    media_types = (MEDIA_TYPE,)
    schema = None

    def known_parameters(self) -> set[str]:
        return {"since"}

    def get(self, request: Request) -> HttpResponseBase:
        since = request.query_params.get("since")
        first = self._first(since)
        if request.method == "HEAD":
            return HttpResponse(content_type=MEDIA_TYPE)
        chunks = _chunks(self.audience, first, request.auth, since)
        return StreamingHttpResponse(chunks, content_type=MEDIA_TYPE)

    def _first(self, since: str | None) -> Page:
        with one_moment(self.audience.name):
            try:
                page = self.changes(CHUNK)
            except BeingUpdated:
                return _standing_still(self.audience, since), None
            if page.next.kinds != feed.ROOT_KINDS:
                raise ValidationError({"since": ["A relay reads all kinds."]})
            return _text(self.audience, page), page


def _chunks(
    audience: Audience, first: Page, key: Any, since: str | None
) -> Iterator[str]:
    text, page = first
    counts = bool(key) and page is not None and key.answered(since, page.next)
    yield text
    while page is not None and page.more:
        cursor = str(page.next)
        try:
            with one_moment(audience.name):
                text, page = _following(audience, cursor)
        except feed.ResyncRequired:
            return  # cut short: whoever goes on with the last cursor is told why
        if counts and page is not None:
            key.went_on(page.next)
        yield text


def _following(audience: Audience, cursor: str) -> Page:
    try:
        page = feed.changes(audience, cursor, None, CHUNK)
    except BeingUpdated:
        return _standing_still(audience, cursor), None
    return _text(audience, page), page


def _text(audience: Audience, page: feed.Changes) -> str:
    there = [change.id for change in page.results if change.document is not None]
    corrections = _corrections(audience, there)
    lines = []
    for change in page.results:
        line = change.as_text()
        if corrections[change.id]:
            told = as_json(corrections[change.id])
            line = f'{line[:-1]},"corrections":{told}}}'
        lines.append(line)
    place = _place(audience, str(page.next), more=page.more, waits=False)
    place["pruned"] = page.counter.pruned_seq
    return "\n".join([*lines, as_json(place), ""])


def _standing_still(audience: Audience, cursor: str | None) -> str:
    """What comes next is held back: that much a relay is told, to hold it back, too."""
    return as_json(_place(audience, cursor, more=True, waits=True)) + "\n"


def _place(
    audience: Audience, cursor: str | None, *, more: bool, waits: bool
) -> dict[str, Any]:
    return {
        "next": cursor,
        "more": more,
        "waits": waits,
        "audience": audience.name,
        "contract": CONTRACT,
        "held": _held(audience),
    }


def _held(audience: Audience) -> list[dict[str, Any]]:
    statement = _HELD.format(
        held=audience.held_model._meta.db_table,
        documents=audience.document_model._meta.db_table,
    )
    with connections[audience.name].cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    held = []
    for root, everywhere, passed_by in rows:
        line = {"id": str(root), "everywhere": everywhere}
        if passed_by is not None:
            line["passed_by"] = passed_by
        held.append(line)
    return held


def _corrections(
    audience: Audience, ids: list[UUID]
) -> defaultdict[UUID, list[dict[str, Any]]]:
    """By document, in the order in which they were made."""
    told: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    if ids:
        for row in audience.corrections(*ids).order_by("id"):
            told[row.of_id].append(published(row))
    return told
