"""The desk refuses what would keep the database busy for long, or what the access log
could not keep as a whole.
"""

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests import factories as make
from tests.cases.editorial import Desk, errors
from tests.tracker.site_pages import text

pytestmark = pytest.mark.django_db

RULE = "Search for at most 200 characters and 10 words."
TOO_LONG = [
    pytest.param("a" * 201, id="201 characters"),
    pytest.param(" ".join("abcdefghijk"), id="11 words"),
    pytest.param(" " * 2_000 + "Ales", id="2,000 spaces before the name"),
]


@pytest.mark.parametrize("words", TOO_LONG)
def test_no_list_of_the_admin_takes_a_long_search(
    admin_client: Client, words: str
) -> None:
    lists = 0
    for model, model_admin in site._registry.items():
        if model_admin.search_fields:
            lists += 1
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            answer = admin_client.get(reverse(name), {"q": words})
            assert answer.status_code == 400, model
            assert f"q: {RULE}" in text(answer.content.decode())
    assert lists > 20


@pytest.mark.parametrize("words", TOO_LONG)
def test_no_list_that_helps_while_one_types_takes_a_long_search(
    admin_client: Client, words: str
) -> None:
    asked = {
        "app_label": "cases",
        "model_name": "prisoner",
        "field_name": "merged_into",
    }
    answer = admin_client.get("/admin/autocomplete/", {**asked, "term": words})
    assert answer.status_code == 400
    assert f"term: {RULE}" in text(answer.content.decode())


def test_an_export_of_a_long_search_is_no_export_of_everything() -> None:
    make.make_prisoner("Ales Example")
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    answer = client.post(
        f"/admin/cases/prisoner/export/?q={'a' * 201}", {"reason": "For the court"}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("words", ["a" * 201, " ".join("abcdefghijk"), "slovo " * 600])
def test_a_long_name_is_refused_by_the_editorial_api_with_the_rule(words: str) -> None:
    answer = Desk().get("prisoners/", name=words)
    assert errors(answer) == {"name": [RULE]}


def test_a_long_part_of_a_text_is_refused_by_the_editorial_api() -> None:
    for noun, name in (("sources", "title_contains"), ("sentences", "court_contains")):
        answer = Desk().get(f"{noun}/", **{name: "a" * 201})
        assert list(errors(answer)) == [name]
        assert "at most 200 characters" in errors(answer)[name][0]


def test_no_parameter_of_the_editorial_api_takes_more_than_fifty_values() -> None:
    numbers = list(range(51))
    for noun, asked in (
        ("person-names", {"value": [f"Name {number}" for number in numbers]}),
        ("prisoners", {"citizenships": ",".join(["BY"] * 51)}),
        ("prisoners", {"id": ",".join(["x"] * 51)}),
    ):
        answer = Desk().get(f"{noun}/", **asked)
        assert errors(answer) == {next(iter(asked)): ["Give at most 50 values."]}
