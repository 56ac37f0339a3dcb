"""The APIs describe themselves: each part to those who may use it."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests.cases.editorial import NOUNS, ROOT, Desk, problem

JSON = {"Accept": "application/vnd.oai.openapi+json"}


def test_nothing_in_the_description_is_a_guess(tmp_path: Any) -> None:
    call_command(
        "spectacular", "--fail-on-warn", "--validate", file=str(tmp_path / "schema.yml")
    )


def test_anyone_reads_about_the_read_api_and_nothing_about_the_desk() -> None:
    description = Client().get("/api/schema/", headers=JSON)
    assert description.status_code == 200
    assert not any(path.startswith(ROOT) for path in description.json()["paths"])
    assert b"internal_notes" not in description.content


@pytest.mark.django_db
class TestTheDescriptionOfTheEditorialApi:
    def test_names_every_noun_and_the_problem_that_any_call_may_meet(self) -> None:
        description = Desk().client.get(f"{ROOT}schema/", headers=JSON).json()
        assert {f"{ROOT}{noun}/" for noun in NOUNS} <= description["paths"].keys()
        change = description["paths"][f"{ROOT}prisoners/{{id}}/"]["patch"]
        assert change["responses"]["default"]["content"].keys() == {
            "application/problem+json"
        }
        assert {"name": "If-Match", "in": "header", "required": True}.items() <= change[
            "parameters"
        ][0].items()
        assert "BY" in description["components"]["schemas"]["Country"]["enum"]

    def test_is_for_staff(self) -> None:
        problem(Client().get(f"{ROOT}schema/"), 401)
        assert Client().get(f"{ROOT}docs/")["Location"].startswith("/admin/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/docs/", f"{ROOT}docs/"])
def test_the_page_about_it_has_no_script_or_style_of_its_own(address: str) -> None:
    page = Desk().client.get(address)
    assert page.status_code == 200
    assert "'unsafe" not in page["Content-Security-Policy"]
    assert not re.search(
        r"<style|<script[^>]*>[^<]|\son\w+=|\sstyle=", page.content.decode()
    )
