"""A question is refused that would keep the database busy for long, in a sentence that
says what may be asked.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.http import QueryDict
from django.test import Client

from tests.tracker.site_pages import publish, text
from tracker.asking.filters import FILTERS
from tracker.audiences import PUBLIC

pytestmark = pytest.mark.django_db

CASES = "/en/cases/"
RULE = "Search for at most 200 characters and 10 words."
TOO_LONG = [
    pytest.param("а" * 201, id="201 characters"),
    pytest.param(" ".join("abcdefghijk"), id="11 words"),
    pytest.param("a.b.d.f.h.i.k.l.m.n.p", id="11 words without a space"),
    pytest.param("slovo " * 9_600, id="58 kB"),
]


@pytest.fixture
def _nothing_counted() -> Iterator[None]:
    caches["throttles"].clear()
    yield
    caches["throttles"].clear()


@pytest.mark.parametrize("words", TOO_LONG)
def test_a_long_search_is_refused_by_the_api_with_the_rule(
    client: Client, words: str
) -> None:
    for place in ("prisoners/", "prisoners.csv", "sources/", "facilities/"):
        answer = client.get(f"/api/v1/{place}", {"q": words})
        assert answer.status_code == 400
        assert answer.json()["errors"] == {"q": [RULE]}


@pytest.mark.parametrize("words", TOO_LONG)
def test_a_long_search_is_refused_on_pages_with_the_rule(
    client: Client, words: str
) -> None:
    publish("prisoner", name="Ales Example", names=[{"value": "Ales Example"}])
    answers = [client.post(CASES, {"q": words}), client.get(CASES, {"q": words})]
    answers += [client.get(f"/en/{place}/", {"q": words}) for place in ("sources",)]
    for answer in answers:
        assert answer.status_code == 400
        assert RULE in text(answer.content.decode())
        assert "Ales Example" not in answer.content.decode()


def test_a_search_of_ten_words_is_answered(client: Client) -> None:
    name = "Maria Anna Eva Olga Irina Vera Nina Lidia Raisa Example"
    publish("prisoner", name=name, names=[{"value": name}])
    answer = client.get("/api/v1/prisoners/", {"q": name})
    assert [case["name"] for case in answer.json()["results"]] == [name]


@pytest.mark.parametrize("by", [",", "&"])
@pytest.mark.parametrize("kind", list(FILTERS))
def test_no_parameter_takes_more_than_fifty_values(kind: str, by: str) -> None:
    several = FILTERS[kind].repeatable()
    assert several
    for name in several:
        if by == ",":
            asked = QueryDict(f"{name}={','.join(map(str, range(20_000)))}")
        else:
            asked = QueryDict("&".join(f"{name}=x:{number}" for number in range(9_000)))
        questions = FILTERS[kind](asked, PUBLIC.documents(kind))
        value = questions.form.fields[name].widget.value_from_datadict(asked, {}, name)
        assert len(value) <= 51
        if len(value) > 1:
            assert questions.errors[name] == ["Give at most 50 values."]


def test_fifty_values_are_answered(client: Client) -> None:
    courts = [f"Court {number}" for number in range(50)]
    answer = client.get("/api/v1/sentences/", {"court": courts})
    assert answer.status_code == 200
    answer = client.get("/api/v1/sentences/", {"court": [*courts, "One more"]})
    assert answer.json()["errors"] == {"court": ["Give at most 50 values."]}


@pytest.mark.usefixtures("_nothing_counted")
def test_who_asks_for_pages_too_often_must_wait_as_at_the_api(
    settings: Any, client: Client
) -> None:
    settings.ADDRESS_REQUESTS_A_MINUTE = 3
    asked: Any = {"REMOTE_ADDR": "9.1.2.3"}
    assert client.get("/api/v1/", **asked).status_code == 200
    assert client.get("/en/about/", **asked).status_code == 200
    assert client.post(CASES, {"q": "Ales"}, **asked).status_code == 303
    for answer in (
        client.post(CASES, {"q": "A"}, **asked),
        client.get("/en/", **asked),
    ):
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert answer.headers["Cache-Control"] == "no-store"
        assert "CDN-Cache-Control" not in answer.headers
        assert "Too many requests" in text(answer.content.decode())
    assert client.get("/en/about/", REMOTE_ADDR="9.1.2.4").status_code == 200
