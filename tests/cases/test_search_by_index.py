"""The desk finds names by indexes: among a hundred thousand cases nobody waits until all
of them are read.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import QuerySet
from django.test import RequestFactory

from cases.desk.api.prisoner import PrisonerFilters
from cases.merging import duplicates
from cases.models import Identifier, PersonName, Prisoner, Sentence

pytestmark = pytest.mark.django_db

TERM = "Mikalai"


@pytest.fixture(autouse=True)
def as_in_a_large_table(db: None) -> Iterator[None]:
    """In a small one PostgreSQL rightly reads all rows, in whatever order."""
    ways = ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan")
    with connection.cursor() as cursor:
        for way in ways:
            cursor.execute(f"SET {way} = off")
        yield
        for way in ways:
            cursor.execute(f"RESET {way}")


def plan(rows: QuerySet[Any]) -> str:
    return rows.explain()


def found_at_the_desk(model: Any) -> QuerySet[Any]:
    of_model: Any = admin.site.get_model_admin(model)
    request = RequestFactory().get("/")
    rows, _several = of_model.get_search_results(
        request, model._default_manager.order_by(), TERM
    )
    found: QuerySet[Any] = rows
    return found


def test_cases_are_found_by_what_is_written_by_its_spelling_and_by_identifiers() -> (
    None
):
    asked = plan(found_at_the_desk(Prisoner))
    for index in ("personname_search", "deskentry_search", "identifier_search"):
        assert index in asked


@pytest.mark.parametrize("model", [PersonName, Identifier, Sentence])
def test_so_is_what_belongs_to_a_case(model: Any) -> None:
    assert "deskentry_search" in plan(found_at_the_desk(model))


def test_so_is_a_case_at_the_editorial_api() -> None:
    asked = plan(PrisonerFilters({"name": TERM}, Prisoner.objects.order_by()).qs)
    for index in ("personname_search", "deskentry_search"):
        assert index in asked


def test_so_is_a_name_that_is_part_of_another() -> None:
    named = PersonName.objects.filter(value__icontains=TERM).order_by()
    assert "personname_search" in plan(named)


def test_so_are_those_who_may_be_the_same() -> None:
    """With few cases other plans cost the same: so we ask for this condition alone."""
    shares_a_word = "string_to_array(ltrim(search_key), ' ') &&"
    for statement in (duplicates._SHARING, duplicates._SHARING_WORDS):
        assert shares_a_word in statement
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN SELECT FROM cases_deskentry WHERE {shares_a_word} ARRAY['mikalai']"
        )
        assert "deskentry_words" in str(cursor.fetchall())
