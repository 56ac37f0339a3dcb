"""Who sees what, and who may keep it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import router
from django.test import Client
from django.utils import timezone

from tests.keys import as_partner, key_for
from tests.published import publish, withdraw
from tracker.api import views
from tracker.audiences import PARTNERS, PUBLIC, Audience
from tracker.kept import forget_all

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/api/v1/",
    "/api/v1/prisoners/",
    "/api/v1/changes",
    "/api/v1/vocabularies/sex/",
]


@pytest.fixture
def partner(client: Client) -> Client:
    return as_partner(key_for("Example Rights Centre"))


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [document["name"] for document in answer.json()["results"]]


def test_partners_see_their_own_documents_and_anyone_the_public_ones(
    client: Client, partner: Client
) -> None:
    both = publish(PUBLIC, "prisoner", {"name": "Ales"})["id"]
    publish(PARTNERS, "prisoner", {"id": both, "name": "Ales, also known as Aleh"})
    theirs = publish(PARTNERS, "prisoner", {"name": "Ihar"})["id"]
    assert names(client.get("/api/v1/prisoners/")) == ["Ales"]
    assert names(partner.get("/api/v1/prisoners/")) == [
        "Ales, also known as Aleh",
        "Ihar",
    ]
    assert client.get(f"/api/v1/prisoners/{theirs}/").status_code == 404
    assert partner.get(f"/api/v1/prisoners/{theirs}/").status_code == 200
    assert len(client.get("/api/v1/changes").json()["results"]) == 1
    assert len(partner.get("/api/v1/changes").json()["results"]) == 2
    assert partner.get("/api/v1/").json()["audience"] == "partners"


@pytest.mark.usefixtures("kept_nowhere")
def test_a_partner_is_asked_for_their_key_once(
    partner: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    document = publish(PARTNERS, "prisoner")
    partner.get("/api/v1/")  # the first request of a day is written down
    # Its requests are counted by a statement of its own, which is not among these
    # (tracker/database.py).
    with django_assert_num_queries(3):  # the key; the counter; the page
        partner.get("/api/v1/prisoners/?ordering=changed")
    with django_assert_num_queries(2):  # the key; the row, with the epoch
        partner.get(f"/api/v1/prisoners/{document['id']}/")


@pytest.mark.parametrize(
    "header",
    [
        "Api-Key",
        "Api-Key ",
        "Api-Key nonsense",
        "Api-Key \0",
        "Api-Key ключ.ключ",
        "Bearer abc",
        "Basic YTpi",
        "nonsense",
    ],
)
@pytest.mark.parametrize("path", ADDRESSES)
def test_a_key_that_is_none_is_refused_and_not_taken_for_anyone(
    client: Client, path: str, header: str
) -> None:
    answer = client.get(path, headers={"Authorization": header})
    assert_refused(answer)


def assert_refused(answer: Any) -> None:
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Api-Key"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_revoked_an_expired_and_a_mistyped_key_are_refused(client: Client) -> None:
    now = timezone.now()
    revoked, expired = (
        key_for("One", revoked=True),
        key_for("One", expiry_date=now - timedelta(seconds=1)),
    )
    third = key_for("Two", expiry_date=now + timedelta(hours=1)).secret
    for secret in (revoked.secret, expired.secret, third[:-1], third.split(".")[0], ""):
        assert_refused(
            client.get(
                "/api/v1/prisoners/", headers={"Authorization": f"Api-Key {secret}"}
            )
        )
    assert (
        client.get(
            "/api/v1/prisoners/", headers={"Authorization": f"Api-Key {third}"}
        ).status_code
        == 200
    )


def test_no_question_of_anyones_goes_to_the_record(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every query names the public login; one that did not would ask the router for a
    database.
    """
    document = publish(PUBLIC, "prisoner")
    merged = publish(PUBLIC, "prisoner")["id"]
    withdraw(PUBLIC, merged, merged_into=document["id"])

    def refuse(*_args: Any, **_hints: Any) -> str:
        raise AssertionError("a query without an alias")

    monkeypatch.setattr(router, "db_for_read", refuse)
    monkeypatch.setattr(router, "db_for_write", refuse)
    paths = [
        *ADDRESSES,
        f"/api/v1/prisoners/{document['id']}/",
        f"/api/v1/prisoners/{merged}/",
    ]
    queries = [
        "status=detained&q=a&born_on_or_after=2025-01-01&sex=male&term_months_min=1"
    ]
    for path in [*paths, *(f"/api/v1/prisoners/?{query}" for query in queries)]:
        assert client.get(path).status_code in (200, 301), path


# --- What may be kept --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [*ADDRESSES, "/api/v1/prisoners/none/", "/api/v1/prisoners/?sex=x"]
)
def test_a_proxy_may_keep_what_anyone_sees_and_nothing_of_a_partners(
    client: Client, partner: Client, path: str
) -> None:
    for one, expected in ((client, "public, no-cache"), (partner, "private, no-store")):
        answer = one.get(path)
        assert answer.headers["Cache-Control"] == expected
        assert "Authorization" in answer.headers["Vary"]
        assert "Cookie" not in answer.headers["Vary"]
        assert not answer.cookies


