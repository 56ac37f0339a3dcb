"""Lists and single documents, as anyone sees them."""

import json
import tomllib
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.keys import as_partner, key_for
from tests.leaks.crawler import answer_text
from tests.published import publish, withdraw
from tracker.asking.filters import FILTERS
from tracker.audiences import PARTNERS, PUBLIC
from tracker.models import PublicDocument
from tracker.versions import RELEASE

pytestmark = pytest.mark.django_db

Budget = Callable[[int], Any]

PLACES = {
    "prisoner": "prisoners",
    "sentence": "sentences",
    "deportation": "deportations",
    "release_event": "release-events",
    "source": "sources",
    "facility": "facilities",
    "court_case": "court-cases",
    "reported_count": "reported-counts",
}
TITLED = {"release_event", "source"}


def address(kind: str, row_id: str = "") -> str:
    return f"/api/v1/{PLACES[kind]}/" + (f"{row_id}/" if row_id else "")


def content(kind: str, **values: Any) -> dict[str, Any]:
    return {"title": "Untitled", **values} if kind in TITLED else values


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [document["id"] for document in answer.json()["results"]]


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.usefixtures("kept_nowhere")
def test_a_document_is_served_as_it_was_stored_alone_and_in_its_list(
    client: Client, kind: str, django_assert_num_queries: Budget
) -> None:
    document = publish(PUBLIC, kind, content(kind))
    stored = PublicDocument.objects.get(id=document["id"]).document
    publish(PARTNERS, kind, content(kind))
    with django_assert_num_queries(1):  # the row, with the epoch
        alone = client.get(address(kind, document["id"]))
    with django_assert_num_queries(2):  # the counter; the page
        client.get(address(kind), {"limit": "1", "ordering": "changed"})
    with django_assert_num_queries(
        3
    ):  # as above, and those without a value of what the list is ordered by
        listed = client.get(address(kind))
    assert (
        alone.headers["Content-Type"]
        == listed.headers["Content-Type"]
        == "application/json"
    )
    assert alone.content.decode() == stored
    assert (
        listed.content.decode()
        == f'{{"next":null,"previous":null,"results":[{stored}]}}'
    )


def test_letters_of_every_script_are_passed_on_as_they_are(client: Client) -> None:
    document = publish(PUBLIC, "prisoner", {"name": 'Мікалай Дзядок“ "\\ \u2028'})
    assert client.get(address("prisoner", document["id"])).json() == document
    assert client.get(address("prisoner")).json()["results"] == [document]


# --- What is not there -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?q=ales"])
def test_withdrawn_hidden_and_never_heard_of_are_told_apart_by_nobody(
    client: Client, query: str
) -> None:
    withdrawn = publish(PUBLIC, "prisoner")["id"]
    withdraw(PUBLIC, withdrawn)
    hidden = publish(PARTNERS, "prisoner")["id"]
    another_kind = publish(PUBLIC, "facility")["id"]
    shown = publish(PUBLIC, "prisoner")["id"]
    names = [
        withdrawn,
        hidden,
        another_kind,
        str(uuid.uuid4()),
        "ales",
        "1",
        "a.b",
        "%00",
        f"{{{shown}}}",
    ]
    answers = [client.get(address("prisoner", name) + query) for name in names]
    expected = 400 if query else 404
    assert {answer.status_code for answer in answers} == {expected}
    assert len({answer_text(answer) for answer in answers}) == 1
    assert answers[0].headers["Content-Type"] == "application/problem+json"
    assert ids(client.get(address("prisoner"))) == [shown]


