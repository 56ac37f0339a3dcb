"""Lists as CSV: what a spreadsheet shows is what the list says."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.keys import as_partner, key_for
from tests.published import publish, withdraw
from tests.tracker.test_read_api_schema import given
from tracker.api import tables
from tracker.asking.filters import FILTERS
from tracker.audiences import PARTNERS, PUBLIC
from tracker.contract.columns import COLUMNS
from tracker.contract.documents import DOCUMENTS, PLACES

pytestmark = pytest.mark.django_db

PRISONERS = "/api/v1/prisoners.csv"


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode()


def lines(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(answer), newline="")))


@pytest.mark.parametrize("kind", PLACES)
def test_each_kind_has_its_columns_and_the_terms_last(
    client: Client, kind: str
) -> None:
    document = publish(PUBLIC, kind, given(kind))
    answer = client.get(f"/api/v1/{PLACES[kind]}.csv")
    assert answer.headers["Content-Type"].startswith("text/csv; charset=utf-8")
    assert f'filename="{PLACES[kind]}.csv"' in answer.headers["Content-Disposition"]
    (line,) = lines(answer)
    assert list(line) == list(COLUMNS[kind])
    assert list(line)[-3:] == ["address", "audience", "licence"]
    assert line["id"] == document["id"]
    assert line["address"] == f"/api/v1/{PLACES[kind]}/{document['id']}/"
    assert line["audience"] == "public"


def test_what_a_case_lists_is_joined_and_what_is_unknown_is_empty(
    client: Client,
) -> None:
    publish(
        PUBLIC,
        "prisoner",
        {
            "name": "Мікалай Дзядок",
            "name_withheld": False,
            "names": [{"value": "Мікалай Дзядок"}, {"value": "Nikolai, Dziadok"}],
            "born_on": "1988~",
            "citizenships": ["BY", "LT"],
            "identifiers": [{"scheme": "register", "value": "7"}],
            "sentences": [
                {"term_months": 54, "court": "A"},
                {"term_months": 60, "court": "B"},
                {"court": "B"},
            ],
            "detentions": [
                {"placements": [{"conditions": ["incommunicado"]}, {"conditions": []}]}
            ],
            "summary": {"en": "A blogger."},
            "status": [
                {
                    "since": None,
                    "until": "2025-09-11",
                    "statuses": ["imprisoned"],
                    "basis": [],
                },
                {
                    "since": "2025-09-11",
                    "until": None,
                    "statuses": ["released", "released_and_expelled"],
                    "basis": [],
                },
            ],
        },
    )
    (line,) = lines(client.get(PRISONERS))
    expected = {
        "names": "Мікалай Дзядок; Nikolai, Dziadok",
        "name_withheld": "false",
        "born_on": "1988~",
        "citizenships": "BY; LT",
        "identifiers": "register:7",
        "longest_term_months": "60",
        "courts": "A; B",
        "conditions": "incommunicado",
        "summary": "en: A blogger.",
        "status": "released; released_and_expelled",
        "sex": "",
        "died_on": "",
        "licence": "",
    }
    assert {name: line[name] for name in expected} == expected
    asked = {"status": "imprisoned", "status_on": "2025-09-10"}
    (line,) = lines(client.get(PRISONERS, asked))
    assert {name: line[name] for name in asked} == asked


def test_a_protected_pseudonym_is_marked_wherever_it_stands(client: Client) -> None:
    witness = {"name": "Vera", "role": "witness", "protected_pseudonym": True}
    other = {"name": "A. Lawyer", "role": "lawyer", "protected_pseudonym": False}
    count = publish(PUBLIC, "reported_count", {"claimant": witness})
    cited = [
        {"claimant": one, "record": {"kind": "reported_count", "id": count["id"]}}
        for one in (other, witness)
    ]
    publish(
        PUBLIC,
        "reported_count",
        {"id": count["id"], "claimant": witness, "citations": cited},
    )
    (line,) = lines(client.get("/api/v1/reported-counts.csv"))
    assert line["claimant"] == "Vera [protected pseudonym]"
    assert line["claimants"] == "A. Lawyer; Vera [protected pseudonym]"


def test_nothing_in_it_is_run_by_a_spreadsheet(client: Client) -> None:
    publish(
        PUBLIC,
        "source",
        {"title": "=HYPERLINK(1)", "author": "+1", "publisher": "a;=1"},
    )
    (line,) = lines(client.get("/api/v1/sources.csv"))
    assert (line["title"], line["author"], line["publisher"]) == (
        "'=HYPERLINK(1)",
        "'+1",
        "a;'=1",
    )


@pytest.mark.parametrize("kind", PLACES)
def test_it_is_asked_and_ordered_as_the_list_is(
    client: Client, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In chunks of two, over rows with and without a value."""
    monkeypatch.setattr(tables, "CHUNK", 2)
    for content in [given(kind)] * 2 + [{"title": "Untitled"}] * 3:
        publish(
            PUBLIC,
            kind,
            {name: value for name, value in content.items() if name != "id"},
        )
    place = f"/api/v1/{PLACES[kind]}"
    for name in FILTERS[kind].orderings:
        for ordering in (name, f"-{name}"):
            listed = client.get(
                f"{place}/", {"ordering": ordering, "limit": "100"}
            ).json()["results"]
            found = lines(client.get(f"{place}.csv", {"ordering": ordering}))
            assert [line["id"] for line in found] == [
                document["id"] for document in listed
            ]
    assert len(found) == 5


