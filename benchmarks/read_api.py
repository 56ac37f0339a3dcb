"""What serving stored texts saves: `python -m benchmarks.read_api [CASES]`.

Makes and publishes cases in the database that DATABASE_URL names (use one made for it),
and asks for them three ways:

- stored: the read API as it is;
- parsed: the same rows, each text parsed, and the answer written anew by DRF's renderer;
- nested: the record itself through nested ModelSerializers with everything prefetched, as APIs are usually written.

The views are called in this process, without server or middleware: what is compared is
the work for an answer. Then the published rows are multiplied to a hundred thousand, to
see that no page and no step of the feed has to look at all of them. Figures are in
docs/api.md.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DATABASE_LOGIN", "owner")  # for ANALYZE

from benchmarks import publishing  # isort: skip  # sets Django up

from django.db import connection, transaction
from rest_framework import generics, pagination, serializers
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from cases import models
from cases.publishing import publish_pending
from tracker.api.changes import ChangesView
from tracker.api.resources import Pages, Prisoners
from tracker.audiences import PUBLIC
from tracker.feed import ROOT_KINDS, Cursor, counter

REQUESTS = APIRequestFactory(SERVER_NAME="localhost")
PAGE = 100
MANY = 100_000


def serializer(model: Any, **nested: Any) -> type[serializers.ModelSerializer[Any]]:
    nested["citations"] = (
        CITATION(many=True)
        if model is not models.Citation
        else serializers.ReadOnlyField()
    )
    if model is models.Citation:
        nested = {}
    kept = [
        one.name
        for one in model._meta.concrete_fields
        if one.name not in {"version", "internal_notes"}
    ]
    meta = type("Meta", (), {"model": model, "fields": [*kept, *nested]})
    return type(
        model.__name__, (serializers.ModelSerializer,), {**nested, "Meta": meta}
    )


CITATION = serializer(models.Citation)
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
PREFETCHED = ["citations", *PARTS, *(f"{part}__citations" for part in PARTS)]


class Nested(generics.ListAPIView[Any]):
    serializer_class = PRISONER
    queryset = models.Prisoner.objects.prefetch_related(*PREFETCHED).order_by("id")

    pagination_class = type(
        "Hundred", (pagination.PageNumberPagination,), {"page_size": PAGE}
    )


class NestedOne(generics.RetrieveAPIView[Any]):
    serializer_class = PRISONER
    queryset = Nested.queryset


class Parsed(generics.ListAPIView[Any]):
    orderings, default_ordering, pagination_class = {"name": "sort_name"}, "name", Pages

    def get_queryset(self) -> Any:
        return PUBLIC.documents("prisoner").values("id", "document", "sort_name")

    def list(self, request: Any) -> Any:
        rows = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(
            [json.loads(row["document"]) for row in rows or []]
        )


class ParsedOne(generics.RetrieveAPIView[Any]):
    def retrieve(self, request: Any, pk: str) -> Any:
        return Response(json.loads(PUBLIC.documents("prisoner").get(pk=pk).document))


def seconds(
    view: Callable[..., Any], query: str = "", repeat: int = 20, **kwargs: Any
) -> float:
    """The fastest of several: what else this machine does then disturbs least."""
    taken = []
    for _each in range(repeat):
        request = REQUESTS.get(f"/{query}")
        start = time.perf_counter()
        response = view(request, **kwargs)
        if hasattr(response, "render"):
            response.render()
        taken.append(time.perf_counter() - start)
        assert response.status_code == 200, response.content
    return min(taken)


def compare() -> None:
    stored_list, stored_one = (
        Prisoners.as_view({"get": "list"}),
        Prisoners.as_view({"get": "retrieve"}),
    )
    one = str(PUBLIC.documents("prisoner").values_list("id", flat=True)[0])
    limit = f"?limit={PAGE}"
    ways = {
        "stored": (seconds(stored_one, id=one), seconds(stored_list, limit)),
        "parsed": (
            seconds(ParsedOne.as_view(), pk=one),
            seconds(Parsed.as_view(), limit),
        ),
        "nested": (seconds(NestedOne.as_view(), pk=one), seconds(Nested.as_view())),
    }
    print(f"{'':10}{'one document':>24}{f'a page of {PAGE}':>24}")
    for way, taken in ways.items():
        cells = (
            f"{1000 * now:9.2f} ms  {now / least:5.1f} x"
            for now, least in zip(taken, ways["stored"], strict=True)
        )
        print(f"{way:10}" + "".join(f"{cell:>24}" for cell in cells))


MULTIPLY = """
WITH numbered AS (SELECT *, row_number() OVER () AS number FROM tracker_public_document WHERE kind = 'prisoner')
INSERT INTO tracker_public_document
SELECT gen_random_uuid(), kind, NULL, 10000000 + copy * 100000 + number, changed_on, document, NULL,
    facts || jsonb_build_object('occupations', jsonb_build_array((ARRAY['journalist', 'teacher'])[1 + copy %% 2])),
    search_key || ' x' || md5(copy::text || number), CASE WHEN copy %% 10 > 0 THEN md5(number::text || copy) END,
    CASE WHEN copy %% 3 > 0 THEN date '2020-01-01' + (copy * 7 + number)::int %% 2000 END, (copy * number) %% 200
FROM numbered CROSS JOIN generate_series(1, %s) AS copy
"""
SPANS = """
INSERT INTO tracker_public_span (of_id, fact, value, first_day, last_day)
SELECT id, fact, value, first_day, last_day FROM tracker_public_document CROSS JOIN LATERAL (VALUES
    ('released_on', '', sort_date, sort_date), ('status', 'imprisoned', NULL, sort_date),
    ('status', 'released', sort_date, NULL)) AS span (fact, value, first_day, last_day)
WHERE seq >= 10000000
"""


def at_size(cases: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MULTIPLY, [MANY // cases])
        cursor.execute(SPANS)
        cursor.execute(
            "UPDATE tracker_public_feed SET last_seq = (SELECT max(seq) FROM tracker_public_document)"
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tracker_public_document, tracker_public_span")
    stored_list, changes = Prisoners.as_view({"get": "list"}), ChangesView.as_view()
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
        print(
            f"{query or 'by name':65} {1000 * seconds(stored_list, f'?limit={PAGE}&{query}', 5):9.2f} ms"
        )
    print(f"{'a page deep in the list':65} {1000 * deep(stored_list):9.2f} ms")
    for query in (
        "limit=1000",
        "limit=1000&kind=facility",
        f"limit=100&since={late(changes)}",
    ):
        print(
            f"{'changes: ' + query[:50]:65} {1000 * seconds(changes, f'?{query}', 5):9.2f} ms"
        )


def deep(stored_list: Any) -> float:
    """The last page with a name, by going back from the end."""
    answer = stored_list(REQUESTS.get("/?ordering=-name&limit=1"))
    cursor = (
        json.loads(answer.content)["next"].rpartition("cursor=")[2].partition("&")[0]
    )
    return seconds(stored_list, f"?ordering=-name&limit={PAGE}&cursor={cursor}", 5)


def late(changes: Any) -> str:
    """A cursor near the end of the feed."""
    now = counter(PUBLIC)
    return str(Cursor("public", now.epoch, now.last_seq - 50, ROOT_KINDS))


def main(cases: int) -> None:
    transaction.on_commit = lambda *args, **kwargs: None  # published once, below
    publishing.make_cases(cases)
    publish_pending()
    compare()
    at_size(cases)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
