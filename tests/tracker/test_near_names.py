"""Where nobody has every word of a name, those are shown who are nearest, and it is said
that they are.
"""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.tracker.site_pages import publish, text
from tests.tracker.test_names import MORE_THAN_STORED, TYPED
from tests.tracker.test_site_cases import LIST, names
from tracker.asking.named import nearly
from tracker.audiences import PUBLIC
from tracker.nearest import MOST

pytestmark = pytest.mark.django_db

API = "/api/v1/prisoners/"
NO_CASE_HAS = "No case has every word of"


def make(*spellings: str, **content: Any) -> Any:
    rows = [{"value": name, "preferred": name == spellings[0]} for name in spellings]
    return publish("prisoner", name=spellings[0], names=rows, **content)


def asked(client: Client, q: str, **more: str) -> Any:
    answer = client.get(API, {"q": q, **more})
    assert answer.status_code == 200
    return answer.json()


def found(answer: Any) -> list[str]:
    return [document["name"] for document in answer["results"]]


def matched(answer: Any) -> list[str]:
    return [row["name"] for row in answer["match"]["names"]]


@pytest.fixture
def everybody() -> None:
    for stored in TYPED["names"]:
        make(stored["stored"])
    for other in ("Николай Иванов", "Nikolai Viktorov", "María López", "José Thuriyan"):
        make(other)


@pytest.mark.usefixtures("everybody")
def test_all_that_people_type_is_answered_as_names_typed_says(client: Client) -> None:
    for stored in TYPED["names"]:
        name = stored["stored"]
        for query in [*stored["find"], *stored.get("somewhere", [])]:
            answer = asked(client, query)
            how = "whole_name" if query in MORE_THAN_STORED else "every_word"
            assert (name in found(answer)[:5], answer["match"]["how"]) == (True, how)
        for query in stored["nearby"]:
            answer = asked(client, query)
            assert (matched(answer)[0], answer["match"]["how"]) == (name, "nearly")
        for query in stored.get("never", []):
            assert name not in found(asked(client, query))


def test_a_name_that_is_wholly_in_what_was_asked_stands_alone(client: Client) -> None:
    make("Мікалай Станкевіч")
    make("N. Stankevich")
    make("Nikolai")
    make("Nikolai Viktorov")
    answer = asked(client, "Станкевич Николай Викторович")
    names_found = ["Мікалай Станкевіч", "N. Stankevich", "Nikolai"]
    assert sorted(matched(answer)) == sorted(names_found)
    assert sorted(found(answer)) == sorted(names_found)


def test_else_those_who_have_most_of_the_words_come_first(client: Client) -> None:
    make("Nikolai Orlov Rot")
    make("Nikolai Stankvich Rot")
    make("Ivan Stankvich Rot")
    make("Ivan Orlov Rot")
    answer = asked(client, "Nikolai Stankevich")
    assert answer["match"]["how"] == "nearly"
    assert matched(answer) == [
        "Nikolai Stankvich Rot",
        "Nikolai Orlov Rot",
        "Ivan Stankvich Rot",
    ]


def test_it_says_by_which_of_the_names_somebody_was_found(client: Client) -> None:
    case = make("Ales Other", "Mikalai Stankevich")
    answer = asked(client, "Stankvich")
    assert answer["match"] == {
        "how": "nearly",
        "names": [{"id": case["id"], "name": "Mikalai Stankevich"}],
    }
    html = text(client.post(LIST, {"q": "Stankvich"}, follow=True).content.decode())
    assert "Names like “Stankvich”, not the same" in html
    assert f"{NO_CASE_HAS} “Stankvich”." in html
    assert "found by the name Mikalai Stankevich" in html


def test_nothing_is_said_where_every_word_was_found(client: Client) -> None:
    make("Mikalai Stankevich")
    make("Mikalai Stankvich")
    html = client.post(LIST, {"q": "Stankevich"}, follow=True).content.decode()
    assert names(html) == ["Mikalai Stankevich"]
    assert NO_CASE_HAS not in html
    assert "found by" not in html
    answer = asked(client, "Stankevich")
    assert answer["match"] == {"how": "every_word", "names": []}
    assert "match" not in client.get(API).json()


def test_the_page_has_the_nearest_first_whatever_their_names_begin_with(
    client: Client,
) -> None:
    make("Aa Stankvich Else")
    make("Zz Stankvich Nikolai Else")
    html = client.post(LIST, {"q": "Nikolai Stankevich"}, follow=True).content.decode()
    assert names(html) == ["Zz Stankvich Nikolai Else", "Aa Stankvich Else"]


