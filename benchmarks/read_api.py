"""What serving stored texts saves: `python -m benchmarks.read_api [CASES]`.

It makes and publishes cases in the database that DATABASE_URL names. Use one made for
it. Then it asks for them in three ways:

- stored: the read API as it is;
- parsed: the same rows, each text parsed, and the answer written anew by DRF;
- nested: the record itself through nested ModelSerializers with everything prefetched,
  as APIs are usually written.

It calls the views in this process, without server or middleware, so it compares the
work for an answer. Then it multiplies the published rows to a hundred thousand, to see
that no page and no step of the feed has to look at all of them. Figures are in
docs/api.md.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("DATABASE_LOGIN", "owner")  # for ANALYZE

from benchmarks import publishing  # isort: skip  # sets Django up

from django.db import connection, transaction
from django.db.models import Model
from rest_framework import generics, pagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Field, ModelSerializer
from rest_framework.test import APIRequestFactory

from cases import models
from cases.publishing import publish_pending
from tracker.api.changes import ChangesView
from tracker.api.resources import RESOURCES, Pages
from tracker.audiences import PUBLIC
from tracker.feed import ROOT_KINDS, Cursor, counter
from tracker.models import PublicDocument

REQUESTS = APIRequestFactory(SERVER_NAME="localhost")
PAGE = 100
MANY = 100_000

View = Callable[..., Any]


def serializer(model: type[Model], **parts: Field) -> type[ModelSerializer[Any]]:
    """A serializer of a record with its citations and these parts."""
    return _serializer(model, {**parts, "citations": CITATION(many=True)})


def _serializer(
    model: type[Model], parts: dict[str, Field]
) -> type[ModelSerializer[Any]]:
    columns = []
    for field in model._meta.concrete_fields:
        if field.name not in {"version", "internal_notes"}:
            columns.append(field.name)
    fields = [*columns, *parts]
    meta = type("Meta", (), {"model": model, "fields": fields})
    return type(model.__name__, (ModelSerializer,), {**parts, "Meta": meta})


CITATION = _serializer(models.Citation, {})
PRISONER = serializer(
    models.Prisoner,
    names=serializer(models.PersonName)(many=True),
    detentions=serializer(
        models.Detention, placements=serializer(models.Placement)(many=True)
    )(many=True),
    sentences=serializer(models.Sentence)(many=True),
    releases=serializer(models.Release)(many=True),
    deportations=serializer(models.Deportation)(many=True),
)
PARTS = (
    "names",
    "detentions",
    "detentions__placements",
    "sentences",
    "releases",
    "deportations",
)
PREFETCHED = ["citations", *PARTS]
for part in PARTS:
    PREFETCHED.append(f"{part}__citations")


class HundredOnAPage(pagination.PageNumberPagination):
    page_size = PAGE


class NestedList(generics.ListAPIView[models.Prisoner]):
    serializer_class = PRISONER
    queryset = models.Prisoner.objects.prefetch_related(*PREFETCHED).order_by("id")
    pagination_class = HundredOnAPage


class NestedDetail(generics.RetrieveAPIView[models.Prisoner]):
    serializer_class = PRISONER
    queryset = NestedList.queryset


class ParsedList(generics.ListAPIView[PublicDocument]):
    orderings = {"name": "sort_name"}
    default_ordering = "name"
    pagination_class = Pages

    def get_queryset(self) -> Any:
        return PUBLIC.documents("prisoner").values("id", "document", "sort_name")

    def list(self, request: Request) -> Response:
        rows = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(
            [json.loads(row["document"]) for row in rows]
        )


class ParsedDetail(generics.RetrieveAPIView[PublicDocument]):
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(json.loads(PUBLIC.documents("prisoner").get(pk=pk).document))


STORED_LIST = RESOURCES["prisoner"].as_view({"get": "list"})
STORED_DETAIL = RESOURCES["prisoner"].as_view({"get": "retrieve"})
CHANGES = ChangesView.as_view()


def seconds(
    view: View, query: str = "", repeat: int = 20, **path_parameters: str
) -> float:
    """The fastest of several: other work on this machine disturbs it least."""
    durations = []
    for _ in range(repeat):
        request = REQUESTS.get(f"/{query}")
        start = time.perf_counter()
        response = view(request, **path_parameters)
        if hasattr(response, "render"):
            response.render()
        durations.append(time.perf_counter() - start)
        assert response.status_code == 200, response.content
    return min(durations)


@dataclass(frozen=True)
class Durations:
    """Seconds for one document, and for a page of them."""

    document: float
    page: float


def compare() -> None:
    prisoner_id = str(PUBLIC.documents("prisoner").values_list("id", flat=True)[0])
    limit = f"?limit={PAGE}"
    stored = Durations(
        seconds(STORED_DETAIL, id=prisoner_id), seconds(STORED_LIST, limit)
    )
    parsed = Durations(
        seconds(ParsedDetail.as_view(), pk=prisoner_id),
        seconds(ParsedList.as_view(), limit),
    )
    nested = Durations(
        seconds(NestedDetail.as_view(), pk=prisoner_id), seconds(NestedList.as_view())
    )
    print(f"{'':10}{'one document':>24}{f'a page of {PAGE}':>24}")
    ways = {"stored": stored, "parsed": parsed, "nested": nested}
    for way, durations in ways.items():
        document = cell(durations.document, stored.document)
        page = cell(durations.page, stored.page)
        print(f"{way:10}{document:>24}{page:>24}")


def cell(duration: float, least: float) -> str:
    return f"{1000 * duration:9.2f} ms  {duration / least:5.1f} x"


MULTIPLY = """
WITH numbered AS (
    SELECT *, row_number() OVER () AS number FROM tracker_public_document
    WHERE kind = 'prisoner'
)
INSERT INTO tracker_public_document
SELECT gen_random_uuid(), kind, NULL, 10000000 + copy * 100000 + number, changed_on,
    document, NULL,
    facts || jsonb_build_object('occupations',
        jsonb_build_array((ARRAY['journalist', 'teacher'])[1 + copy %% 2])),
    search_key || ' x' || md5(copy::text || number),
    CASE WHEN copy %% 10 > 0 THEN md5(number::text || copy) END,
    CASE WHEN copy %% 3 > 0
        THEN date '2020-01-01' + (copy * 7 + number)::int %% 2000 END,
    (copy * number) %% 200, named
