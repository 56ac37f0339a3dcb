"""Filters of the desk's lists fold, count what they would leave, and are kept by name."""

import re
from html import unescape

import pytest
from django.test import Client

from cases.desk.casework.models import SavedFilter
from cases.publishing import publish_pending
from tests import factories as make

pytestmark = pytest.mark.django_db

LIST = "/admin/cases/prisoner/"
FILTERS = f"{LIST}filters/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter("ada"))
    return client


@pytest.fixture
def cases() -> None:
    for number, sex in enumerate(["female", "female", "male"]):
        case = make.make_prisoner(f"Person Example{number}", sex=sex)
        make.make_detention(case, started_on=f"202{number}-01-02")
        make.make_detention(case, started_on=f"202{number}-03-04")
        make.make_recognition(case)
    publish_pending()


def folded(page: str) -> tuple[int, int]:
    """How many filters are folded, and how many open."""
    filters = page[page.index('id="changelist-filter"') :]
    return filters.count("<details>"), filters.count("<details open>")


def test_filters_are_folded_but_for_what_is_asked(desk: Client, cases: None) -> None:
    closed, opened = folded(desk.get(LIST).text)
    assert closed > 15
    assert opened == 0
    assert folded(desk.get(f"{LIST}?sex__is=female").text) == (closed - 1, 1)


def test_nothing_of_it_is_kept_in_the_browser(desk: Client, cases: None) -> None:
    page = desk.get(LIST).text
    assert "filters.js" not in page
    assert "data-filter-title" not in page


def test_each_choice_leaves_as_many_rows_as_stand_beside_it(
    desk: Client, cases: None
) -> None:
    page = desk.get(f"{LIST}?_facets=True").text
    choices = re.findall(r'<a href="([?][^"]+)"[^>]*>([^<]*) [(]([0-9]+)[)]</a>', page)
    assert len(choices) > 60
    told = {}
    for question, label, count in choices:
        if count != "0":
            told[label] = int(count)
            listed = desk.get(LIST + unescape(question)).context["cl"]
            assert listed.result_count == int(count), label
    assert (told["female"], told["male"], told["2021"]) == (2, 1, 1)


def test_nothing_is_counted_that_was_not_asked_for(desk: Client, cases: None) -> None:
    assert "female (" not in desk.get(LIST).text


class TestKept:
    def test_each_says_how_many_rows_it_leaves(self, desk: Client, cases: None) -> None:
        for name, sex in {"Women": "female", "Men": "male"}.items():
            asked = f"sex__is={sex}&q=nobody"
            desk.post(FILTERS, {"name": name, "question": asked})
        page = desk.get(f"{LIST}?status=released").text
        assert "Women (2)</a>" in page
        assert "Men (1)</a>" in page

    def test_one_that_asks_for_what_is_gone_says_no_number(self, desk: Client) -> None:
        desk.post(FILTERS, {"name": "Old", "question": "dropped_field__is=x"})
        assert "Old</a>" in desk.get(LIST).text

    def test_under_a_name_and_found_again(self, desk: Client, cases: None) -> None:
        assert "Keep these filters as" not in desk.get(LIST).text
        asked = "sex__is=female&q=Person&p=2&_facets=True"
        assert "Keep these filters as" in desk.get(f"{LIST}?{asked}").text
        answer = desk.post(FILTERS, {"name": "Women", "question": asked})
        assert answer.headers["Location"] == f"{LIST}?sex__is=female"
        page = desk.get(LIST).text
        assert '<a href="?sex__is=female">Women (2)</a>' in page
        desk.post(FILTERS, {"drop": SavedFilter.objects.get().pk})
        assert not SavedFilter.objects.exists()

    def test_without_the_words_that_were_searched(self, desk: Client) -> None:
        answer = desk.post(
            FILTERS, {"name": "One", "question": "q=Mikola"}, follow=True
        )
        assert "Choose a filter first." in answer.text
        assert not SavedFilter.objects.exists()

    def test_once_under_a_name(self, desk: Client) -> None:
        for _time in range(2):
            answer = desk.post(
                FILTERS, {"name": "Women", "question": "sex__is=female"}, follow=True
            )
        assert "You have a filter of this name." in answer.text
        assert SavedFilter.objects.count() == 1

    def test_for_their_owner_alone(self, desk: Client, cases: None) -> None:
        desk.post(FILTERS, {"name": "Women", "question": "sex__is=female"})
        other = Client()
        other.force_login(make.make_documenter("boris"))
        assert "Women" not in other.get(LIST).text
        other.post(FILTERS, {"drop": SavedFilter.objects.get().pk})
        assert SavedFilter.objects.exists()
