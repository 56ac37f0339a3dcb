"""A case, a list and numbers as they were on a day, from what is published today."""

import csv
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from tests.published import withdraw
from tests.tracker.site_pages import citation, new_id, publish, text
from tracker.audiences import PUBLIC
from tracker.contract import past

pytestmark = pytest.mark.django_db

API = "/api/v1/prisoners/"
D = "2023-06-01"


def span(since: str | None, until: str | None, status: str, *basis: str) -> Any:
    return {
        "since": since,
        "until": until,
        "statuses": [status],
        "as_of": since,
        "basis": list(basis),
    }


@pytest.fixture
def case() -> Any:
    """Held in 2021, sentenced in 2022, released in 2025, dead in 2026."""
    held, sentenced, freed, moved = (new_id() for _number in range(4))
    content = {
        "id": new_id(),
        "name": "Ales Example",
        "names": [{"value": "Ales Example", "preferred": True}],
        "sex": "male",
        "died_on": "2026",
        "death_in_custody": "no",
        "summary": {"en": "Everything that became of him."},
        "detentions": [
            {
                "id": held,
                "started_on": "2021-05-01",
                "ended_on": "2025-09-11",
                "ground": "criminal_suspicion",
                "placements": [
                    {"place_kind": "prison", "from_on": "2021-06"},
                    {"id": moved, "place_kind": "colony", "from_on": "2024-01"},
                ],
                "orders": [{"ordered_on": "2021-05-02", "to_on": "2023-12"}],
            }
        ],
        "charges": [
            {
                "article": "342",
                "outcome": "acquitted",
                "decisions": [{"outcome": "acquitted", "decided_on": "2025-01"}],
            }
        ],
        "sentences": [
            {"id": sentenced, "handed_down_on": "2022-01-03", "set_aside_on": "2025"}
        ],
        "releases": [
            {"id": freed, "ordered_on": "2023-05-01", "released_on": "2025-09-11"}
        ],
        "deportations": [
            {"release": freed, "outcome": "expelled", "deported_on": "2025-09-11"}
        ],
        "status": [
            span(None, "2021-05-01", "not_known"),
            span("2021-05-01", "2022-01-03", "detained", held),
            span("2022-01-03", "2025-09-11", "imprisoned", sentenced, freed),
            span("2025-09-11", None, "released", freed),
        ],
    }
    content["citations"] = [
        citation({"id": freed}, "release", "released_on", None, states="2025-09-11"),
        citation({"id": held}, "detention", "ended_on", None, states="2025-09-11"),
        citation({"id": held}, "detention", "started_on", None, states="2021-05-01"),
    ]
    return publish("prisoner", **content)


LATER = ("2024", "2025", "2026", "colony", "Everything", "expelled", "acquitted")


def test_nothing_that_came_later_is_told_and_all_that_came_before_is(
    client: Client, case: Any
) -> None:
    """By document, page, list and table alike."""
    told = past.on_day(case, date.fromisoformat(D))
    assert told["releases"] == told["deportations"] == []
    (detention,) = told["detentions"]
    assert detention["ended_on"] is None
    assert [place["place_kind"] for place in detention["placements"]] == ["prison"]
    assert detention["orders"][0]["to_on"]["edtf"] == "2023-12"  # it was foretold
    assert told["status"][-1]["statuses"] == ["imprisoned"]
    assert told["status"][-1]["until"] is None
    assert told["status"][-1]["basis"] == [case["sentences"][0]["id"]]
    assert [one["field"] for one in told["citations"]] == ["started_on"]
    assert told["charges"][0]["outcome"] is None
    assert told["sentence_in_force"] is told["last_place"] is None
    assert past.on_day(case, date(2026, 12, 31))["releases"] == case["releases"]

    page = client.get(f"/en/cases/{case['id']}/?on={D}").content.decode()
    assert '<meta name="robots" content="noindex">' in page
    words = text(page)
    assert "As it was on 1 June 2023, from what is published today." in words
    listed = client.get(f"{API}?on={D}").json()["results"]
    assert listed == [told]
    table: Any = client.get(f"/api/v1/prisoners.csv?on={D}")
    rows = b"".join(table.streaming_content).decode()
    (row,) = csv.DictReader(StringIO(rows))
    assert (row["status"], row["status_on"]) == ("imprisoned", D)
    for answer in (words.partition("Ales Example")[2], str(listed), rows):
        assert "2021-05" in answer or "May 2021" in answer
        for word in LATER:
            assert word not in answer.replace("2024-01-01", ""), word
    lines = client.get(f"/en/cases/?on={D}").content.decode()
    assert f"/en/cases/{case['id']}/?on={D}" in lines
    assert "in prison" in text(lines)
    assert '<meta name="robots" content="noindex">' in lines


def test_a_list_of_a_day_has_those_of_whom_something_had_happened(
    client: Client, case: Any
) -> None:
    def ids(query: str) -> set[str]:
        return {one["id"] for one in client.get(f"{API}?{query}").json()["results"]}

    later = publish(
        "prisoner", name="Ihar", detentions=[{"started_on": "2024-02-01"}], sex="male"
    )["id"]
    undated = publish("prisoner", name="Nobody Knows When", sex="male")["id"]
    assert ids(f"on={D}") == {case["id"], undated}
    assert ids("on=2024-02-01") == {case["id"], undated, later}
    assert ids(f"on={D}&status=imprisoned") == {case["id"]}
    assert ids(f"on={D}&status=released") == set()
    assert ids(f"on={D}&released_on_or_after=2020-01-01") == set()
    assert ids("on=2026-01-01&released_on_or_after=2020-01-01") == {case["id"]}
    withdraw(PUBLIC, case["id"])  # then it never was
    assert ids(f"on={D}") == {undated}


def test_what_is_known_only_as_of_today_is_not_asked_of_a_day_back(
    client: Client, case: Any
) -> None:
    for query in (
        "detention_ground=pre_trial",
        "facility=" + new_id(),
        "term_months_min=1",
    ):
        refused = client.get(f"{API}?on={D}&{query}")
        assert refused.status_code == 400
        assert "only as it is today" in refused.content.decode()
        assert client.get(f"/en/cases/?on={D}&{query}").status_code == 400
    for day in ("2999-01-01", "yesterday"):
        assert client.get(f"{API}?on={day}").status_code == 400
        assert client.get(f"/en/cases/{case['id']}/?on={day}").status_code == 404


def test_numbers_of_a_day_are_counted_anew_and_single_out_nobody(
    client: Client, case: Any
) -> None:
    publish("prisoner", name_withheld=True, detentions=[{"started_on": "2021"}])
    then = client.get(f"{API}facets/?on={D}").json()
    assert (then["count"], then["without_name"]) == (1, None)
    numbers = {
        facet["name"]: {value["value"]: value for value in facet["values"]}
        for facet in then["facets"]
    }
    assert numbers["status"].keys() == {"imprisoned"}
    assert numbers["released_on"] == {}
    assert numbers["detained_on"]["2021-05"]["count"] == 1
    assert not numbers.keys() & {"detention_ground", "charge_article", "place_kind"}
    for values in numbers.values():
        for value in values.values():
            listed = client.get(f"{API}?{value['query']}").json()["results"]
            assert len(listed) == value["count"]
            assert f"on={D}" in value["query"]
    page = client.get(f"/en/statistics/?on={D}&sex=male").content.decode()
    assert "As it was on 1 June 2023" in text(page)
    assert '<input type="hidden" name="sex" value="male">' in page
    withdraw(PUBLIC, case["id"])
    assert client.get(f"{API}facets/?on={D}").json()["count"] == 0
