"""Whatever is sent, by the rules of the OpenAPI description or against them: no crash,
and no answer outside it.

EXAMPLES says how many questions each operation is asked; the same ones every time.
"""

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as asked
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from tests.cases.editorial import NOUNS, Desk, made
from tests.keys import key_for
from tests.leaks.crawler import patterns
from tests.published import publish
from tracker.api.schema import DrawnOnce
from tracker.audiences import AUDIENCES
from tracker.contract.documents import DOCUMENTS

EXAMPLES = int(os.environ.get("EXAMPLES", "3"))
DEEP = EXAMPLES > 20
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
# The description's own examples, and made up questions; not each rule broken by itself,
# which takes minutes.
CONFIG = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": DEEP}}})
WHOLE: dict[str, Any] = DrawnOnce().get_schema(request=None, public=True)
API = schemathesis.openapi.from_dict(
    json.loads(json.dumps(WHOLE, default=str)), config=CONFIG
)
API.app = get_wsgi_application()
READ = API.include(path_regex="^/api/v1/")
EDITORIAL = API.include(path_regex="^/api/editorial/")
some = asked(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The site closes it after each request, and the test's transaction with it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def whole_site(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Every kind of document and a record of each noun, made once: each question in a
    savepoint of its own.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        for audience in AUDIENCES:
            for kind in DOCUMENTS:
                publish(audience, kind)
        for noun in NOUNS:
            made(noun)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def a_key(whole_site: None, db: None) -> dict[str, str]:
    return {
        "Authorization": f"Api-Key {key_for('Example Rights Centre', scopes=['read', 'propose']).secret}"
    }


@pytest.fixture
def signed_in(whole_site: None, db: None) -> dict[str, Any]:
    client: Client = Desk().client
    token = "a" * 32
    cookies = {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value
    }
    return {
        "cookies": {**cookies, settings.CSRF_COOKIE_NAME: token},
        "headers": {"X-CSRFToken": token},
    }


@READ.parametrize()
@some
def test_the_read_api_answers_as_it_says(case: Any, whole_site: None, db: None) -> None:
    # Schemathesis does not unpack what is sent compressed.
    case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})


@READ.parametrize()
@some
def test_so_it_does_to_a_partner(case: Any, a_key: dict[str, str]) -> None:
    case.call_and_validate(checks=CHECKS, headers=a_key)


@EDITORIAL.parametrize()
@some
def test_the_editorial_api_answers_as_it_says(
    case: Any, signed_in: dict[str, Any]
) -> None:
    case.call_and_validate(checks=CHECKS, **signed_in)


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """(of what, what the description says of it), for all that is JSON."""
    for path, operations in WHOLE["paths"].items():
        for method, operation in operations.items():
            answers = {
                status: one
                for status, one in operation["responses"].items()
                if status != "default"
            }
            for what, body in {
                "sent": operation.get("requestBody", {}),
                **answers,
            }.items():
                if content := body.get("content", {}).get("application/json"):
                    yield f"{method} {path}, {what}", content


def test_every_operation_shows_an_example_of_the_form_that_it_explains() -> None:
    wrong = []
    for what, content in bodies():
        shown = (
            [content["example"]]
            if "example" in content
            else [one["value"] for one in content["examples"].values()]
        )
        rules = jsonschema.Draft202012Validator(
            {**content["schema"], "components": WHOLE["components"]}
        )
        for example in json.loads(json.dumps(shown, default=str)):
            wrong += [
                f"{what}: {error.message}" for error in rules.iter_errors(example)
            ]
    assert wrong == []


def test_no_address_of_the_editorial_api_is_left_out() -> None:
    described = {re.sub(r"{\w+}", "{}", path).strip("/") for path in WHOLE["paths"]}
    there = set()
    for text, _pattern in patterns():
        address = re.sub(r"<[^>]+>", "{}", text).strip("/")
        if address.startswith("api/editorial/") and not address.endswith(
            ("/docs", "/schema")
        ):
            there.add(address)
    assert there
    assert there - described == set()


def test_a_description_is_drawn_once_whoever_asks_for_whatever_version_or_language() -> (
    None
):
    with translation.override("be"):
        again = DrawnOnce(api_version="made up").get_schema(request=None, public=True)
    assert again is WHOLE
    assert "made up" not in str(WHOLE["info"])
