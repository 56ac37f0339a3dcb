"""What a documenter sees of a case's sources, and what the desk asks before a cited fact changes."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Prisoner, Sentence
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address, complaints, opened, saved
from tests.transactions import committed

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def sentence() -> Sentence:
    prisoner = make.make_prisoner("Mikola Example", occupations=["journalist"])
    return make.make_sentence(prisoner, term_months=60, term_as_stated="five years", punishment=None)


def groups(desk: Client, case: Any) -> dict[str, list[str]]:
    """The facts in each group of the panel, as it names them."""
    found = desk.get(address(case)).context["fact_groups"]
    return {str(group.heading): [fact.label for _title, facts in group.records for fact in facts] for group in found}


def test_the_page_of_a_case_tells_what_each_fact_rests_on(desk: Client, sentence: Sentence) -> None:
    agency, copy, rival = make.make_source("Agency"), make.make_source("Copy"), make.make_source("Rival")
    copy.derived_from.add(agency)
    for source in (agency, copy):
        make.make_citation(sentence, "term_months", source)
    for source in (copy, rival):
        make.make_citation(sentence, "term_as_stated", source)
    make.make_citation(sentence, "term_months", rival, states=48)

    assert groups(desk, sentence.prisoner) == {
        "No source": ["occupations: journalist", "name as written"],
        "One independent source": ["term, whole months"],
        "Contradicted": ["term, whole months"],
    }
    page = desk.get(address(sentence.prisoner)).content.decode()
    assert "48 (Rival)" in page
    form = f"{reverse('admin:cases_citation_add')}?prisoner={sentence.prisoner_id}&field=occupations&item=journalist"
    assert form.replace("&", "&amp;") in page
    assert (opened(desk, form)["field"], opened(desk, form)["item"]) == (["occupations"], ["journalist"])


def test_a_case_with_two_sources_for_everything_has_no_open_fact(desk: Client) -> None:
    event = make.make_release_event(occurred_on="2025-09-11")
    for title in ("One", "Other"):
        make.make_citation(event, "occurred_on", make.make_source(title))
    assert groups(desk, event) == {}
    assert "Every fact rests on two independent sources" in desk.get(address(event)).content.decode()
    assert "fact_groups" not in desk.get(address(make.make_source())).context, "it speaks for itself"


def test_the_panel_takes_no_more_queries_for_more_facts_and_sources(desk: Client, sentence: Sentence) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.get(address(sentence.prisoner))
        return len(asked)

    def grow(number: int) -> None:
        for one in range(number):
            copy = make.make_source(f"Copy {one}")
            copy.derived_from.add(make.make_source(f"Original {one}"))
            make.make_citation(sentence, "term_months", copy, states=48 + one)

    grow(2)
    queries()
    few = queries()
    grow(20)
    assert queries() <= few


def test_cases_are_found_by_their_open_questions(desk: Client) -> None:
    cited, uncited = make.make_prisoner("Cited Person"), make.make_prisoner("Uncited Person")
    make.make_citation(cited.names.get(), "value")
    publish_pending()
    url = reverse("admin:cases_prisoner_changelist")

    def found(question: str) -> list[Prisoner]:
        return list(desk.get(url, {"open_questions": question}).context["cl"].result_list)

    assert found("single_source") == [cited]
    assert found("uncited") == found("no_citation") == [uncited]
    assert found("sources_disagree") == found("no") == []
    assert len(found("yes")) == 2
    assert "facts without a source: 1" in desk.get(url).content.decode()


# --- Making it visible -------------------------------------------------------------------------------------------


def test_a_case_that_nobody_is_cited_for_stays_inside(desk: Client) -> None:
    case = make.make_prisoner()

    refused = saved(desk, address(case), visibility="public")

    assert "Visible to: A case without any citation cannot be made more visible" in complaints(refused)
    case.refresh_from_db()
    assert case.visibility == "internal"

    make.make_citation(case.names.get(), "value")
    assert saved(desk, address(case), visibility="public").status_code == 302


def test_a_new_case_starts_inside(desk: Client) -> None:
    url = reverse("admin:cases_releaseevent_add")
    assert "Visible to: A case without any citation" in complaints(saved(desk, url, title="A", visibility="partners"))
    assert saved(desk, url, title="A").status_code == 302


def test_what_is_visible_already_can_be_edited_and_narrowed(desk: Client) -> None:
    case = make.make_prisoner(visibility="public")
    committed()
    case.citations.all().delete()
    assert saved(desk, address(case), affiliation="A paper").status_code == 302
    assert saved(desk, address(case), visibility="partners").status_code == 302
    assert "A case without any citation" in complaints(saved(desk, address(case), visibility="public"))
