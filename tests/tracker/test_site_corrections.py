"""What pages tell of corrections."""

from typing import Any

import pytest
from django.test import Client

from tests import published
from tests.published import correct
from tests.tracker.site_pages import new_id, publish, text
from tracker.audiences import PARTNERS, PUBLIC
from tracker.contract import labels, terms
from tracker.contract.walking import RECORDS
from tracker.models import PublicCorrection
from tracker.site import corrections

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "prisoner": "cases",
    "release_event": "releases",
    "source": "sources",
    "facility": "places",
}


def shown(client: Client, document: Any) -> str:
    address = ADDRESSES.get(document["kind"])
    html = client.get(
        f"/en/{address}/{document['id']}/" if address else "/en/counts/"
    ).content.decode()
    return text(html).partition(" Corrections ")[2].partition(" Sources ")[0]


@pytest.fixture
def case() -> Any:
    sentence = {"id": new_id(), "term_months": 60, "handed_down_on": "2021-11-03"}
    return publish("prisoner", name="Ales Example", sentences=[sentence])


def correct_sentence(case: Any, **change: Any) -> None:
    correct(
        PUBLIC,
        case,
        record_kind="sentence",
        record_id=case["sentences"][0]["id"],
        **change,
    )


def test_codes_and_dates_and_terms_are_told_in_words_with_the_public_reason(
    client: Client, case: Any
) -> None:
    correct_sentence(
        case,
        field="term_months",
        before=48,
        after=60,
        reason="The court’s own text was found.",
    )
    correct_sentence(case, field="punishment", before=None, after="imprisonment")
    dates = (
        {"edtf": one, "earliest": None, "latest": None}
        for one in ("2021-11", "2021-11-03")
    )
    correct_sentence(
        case,
        field="handed_down_on",
        **dict(zip(("before", "after"), dates, strict=True)),
    )
    page = shown(client, case)
    assert "8 October 2025 : Sentence: term : from “4 years” to “5 years” ." in page
    assert "Reason: The court’s own text was found." in page
    assert "Sentence: punishment : from not given to “imprisonment”" in page
    assert "Sentence: handed down : from “November 2021” to “3 November 2021”" in page


def test_the_latest_stands_first_and_leads_to_its_record(
    client: Client, case: Any
) -> None:
    correct(PUBLIC, case, field="affiliation", before="one", after="two")
    correct_sentence(case, change="added")
    page = shown(client, case)
    assert page.index("Sentence : added") < page.index("Affiliation")
    html = client.get(f"/en/cases/{case['id']}/").content.decode()
    assert f'<a href="#r-{case["sentences"][0]["id"]}">Sentence</a>' in html


def test_of_what_was_taken_out_nothing_else_is_said(client: Client, case: Any) -> None:
    correct(PUBLIC, case, record_kind="release", record_id=new_id(), change="removed")
    correct(PUBLIC, case, field="affiliation")
    page = shown(client, case)
    assert "Release: something was taken out ." in page
    assert "Affiliation : something was taken out ." in page


def test_what_a_correction_names_is_told_by_its_title_while_it_is_shown(
    client: Client, case: Any
) -> None:
    event = publish("release_event", title="Release of many")
    hidden = new_id()
    correct(
        PUBLIC,
        case,
        record_kind="release",
        field="release_event",
        before=hidden,
        after=event["id"],
    )
    page = shown(client, case)
    assert "from “something that is not shown” to “Release of many”" in page
    assert hidden not in page


@pytest.mark.parametrize(
    ("kind", "content", "field", "label"),
    [
        ("release_event", {"title": "Release"}, "title", "Title"),
        ("source", {"title": "A report"}, "publisher", "Publisher"),
        ("facility", {"names": {"en": "Colony"}}, "region", "Region"),
        (
            "reported_count",
            {"measure": "released"},
            "value_as_stated",
            "Reported count: value as stated",
        ),
    ],
)
def test_every_kind_of_page_has_them(
    client: Client, kind: str, content: Any, field: str, label: str
) -> None:
    document = publish(kind, **content)
    correct(PUBLIC, document, field=field, before="before", after="after")
    assert f"{label} : from “before” to “after”" in shown(client, document)


def test_a_release_tells_the_corrections_of_its_reported_counts(client: Client) -> None:
    event = publish("release_event", title="Release")
    count = publish(
        "reported_count", measure="released", value=52, release_event=event["id"]
    )
    correct(PUBLIC, count, field="value", before=51, after=52)
    assert "Reported count: value : from “51” to “52”" in shown(client, event)


def test_what_only_partners_were_told_is_on_no_page(client: Client, case: Any) -> None:
    published.publish(PARTNERS, "prisoner", {"id": case["id"]})
    correct(PARTNERS, case, field="affiliation", before="one", after="two")
    assert "Affiliation" not in shown(client, case)
    assert "Corrections" not in text(
        client.get(f"/en/cases/{case['id']}/").content.decode()
    )


def test_a_page_says_so_when_it_shows_only_the_latest(
    client: Client, case: Any
) -> None:
    row = {
        "corrected_on": "2025-10-08",
        "record_kind": "prisoner",
        "record_id": case["id"],
        "change": "added",
    }
    PublicCorrection.objects.bulk_create(
        PublicCorrection(of_id=case["id"], **row) for _each in range(101)
    )
    assert f"Only the latest {corrections.SHOWN} are shown." in shown(client, case)


def test_every_field_that_a_correction_may_name_has_a_label() -> None:
    derived = {
        "id",
        "kind",
        "citations",
        "claimant",
        "status",
        "sentence_in_force",
        "last_place",
        "further_punishments",
        "placements",
        "orders",
        "decisions",
        "name",
        "previous_ids",
        "related_cases",
        "hearings",
        "people",
        "copies",  # a picture is no claim, and one that was taken back is not told of
        *terms.FIELDS,
    }
    lists = {
        "names",
        "identifiers",
        "recognitions",
        "designations",
        "detentions",
        "charges",
        "sentences",
        "releases",
        "deportations",
    }
    for kind in labels.RECORDS:
        fields = set(RECORDS[kind]().fields) - derived
        if kind == "prisoner":
            fields -= lists | {"whereabouts", "sightings", "nationality_changes"}
            fields -= {"personal_details", "search_engines", "letters", "prosecutions"}
            fields -= {"birthday"}
        assert {name for name in fields if labels.of(kind, name) == name} == set(), kind
