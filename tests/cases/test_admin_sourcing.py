"""What a documenter sees of a case's sources, and what the desk asks before a cited
fact changes.
"""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Prisoner, ReleaseEvent, Sentence
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address, complaints, opened, recording, saved
from tests.transactions import committed

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def sentence() -> Sentence:
    prisoner = make.make_prisoner("Mikola Example", occupations=["journalist"])
    return make.make_sentence(
        prisoner, term_months=60, term_as_stated="five years", punishment=None
    )


def groups(desk: Client, case: Any) -> dict[str, list[str]]:
    """The facts in each group of the panel, as it names them."""
    found = desk.get(address(case)).context["fact_groups"]
    return {
        str(group.heading): [
            fact.label for _title, facts in group.records for fact in facts
        ]
        for group in found
    }


def test_the_page_of_a_case_tells_what_each_fact_rests_on(
    desk: Client, sentence: Sentence
) -> None:
    agency, copy, rival = (
        make.make_source("Agency"),
        make.make_source("Copy"),
        make.make_source("Rival"),
    )
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
    assert (opened(desk, form)["field"], opened(desk, form)["item"]) == (
        ["occupations"],
        ["journalist"],
    )


def test_a_case_with_two_sources_for_everything_has_no_open_fact(desk: Client) -> None:
    event = make.make_release_event(occurred_on="2025-09-11")
    for title in ("One", "Other"):
        make.make_citation(event, "occurred_on", make.make_source(title))
    assert groups(desk, event) == {}
    assert (
        "Every fact rests on two independent sources"
        in desk.get(address(event)).content.decode()
    )
    assert "fact_groups" not in desk.get(address(make.make_source())).context, (
        "it speaks for itself"
    )


def test_a_case_that_says_nothing_is_not_said_to_rest_on_sources(desk: Client) -> None:
    page = desk.get(address(Prisoner.objects.create(), "file")).content.decode()
    assert "No fact that needs a source is on record." in page
    assert "two independent sources or more" not in page


def test_the_panel_takes_no_more_queries_for_more_facts_and_sources(
    desk: Client, sentence: Sentence
) -> None:
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
    cited, uncited = (
        make.make_prisoner("Cited Person"),
        make.make_prisoner("Uncited Person"),
    )
    make.make_citation(cited.names.get(), "value")
    publish_pending()
    url = reverse("admin:cases_prisoner_changelist")

    def found(question: str) -> list[Prisoner]:
        return list(
            desk.get(url, {"open_questions": question}).context["cl"].result_list
        )

    assert found("single_source") == [cited]
    assert found("uncited") == found("no_citation") == [uncited]
    assert found("sources_disagree") == found("no") == []
    assert len(found("yes")) == 2
    assert "without a source: 1" in desk.get(url).content.decode()


# --- Changing what is cited ----------------------------------------------------------------------------------------


def stated(record: Any, field: str) -> dict[str, Any]:
    """What each source states of it; None: as the record."""
    return {
        one.source.title: one.states
        for one in record.citations.filter(field=field).select_related("source")
    }


def test_a_cited_fact_changes_on_a_source_or_for_a_reason(
    desk: Client, sentence: Sentence
) -> None:
    make.make_citation(sentence, "term_months", make.make_source("Old"))
    newer = make.make_source("Newer")

    refused = saved(desk, address(sentence), term_months="48", court="Minsk")

    assert (
        "This was cited: Sentence: imprisonment five years – term, whole months"
        in complaints(refused).replace("Sentence: sentence", "Sentence: imprisonment")
    )
    assert 'value="48"' in refused.content.decode(), "what was typed is kept"
    sentence.refresh_from_db()
    assert (sentence.term_months, sentence.court) == (60, "")
    assert stated(sentence, "term_months") == {"Old": None}

    assert saved(
        desk,
        address(sentence),
        term_months="48",
        **recording(newer, says_changed=True),
        recording_locator="p. 2",
    ).url
    assert stated(sentence, "term_months") == {"Old": 60, "Newer": None}
    assert sentence.citations.get(source=newer).locator == "p. 2"


def test_a_reason_is_enough(desk: Client, sentence: Sentence) -> None:
    make.make_citation(sentence, "term_months", make.make_source("Old"))
    assert (
        saved(
            desk, address(sentence), term_months="", change_reason="Nobody knows"
        ).status_code
        == 302
    )
    sentence.refresh_from_db()
    assert sentence.term_months is None
    assert stated(sentence, "term_months") == {"Old": 60}


def test_what_is_emptied_needs_a_reason_for_no_source_states_nothing(
    desk: Client, sentence: Sentence
) -> None:
    make.make_citation(sentence, "term_months")
    source = make.make_source()
    assert "This was cited" in complaints(
        saved(
            desk,
            address(sentence),
            term_months="",
            term_as_stated="long",
            **recording(source, says_changed=True),
        )
    )
    assert "nothing was changed that a source could state" in complaints(
        saved(desk, address(sentence), **recording(source, says_changed=True))
    )


def test_a_retracted_source_changes_no_cited_fact_without_a_word(
    desk: Client, sentence: Sentence
) -> None:
    make.make_citation(sentence, "term_months", make.make_source("Old"))
    by_source = recording(
        make.make_source("It", standing="retracted"), says_changed=True
    )
    refused = saved(desk, address(sentence), term_months="66", **by_source)
    assert "This was cited: Sentence" in complaints(refused)
    answer = saved(
        desk, address(sentence), term_months="66", change_reason="x", **by_source
    )
    told = desk.get(answer.url).context["messages"]
    assert "“It” was retracted: its word counts for nothing." in map(str, told)


