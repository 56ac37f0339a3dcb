"""A body with very many entries is refused before each of them is looked at."""

import time

import pytest
from django.test import Client

from tests.cases.editorial import Desk, errors
from tests.keys import as_partner, key_for
from tests.tracker.site_pages import text

pytestmark = pytest.mark.django_db

MANY = 100_000


def test_a_list_of_many_entries_is_refused_early_with_its_name() -> None:
    sentence = "This list has 100,000 entries. At most 1,000 are taken."
    start = time.process_time()
    answer = Desk().post("prisoners/", {"occupations": ["x"] * MANY})
    assert errors(answer) == {"occupations": [sentence]}
    nested = {"rows": [{"names": [{"value": "Ales"}, ["x"] * MANY]}]}
    partner = as_partner(key_for("Example", scopes=["propose"]))
    answer = partner.post("/api/v1/proposals/", nested, "application/json")
    assert errors(answer) == {"rows.0.names.1": [sentence]}
    assert time.process_time() - start < 3


def test_an_object_of_many_names_is_refused_early() -> None:
    answer = Desk().post("prisoners/", {f"name{n}": 1 for n in range(MANY)})
    assert answer.status_code == 400
    assert "has 100,000 entries" in answer.json()["detail"]


def test_a_form_of_many_fields_is_refused_with_the_rule() -> None:
    fields = {f"field-{number}": "x" for number in range(10_001)}
    for address in ("/admin/account/sign-in/", "/en/cases/"):
        answer = Client().post(address, fields)
        assert answer.status_code == 400
        assert "at most 10,000 fields" in text(answer.content.decode())
