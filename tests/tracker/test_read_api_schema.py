"""The OpenAPI description says what really comes."""

import json
import re
from typing import Any

import jsonschema
import pytest
from django.test import Client

from tests.partners.proposing import proposer
from tests.published import correct, publish, withdraw
from tracker.api.docs import described_by_settings
from tracker.api.examples import example
from tracker.api.schema import DrawnOnce
from tracker.asking.filters import FILTERS
from tracker.audiences import PUBLIC
from tracker.contract.documents import DOCUMENTS
from tracker.feed import ROOT_KINDS

pytestmark = pytest.mark.django_db

PROPOSALS = "/api/v1/proposals/"
COPIES = "/api/v1/copies/"  # pictures: they are no documents


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """Of the read API alone."""
    whole: dict[str, Any] = DrawnOnce().get_schema(request=None, public=True)
    return {
        "paths": {
            path: one
            for path, one in whole["paths"].items()
            if path.startswith("/api/v1/")
        },
        "components": whole["components"],
    }


def check(described: dict[str, Any], path: str, answer: Any) -> None:
    schema = described["paths"][path]["get"]["responses"]["200"]["content"][
        "application/json"
    ]["schema"]
    jsonschema.validate(answer, {**schema, "components": described["components"]})


def test_every_list_document_and_page_of_changes_is_as_described(
    client: Client, described: dict[str, Any]
) -> None:
    for kind in DOCUMENTS:
        publish(PUBLIC, kind, given(kind))
    withdraw(PUBLIC, publish(PUBLIC, "facility")["id"])
    for path in described["paths"]:
        if (
            "{" not in path and "." not in path and path != PROPOSALS
        ):  # files have tests of their own
            check(described, path, client.get(path).json())
    listed = [
        path
        for path in described["paths"]
        if path.endswith("/{id}/") and not path.startswith((PROPOSALS, COPIES))
    ]
    assert len(listed) == len(DOCUMENTS)
    for path in listed:
        for document in client.get(path.removesuffix("{id}/")).json()["results"]:
            check(
                described, path, client.get(path.replace("{id}", document["id"])).json()
            )


def test_a_change_is_of_one_kind_in_the_feed_and_in_the_file(
    client: Client, described: dict[str, Any]
) -> None:
    """So that programs that write clients give each kind its class."""
    for kind in DOCUMENTS:
        publish(PUBLIC, kind, given(kind))
    withdraw(PUBLIC, publish(PUBLIC, "facility")["id"])
    parts = described["components"]["schemas"]
    line = described["paths"]["/api/v1/export.ndjson"]["get"]["responses"]["200"]
    (content,) = line["content"].values()
    schema = {**content["schema"], "components": described["components"]}
    lines = b"".join(client.get("/api/v1/export.ndjson")).decode().splitlines()
    changes = [json.loads(text) for text in lines]
    for change in changes:
        jsonschema.validate(change, schema)
    first = next(each for each in changes if each.get("kind") == "source")
    wrongs: list[dict[str, Any]] = [{"kind": "facility"}, {"document": {}}]
    for wrong in wrongs:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**first, **wrong}, schema)
    assert set(parts["FeedPublished"]["discriminator"]["mapping"]) == set(ROOT_KINDS)


def test_the_description_says_what_else_may_happen_and_nothing_of_the_software(
    described: dict[str, Any],
) -> None:
    statuses = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            statuses[method, path] = set(operation["responses"])
            assert {"401", "406", "429"} <= set(operation["responses"]), path
            assert operation["summary"], path
            for parameter in operation.get("parameters", ()):
                named = parameter["name"] in {"id", "kind", "name", "limit"}
                assert named or parameter["description"], (path, parameter)
    assert {"304", "410"} <= statuses["get", "/api/v1/changes"]
    assert "304" in statuses["get", "/api/v1/prisoners/"]
    assert {"301", "304", "404"} <= statuses["get", "/api/v1/prisoners/{id}/"]
    assert "404" not in statuses["get", "/api/v1/prisoners/"]
    whole = json.dumps(described, default=str)
    assert not re.search(r"[a-z]+\.py\b|docs/[a-z]|[Qq]uer(y|ies):", whole)


