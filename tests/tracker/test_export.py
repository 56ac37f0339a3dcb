"""The feed as one file: for a first copy, and to go on with where the line broke."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.keys import as_partner, key_for
from tests.published import publish, withdraw
from tracker.api import export
from tracker.audiences import PARTNERS, PUBLIC, Audience
from tracker.models import PublicFeed

pytestmark = pytest.mark.django_db

EXPORT = "/api/v1/export.ndjson"


@pytest.fixture
def chunks_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "CHUNK", 2)


def chunks(answer: Any) -> Iterator[bytes]:
    assert answer.status_code == 200, answer.content
    return iter(answer.streaming_content)


def text(answer: Any) -> str:
    return b"".join(chunks(answer)).decode()


def lines(whole: str) -> list[dict[str, Any]]:
    assert whole.endswith("\n")
    return [json.loads(line) for line in whole.split("\n")[:-1]]


def ids(whole: str) -> list[str]:
    return [line["id"] for line in lines(whole) if "id" in line]


def test_every_line_is_as_in_the_feed_and_the_last_is_the_feeds_cursor(
    client: Client,
) -> None:
    """The text may hold whatever splits lines in some programs, but no line end."""
    shown = publish(
        PUBLIC, "prisoner", {"name": "Мікалай\n\r\u2028\x85", "sentences": [{}]}
    )
    withdraw(PUBLIC, publish(PUBLIC, "source", {"title": "A report"})["id"])
    withdraw(PUBLIC, publish(PUBLIC, "prisoner")["id"], merged_into=shown["id"])
    answer = client.get(EXPORT)
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    page = client.get("/api/v1/changes").json()
    assert lines(text(answer)) == [
        *page["results"],
        {"next": page["next"], "more": False},
    ]


def test_it_comes_in_chunks_each_by_one_query_of_its_own(
    client: Client, chunks_of_two: None, django_assert_num_queries: Callable[[int], Any]
) -> None:
    published = [publish(PUBLIC, "facility")["id"] for _each in range(5)]
    with django_assert_num_queries(1):
        answer = client.get(EXPORT)
    with django_assert_num_queries(2):
        whole = text(answer)
    assert ids(whole) == published
    assert [line["more"] for line in lines(whole) if "more" in line] == [
        True,
        True,
        False,
    ]


def test_what_changes_during_the_export_comes_again_at_its_end(
    client: Client, chunks_of_two: None
) -> None:
    published = [publish(PUBLIC, "facility")["id"] for _each in range(3)]
    streamed = chunks(client.get(EXPORT))
    first = next(streamed)
    publish(PUBLIC, "facility", {"id": published[0], "region": "Minsk"})
    withdraw(PUBLIC, published[1])
    whole = (first + b"".join(streamed)).decode()
    assert ids(whole) == [
        published[0],
        published[1],
        published[2],
        published[0],
        published[1],
    ]
    assert lines(whole)[-2]["deleted"] is True


def test_a_file_cut_short_goes_on_at_its_last_cursor(
    client: Client, chunks_of_two: None
) -> None:
    published = [publish(PUBLIC, "facility")["id"] for _each in range(5)]
    whole = text(client.get(EXPORT))
    for length in range(len(whole)):
        cut = [json.loads(line) for line in whole[:length].split("\n")[:-1]]
        assert not cut or cut[-1].get("more") is not False
    kept = lines(whole)[:3]  # two places and the cursor after them
    rest = text(client.get(EXPORT, {"since": kept[-1]["next"]}))
    assert [line["id"] for line in kept[:2]] + ids(rest) == published


def test_it_ends_without_its_last_line_when_the_numbers_start_anew(
    client: Client, chunks_of_two: None
) -> None:
    for _each in range(3):
        publish(PUBLIC, "facility")
    streamed = chunks(client.get(EXPORT))
    begun = next(streamed).decode()
    PublicFeed.objects.update(epoch="6a1f3a52-6b3f-4b0a-9d5d-2f2f4f0f1c11")
    assert list(streamed) == []
    answer = client.get(EXPORT, {"since": lines(begun)[-1]["next"]})
    assert answer.status_code == 410
    assert answer.json()["type"] == "urn:problem:resync_required"


def test_kinds_are_chosen_and_remembered(client: Client) -> None:
    publish(PUBLIC, "facility")
    source = publish(PUBLIC, "source", {"title": "A report"})["id"]
    whole = text(client.get(EXPORT, {"kind": "source"}))
    assert ids(whole) == [source]
    publish(PUBLIC, "facility")
    assert ids(text(client.get(EXPORT, {"since": lines(whole)[-1]["next"]}))) == []


def test_a_partner_gets_the_partners_from_beginning_to_end(chunks_of_two: None) -> None:
    """What is read after the request has ended is still read for the same audience."""
    for _each in range(3):
        publish(PUBLIC, "facility")
    theirs = [publish(PARTNERS, "facility")["id"] for _each in range(5)]
    key = key_for("Example Rights Centre")
    whole = text(as_partner(key).get(EXPORT))
    assert ids(whole) == theirs
    key.refresh_from_db()
    assert (key.cursor, key.sent) == ("", lines(whole)[-1]["next"])


@pytest.mark.parametrize("audience", [PUBLIC, PARTNERS])
def test_its_cursor_is_that_of_the_digest(client: Client, audience: Audience) -> None:
    reader = (
        as_partner(key_for("Example Rights Centre")) if audience is PARTNERS else client
    )
    publish(audience, "facility")
    cursor = lines(text(reader.get(EXPORT)))[-1]["next"]
    assert reader.get("/api/v1/digest").json()["cursor"] == cursor
    assert reader.get("/api/v1/changes", {"since": cursor}).json()["results"] == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("since=nonsense", "since"),
        ("kind=sentence", "kind"),
        ("limit=5", "limit"),
        ("since=", "since"),
    ],
)
def test_a_bad_parameter_is_refused_before_anything_is_sent(
    client: Client, query: str, parameter: str
) -> None:
    answer = client.get(f"{EXPORT}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [parameter]


def test_who_asks_only_for_the_head_is_sent_nothing(client: Client) -> None:
    answer = client.head(EXPORT)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert answer.headers["Cache-Control"] == "public, no-cache"