@pytest.mark.parametrize("path", [*ADDRESSES, "/api/v1/prisoners/?q=ales"])
def test_who_has_the_answer_already_is_told_so(client: Client, path: str) -> None:
    publish(PUBLIC, "prisoner", {"name": "Ales", "names": [{"value": "Ales"}]})
    first = client.get(path)
    assert first.headers["ETag"].startswith('"')  # strong
    assert "Last-Modified" not in first.headers
    for tag in (
        first.headers["ETag"],
        "W/" + first.headers["ETag"],
        f'"x", {first.headers["ETag"]}',
        "*",
    ):
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Cache-Control"] == "public, no-cache"
    assert client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize("path", [*ADDRESSES, "/api/v1/digest"])
def test_another_language_release_or_epoch_is_another_answer(
    client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(PUBLIC, "prisoner")
    tags = [client.get(path).headers["ETag"]]
    monkeypatch.setattr(views, "get_language", lambda: "be")
    forget_all()
    tags.append(client.get(path).headers["ETag"])
    monkeypatch.setattr(views, "RELEASE", "99")
    forget_all()
    tags.append(client.get(path).headers["ETag"])
    assert len(set(tags)) == 3
    if "vocabularies" not in path:
        PUBLIC.feed_model._default_manager.update(
            epoch="6a1f3a52-6b3f-4b0a-9d5d-2f2f4f0f1c11"
        )
        assert client.get(path).headers["ETag"] not in tags


def test_the_head_says_what_the_answer_says(client: Client) -> None:
    document = publish(PUBLIC, "facility")
    for path in (*ADDRESSES, "/api/v1/digest", f"/api/v1/facilities/{document['id']}/"):
        whole, head = client.get(path), client.head(path)
        assert head.content == b""
        own = {"Content-Length": "", "X-Request-ID": ""}
        assert {**head.headers, **own} == {**whole.headers, **own}, path


def test_a_feed_that_forgot_a_withdrawal_is_another_answer(client: Client) -> None:
    publish(PUBLIC, "facility")
    tag = client.get("/api/v1/changes").headers["ETag"]
    PUBLIC.feed_model._default_manager.update(pruned_seq=1)
    assert (
        client.get("/api/v1/changes", headers={"If-None-Match": tag}).status_code == 200
    )


def test_a_change_makes_every_list_new_and_only_its_own_document(
    client: Client,
) -> None:
    changing, other = (publish(PUBLIC, "facility")["id"] for _each in range(2))
    paths = [
        "/api/v1/facilities/",
        f"/api/v1/facilities/{changing}/",
        f"/api/v1/facilities/{other}/",
    ]
    before = [client.get(path).headers["ETag"] for path in paths]
    publish(PUBLIC, "facility", {"id": changing, "region": "Minsk"})
    after = [client.get(path).headers["ETag"] for path in paths]
    assert [old == new for old, new in zip(before, after, strict=True)] == [
        False,
        False,
        True,
    ]


def test_a_withdrawn_document_is_not_answered_as_unchanged(client: Client) -> None:
    document = publish(PUBLIC, "facility")
    path = f"/api/v1/facilities/{document['id']}/"
    tag = client.get(path).headers["ETag"]
    withdraw(PUBLIC, document["id"])
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 404


def test_tags_of_two_audiences_differ(client: Client, partner: Client) -> None:
    document = publish(PUBLIC, "facility")
    publish(PARTNERS, "facility", {"id": document["id"]})
    _share_an_epoch(PUBLIC, PARTNERS)
    for path in (
        "/api/v1/facilities/",
        f"/api/v1/facilities/{document['id']}/",
        "/api/v1/changes",
    ):
        assert client.get(path).headers["ETag"] != partner.get(path).headers["ETag"]


def test_a_new_epoch_makes_everything_new(client: Client) -> None:
    document = publish(PUBLIC, "facility")
    publish(PARTNERS, "facility")
    paths = ["/api/v1/facilities/", f"/api/v1/facilities/{document['id']}/"]
    before = [client.get(path).headers["ETag"] for path in paths]
    _share_an_epoch(PARTNERS, PUBLIC)
    assert not set(before) & {client.get(path).headers["ETag"] for path in paths}


def _share_an_epoch(giving: Audience, taking: Audience) -> None:
    epoch = giving.feed_model._default_manager.values_list("epoch", flat=True).get()
    taking.feed_model._default_manager.update(epoch=epoch)


def test_a_head_request_has_no_body(client: Client) -> None:
    answer = client.head("/api/v1/prisoners/")
    assert (answer.status_code, answer.content) == (200, b"")
