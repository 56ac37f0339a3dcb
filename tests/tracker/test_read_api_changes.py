"""The address of the change feed. What a copy ends up with: test_feed.py."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.published import publish, withdraw
from tracker.audiences import PUBLIC
from tracker.models import PublicFeed

pytestmark = pytest.mark.django_db

CHANGES = "/api/v1/changes"


def test_a_change_brings_the_whole_document_and_a_withdrawal_only_its_id(
    client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    shown = publish(
        PUBLIC, "prisoner", {"name": "Мікалай", "sentences": [{"term_months": 60}]}
    )
    gone, merged = publish(PUBLIC, "prisoner")["id"], publish(PUBLIC, "prisoner")["id"]
    withdraw(PUBLIC, gone)
    withdraw(PUBLIC, merged, merged_into=shown["id"])
    with django_assert_num_queries(1):  # page and counter together
        answer = client.get(CHANGES).json()
    assert answer["results"] == [
        {
            "id": shown["id"],
            "kind": "prisoner",
            "seq": 1,
            "changed": "2025-10-08",
            "deleted": False,
            "document": shown,
        },
        {"id": gone, "kind": "prisoner", "deleted": True},
        {"id": merged, "kind": "prisoner", "deleted": True, "merged_into": shown["id"]},
    ]
    assert answer["more"] is False


def test_nothing_is_counted_on_the_way_of_a_copy(client: Client) -> None:
    publish(PUBLIC, "facility")
    for path in (
        CHANGES,
        f"{CHANGES}?kind=facility",
        "/api/v1/digest",
        "/api/v1/export.ndjson",
    ):
        with CaptureQueriesContext(connections["public"]) as asked:
            b"".join(client.get(path))
        (query,) = asked.captured_queries
        assert "count(" not in query["sql"].lower()


def test_pages_are_followed_by_cursor_or_by_link(client: Client) -> None:
    ids = [publish(PUBLIC, "facility")["id"] for _each in range(3)]
    first = client.get(CHANGES, {"limit": 2})
    assert [change["id"] for change in first.json()["results"]] == ids[:2]
    assert first.json()["more"] is True
    by_cursor = client.get(CHANGES, {"limit": 2, "since": first.json()["next"]})
    by_link = client.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    assert by_cursor.content == by_link.content
    assert [change["id"] for change in by_cursor.json()["results"]] == ids[2:]
    assert by_cursor.json()["more"] is False


def test_the_last_page_is_empty_and_still_goes_on(client: Client) -> None:
    publish(PUBLIC, "facility")
    cursor = client.get(CHANGES).json()["next"]
    last = client.get(CHANGES, {"since": cursor}).json()
    assert last == {"results": [], "next": cursor, "more": False}


def test_kinds_are_chosen_once_and_remembered(client: Client) -> None:
    publish(PUBLIC, "facility")
    source = publish(PUBLIC, "source", {"title": "A report"})["id"]
    for query in ("kind=source,reported_count", "kind=source&kind=reported_count"):
        first = client.get(f"{CHANGES}?{query}").json()
        assert [change["id"] for change in first["results"]] == [source]
        publish(PUBLIC, "facility")
        assert client.get(CHANGES, {"since": first["next"]}).json()["results"] == []
    other = client.get(CHANGES, {"since": first["next"], "kind": "source"})
    assert other.status_code == 400
    assert "kind" in other.json()["errors"]["since"][0]


@pytest.mark.parametrize(
    "change", [{"last_seq": 0}, {"epoch": "6a1f3a52-6b3f-4b0a-9d5d-2f2f4f0f1c11"}]
)
def test_after_a_restore_the_client_is_told_to_start_over(
    client: Client, change: dict[str, Any]
) -> None:
    publish(PUBLIC, "facility")
    cursor = client.get(CHANGES).json()["next"]
    PublicFeed.objects.update(**change)
    answer = client.get(CHANGES, {"since": cursor})
    assert answer.status_code == 410
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:problem:resync_required"


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("since=nonsense", "since", "cursor"),
        (
            "kind=sentence",
            "kind",
            "prisoner, release_event, source, facility, court_case, reported_count",
        ),
        ("limit=1001", "limit", "1000"),
        ("limit=-1", "limit", "1000"),
        ("sinse=x", "sinse", "kind, limit, since"),
        ("since=", "since", "value"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(
    client: Client, query: str, parameter: str, words: str
) -> None:
    answer = client.get(f"{CHANGES}?{query}")
    assert answer.status_code == 400
    assert words in answer.json()["errors"][parameter][0]
