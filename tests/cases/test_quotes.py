"""A quote is published after review, and holds no name that is not."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases import files, quotes
from cases.desk.access.models import AccessEvent
from cases.models import Citation, Prisoner, Source
from tests import factories as make
from tests.cases.admin_pages import (
    address,
    complaints,
    opened,
    recording,
    saved,
    with_row,
)
from tests.cases.editorial import Desk, errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def article() -> Source:
    return make.make_source("The article")


def refused(quote: str, case: Any = None, **who: Any) -> bool:
    return bool(quotes.refusal(quote, case=case, source_id=None, **who))


# --- Whose name ------------------------------------------------------------------------


def test_a_relatives_a_witnesss_and_a_pseudonyms_name_is_held_back() -> None:
    make.make_claimant("Volha Example", role="relative")
    make.make_claimant("Maria Seen", role="witness")
    make.make_claimant("Piotr Sample", role="lawyer")
    make.make_claimant("Quiet Bird", protected_pseudonym=True)
    make.make_claimant("Rights Centre")
    assert refused("says Volha Example, his wife")
    assert refused("Example, Olga")
    assert refused("as Maria Seen told us")
    assert refused("said the lawyer, Petr Sample")
    assert refused("“Quiet Bird” saw him")
    assert not refused("says the Rights Centre")
    assert not refused("Maria said nothing")


def test_one_word_is_held_back_where_its_bearer_speaks() -> None:
    mother = make.make_claimant("Volha", role="relative")
    prisoner = make.make_prisoner(born_on="1990")
    assert not refused("the river Volha", prisoner)
    assert refused("his mother Volha", prisoner, claimant=mother)
    make.make_citation(prisoner, "born_on", claimant=mother)
    assert refused("his mother Volha", prisoner)


def test_a_withheld_name_is_held_back_in_any_spelling() -> None:
    prisoner = make.make_prisoner("Ihar Ilyash", name_withheld=True)
    assert refused("Ілляша асудзілі", prisoner)
    assert not refused("he was sentenced", prisoner)
    Prisoner.objects.update(name_withheld=False)
    prisoner.refresh_from_db()
    assert not refused("Ilyash was sentenced", prisoner)


def test_the_name_of_a_minor_is_held_back() -> None:
    prisoner = make.make_prisoner("Ihar Ilyash", age_as_stated=15)
    assert refused("Ilyash was sentenced", prisoner)


def test_a_name_that_is_kept_inside_is_held_back_but_not_another_spelling() -> None:
    prisoner = make.make_prisoner("Ales Example")
    make.make_name(prisoner, "Alexander Example", visibility="internal")
    make.make_name(prisoner, "Black Raven", visibility="internal")
    assert refused("known as Black Raven", prisoner)
    assert not refused("Alexander Example was sentenced", prisoner)


# --- Where it is refused ---------------------------------------------------------------


def test_the_panel_refuses_it_at_its_box_and_saves_nothing(
    desk: Client, article: Source
) -> None:
    make.make_claimant("Volha Example", role="relative")
    prisoner = make.make_prisoner()
    page = opened(desk, address(prisoner))
    page = with_row(page, "charges", article="342")
    typed = {**recording(article), "recording_quote": "says Volha Example"}
    response = desk.post(address(prisoner), {**page, **typed})
    assert "Quote: It holds a name that is not published" in complaints(response)
    assert not prisoner.charges.exists()


def test_the_page_of_a_citation_refuses_it(desk: Client, article: Source) -> None:
    make.make_claimant("Volha Example", role="relative")
    prisoner = make.make_prisoner(born_on="1990")
    citation = make.make_citation(prisoner, "born_on", article)
    response = saved(desk, address(citation), quote="says Volha Example")
    assert "Quote: It holds a name that is not published" in complaints(response)
    assert Citation.objects.get(pk=citation.pk).quote == ""


def test_the_editorial_api_refuses_it_by_both_ways(article: Source) -> None:
    desk = Desk()
    prisoner = make.make_prisoner("Ihar Ilyash", name_withheld=True, born_on="1990")
    cited = {"prisoner": str(prisoner.pk), "field": "born_on"}
    body = {**cited, "source": str(article.pk), "quote": "Ilyash was born in 1990"}
    answer = desk.post("citations/", body)
    assert list(errors(answer)) == ["quote"]
    support = {"source": str(article.pk), "quote": "Ilyash was sentenced"}
    charge = {"prisoner": str(prisoner.pk), "article": "342"}
    answer = desk.post("charges/", {**charge, "supported_by": [support]})
    assert list(errors(answer)) == ["supported_by"]
    assert not prisoner.charges.exists()


def test_the_database_refuses_what_it_can_tell_whoever_writes(article: Source) -> None:
    mother = make.make_claimant("Volha", role="relative")
    make.make_claimant("Quiet Bird", protected_pseudonym=True)
    prisoner = make.make_prisoner("Ihar Ilyash", name_withheld=True, born_on="1990")
    make.make_citation(prisoner, "born_on", article, quote="he was born in 1990")
    for quote, who in (
        ("says QUIET  BIRD.", None),
        ("says Volha", mother),
        ("(Ihar Ilyash)", None),
    ):
        with pytest.raises(IntegrityError, match="quote"), transaction.atomic():
            make.make_citation(prisoner, "", article, quote=quote, claimant=who)
        with pytest.raises(IntegrityError, match="quote"), transaction.atomic():
            Citation.objects.update(quote=quote, claimant=who)
    make.make_citation(prisoner, "", article, quote="the river Volha")


# --- The text beside the facts ---------------------------------------------------------


def test_the_text_of_the_source_in_hand_stands_beside_the_facts(
    desk: Client, article: Source
) -> None:
    files.keep_text(article, "First words.\n\nFour years.", by=None, reason="")
    prisoner = make.make_prisoner()
    url = f"{address(prisoner)}&recording={article.pk}"
    page = desk.get(url).content.decode()
    assert '<p data-number="2">' in page
    assert "Four years." in page
    assert "Four years." not in desk.get(address(prisoner)).content.decode()
    assert (
        'id="source-text"'
        in desk.get(
            f"{reverse('admin:cases_prisoner_add')}?recording={article.pk}"
        ).content.decode()
    )


def test_who_read_the_text_stands_in_the_access_log(
    desk: Client, article: Source
) -> None:
    files.keep_text(article, "Words.", by=None, reason="")
    prisoner = make.make_prisoner()
    desk.get(f"{address(prisoner)}&recording={article.pk}")
    read = AccessEvent.objects.values_list("kind", "record_id")
    assert set(read[:2]) == {
        ("prisoner", str(prisoner.pk)),
        ("source", str(article.pk)),
    }


def test_the_quote_stands_in_each_citation_of_this_save_and_in_no_address(
    desk: Client, article: Source
) -> None:
    prisoner = make.make_prisoner()
    page = with_row(opened(desk, address(prisoner)), "charges", article="342")
    typed = {**recording(article), "recording_quote": "under Article 342"}
    response = desk.post(address(prisoner), {**page, **typed, "_continue": "1"})
    assert response.status_code == 302, complaints(response)
    assert [one.quote for one in article.cited_by.all()] == ["under Article 342"]
    assert "Article" not in response["Location"]


def test_a_quote_without_a_source_is_asked_about(desk: Client) -> None:
    response = saved(desk, address(make.make_prisoner()), recording_quote="He said")
    assert "Choose the source" in complaints(response)