FROM numbered CROSS JOIN generate_series(1, %s) AS copy
"""
SPANS = """
INSERT INTO tracker_public_span (of_id, fact, value, first_day, last_day)
SELECT id, fact, value, first_day, last_day
FROM tracker_public_document CROSS JOIN LATERAL (VALUES
    ('released_on', '', sort_date, sort_date),
    ('status', 'imprisoned', NULL, sort_date),
    ('status', 'released', sort_date, NULL)) AS span (fact, value, first_day, last_day)
WHERE seq >= 10000000
"""


def at_size(cases: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MULTIPLY, [MANY // cases])
        cursor.execute(SPANS)
        cursor.execute(
            "UPDATE tracker_public_feed"
            " SET last_seq = (SELECT max(seq) FROM tracker_public_document)"
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tracker_public_document, tracker_public_span")
    print(f"\n{PUBLIC.documents('prisoner').count()} prisoners, pages of {PAGE}")
    for query in (
        "",
        "ordering=-name",
        "ordering=released_on",
        "ordering=-released_on",
        "ordering=-changed",
        "ordering=term_months",
        "occupations=teacher",
        "occupations=lawyer",
        "q=x0123",
        "released_on_or_after=2024-01-01&released_on_or_before=2024-01-31",
        "status=imprisoned",
        "status=imprisoned&status_on=2020-02-01",
        "status=released&occupations=teacher&ordering=-released_on",
    ):
        show(query or "by name", seconds(STORED_LIST, f"?limit={PAGE}&{query}", 5))
    show("a page deep in the list", deep_page())
    for query in (
        "limit=1000",
        "limit=1000&kind=facility",
        f"limit=100&since={late_cursor()}",
    ):
        show(f"changes: {query[:50]}", seconds(CHANGES, f"?{query}", 5))


def show(question: str, duration: float) -> None:
    print(f"{question:65} {1000 * duration:9.2f} ms")


def deep_page() -> float:
    """The seconds for the last page with a name. One goes back from the end to it."""
    answer = STORED_LIST(REQUESTS.get("/?ordering=-name&limit=1"))
    next_address = json.loads(answer.content)["next"]
    cursor = next_address.rpartition("cursor=")[2].partition("&")[0]
    return seconds(STORED_LIST, f"?ordering=-name&limit={PAGE}&cursor={cursor}", 5)


def late_cursor() -> str:
    """A cursor near the end of the feed."""
    feed = counter(PUBLIC)
    return str(Cursor("public", feed.epoch, feed.last_seq - 50, ROOT_KINDS))


def main(cases: int) -> None:
    # Everything is published once, below.
    transaction.on_commit = lambda *args, **kwargs: None
    publishing.make_cases(cases)
    publish_pending()
    compare()
    at_size(cases)


if __name__ == "__main__":
    case_count = 1000
    if len(sys.argv) > 1:
        case_count = int(sys.argv[1])
    main(case_count)