def test_the_description_says_whose_it_is_and_how_to_keep_a_copy(
    settings: Any,
) -> None:
    settings.CONTACT, settings.LICENCE = "ask@tracker.test", "CC-BY-4.0"
    settings.ORGANISATION = "Example Rights Centre"
    told = described_by_settings()
    assert told["CONTACT"] == {"name": settings.ORGANISATION, "email": settings.CONTACT}
    assert told["LICENSE"]["name"] == "CC-BY-4.0"
    assert "since=" in told["DESCRIPTION"]
    settings.CONTACT = "https://tracker.test/ask"
    assert described_by_settings()["CONTACT"]["url"] == settings.CONTACT
    settings.CONTACT = settings.LICENCE = ""
    assert {"CONTACT", "LICENSE"}.isdisjoint(described_by_settings())


def test_each_group_of_operations_is_named_once() -> None:
    """Programs that judge descriptions ask for it."""
    whole = DrawnOnce().get_schema(request=None, public=True)
    named = [tag["name"] for tag in whole["tags"]]
    used = set()
    for operations in whole["paths"].values():
        for operation in operations.values():
            used.update(operation["tags"])
    assert sorted(used) == named
    assert all(tag["description"] for tag in whole["tags"])


def test_corrections_are_as_described_and_so_is_their_example(
    client: Client, described: dict[str, Any]
) -> None:
    case = publish(PUBLIC, "prisoner")
    correct(PUBLIC, case, field="born_on", before=None, after={"edtf": "1980"})
    correct(PUBLIC, case, change="removed")
    path = "/api/v1/prisoners/{id}/corrections/"
    check(described, path, client.get(path.replace("{id}", case["id"])).json())
    (shown,) = described["paths"][path]["get"]["responses"]["200"]["content"][
        "application/json"
    ]["examples"].values()
    check(described, path, shown["value"])


def test_the_example_of_each_chart_is_as_described(described: dict[str, Any]) -> None:
    charts = [path for path in described["paths"] if "/charts/" in path]
    assert len(charts) == 3
    for path in charts:
        operation = described["paths"][path]["get"]
        assert operation["tags"] == ["charts"]
        content = operation["responses"]["200"]["content"]["application/json"]
        (shown,) = content["examples"].values()
        check(described, path, shown["value"])


def given(kind: str) -> dict[str, Any]:
    """The example's content as the gate would hand it in: dates as they were written."""
    return _written(example(kind))


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return (
            value["edtf"]
            if "edtf" in value
            else {name: _written(one) for name, one in value.items()}
        )
    return [_written(one) for one in value] if isinstance(value, list) else value


def test_every_question_is_a_described_parameter(described: dict[str, Any]) -> None:
    prisoners = described["paths"]["/api/v1/prisoners/"]["get"]["parameters"]
    asked = {one["name"] for one in prisoners if one["in"] == "query"}
    assert asked == {
        *FILTERS["prisoner"].base_filters,
        "cursor",
        "limit",
        "ordering",
        "view",
        "fields",
        "include",
    }
    assert all(one["description"] for one in prisoners)
    references = {one["schema"].get("items", {}).get("$ref") for one in prisoners} - {
        None
    }
    assert references
    assert all(
        one.rpartition("/")[2] in described["components"]["schemas"]
        for one in references
    )


def test_every_document_has_an_example(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        if path.endswith("/{id}/") and not path.startswith(COPIES):
            content = operations["get"]["responses"]["200"]["content"][
                "application/json"
            ]
            (shown,) = content["examples"].values()
            check(described, path, shown["value"])


def test_proposals_are_as_described_and_so_are_their_examples(
    described: dict[str, Any],
) -> None:
    partner = proposer()
    operation = described["paths"][PROPOSALS]["post"]
    (shown,) = operation["requestBody"]["content"]["application/json"][
        "examples"
    ].values()
    asked = operation["requestBody"]["content"]["application/json"]["schema"]
    jsonschema.validate(
        shown["value"], {**asked, "components": described["components"]}
    )

    answer = partner.post(PROPOSALS, shown["value"], "application/json")

    given = operation["responses"][str(answer.status_code)]["content"][
        "application/json"
    ]["schema"]
    jsonschema.validate(answer.json(), {**given, "components": described["components"]})
    check(described, PROPOSALS, partner.get(PROPOSALS).json())
    detail = PROPOSALS + "{id}/"
    check(
        described,
        detail,
        partner.get(detail.replace("{id}", answer.json()["results"][0]["id"])).json(),
    )
    assert operation["security"] == [{"PartnersKey": []}]
