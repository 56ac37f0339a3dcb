"""The list of cases: searched by name, filtered by address, page by page."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from tests.tracker.site_pages import new_id, publish, text
from tracker.site import listing, searches

pytestmark = pytest.mark.django_db

LIST = "/en/cases/"


def names(html: str) -> list[str]:
    """The cases that a page lists, in its order."""
    found = re.search(r'<ul class="cases">(.*?)</ul>', html, re.DOTALL)
    return re.findall(r"<bdi[^>]*>(.*?)</bdi>", found[1]) if found else []


def listed(client: Client, **asked: Any) -> list[str]:
    response = client.get(LIST, asked)
    assert response.status_code == 200, text(response.content.decode())
    return names(response.content.decode())


def make(name: str, **content: Any) -> Any:
    return publish(
        "prisoner", name=name, names=[{"value": name, "preferred": True}], **content
    )


def status(since: str | None, until: str | None, *statuses: str) -> dict[str, Any]:
    return {"since": since, "until": until, "statuses": list(statuses), "basis": []}


def searched(client: Client, words: str, address: str = LIST) -> str:
    """The address that a search leads to."""
    response = client.post(address, {"q": words})
    assert response.status_code == 303
    return response["Location"]


def test_a_posted_name_is_found_in_any_spelling_and_stays_out_of_addresses(
    client: Client,
) -> None:
    make("Mikalai Statkevich")
    make("Ihar Losik")
    address = searched(client, "Николай Статкевич")
    html = client.get(address).content.decode()
    assert names(html) == ["Mikalai Statkevich"]
    assert 'value="Николай Статкевич"' in html
    link = re.search(r'<a href="\?([^"]*)">Link to this search</a>', html)
    assert link
    assert names(client.get(f"{LIST}?{link[1]}").content.decode()) == [
        "Mikalai Statkevich"
    ]
    others = re.findall('(?:href|action)="([^"]*)"', html.replace(link[0], ""))
    assert not [one for one in others if "q=" in one]
    for words in ("Losik", "Мікалай" * 25):
        assert len(address) == len(searched(client, words)), words
    # Whoever goes back asks for the same address once more.
    assert names(client.get(address).content.decode()) == ["Mikalai Statkevich"]


def test_a_search_is_over_after_an_hour_and_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("Ihar Losik", sex="male")
    address = searched(client, "Losik", f"{LIST}?sex=male")
    assert names(client.get(address).content.decode()) == ["Ihar Losik"]
    monkeypatch.setattr(searches, "LASTS", -1)
    for over in (address, f"{LIST}?sex=male&search=x", f"{LIST}?sex=male&search=ж"):
        response = client.get(over)
        assert response.status_code == 200
        html = response.content.decode()
        assert "This search is over" in html
        assert "Losik" not in html
        assert 'action="/en/cases/?sex=male"' in html


def test_a_search_and_filters_narrow_each_other(client: Client) -> None:
    make("Ales Example", occupations=["teacher"])
    make("Ales Sample", occupations=["lawyer"])
    address = searched(client, "Ales", f"{LIST}?occupations=lawyer")
    html = client.get(address).content.decode()
    assert names(html) == ["Ales Sample"]
    remove = re.search(r'<li><a href="\?(search=[^"]*)">', html)
    assert remove
    assert len(names(client.get(f"{LIST}?{remove[1]}").content.decode())) == 2
    token = re.search('name="search" value="([^"]*)"', html)
    assert token
    assert listed(client, search=token[1], occupations="teacher") == ["Ales Example"]


def test_a_search_that_finds_nobody_says_so(client: Client) -> None:
    answer = client.post(LIST, {"q": "Nobody"}, follow=True)
    assert "No published case matches." in text(answer.content.decode())
    assert client.post(LIST, {"q": " "})["Location"] == f"{LIST}?"


def test_a_search_goes_on_over_pages_without_showing_the_name_in_an_address(
    client: Client,
) -> None:
    for number in range(51):
        make(f"Ales {number:02}")
    address = searched(client, "Ales")
    first = client.get(address).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert len(following[1]) == len(address) - len(LIST)
    second = client.get(LIST + following[1]).content.decode()
    assert (len(names(first)), names(second)) == (50, ["Ales 50"])
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back
    assert names(client.get(LIST + back[1]).content.decode()) == names(first)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"occupations": "journalist"}, ["Jana"]),
        ({"citizenships": "LT"}, ["Jana"]),
        ({"sex": "male"}, ["Piotr"]),
        ({"punishment": "fine"}, ["Piotr"]),
        ({"deportation_to_country": "LT"}, ["Piotr"]),
        ({"released_on_or_after": "2025-09-12"}, ["Jana"]),
        ({"released_on_or_before": "2025-09-10"}, ["Jana"]),
        ({"status": "imprisoned"}, ["Piotr"]),
        ({"status": "imprisoned", "status_on": "2020-01-01"}, ["Jana", "Piotr"]),
        ({"ordering": "-term_months"}, ["Piotr", "Jana"]),
    ],
)
def test_an_address_filters_and_orders_the_list(
    client: Client, asked: dict[str, str], found: list[str]
) -> None:
    make(
        "Jana",
        sex="female",
        occupations=["journalist"],
        citizenships=["LT"],
        releases=[{"released_on": "2025-09"}],
        sentence_in_force={"term": "months", "months": 12},
        status=[
            status(None, "2025-09-01", "imprisoned"),
            status("2025-09-01", None, "released"),
        ],
    )
    make(
        "Piotr",
        sex="male",
        releases=[{"released_on": "2025-09-11"}],
        sentence_in_force={"term": "life", "punishments": ["fine"]},
        deportations=[{"outcome": "expelled", "to_country": "LT"}],
        status=[status(None, None, "imprisoned", "not_known")],
    )
    assert listed(client, **asked) == found


def test_the_status_shown_is_that_of_the_day_asked_for(client: Client) -> None:
    make(
        "Jana",
        status=[
            status(None, "2025-09-01", "imprisoned"),
            status("2025-09-01", None, "released"),
        ],
    )
    for asked in ({"status": "imprisoned"}, {}):
        html = client.get(LIST, {**asked, "status_on": "2025-08-31"}).content.decode()
        assert "Jana in prison" in text(html)
        assert "Status as of 31 August 2025." in text(html)


def test_what_narrows_the_list_is_told_and_can_be_taken_away(client: Client) -> None:
    event = publish(
        "release_event", title="A release of many", occurred_on="2025-09-11"
    )
    make("Jana", occupations=["journalist"], releases=[{"release_event": event["id"]}])
    html = client.get(
        LIST, {"release_event": event["id"], "occupations": "journalist"}
    ).content.decode()
    assert "Release event: A release of many ×" in text(html)
    assert (
        f'href="?release_event={event["id"]}"><span class="about">Occupation:</span>'
        in html
    )
    assert names(html) == ["Jana"]


def test_the_form_keeps_filters_that_it_does_not_offer(client: Client) -> None:
    html = client.get(
        LIST, {"recognised_by": ["A centre, Minsk", "Another"]}
    ).content.decode()
    for value in ("A centre, Minsk", "Another"):
        assert f'<input type="hidden" name="recognised_by" value="{value}">' in html


def test_empty_fields_of_the_form_are_taken_out_of_the_address(client: Client) -> None:
    response = client.get(LIST, {"sex": "", "occupations": "lawyer", "status_on": ""})
    assert (response.status_code, response["Location"]) == (
        302,
        f"{LIST}?occupations=lawyer",
    )
    assert client.get(LIST, {"sex": ""})["Location"] == LIST


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"sex": "x"}, "Sex: “x” is not one of: female, male, other."),
        (
            {"released_on_or_after": "2025-02-30"},
            "Released on or after: Write a day that exists as 2025-09-11.",
        ),
        ({"status_on": "2999-09-11"}, "Status on this day:"),
        ({"facility": "x"}, "Ever held in: “x” is not an id."),
        ({"ordering": "shoe_size"}, "There is no order called “shoe_size”."),
    ],
)
def test_a_question_that_cannot_be_answered_lists_nobody_and_says_why(
    client: Client, asked: dict[str, str], sentence: str
) -> None:
    make("Jana")
    response = client.get(LIST, asked)
    assert response.status_code == 400
    assert sentence in text(response.content.decode())
    assert names(response.content.decode()) == []


def test_a_broken_cursor_is_not_found(client: Client) -> None:
    assert client.get(LIST, {"cursor": "x"}).status_code == 404


def test_pages_of_the_list_follow_each_other_with_the_filter_kept(
    client: Client,
) -> None:
    for number in range(51):
        make(f"Ales {number:02}", sex="male")
    first = client.get(LIST, {"sex": "male"}).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.get(LIST + following[1].replace("&amp;", "&")).content.decode()
    assert names(second) == ["Ales 50"]
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back
    assert names(
        client.get(LIST + back[1].replace("&amp;", "&")).content.decode()
    ) == names(first)


@pytest.mark.usefixtures("kept_nowhere")
def test_a_list_costs_the_same_few_queries_however_long_it_is(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    event = publish("release_event", title="A release of many")
    for number in range(60):
        make(f"Ales {number:02}", releases=[{"release_event": event["id"]}])
    client.get(LIST, {"release_event": event["id"]})  # then its numbers are kept
    # Where the first of all cases end; the cases; the release events to choose from; the
    # title of the one chosen; are there too many cases to count; is what was counted
    # still so.
    with django_assert_num_queries(6):
        client.get(LIST, {"release_event": event["id"]})


def test_beside_each_answer_stands_how_many_cases_it_would_give(client: Client) -> None:
    make("Ales Example", sex="female", occupations=["teacher"])
    make("Iryna Sample", sex="female")
    make("Ihar Sample", sex="male")
    publish("prisoner", id=new_id(), sex="male", occupations=["teacher"])
    html = text(client.get(LIST).content.decode())
    for words in ("4 results.", "female (2)", "male (1)", "teacher (1)"):
        assert words in html
    narrowed = text(client.get(LIST, {"occupations": "teacher"}).content.decode())
    for words in ("1 result.", "female (1)", "would single them out", "Name withheld"):
        assert words in narrowed
    assert "(1)" not in text(client.post(LIST, {"q": "Ales"}).content.decode())


def test_long_lists_are_not_counted_for_the_first_reader(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_COUNTED", 1)
    make("Ales Example", sex="female")
    assert "female (1)" in text(client.get(LIST).content.decode())
    make("Iryna Sample", sex="female")
    assert "female (" not in text(client.get(LIST).content.decode())


def test_a_case_without_a_name_is_listed_as_withheld(client: Client) -> None:
    publish("prisoner", name_withheld=True, id=new_id())
    assert "Name withheld" in text(client.get(LIST).content.decode())


def test_what_people_wrote_is_offered_as_text(client: Client) -> None:
    publish("release_event", title='"><script>alert(1)</script>')
    html = client.get("/en/cases/").content.decode()
    assert "&gt;&lt;script&gt;" in html
    assert "<script>" not in html


def test_namesakes_are_told_apart_by_the_year_of_their_birth(client: Client) -> None:
    for edtf in ("1961-05-14", "1987", "1990~"):
        make(f"Ales Example {edtf}", born_on=edtf)
    make("Ales Example")
    page = text(client.get(LIST).content.decode())
    assert "born 1961" in page
    assert "1961-05" not in page.replace("Ales Example 1961-05-14", "")
    assert "born 1987" in page
    assert "born about 1990" in page
    assert page.count("born ") == 3


def test_a_line_tells_where_the_person_is_held_since_when_and_what_was_heard_last(
    client: Client,
) -> None:
    place = publish("facility", names={"en": "Colony No. 1"})

    def held(name: str) -> None:
        there = {"id": new_id(), "facility": place["id"]}
        now = status("2024-05-02", None, "imprisoned")
        make(
            name,
            detentions=[{"placements": [there]}],
            last_place={**there, "placement": there["id"], "as_of": "2024-05"},
            status=[{**now, "as_of": "2025-09-11"}],
        )

    held("Ales Example")
    with CaptureQueriesContext(connection) as for_one:
        client.get(LIST)
    held("Barys Example")
    with CaptureQueriesContext(connection) as for_two:
        page = text(client.get(LIST).content.decode())
    assert len(for_two) == len(for_one)
    line = page.split("Ales Example")[1].split("Barys Example")[0]
    assert "since 2 May 2024; last reported: 11 September 2025" in line
    assert "Colony No. 1 (as of May 2024)" in line
    # Where somebody is held today says nothing of another day.
    then = text(client.get(LIST, {"status_on": "2025-01-01"}).content.decode())
    assert "since 2 May 2024" in then
    assert "Colony No. 1 (" not in then