def test_other_questions_narrow_the_second_answer_and_make_none(client: Client) -> None:
    make("Ales Stankevich", occupations=["teacher"])
    make("Ihar Stankevihc", occupations=["lawyer"])
    assert found(asked(client, "Stankevihc", occupations="lawyer")) == [
        "Ihar Stankevihc"
    ]
    # Somebody is called so, and is no teacher: then nobody else is offered.
    answer = asked(client, "Stankevihc", occupations="teacher")
    assert (found(answer), answer["match"]["how"]) == ([], "every_word")


def test_short_words_and_other_scripts_are_never_nearly_alike(client: Client) -> None:
    make("Ales Kots")
    make("သီတာ")
    make("陳志和")
    for query in ("Kats", "Kort", "သီတာာ", "陳志明"):
        answer = asked(client, query)
        assert answer["match"]["names"] == [] or query == "Kats"


def test_a_table_has_no_place_to_say_so_and_holds_no_near_name(client: Client) -> None:
    make("Mikalai Stankevich")
    lines = client.get("/api/v1/prisoners.csv", {"q": "Stankvich"})
    assert len(b"".join(lines.streaming_content).splitlines()) == 1  # type: ignore[attr-defined]


def test_titles_are_no_names_of_people_and_are_found_by_every_word(
    client: Client,
) -> None:
    publish("facility", names=["Colony Stankevich"])
    answer = client.get("/api/v1/facilities/", {"q": "Stankvich"}).json()
    assert (answer["results"], "match" in answer) == ([], False)


def test_no_more_are_offered_than_anybody_reads() -> None:
    ids = []
    for number in range(MOST + 5):
        ids.append(make(f"Person{number:02} Stankevihc Other")["id"])
    rows = PUBLIC.documents("prisoner")
    match = nearly(
        rows, "Stankevich", lambda ids: {each: ["Stankevihc"] for each in ids}
    )
    assert len(match.names) == MOST


def test_near_names_are_found_by_the_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    rows = PUBLIC.document_model._default_manager.order_by()
    alike = rows.filter(search_key__trigram_strict_word_similar="stankavih")
    assert "publicdocument_search" in alike.explain()


class TestTheOrderOfThoseFound:
    def test_is_as_it_is_spelled_then_whole_words_then_by_name(
        self, client: Client
    ) -> None:
        ordered = [
            "Yasa",
            "Ab Yasa",
            "Yasa Z",
            "Bob Jassa",
            "Ales Yasal",
            "Bob Yasalov",
        ]
        for name in sorted(ordered):
            make(name)
        assert found(asked(client, "Yasa")) == ordered
        assert (
            names(client.post(LIST, {"q": "yasa"}, follow=True).content.decode())
            == ordered
        )

    def test_goes_on_over_pages_and_back(self, client: Client) -> None:
        for number in range(5):
            make(f"Rolan{'dz' * (number % 2)} {number}")
        whole = found(asked(client, "Rolan"))
        assert len(whole) == 5
        page = asked(client, "Rolan", limit="2")
        seen = found(page)
        while page["next"]:
            page = client.get(page["next"]).json()
            seen += found(page)
        assert seen == whole
        before = client.get(page["previous"]).json()
        assert found(before) == whole[2:4]

    def test_is_another_one_if_that_is_asked_for(self, client: Client) -> None:
        for name in ("Zina Yasa", "Ales Yasalinski"):
            make(name)
        answer = asked(client, "Yasa", ordering="name")
        assert found(answer) == ["Ales Yasalinski", "Zina Yasa"]
        page = client.get(LIST, {"q": "Yasa", "ordering": "name"})
        assert names(page.content.decode()) == found(answer)

    def test_is_by_name_for_a_letter_or_two(self, client: Client) -> None:
        for name in ("Zina Ya", "Ales Yasalinski"):
            make(name)
        assert found(asked(client, "Ya")) == ["Ales Yasalinski", "Zina Ya"]
        assert client.post(LIST, {"q": "Ya"}, follow=True).status_code == 200

    def test_is_asked_for_only_with_a_name(self, client: Client) -> None:
        assert client.get(API, {"ordering": "match"}).status_code == 400
        assert client.get(LIST, {"ordering": "match"}).status_code == 400
        made_up = client.get(API, {"q": "Yasa", "cursor": "x"})
        assert made_up.status_code == 400
