"""The source in hand: chosen once, it is cited for what is entered from it, and it ends
with the article.
"""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from cases.desk.access.models import AccessEvent
from cases.models import Citation, Prisoner, Sentence, Source
from tests import factories as make
from tests.cases.admin_pages import (
    Page,
    address,
    complaints,
    opened,
    recording,
    saved,
    with_row,
)

pytestmark = pytest.mark.django_db

ADD = "admin:cases_prisoner_add"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def article() -> Source:
    return make.make_source("The article")


@pytest.fixture
def sentence() -> Sentence:
    prisoner = make.make_prisoner("Mikola Example", occupations=["journalist"])
    return make.make_sentence(prisoner, term_months=60, punishment=None)


def cited(source: Source) -> set[tuple[str, str]]:
    """The facts that it is cited for: field, and entry of a list."""
    return set(source.cited_by.values_list("field", "item"))


def messages(desk: Client, response: Any) -> str:
    assert response.status_code == 302, complaints(response)
    page = desk.get(response.url)
    return " ".join(str(message) for message in page.context["messages"])


def in_address(url: str) -> Page:
    query = parse_qs(urlsplit(url).query)
    return {name: query[name][0] for name in query if name.startswith("recording")}


# --- What is cited ---------------------------------------------------------------------


def test_a_new_charge_is_cited_to_the_source_in_hand_in_the_same_save(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    page = opened(desk, address(sentence.prisoner))
    page = with_row(page, "charges", article="342", label_as_stated="unrest")

    answer = desk.post(address(sentence.prisoner), {**page, **recording(article)})

    assert "2 facts are now cited to “The article”" in messages(desk, answer)
    charge = sentence.prisoner.charges.get()
    assert cited(article) == {("article", ""), ("label_as_stated", "")}
    assert {citation.charge for citation in article.cited_by.all()} == {charge}


def test_a_new_case_is_cited_whole_in_its_first_save(
    desk: Client, article: Source
) -> None:
    page = opened(desk, reverse(ADD))
    assert page["recording_new"] == ["on"], "ticked by default"
    page["names-0-value"] = "Ihar Example"
    page = with_row(page, "detentions", started_on="2025-03")
    page = with_row(page, "whereabouts")
    page = {**page, **recording(article)}

    answer = desk.post(
        reverse(ADD), {**page, "affiliation": "A paper", "occupations": ["blogger"]}
    )

    assert "4 facts are now cited" in messages(desk, answer)
    assert cited(article) == {
        ("value", ""),
        ("started_on", ""),
        ("affiliation", ""),
        ("occupations", "blogger"),
    }
    case = Prisoner.objects.get()
    groups = desk.get(address(case)).context["fact_groups"]
    assert [str(group.heading) for group in groups] == ["One independent source"]


def test_a_new_value_where_there_was_none_is_cited_and_a_list_that_grew(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    case = sentence.prisoner
    typed: Page = {"affiliation": "A paper", "occupations": ["journalist", "blogger"]}
    assert saved(desk, address(case), **typed, **recording(article)).status_code == 302
    assert cited(article) == {("affiliation", ""), ("occupations", "blogger")}


def test_a_part_that_states_nothing_else_is_cited_itself(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    page = opened(desk, address(sentence.prisoner))
    page = with_row(page, "whereabouts", internal_notes="Nobody knows")
    page = {**page, **recording(article)}
    assert desk.post(address(sentence.prisoner), page).status_code == 302
    assert [str(row.whereabouts_id) for row in article.cited_by.all()] == [
        str(row.pk) for row in sentence.prisoner.whereabouts.all()
    ]


def test_what_is_new_is_not_cited_where_the_tick_was_taken_out(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    page = {**opened(desk, address(sentence)), **recording(article), "court": "Minsk"}
    del page["recording_new"]
    answer = desk.post(address(sentence), page)
    told = messages(desk, answer)
    assert "Nothing new was cited to “The article”" in told
    assert "Not cited to it: Sentence" in told
    assert "court" in told
    assert cited(article) == set()


def test_a_changed_value_is_cited_only_by_hand(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    url = address(sentence)
    typed: Page = {"term_months": "48", "court": "Minsk"}
    answer = saved(desk, url, **typed, **recording(article))
    assert "term, whole months" in messages(desk, answer), "what is not cited is told"
    assert cited(article) == {("court", "")}

    typed = {"term_months": "36"}
    answer = saved(desk, url, **typed, **recording(article, says_changed=True))
    assert answer.status_code == 302
    assert cited(article) == {("court", ""), ("term_months", "")}
    assert "recording_changed" not in opened(desk, answer.url), "asked at each save"


def test_a_source_in_hand_that_was_not_said_to_state_it_does_not_carry_a_cited_fact(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    make.make_citation(sentence, "term_months", make.make_source("Old"))
    for boxes in (
        recording(article),
        {**recording(article, says_changed=True), "recording_hedge": "denied"},
    ):
        refused = saved(desk, address(sentence), term_months="48", **boxes)
        assert "This was cited" in complaints(refused)
    sentence.refresh_from_db()
    assert sentence.term_months == 60
    assert cited(article) == set()


def test_a_save_in_which_nothing_is_new_is_no_fault(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    answer = saved(
        desk, address(sentence), internal_notes="Ask again", **recording(article)
    )
    assert "Nothing new was cited to “The article”" in messages(desk, answer)


def test_where_who_and_how_surely_stand_in_each_citation(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    centre = make.make_claimant("A centre")
    details = {
        "recording_locator": "par. 22",
        "recording_claimant": centre.pk,
        "recording_hedge": "inferred",
        "recording_as_of": "2025-09",
    }
    typed: Page = {"court": "Minsk", **recording(article), **details}
    assert saved(desk, address(sentence), **typed).status_code == 302
    citation = Citation.objects.get()
    assert (
        citation.locator,
        citation.claimant,
        citation.hedge,
        citation.as_of,
    ) == ("par. 22", centre, "inferred", "2025-09")


def test_what_is_said_of_no_source_is_asked_back(
    desk: Client, sentence: Sentence
) -> None:
    for boxes in (
        {"recording_locator": "p. 2"},
        {"recording_hedge": "alleged"},
        {"recording_changed": "on"},
    ):
        refused = saved(desk, address(sentence), court="Minsk", **boxes)
        assert "Source: Choose the source" in complaints(refused)
    assert saved(desk, address(sentence), court="Minsk").status_code == 302
    assert not Citation.objects.exists()


def test_a_day_that_cannot_be_is_refused(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    typed = {"recording_as_of": "last week", **recording(article)}
    assert "As of: " in complaints(saved(desk, address(sentence), **typed))
    typed["recording_as_of"] = "2999"
    refused = saved(desk, address(sentence), court="Minsk", **typed)
    assert "speaks of no day that is still to come" in complaints(refused)


def test_what_is_refused_is_not_told_as_cited(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    page = {**opened(desk, address(sentence.prisoner)), **recording(article)}
    page = with_row(page, "detentions", started_on="2999")
    refused = desk.post(address(sentence.prisoner), page)
    assert refused.status_code == 200
    assert [str(message) for message in refused.context["messages"]] == []
    assert cited(article) == set()


# --- How long it goes along ------------------------------------------------------------


def test_it_goes_along_after_each_kind_of_save(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    case = sentence.prisoner
    for button in ("_save", "_continue", "_addanother"):
        typed = {**recording(article), "recording_locator": "p. 1", button: "1"}
        answer = saved(desk, address(case), **typed)
        assert in_address(answer.url) == {
            "recording": str(article.pk),
            "recording_locator": "p. 1",
            "recording_hedge": "stated",
        }
    page = opened(desk, answer.url)
    assert (page["recording"], page["recording_locator"]) == (
        [str(article.pk)],
        ["p. 1"],
    )
    assert page["recording_new"] == ["on"]


def test_it_goes_along_to_the_parts_the_lists_and_back(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    query = f"recording={article.pk}"
    case = address(sentence.prisoner, "file")
    page = desk.get(f"{case}?{query}").content.decode()
    lists = reverse("admin:cases_prisoner_changelist")
    for url in (address(sentence), lists, reverse(ADD)):
        assert f'href="{url}?{query}"' in page
    page = desk.get(f"{lists}?{query}").content.decode()
    assert "The article" in page
    assert f'href="{case}?{query}' in page
    assert 'href="?"' not in page, "a list without filters holds it, too"
    answer = saved(desk, f"{address(sentence)}?{query}", court="Minsk")
    assert urlsplit(answer.url).path == case
    assert in_address(answer.url)["recording"] == str(article.pk)
    assert cited(article) == {("court", "")}


def test_the_next_tab_and_the_page_without_it_know_nothing_of_it(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    saved(desk, address(sentence), court="Minsk", **recording(article))
    assert "recording" not in opened(desk, address(sentence))
    assert "The article" not in desk.get(address(make.make_prisoner())).content.decode()


def test_it_ends_by_a_link_and_does_not_come_back_with_the_filters(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    query = f"q=Mikola&recording={article.pk}"
    lists = reverse("admin:cases_prisoner_changelist")
    found = desk.get(f"{lists}?{query}")
    assert found.status_code == 200
    assert found.context["cl"].result_count == 1
    case = address(sentence.prisoner, "file")
    start = f'href="{case}?'
    link = found.content.decode().split(start, 1)[1].split('"', 1)[0]
    assert "q%3DMikola" in link

    url = f"{case}?{link.replace('&amp;', '&')}"
    ended = desk.get(url).context["without_source"]
    assert str(article.pk) not in ended
    answer = saved(desk, f"{ended}&edit=all", affiliation="A paper")
    assert answer.url == f"{lists}?q=Mikola"
    assert cited(article) == set()


def test_emptying_its_box_ends_it_too(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    url = f"{address(sentence)}?recording={article.pk}"
    answer = saved(desk, url, court="Minsk", recording="", _continue="1")
    assert in_address(answer.url) == {}
    assert cited(article) == set()


@pytest.mark.parametrize(
    "query",
    [
        "recording=nonsense",
        "recording=00000000-0000-0000-0000-000000000000",
        "recording_claimant=x&recording_hedge=y",
    ],
)
def test_an_address_that_names_no_source_holds_none(
    desk: Client, sentence: Sentence, query: str
) -> None:
    page = desk.get(f"{address(sentence)}?{query}")
    assert page.status_code == 200
    assert page.context["in_hand"] is None
    lists = reverse("admin:cases_prisoner_changelist")
    assert desk.get(f"{lists}?{query}").status_code == 200


def test_it_fills_in_the_page_of_a_citation_and_goes_along_there(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    url = f"{reverse('admin:cases_citation_add')}?sentence={sentence.pk}&field=term_months"
    url = f"{url}&recording={article.pk}&recording_locator=p.+4&recording_hedge=alleged"
    page = opened(desk, url)
    assert (page["source"], page["locator"], page["hedge"]) == (
        [str(article.pk)],
        ["p. 4"],
        ["alleged"],
    )
    answer: Any = desk.post(url, page)
    assert in_address(answer.url)["recording"] == str(article.pk)
    assert cited(article) == {("term_months", "")}


def test_the_page_of_a_source_leads_to_the_cases_with_it_in_hand(
    desk: Client, article: Source
) -> None:
    page = desk.get(address(article))
    url = next(
        url for url, label in page.context["record_links"] if label == "Record from it"
    )
    assert desk.get(url).context["in_hand"].source == article


def test_who_may_not_cite_holds_no_source(
    client: Client, sentence: Sentence, article: Source
) -> None:
    trainee = User.objects.create_user("trainee", is_staff=True)
    trainee.user_permissions.set(
        Permission.objects.filter(codename__in=["change_sentence", "view_prisoner"])
    )
    client.force_login(trainee)
    url = f"{address(sentence)}?recording={article.pk}"
    assert "recording" not in opened(client, url)
    answer = saved(client, url, court="Minsk", **recording(article))
    assert in_address(answer.url) == {}
    assert cited(article) == set()


def test_what_needs_no_source_is_not_asked_for_one(
    desk: Client, article: Source
) -> None:
    for kind in ("source", "facility"):
        page = opened(desk, reverse(f"admin:cases_{kind}_add"))
        assert "recording_new" not in page
    page = opened(desk, f"{address(make.make_facility())}?recording={article.pk}")
    assert "recording_new" not in page, "there it is ticked by hand"


def test_the_log_of_what_was_looked_at_does_not_take_it_for_a_search(
    desk: Client, article: Source
) -> None:
    desk.get(f"{reverse('admin:cases_prisoner_changelist')}?recording={article.pk}")
    event = AccessEvent.objects.latest("pk")
    assert (event.act, event.asked) == ("list", "")


# --- Where it goes along ----------------------------------------------------------------


def held_addresses(page: str, article: Source) -> list[str]:
    """Of the links and forms of a page, those that lead on with the source."""
    addresses = re.findall(r'(?:href|action|formaction)="([^"]*)"', page)
    return [address for address in addresses if f"recording={article.pk}" in address]


@pytest.mark.parametrize(
    "page", ["history", "review", "delete", "named_staff", "hidden", "file"]
)
def test_it_goes_along_through_every_page_of_a_case(
    desk: Client, sentence: Sentence, article: Source, page: str
) -> None:
    case = sentence.prisoner
    url = address(case, page)

    answer = desk.get(f"{url}?recording={article.pk}").content.decode()

    back = f"{address(case, 'file')}?recording={article.pk}"
    assert any(led.startswith(back) for led in held_addresses(answer, article))
    assert "Recording from" in answer


@pytest.mark.parametrize(
    "url",
    [
        "admin:index",
        "admin:cases_waitingcase_changelist",
        "admin:cases_merge_changelist",
        "admin:cases_prisoner_duplicates",
        "admin:cases_prisoner_deleted",
        "admin:proposals_proposal_changelist",
    ],
)
def test_it_goes_along_through_the_start_page_and_the_lists_of_others(
    desk: Client, sentence: Sentence, article: Source, url: str
) -> None:
    answer = desk.get(f"{reverse(url)}?recording={article.pk}")

    assert answer.status_code == 200
    to_start = f"{reverse('admin:index')}?recording={article.pk}"
    assert to_start in held_addresses(answer.content.decode(), article)


def test_a_restored_field_leads_back_with_it(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    case = sentence.prisoner
    saved(desk, address(case), affiliation="A paper")
    page = desk.get(f"{address(case, 'history')}?recording={article.pk}")
    ways = [
        unescape(way)
        for way in held_addresses(page.content.decode(), article)
        if "restore" in way
    ]
    assert ways

    answer = saved(desk, ways[0], change_reason="A slip.")

    assert in_address(answer.url) == {"recording": str(article.pk)}


def test_a_form_that_asks_by_address_brings_it_along(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    url = f"{address(sentence.prisoner, 'merge')}?recording={article.pk}"

    page = desk.get(url).content.decode()

    box = f'<input type="hidden" name="recording" value="{article.pk}">'
    assert box in page


def test_it_leaves_the_desk_by_no_link(
    desk: Client, sentence: Sentence, article: Source
) -> None:
    case = sentence.prisoner
    page = desk.get(f"{address(case, 'file')}?recording={article.pk}")

    for led in held_addresses(page.content.decode(), article):
        assert led.startswith(("/admin/", "?"))
        assert not led.startswith("/admin/account/")