def test_a_merged_case_leads_to_the_one_that_it_became_while_that_is_shown(
    client: Client,
) -> None:
    old, new = publish(PUBLIC, "prisoner")["id"], publish(PUBLIC, "prisoner")["id"]
    withdraw(PUBLIC, old, merged_into=new)
    answer = client.get(address("prisoner", old))
    assert answer.status_code == 301
    assert answer.headers["Location"] == address("prisoner", new)
    withdraw(PUBLIC, new)
    assert client.get(address("prisoner", old)).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize(
    "path",
    ["/api/v1/", "/api/v1/prisoners/", "/api/v1/changes", "/api/v1/vocabularies/"],
)
def test_nothing_can_be_written(client: Client, method: str, path: str) -> None:
    answer = getattr(client, method)(path)
    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Allow"] == "GET, HEAD"


def test_an_address_that_will_go_says_since_when_and_until_when(
    client: Client, settings: Any
) -> None:
    settings.DEPRECATED = {"changes": (date(2030, 1, 1), date(2031, 1, 1))}
    assert "Sunset" not in client.get("/api/v1/digest")
    for query in ("", "?since=none"):  # a refusal, too
        answer = client.get(f"/api/v1/changes{query}")
        assert answer["Deprecation"] == "@1893456000"
        assert answer["Sunset"] == "Wed, 01 Jan 2031 00:00:00 GMT"
        assert 'api/docs/>; rel="deprecation"' in answer["Link"]


def test_who_takes_another_form_only_is_refused(client: Client) -> None:
    forms = {
        "/api/v1/prisoners/": "application/json",
        "/api/v1/prisoners.csv": "text/csv",
        "/api/v1/export.ndjson": "application/x-ndjson",
        "/api/v1/schemas/prisoner.json": "application/schema+json",
    }
    for path, form in forms.items():
        for taken in (form, "*/*", f"text/html, {form};q=0.5", ""):
            answer = client.get(path, headers={"Accept": taken} if taken else {})
            assert answer.status_code == 200, (path, taken)
            assert answer["Content-Type"].startswith(form)
        refused = client.get(path, headers={"Accept": "text/html"})
        assert refused.status_code == 406, path
        assert refused["Content-Type"] == "application/problem+json"
        assert refused["Cache-Control"] == "private, no-store"


# --- Parameters --------------------------------------------------------------------------------------------------


def problem(answer: Any, parameter: str) -> str:
    assert answer.status_code == 400, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    errors: dict[str, list[str]] = answer.json()["errors"]
    assert list(errors) == [parameter]
    return errors[parameter][0]


def test_an_unknown_parameter_is_refused_with_the_known_ones(client: Client) -> None:
    sentence = problem(client.get(address("facility"), {"contry": "BY"}), "contry")
    assert (
        "country, cursor, fields, include, limit, official, ordering, place_kind,"
        " q, region, source, view" in sentence
    )


