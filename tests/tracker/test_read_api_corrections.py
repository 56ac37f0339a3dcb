"""What was corrected, as the read API lists it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.keys import as_partner, key_for
from tests.published import correct, publish, withdraw
from tracker.audiences import PARTNERS, PUBLIC

pytestmark = pytest.mark.django_db

Budget = Callable[[int], Any]
ROOTS = {
    "prisoner": "prisoners",
    "release_event": "release-events",
    "source": "sources",
    "facility": "facilities",
    "reported_count": "reported-counts",
}


def address(document: Any) -> str:
    return f"/api/v1/{ROOTS[document['kind']]}/{document['id']}/corrections/"


@pytest.fixture
def case() -> Any:
    return publish(PUBLIC, "prisoner", {"sentences": [{"term_months": 60}]})


@pytest.fixture
def partner() -> Client:
    return as_partner(key_for("Example Rights Centre"))


def test_a_correction_says_what_changed_from_what_to_what_and_why(
    client: Client, case: Any, django_assert_num_queries: Budget
) -> None:
    sentence = {"record_kind": "sentence", "record_id": case["sentences"][0]["id"]}
    correct(
        PUBLIC,
        case,
        **sentence,
        field="term_months",
        before=48,
        after=60,
        reason="The court’s own text.",
    )
    correct(PUBLIC, case, **sentence, change="added")
    with django_assert_num_queries(2):  # the document's row, with the epoch; the page
        answer = client.get(address(case))
    assert answer.json() == {
        "next": None,
        "previous": None,
        "results": [
            {
                "corrected_on": "2025-10-08",
                "record": {"kind": "sentence", "id": case["sentences"][0]["id"]},
                "change": "added",
                "field": None,
                "before": None,
                "after": None,
                "reason": None,
            },
            {
                "corrected_on": "2025-10-08",
                "record": {"kind": "sentence", "id": case["sentences"][0]["id"]},
                "change": "changed",
                "field": "term_months",
                "before": 48,
                "after": 60,
                "reason": "The court’s own text.",
            },
        ],
    }


@pytest.mark.parametrize("kind", ROOTS)
def test_every_kind_of_case_has_them_and_its_parts_have_none_of_their_own(
    client: Client, kind: str
) -> None:
    document = publish(
        PUBLIC, kind, {"title": "It"} if kind in {"source", "release_event"} else {}
    )
    correct(PUBLIC, document, change="added")
    assert len(client.get(address(document)).json()["results"]) == 1
    assert (
        client.get(f"/api/v1/sentences/{document['id']}/corrections/").status_code
        == 404
    )


def test_pages_show_each_once_the_latest_first(client: Client, case: Any) -> None:
    for number in range(5):
        correct(PUBLIC, case, field="age_as_stated", before=number, after=number + 1)
    following, seen = f"{address(case)}?limit=2", []
    while following:
        page = client.get(following).json()
        seen += [one["after"] for one in page["results"]]
        following = page["next"]
    assert seen == [5, 4, 3, 2, 1]
    assert (
        client.get(address(case), {"ordering": "corrected_on"}).json()["results"][0][
            "after"
        ]
        == 1
    )


def test_each_audience_reads_its_own(
    client: Client, partner: Client, case: Any
) -> None:
    publish(PARTNERS, "prisoner", {"id": case["id"]})
    correct(PARTNERS, case, field="affiliation", before="one", after="two")
    assert client.get(address(case)).json()["results"] == []
    assert [one["after"] for one in partner.get(address(case)).json()["results"]] == [
        "two"
    ]


def test_of_what_is_not_published_there_is_nothing(client: Client, case: Any) -> None:
    correct(PUBLIC, case, change="added")
    hidden = publish(PARTNERS, "prisoner")
    withdraw(PUBLIC, case["id"])
    for path in (address(case), address(hidden), "/api/v1/prisoners/x/corrections/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_merged_case_leads_to_the_corrections_of_the_one_that_it_became(
    client: Client, case: Any
) -> None:
    survivor = publish(PUBLIC, "prisoner")
    withdraw(PUBLIC, case["id"], merged_into=survivor["id"])
    answer = client.get(address(case))
    assert (answer.status_code, answer.headers["Location"]) == (301, address(survivor))


def test_a_copy_that_still_holds_is_not_sent_again(client: Client, case: Any) -> None:
    tag = client.get(address(case)).headers["ETag"]
    assert client.get(address(case), headers={"If-None-Match": tag}).status_code == 304
    publish(PUBLIC, "prisoner", {"id": case["id"], "affiliation": "other"})
    assert client.get(address(case), headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("field=sex", "field"), ("ordering=who", "ordering"), ("limit=0", "limit")],
)
def test_what_is_not_understood_is_refused(
    client: Client, case: Any, query: str, parameter: str
) -> None:
    answer = client.get(f"{address(case)}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [parameter]