def test_a_filter_narrows_it(client: Client) -> None:
    one = publish(PUBLIC, "facility", {"region": "Minsk"})["id"]
    publish(PUBLIC, "facility", {"region": "Brest"})
    withdraw(PUBLIC, publish(PUBLIC, "facility", {"region": "Minsk"})["id"])
    assert [
        line["id"]
        for line in lines(client.get("/api/v1/facilities.csv", {"region": "Minsk"}))
    ] == [one]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sex=unicorn", "sex"),
        ("ordering=shoe_size", "ordering"),
        ("limit=5", "limit"),
        ("status_on=2025", "status_on"),
    ],
)
def test_a_bad_parameter_is_refused_before_anything_is_sent(
    client: Client, query: str, parameter: str
) -> None:
    answer = client.get(f"{PRISONERS}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [parameter]


def test_a_partner_gets_the_partners_from_beginning_to_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "CHUNK", 2)
    publish(PUBLIC, "facility")
    theirs = {publish(PARTNERS, "facility")["id"] for _each in range(5)}
    found = lines(
        as_partner(key_for("Example Rights Centre")).get("/api/v1/facilities.csv")
    )
    assert {line["id"] for line in found} == theirs
    assert {line["audience"] for line in found} == {"partners"}


def test_it_is_read_in_chunks(
    client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for _each in range(3):
        publish(PUBLIC, "facility")
    with django_assert_num_queries(0):
        answer = client.get("/api/v1/facilities.csv?ordering=changed")
    with django_assert_num_queries(1):
        assert len(lines(answer)) == 3


def test_who_asks_only_for_the_head_is_sent_nothing(client: Client) -> None:
    answer = client.head(PRISONERS)
    assert (answer.status_code, answer.content) == (200, b"")


def test_every_column_is_explained_and_holds_a_value_for_the_example(
    client: Client,
) -> None:
    page = (settings.BASE_DIR / "docs" / "api.md").read_text()
    explained = set(re.findall(r"`([a-z0-9_]+)`", page))
    named = {name for columns in COLUMNS.values() for name in columns}
    assert {"_hedge", "claim_hedge"} <= explained  # one beside each fact
    missing = {name for name in named if not name.endswith("_hedge")} - explained
    assert missing == set()


def test_every_field_that_is_left_out_is_left_out_on_purpose() -> None:
    """`kind` is the file's name; lists with fields of their own have columns for them."""
    for kind, serializer in DOCUMENTS.items():
        fields = serializer().fields
        lists = {
            "names",
            "identifiers",
            "recognitions",
            "designations",
            "detentions",
            "charges",
            "sentences",
            "releases",
        }
        lists |= {"deportations", "whereabouts", "sightings", "nationality_changes"}
        lists |= {"citations", "kind"}
        lists |= {"placements", "orders", "further_punishments", "sentence_in_force"}
        lists |= {"last_place", "prosecutions", "hearings", "people", "decisions"}
        lists |= {"copies"}  # pictures
        # Told by consent, and never in a row of many.
        lists |= {"personal_details", "related_cases"}
        lists |= {"search_engines", "letters", "birthday"}  # for them
        accounted = {*COLUMNS[kind], *lists}
        left_out = {name for name in fields if name not in accounted}
        assert left_out <= {
            "cause_of_death_by_authorities",
            "cause_of_death_by_family",
        }, kind


def test_status_is_told_as_last_known_unless_a_day_is_asked_for(
    client: Client,
) -> None:
    publish(PUBLIC, "prisoner")
    (line,) = lines(client.get(PRISONERS))
    assert line["status_on"] == ""
    assert json.dumps(line)