def test_a_single_document_takes_no_parameters(client: Client) -> None:
    document = publish(PUBLIC, "facility")
    problem(
        client.get(address("facility", document["id"]), {"country": "BY"}), "country"
    )


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("sex=unicorn", "sex", "female, male, other"),
        ("ordering=shoe_size", "ordering", "name, released_on, term_months, changed"),
        ("limit=101", "limit", "100"),
        ("limit=0", "limit", "100"),
        ("limit=²", "limit", "100"),
        ("limit=0000100", "limit", "100"),
        ("cursor=nonsense", "cursor", "next"),
        ("q=", "q", "value"),
        ("q=a&q=b", "q", "once"),
        ("status_on=2025-09-11", "status_on", "status"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_parameter(
    client: Client, query: str, parameter: str, words: str
) -> None:
    assert words in problem(client.get(f"{address('prisoner')}?{query}"), parameter)


def test_all_bad_values_are_named_at_once(client: Client) -> None:
    answer = client.get(
        address("prisoner"), {"sex": "x", "born_on_or_after": "2025-02-30"}
    )
    assert set(answer.json()["errors"]) == {"sex", "born_on_or_after"}


def test_a_filter_narrows_the_list_and_stays_on_the_next_page(client: Client) -> None:
    for region in ("Minsk", "Brest", "Minsk", "Minsk"):
        publish(PUBLIC, "facility", {"region": region})
    first = client.get(address("facility"), {"region": "Minsk", "limit": "2"})
    following = client.get(first.json()["next"])
    assert first["Link"] == f'<{first.json()["next"]}>; rel="next"'
    start = "http://testserver/api/v1/facilities/?limit=2&region=Minsk"
    assert following["Link"] == (
        f'<{following.json()["previous"]}>; rel="prev", <{start}>; rel="first"'
    )
    assert len(ids(first)) == 2
    assert len(ids(following)) == 1
    assert following.json()["next"] is None
    assert ids(client.get(following.json()["previous"])) == ids(first)


# --- Order and pages ---------------------------------------------------------------------------------------------

CONTENTS: dict[str, list[dict[str, Any]]] = {
    "prisoner": [
        {
            "name": name,
            "releases": [{"released_on": day}],
            "sentences": [{"term_months": months}],
        }
        for name, day, months in [
            ("Ales", "2025-09-11", 60),
            ("Ales", "2025-09-11", 60),
            (None, None, None),
            (None, None, None),
            ("Юлия", "2025-09", 3),
        ]
    ],
    "sentence": [
        {"handed_down_on": day, "term_months": months}
        for day, months in [("2021", 3), ("2021", 3), (None, None)]
    ],
    "deportation": [
        {"deported_on": day} for day in ("2025-09-11", "2025-09-11", None, None)
    ],
    "release_event": [
        {"title": "A", "occurred_on": day}
        for day in ("2025-09-11", "2025-09-11", None, None)
    ],
    "source": [
        {"title": "A", "published_on": day}
        for day in ("2025-09-11", "2025-09-11", None, None)
    ],
    "facility": [
        {"names": {"en": name} if name else {}} for name in ("A", "A", "B", None, None)
    ],
    "court_case": [
        {"number": number} for number in ("1/2021", "1/2021", "2/2021", None, None)
    ],
    "reported_count": [
        {"as_of": day, "value": value}
        for day, value in [("2025", 52), ("2025", 52), (None, None)]
    ],
}


@pytest.mark.parametrize(
    ("kind", "ordering"),
    [
        (kind, sign + name)
        for kind, one in FILTERS.items()
        for name in one.orderings
        for sign in ("", "-")
    ],
)
def test_pages_in_any_order_show_every_document_once(
    client: Client, kind: str, ordering: str
) -> None:
    published = {publish(PUBLIC, kind, one)["id"] for one in CONTENTS[kind] * 2}
    whole = ids(client.get(address(kind), {"ordering": ordering, "limit": "100"}))
    assert set(whole) == published
    walked: list[str] = []
    following = f"{address(kind)}?ordering={ordering}&limit=3"
    while following:
        answer = client.get(following)
        walked += ids(answer)
        following = answer.json()["next"]
    assert walked == whole


def test_what_is_unknown_comes_last_in_either_direction(client: Client) -> None:
    known, unknown = (
        publish(PUBLIC, "deportation", {"deported_on": day})["id"]
        for day in ("2025-09-11", None)
    )
    for ordering in ("deported_on", "-deported_on"):
        assert ids(client.get(address("deportation"), {"ordering": ordering})) == [
            known,
            unknown,
        ]


def test_a_cursor_of_another_order_is_refused(client: Client) -> None:
    for _each in range(2):
        publish(PUBLIC, "facility")
    following = client.get(address("facility"), {"limit": 1}).json()["next"]
    problem(
        client.get(following, {"ordering": "-name"} | _query(following, "cursor")),
        "cursor",
    )


def test_fifty_documents_stand_on_a_page_that_asks_for_no_number(
    client: Client,
) -> None:
    for _each in range(51):
        publish(PUBLIC, "facility")
    assert len(ids(client.get(address("facility")))) == 50
    assert len(ids(client.get(address("facility"), {"limit": 100}))) == 51


def _query(url: str, name: str) -> dict[str, str]:
    parts = dict(part.split("=", 1) for part in urlsplit(url).query.split("&"))
    return {name: parts[name]}


# --- The first address, and vocabularies -------------------------------------------------------------------------


def test_the_first_address_leads_to_all_others(
    client: Client, django_assert_num_queries: Budget
) -> None:
    with django_assert_num_queries(1):  # the counter
        service = client.get("/api/v1/").json()
    assert service["audience"] == "public"
    places = ("addresses", "tables", "schemas")
    links = [link for place in places for link in service[place].values()]
    for link in [*links, service["schema"], service["documentation"]]:
        assert client.get(link).status_code == 200, link


def test_the_first_address_states_the_terms(client: Client, settings: Any) -> None:
    settings.ORGANISATION, settings.CONTACT = (
        "Example Rights Centre",
        "mailto:desk@example.org",
    )
    settings.LICENCE, settings.LICENCE_URL, settings.WITHDRAWAL_HOURS = (
        "CC-BY-4.0",
        "https://licence.example/",
        12,
    )
    anyone, partner = (
        reader.get("/api/v1/").json()
        for reader in (client, as_partner(key_for("Example Rights Centre")))
    )
    assert anyone["terms"]["licence"] == "CC-BY-4.0"
    assert anyone["terms"]["licence_url"] == "https://licence.example/"
    assert "Example Rights Centre" in anyone["terms"]["attribution"]
    assert anyone["terms"]["contact"] == "mailto:desk@example.org"
    assert anyone["terms"]["withdrawals_within_hours"] == 12
    assert "12 hours" in anyone["terms"]["withdrawals"]
    assert anyone["deletion"] == {"policy": "transient", "days": 180}
    assert partner["terms"]["licence"] == settings.PARTNERS_LICENCE
    assert partner["terms"]["licence_url"] is None
    assert partner["deletion"] == {"policy": "persistent", "days": None}


def test_what_nobody_stated_is_null_and_never_guessed(
    client: Client, settings: Any
) -> None:
    settings.ORGANISATION = settings.CONTACT = settings.LICENCE = (
        settings.LICENCE_URL
    ) = ""
    terms = client.get("/api/v1/").json()["terms"]
    assert {
        terms[name] for name in ("organisation", "contact", "licence", "licence_url")
    } == {None}


def test_the_release_is_the_one_that_is_installed() -> None:
    project = tomllib.loads((django_settings.BASE_DIR / "pyproject.toml").read_text())
    assert project["project"]["version"] == RELEASE


def test_every_code_that_a_document_may_hold_has_a_label(
    client: Client, django_assert_num_queries: Budget
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/api/v1/vocabularies/")
    vocabularies = {one["name"]: one["codes"] for one in answer.json()["results"]}
    grounds = {one["code"]: one["labels"] for one in vocabularies["release_ground"]}
    countries = {one["code"]: one["labels"] for one in vocabularies["country"]}
    assert (grounds["pardon"]["en"], grounds["pardon"]["be"]) == (
        "pardon",
        "памілаванне",
    )
    assert (countries["LT"]["en"], countries["LT"]["ru"]) == ("Lithuania", "Литва")
    assert {
        "status",
        "occupation",
        "condition",
        "hedge",
        "claimant_role",
    } <= vocabularies.keys()
    assert (
        not {"reliability", "credibility", "visibility"} & vocabularies.keys()
    )  # the desk's own
    for name, codes in vocabularies.items():
        assert client.get(f"/api/v1/vocabularies/{name}/").json() == {
            "name": name,
            "codes": codes,
        }
    assert client.get("/api/v1/vocabularies/reliability/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing/", "/api/v1/prisoners/x/y/", "/api/v2/"]
)
def test_an_address_that_leads_nowhere_says_so_as_a_problem(
    client: Client, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["status"] == 404
