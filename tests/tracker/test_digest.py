"""What a copy must equal, computed here as docs/api.md tells anyone to."""

import json
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from tests.keys import as_partner, key_for
from tests.published import publish, withdraw
from tracker.audiences import PARTNERS, PUBLIC

pytestmark = pytest.mark.django_db

NOTHING = {"count": 0, "sha256_sum": "0" * 64}


class Copy:
    """What a reader holds: {id: document}, and the cursor that goes on."""

    def __init__(self, reader: Client, query: str = "") -> None:
        self.reader, self.query = reader, query
        self.documents: dict[str, Any] = {}
        self.cursor = ""

    def read(self) -> "Copy":
        since = f"&since={self.cursor}" if self.cursor else ""
        page = self.reader.get(f"/api/v1/changes?limit=1000{self.query}{since}").json()
        for change in page["results"]:
            if change["deleted"]:
                self.documents.pop(change["id"], None)
            else:
                self.documents[change["id"]] = change["document"]
        self.cursor = page["next"]
        return self

    def digest(self) -> dict[str, Any]:
        total = 0
        for document in self.documents.values():
            text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            total += int.from_bytes(sha256(text.encode()).digest(), "big")
        return {
            "cursor": self.cursor,
            "count": len(self.documents),
            "sha256_sum": f"{total % 2**256:064x}",
        }

    def published(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.reader.get(
            f"/api/v1/digest?{self.query.removeprefix('&')}".rstrip("?")
        ).json()
        return {name: answer[name] for name in ("cursor", "count", "sha256_sum")}


def test_a_copy_that_read_the_feed_has_the_published_digest(client: Client) -> None:
    copy = Copy(client)
    assert copy.read().digest() == copy.published()
    first = publish(
        PUBLIC,
        "prisoner",
        {"name": 'Мікалай “ "\\\u2028\x7f\n', "sentences": [{"term_months": 3}]},
    )["id"]
    second = publish(PUBLIC, "facility", {"names": {"be": "Калонія", "en": "Colony"}})[
        "id"
    ]
    assert copy.digest() != copy.published()
    assert copy.read().digest() == copy.published()
    publish(PUBLIC, "prisoner", {"id": first})
    withdraw(PUBLIC, second)
    publish(PUBLIC, "source", {"title": "A report"})
    assert copy.read().digest() == copy.published()
    assert copy.digest()["count"] == 2


@pytest.mark.parametrize("wrong", ["missing", "stale", "ghost", "twice"])
def test_a_copy_with_one_thing_wrong_has_another(client: Client, wrong: str) -> None:
    one, other = (
        publish(PUBLIC, "facility", {"region": region})["id"]
        for region in ("Minsk", "Brest")
    )
    copy = Copy(client).read()
    match wrong:
        case "missing":
            del copy.documents[one]
        case "stale":
            copy.documents[one] = {**copy.documents[one], "region": "Hrodna"}
        case "ghost":
            copy.documents["ghost"] = {**copy.documents[one], "id": "ghost"}
        case "twice":
            copy.documents |= {"again": copy.documents[one]}
            del copy.documents[other]
    assert copy.digest()["sha256_sum"] != copy.published()["sha256_sum"]


def test_a_copy_of_some_kinds_has_a_digest_of_its_own(client: Client) -> None:
    publish(PUBLIC, "prisoner", {"sentences": [{}]})
    publish(PUBLIC, "facility")
    publish(PUBLIC, "source", {"title": "A report"})
    some = Copy(client, "&kind=source,facility").read()
    assert some.digest() == some.published()
    assert some.digest()["count"] == 2
    whole = client.get("/api/v1/digest").json()
    of_kinds = client.get("/api/v1/digest?kind=facility&kind=source").json()["kinds"]
    assert list(of_kinds) == ["source", "facility"]
    assert {kind: whole["kinds"][kind] for kind in of_kinds} == of_kinds
    assert whole["kinds"]["release_event"] == NOTHING


def test_partners_have_theirs(client: Client) -> None:
    publish(PUBLIC, "facility")
    publish(PARTNERS, "facility")
    publish(PARTNERS, "facility")
    copy = Copy(as_partner(key_for("Example Rights Centre"))).read()
    assert copy.digest() == copy.published()
    assert Copy(client).read().digest() == Copy(client).published()
    assert copy.digest()["count"] == 2


def test_before_anything_was_published_it_is_nothing(client: Client) -> None:
    answer = client.get("/api/v1/digest").json()
    assert {name: answer[name] for name in NOTHING} == NOTHING
    assert answer["cursor"] == client.get("/api/v1/changes").json()["next"]


def test_a_bad_parameter_is_refused_by_name(client: Client) -> None:
    for query, parameter in (("kind=sentence", "kind"), ("since=x", "since")):
        answer = client.get(f"/api/v1/digest?{query}")
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == [parameter]


def test_who_has_it_already_is_told_so_until_something_changes(client: Client) -> None:
    publish(PUBLIC, "facility")
    tag = client.get("/api/v1/digest").headers["ETag"]
    assert (
        client.get("/api/v1/digest", headers={"If-None-Match": tag}).status_code == 304
    )
    publish(PUBLIC, "facility")
    assert (
        client.get("/api/v1/digest", headers={"If-None-Match": tag}).status_code == 200
    )