def test_our_own_slip_is_put_right_by_naming_the_same_source(
    desk: Client, sentence: Sentence
) -> None:
    source = make.make_source("It")
    citation = make.make_citation(sentence, "term_months", source, locator="p. 1")
    make.make_citation(sentence, "term_months", make.make_source("Rival"), states=48)

    assert (
        saved(
            desk,
            address(sentence),
            term_months="66",
            **recording(source, says_changed=True),
        ).status_code
        == 302
    )

    assert stated(sentence, "term_months") == {"It": None, "Rival": 48}
    citation.refresh_from_db()
    assert citation.locator == "p. 1"


def test_who_sides_with_a_source_that_is_cited_already_is_not_asked(
    desk: Client, sentence: Sentence
) -> None:
    make.make_citation(sentence, "term_months", make.make_source("Old"))
    make.make_citation(sentence, "term_months", make.make_source("Rival"), states=48)
    case = sentence.prisoner
    make.make_citation(case, "occupations", make.make_source("Old"), item="journalist")
    make.make_citation(
        case,
        "occupations",
        make.make_source("Rival"),
        item="journalist",
        hedge="denied",
    )

    assert (
        saved(desk, address(sentence), term_months="48", regime="strict").status_code
        == 302
    )
    assert saved(desk, address(case), occupations=[]).status_code == 302

    assert stated(sentence, "term_months") == {"Old": 60, "Rival": 48}


def test_what_only_retracted_sources_stated_may_change_unasked(
    desk: Client, sentence: Sentence
) -> None:
    make.make_citation(sentence, "term_months", make.make_source(standing="retracted"))
    assert saved(desk, address(sentence), term_months="48").status_code == 302


def test_rows_of_the_case_are_asked_too_and_nothing_is_half_saved(
    desk: Client, sentence: Sentence
) -> None:
    make.make_citation(sentence, "term_months")
    case, source = sentence.prisoner, make.make_source("Newer")
    make.make_citation(case, "occupations", item="journalist")
    typed: dict[str, Any] = {
        "sentences-0-term_months": "48",
        "occupations": ["blogger"],
        "affiliation": "A paper",
    }

    refused = complaints(saved(desk, address(case), **typed))

    assert "Sentence" in refused
    assert "occupations" in refused
    case.refresh_from_db()
    assert (case.occupations, case.affiliation) == (["journalist"], "")

    assert (
        saved(
            desk, address(case), **typed, **recording(source, says_changed=True)
        ).status_code
        == 302
    )
    assert {(one.field, one.item, one.states) for one in source.cited_by.all()} == {
        ("term_months", "", None),
        ("occupations", "blogger", None),
        ("affiliation", "", None),
    }
    assert saved(
        desk,
        address(case),
        affiliation="",
        change_reason="x",
        **{"sentences-0-DELETE": "on"},
    ).url


def test_who_may_not_cite_gives_a_reason(client: Client, sentence: Sentence) -> None:
    trainee = User.objects.create_user("trainee", is_staff=True)
    trainee.user_permissions.set(
        Permission.objects.filter(codename__in=["change_sentence", "view_prisoner"])
    )
    client.force_login(trainee)
    make.make_citation(sentence, "term_months")

    assert "recording" not in opened(client, address(sentence))
    typed = {"term_months": "48", **recording(make.make_source(), says_changed=True)}
    assert "This was cited" in complaints(saved(client, address(sentence), **typed))
    assert (
        saved(
            client, address(sentence), term_months="48", change_reason="x"
        ).status_code
        == 302
    )


# --- Making it visible -------------------------------------------------------------------------------------------


def test_a_case_that_nobody_is_cited_for_stays_inside(desk: Client) -> None:
    case = make.make_prisoner()

    refused = saved(desk, address(case), visibility="public")

    assert (
        "Visible to: A case without any citation cannot be made more visible"
        in complaints(refused)
    )
    case.refresh_from_db()
    assert case.visibility == "internal"

    public = make.make_source(visibility="public")
    make.make_citation(case.names.get(), "value", source=public)
    assert saved(desk, address(case), visibility="public").status_code == 302


def test_a_new_case_starts_inside(desk: Client) -> None:
    url = reverse("admin:cases_releaseevent_add")
    assert "Visible to: A case without any citation" in complaints(
        saved(desk, url, title="A", visibility="partners")
    )
    assert saved(desk, url, title="A").status_code == 302


def test_a_new_case_is_visible_at_once_where_its_own_save_cites_the_source_in_hand(
    desk: Client,
) -> None:
    url = reverse("admin:cases_releaseevent_add")
    source = make.make_source(visibility="public")
    by_source = {**recording(source), "recording_new": "on"}
    answer = saved(
        desk, url, title="A", occurred_on="2025", visibility="public", **by_source
    )
    committed()
    assert answer.status_code == 302, complaints(answer)
    event = ReleaseEvent.objects.get()
    assert event.visibility == "public"
    assert event.citations.get().source == source


def test_a_source_that_is_not_cited_makes_no_new_case_visible(desk: Client) -> None:
    url = reverse("admin:cases_releaseevent_add")
    by_source = {**recording(make.make_source()), "recording_new": ""}
    refused = saved(desk, url, title="A", visibility="public", **by_source)
    assert "A case without any citation" in complaints(refused)
    assert not ReleaseEvent.objects.exists()


def test_what_is_visible_already_can_be_edited_and_narrowed(desk: Client) -> None:
    case = make.make_prisoner(visibility="public")
    committed()
    case.citations.all().delete()
    assert saved(desk, address(case), affiliation="A paper").status_code == 302
    assert saved(desk, address(case), visibility="partners").status_code == 302
    assert "A case without any citation" in complaints(
        saved(desk, address(case), visibility="public")
    )
