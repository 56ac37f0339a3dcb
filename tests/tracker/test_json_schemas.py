"""The JSON Schema of each kind holds for what is published, and not for what is not."""

import copy
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client

from cases.publishing import publish_pending
from tracker.api.examples import example
from tracker.api.json_schemas import DRAFT, document_schema
from tracker.api.schema import DrawnOnce
from tracker.audiences import AUDIENCES
from tracker.contract.documents import DOCUMENTS

pytestmark = pytest.mark.django_db

OF_FIXTURES = {"prisoner", "sentence", "deportation", "release_event", "source"}
OF_FIXTURES |= {"reported_count"}


def strictly(schema: Any) -> Any:
    """Forbidding what it does not name: the published schema leaves room for fields to
    come.
    """
    if isinstance(schema, list):
        return [strictly(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {**closed, **{name: strictly(one) for name, one in schema.items()}}


def validator(kind: str) -> Any:
    schema = strictly(document_schema(kind))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


@pytest.fixture
def fixtures_published(settings: Any) -> None:
    settings.DEBUG = settings.DEMO = True
    settings.REQUIRE_REVIEW = False
    call_command("demo", stdout=StringIO())
    publish_pending()


def test_every_document_of_the_fixtures_is_as_its_schema_says_for_both_audiences(
    fixtures_published: None,
) -> None:
    validators = {kind: validator(kind) for kind in DOCUMENTS}
    for audience in AUDIENCES:
        rows = audience.rows().filter(document__isnull=False)
        assert set(rows.values_list("kind", flat=True)) >= OF_FIXTURES
        for row in rows:
            validators[row.kind].validate(json.loads(row.document))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_it_stands_at_an_address_and_holds_for_the_example(
    client: Client, kind: str
) -> None:
    answer = client.get(f"/api/v1/schemas/{kind}.json")
    assert answer.headers["Content-Type"] == "application/schema+json"
    schema = answer.json()
    assert schema["$schema"] == DRAFT
    assert schema["$id"] == f"/api/v1/schemas/{kind}.json"
    assert client.get("/api/v1/").json()["schemas"][kind].endswith(schema["$id"])
    validator(kind).validate(example(kind))
    again = client.get(
        f"/api/v1/schemas/{kind}.json",
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_it_is_made_of_the_parts_of_the_openapi_description(kind: str) -> None:
    """They are asked of drf-spectacular for one serializer, which its own generator
    never does.
    """
    whole = DrawnOnce().get_schema(request=None, public=True)
    described = json.loads(
        json.dumps(whole["components"]["schemas"], default=str).replace(
            "#/components/schemas/", "#/$defs/"
        )
    )
    schema = document_schema(kind)
    for name, part in schema["$defs"].items():
        assert part == described[name], name
    root = described[DOCUMENTS[kind].__name__]
    assert schema["required"] == root["required"]
    assert list(schema["properties"]) == list(root["properties"])


def broken() -> Iterator[tuple[str, Any]]:
    whole = example("prisoner")
    for change in (
        {"sex": "unicorn"},
        {"id": None},
        {"id": "7"},
        {"kind": "source"},
        {"audience": "everyone"},
        {"born_on": "2025"},
        {"born_on": {"edtf": "2025", "earliest": "January", "latest": None}},
        {"citizenships": ["XX"]},
        {"names": None},
        {"names": [{"value": "A"}]},
        {"age_as_stated": "40"},
        {"summary": {"en": 7}},
    ):
        yield str(change), {**copy.deepcopy(whole), **change}
    del whole["occupations"]
    yield "without occupations", whole


@pytest.mark.parametrize(
    ("what", "document"),
    list(broken()),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_contract_does_not_allow_is_refused(what: str, document: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator("prisoner").validate(document)


def test_a_kind_that_is_none_has_no_schema(client: Client) -> None:
    assert client.get("/api/v1/schemas/claimant.json").status_code == 404
