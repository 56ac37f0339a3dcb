"""Less of a document, and what stands beside it: `view`, `fields`, `include`."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.keys import as_partner, key_for
from tests.published import publish, withdraw
from tests.tracker.test_read_api import address, ids, problem
from tests.tracker.test_read_api_schema import given
from tracker.audiences import PARTNERS, PUBLIC
from tracker.contract import terms
from tracker.contract.documents import DOCUMENTS

pytestmark = pytest.mark.django_db

SUMMARY = {"view": "summary"}
TERMS = {"id", "kind", *terms.FIELDS}


def fields(value: Any) -> set[str]:
    """Of a document and of all that is in it."""
    if isinstance(value, dict):
        return set(value).union(*map(fields, value.values()))
    if isinstance(value, list):
        return set().union(*map(fields, value))
    return set()


def test_a_summary_of_every_kind_is_the_document_without_citations(
    client: Client,
) -> None:
    whole = {kind: publish(PUBLIC, kind, given(kind)) for kind in DOCUMENTS}
    for kind, document in whole.items():
        alone = client.get(address(kind, document["id"]), SUMMARY).json()
        listed = client.get(address(kind), SUMMARY).json()["results"]
        assert alone in listed, kind
        assert "citations" not in fields(alone), kind
        assert set(alone) == {*document, "page", "disputed"} - {"citations"}, kind
        for name in TERMS | {"title", "name", "status"} & set(document):
            assert alone[name] == document[name], (kind, name)
        if DOCUMENTS[kind].page:
            assert client.get(alone["page"]).status_code == 200, kind


def test_a_summary_still_says_what_a_source_disputes(client: Client) -> None:
    event = publish(PUBLIC, "release_event", given("release_event"))
    contradicting = {
        "record": {"kind": "release_event", "id": event["id"]},
        "field": "occurred_on",
        "source": "00000000-0000-4000-8000-000000000004",
        "agreement": "contradicts",
        "hedge": "stated",
        "states": {"value": "2025-10"},
    }
    publish(
        PUBLIC,
        "release_event",
        {**given("release_event"), "citations": [contradicting, contradicting]},
    )
    summary = client.get(address("release_event", event["id"]), SUMMARY).json()
    assert summary["disputed"] == ["release_event.occurred_on"]


def test_only_the_fields_that_are_asked_for_come_and_the_terms(client: Client) -> None:
    for kind in DOCUMENTS:
        document = publish(PUBLIC, kind, given(kind))
        name = list(document)[-1]
        asked = {"fields": f"{name},page"}
        alone = client.get(address(kind, document["id"]), asked).json()
        assert set(alone) == {*TERMS, name, "page"}, kind
        assert alone in client.get(address(kind), asked).json()["results"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"fields": "name,shoe_size"}, "“shoe_size” is not one of: id"),
        ({"view": "long"}, "full, summary"),
        ({"view": "full,summary"}, "Give one of"),
        ({"include": "prisoners"}, "sources, facilities"),
    ],
)
def test_what_no_document_has_is_refused_by_name(
    client: Client, asked: dict[str, str], words: str
) -> None:
    row_id = publish(PUBLIC, "prisoner")["id"]
    (parameter,) = asked
    assert words in problem(client.get(address("prisoner"), asked), parameter)
    assert words in problem(client.get(address("prisoner", row_id), asked), parameter)


def test_beside_a_document_stand_those_that_it_names_as_the_same_audience_sees_them(
    client: Client,
) -> None:
    partner = as_partner(key_for("Example Rights Centre"))
    asked = {"view": "summary", "include": "sources,facilities"}
    shown = publish(PUBLIC, "facility", {"region": "Minsk"})
    source = publish(PUBLIC, "source", {"title": "A report"})
    theirs = publish(PARTNERS, "facility", {"region": "Brest"})
    placements = [{"facility": each["id"]} for each in (shown, shown, theirs)]
    row_id = str(uuid4())
    case = {
        "id": row_id,
        "detentions": [{"placements": placements}],
        "citations": [
            {"record": {"kind": "prisoner", "id": row_id}, "source": source["id"]}
        ],
    }
    publish(PUBLIC, "prisoner", case)
    publish(PARTNERS, "prisoner", case)
    path = address("prisoner", row_id)

    beside = client.get(path, asked).json()["included"]
    assert [each["region"] for each in beside["facilities"]] == ["Minsk"]
    assert [each["title"] for each in beside["sources"]] == ["A report"]
    assert client.get(address("prisoner"), asked).json()["included"] == beside
    theirs_beside = partner.get(path, asked).json()["included"]
    assert [each["region"] for each in theirs_beside["facilities"]] == ["Brest"]
    assert theirs_beside["facilities"][0]["page"] is None

    tag = client.get(path, asked)["ETag"]
    withdraw(PUBLIC, shown["id"])
    answer = client.get(path, asked, headers={"If-None-Match": tag})
    assert answer.json()["included"]["facilities"] == []


def test_each_shape_has_a_tag_of_its_own_and_goes_on_to_where_a_case_went(
    client: Client,
) -> None:
    old, new = publish(PUBLIC, "prisoner")["id"], publish(PUBLIC, "prisoner")["id"]
    shapes = ["", "view=summary", "fields=name", "include=sources"]
    for path in (address("prisoner"), address("prisoner", new)):
        tags = {client.get(f"{path}?{shape}")["ETag"] for shape in shapes}
        assert len(tags) == len(shapes)
    alone = client.get(address("prisoner", new))
    assert alone["Link"] == (
        f'<http://testserver/en/cases/{new}/>; rel="alternate"; type="text/html"'
    )
    withdraw(PUBLIC, old, merged_into=new)
    moved = client.get(address("prisoner", old) + "?fields=name,sex")
    assert moved["Location"] == address("prisoner", new) + "?fields=name,sex"
    page = client.get(address("prisoner"), {"fields": "name", "limit": "1"})
    assert ids(page) == [new]
