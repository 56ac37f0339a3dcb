"""Citations at the desk: one table on the case's page, and a form that knows the record
and types what is stated.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Citation, Sentence
from cases.models.base import Record
from tests import factories as make
from tests.cases.admin_pages import address, complaints, opened, saved

pytestmark = pytest.mark.django_db

ADD = "admin:cases_citation_add"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def sentence() -> Sentence:
    prisoner = make.make_prisoner("Mikola Example", occupations=["journalist"])
    return make.make_sentence(prisoner, term_months=60, term_as_stated="five years")


def add_url(name: str, record: Record, field: str = "") -> str:
    return f"{reverse(ADD)}?{name}={record.pk}&field={field}"


def test_the_case_lists_every_citation(desk: Client, sentence: Sentence) -> None:
    source, claimant = (
        make.make_source("A broadcaster"),
        make.make_claimant("Example Centre"),
    )
    cited = make.make_citation(
        sentence, "term_months", source, states=48, claimant=claimant, hedge="reported"
    )
    make.make_citation(sentence.prisoner, "occupations", source, item="journalist")

    page = desk.get(address(sentence.prisoner)).content.decode()

    for shown in (
        "48",
        "A broadcaster",
        "Example Centre",
        "reported",
        "occupations: journalist",
        address(cited),
    ):
        assert shown in page


@pytest.mark.parametrize(
    ("name", "make_record"),
    [
        ("release_event", make.make_release_event),
        ("facility", make.make_facility),
        ("about_source", make.make_source),
        ("reported_count", make.make_count),
    ],
)
def test_every_kind_of_case_has_its_table_and_its_form(
    desk: Client, name: str, make_record: type[Record]
) -> None:
    record = make_record()
    make.make_citation(record, source=make.make_source("Cited here"))

    assert "Cited here" in desk.get(address(record)).content.decode()
    assert (
        f"{reverse(ADD)}?{name}={record.pk}"
        in desk.get(address(record)).content.decode()
    )

    response: Any = saved(
        desk, add_url(name, record), source=make.make_source("Another").pk
    )
    assert response.url == address(record, "file") + "#citations"
    assert Citation.objects.filter(**{name: record}).count() == 2


def test_the_form_opens_with_the_record_and_the_field_filled_in(
    desk: Client, sentence: Sentence
) -> None:
    response = desk.get(add_url("sentence", sentence, "term_months"))

    page = response.content.decode()
    assert "Sentence: imprisonment five years" in page
    assert '<option value="term_months" selected' in page
    assert 'name="sentence"' not in page, "the record cannot be changed for another"


def test_a_citation_is_saved_and_leads_back_to_the_case(
    desk: Client, sentence: Sentence
) -> None:
    source = make.make_source()

    response: Any = saved(
        desk,
        add_url("sentence", sentence, "term_months"),
        source=source.pk,
        states="48",
    )

    assert response.url == address(sentence.prisoner, "file") + "#citations"
    citation = Citation.objects.get()
    assert (citation.sentence, citation.field, citation.states, citation.source) == (
        sentence,
        "term_months",
        48,
        source,
    )
    assert (citation.root_kind, citation.root_id) == ("prisoner", sentence.prisoner_id)


def test_another_citation_starts_with_the_same_record_and_source(
    desk: Client, sentence: Sentence
) -> None:
    source = make.make_source()
    url = add_url("sentence", sentence, "term_months")

    response: Any = saved(desk, url, source=source.pk, _addanother="1")

    page = opened(desk, response.url)
    assert page["source"] == [str(source.pk)]
    assert f"sentence={sentence.pk}" in response.url


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("term_months", "48", 48),
        ("handed_down_on", "2025-09-01", "2025-09-01"),
        ("court", "Minsk City Court", "Minsk City Court"),
        ("in_absentia", "yes", True),
        ("in_absentia", "No", False),
        ("punishment", "fine", "fine"),
        ("regime", "strict regime", "strict"),
        ("term_as_stated", "four years", "four years"),
        ("term_months", "", None),
    ],
)
def test_what_a_source_states_is_typed_as_the_field_is(
    desk: Client, sentence: Sentence, field: str, typed: str, stored: object
) -> None:
    response: Any = saved(
        desk,
        add_url("sentence", sentence, field),
        source=make.make_source().pk,
        states=typed,
    )
    assert response.status_code == 302

    citation = Citation.objects.get()
    assert citation.states == stored

    assert saved(desk, address(citation)).status_code == 302, (
        "and read back as it was typed"
    )
    citation.refresh_from_db()
    assert citation.states == stored


def test_entries_of_a_list_are_chosen_by_their_names(
    desk: Client, sentence: Sentence
) -> None:
    prisoner, source = sentence.prisoner, make.make_source()

    saved(
        desk,
        add_url("prisoner", prisoner, "occupations"),
        source=source.pk,
        item="blogger",
    )
    saved(
        desk,
        add_url("prisoner", prisoner, "occupations"),
        source=source.pk,
        states="journalist, trade union leader",
    )
    saved(
        desk,
        add_url("prisoner", prisoner, "summary"),
        source=source.pk,
        states="en: A journalist.\nbe: Журналіст.",
    )

    entry, whole, summary = Citation.objects.order_by("created_at")
    assert (entry.item, entry.states) == ("blogger", None)
    assert whole.states == ["journalist", "trade_union_leader"]
    assert summary.states == {"en": "A journalist.", "be": "Журналіст."}
    assert saved(desk, address(entry)).status_code == 302


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        (
            "term_months",
            "four",
            "What this source states: “four” is not a whole number",
        ),
        (
            "term_months",
            "-4",
            "What this source states: Ensure this value is greater than or equal to 0",
        ),
        ("handed_down_on", "2025-13", "What this source states: Write a date as 2025"),
        ("handed_down_on", "2025-02-30", "2025-02-30 is not a day that exists"),
        (
            "punishment",
            "banishment",
            "“banishment” is not a known value of punishment. Known are: imprisonment",
        ),
        ("in_absentia", "maybe", "Write yes or no"),
        ("", "48", "What this source states: Say of which field this is the value"),
        ("no_such_field", "48", "Field: Select a valid choice"),
    ],
)
def test_what_cannot_be_stated_of_the_field_is_refused(
    desk: Client, sentence: Sentence, field: str, typed: str, complaint: str
) -> None:
    url = add_url("sentence", sentence)

    response: Any = saved(
        desk, url, field=field, source=make.make_source().pk, states=typed
    )

    assert complaint in complaints(response)
    assert typed in response.content.decode()
    assert not Citation.objects.exists()


def test_a_citation_needs_its_source_and_an_entry_of_its_own_list(
    desk: Client, sentence: Sentence
) -> None:
    url = add_url("prisoner", sentence.prisoner, "occupations")

    assert "Source: This field is required" in complaints(saved(desk, url))
    refused = saved(desk, url, source=make.make_source().pk, item="BY")
    assert "Entry: This is no entry of the field chosen above" in complaints(refused)
    assert not Citation.objects.exists()


@pytest.mark.parametrize(
    "asked",
    ["", "?sentence=no-id", "?sentence=00000000-0000-4000-8000-000000000000", "?two"],
)
def test_a_citation_of_no_record_or_of_two_is_refused(
    desk: Client, sentence: Sentence, asked: str
) -> None:
    if asked == "?two":
        asked = f"?sentence={sentence.pk}&prisoner={sentence.prisoner_id}"

    response = desk.post(
        reverse(ADD) + asked,
        {"source": make.make_source().pk, "field": "", "hedge": "stated"},
    )

    assert "a citation is of exactly one record" in response.content.decode()
    assert not Citation.objects.exists()


def test_without_a_record_one_chooses_the_case_first(
    desk: Client, sentence: Sentence
) -> None:
    make.make_source("Mikola's letters")

    assert "of which case" in desk.get(reverse(ADD)).content.decode()
    found = desk.get(reverse("admin:cases_citation_cases"), {"term": "Mikola"}).json()[
        "results"
    ]
    assert [group["text"] for group in found] == ["Prisoners", "Sources"]
    chosen: Any = desk.get(reverse(ADD), {"case": found[0]["children"][0]["id"]})
    assert chosen.url == address(sentence.prisoner, "file") + "#citations"

    for nonsense in ("", "prisoner:", "nothing:1", f"source:{sentence.pk}"):
        assert desk.get(reverse(ADD), {"case": nonsense}).status_code == 200


def test_of_a_citation_that_both_changed_the_second_is_asked(
    desk: Client, sentence: Sentence
) -> None:
    citation = make.make_citation(sentence, "term_months", states=48)
    page = opened(desk, address(citation))
    saved(desk, address(citation), states="50", locator="page 3")

    response = desk.post(address(citation), {**page, "states": "54"})

    assert "Nothing was saved" in complaints(response)
    assert "Theirs: 50" in response.content.decode()
    citation.refresh_from_db()
    assert (citation.states, citation.locator) == (50, "page 3")


def test_a_deleted_citation_leads_back_to_its_case(
    desk: Client, sentence: Sentence
) -> None:
    citation = make.make_citation(sentence, "term_months")
    seen = desk.get(address(citation, "delete")).context["seen_version"]

    response: Any = desk.post(
        address(citation, "delete"), {"post": "yes", "seen_version": seen}
    )

    assert response.url == address(sentence.prisoner, "file")
    assert not Citation.objects.exists()
