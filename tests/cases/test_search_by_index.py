"""The desk finds names by indexes: among a hundred thousand cases nobody waits until all
of them are read.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import QuerySet
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from cases.desk import searching
from cases.desk.api.prisoner import PrisonerFilters
from cases.merging import duplicates
from cases.models import (
    Citation,
    DeskEntry,
    Identifier,
    PersonName,
    Prisoner,
    Sentence,
    Source,
)
from cases.named import open_to
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.editorial import Desk, errors
from tests.tracker.site_pages import text

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


def plans(search: Callable[[], object]) -> str:
    """Of all statements by which it finds them."""
    with CaptureQueriesContext(connection) as queries:
        search()
    explained = []
    with connection.cursor() as cursor:
        for query in queries.captured_queries:
            if query["sql"].startswith("SELECT") and "LIKE" in query["sql"]:
                cursor.execute("EXPLAIN " + query["sql"])
                explained.append("\n".join(line for (line,) in cursor.fetchall()))
    assert explained
    return "\n".join(explained)


def found_at_the_desk(model: Any, term: str = TERM) -> list[Any]:
    of_model: Any = admin.site.get_model_admin(model)
    request = RequestFactory().get("/")
    rows, _several = of_model.get_search_results(
        request, model._default_manager.order_by(), term
    )
    return list(rows)


@pytest.mark.parametrize("term", [TERM, "M", "mi", "m p"])
def test_cases_are_found_by_what_is_written_by_its_spelling_and_by_identifiers(
    term: str,
) -> None:
    asked = plans(lambda: found_at_the_desk(Prisoner, term))
    for index in ("personname_search", "deskentry_search", "identifier_search"):
        assert index in asked
    assert "Seq Scan" not in asked


@pytest.mark.parametrize("model", [PersonName, Identifier, Sentence])
def test_so_is_what_belongs_to_a_case(model: Any) -> None:
    assert "deskentry_search" in plans(lambda: found_at_the_desk(model))


@pytest.mark.parametrize("term", [TERM, "M", f"{TERM} of 12"])
def test_so_is_a_source_by_whatever_it_is_searched_by(term: str) -> None:
    asked = plans(lambda: found_at_the_desk(Source, term))
    assert asked.count("source_search") >= 4
    assert "Seq Scan" not in asked


@pytest.mark.parametrize("term", [TERM, "M", f"{TERM} of 12"])
def test_so_is_a_citation_by_its_words_its_source_and_who_says_so(term: str) -> None:
    asked = plans(lambda: found_at_the_desk(Citation, term))
    for index in ("citation_search", "source_search", "claimant_search"):
        assert index in asked
    assert "Seq Scan" not in asked


def test_a_citation_is_found_by_each_of_these() -> None:
    case = make.make_prisoner()
    makes = {
        "quote": make.make_citation(case, quote="Taken from home"),
        "locator": make.make_citation(case, locator="Page 12 from below"),
        "source": make.make_citation(case, source=make.make_source("News from home")),
        "claimant": make.make_citation(
            case, claimant=make.make_claimant("Somebody from home")
        ),
    }
    for term in ("from", "fro"):
        assert set(found_at_the_desk(Citation, term)) == set(makes.values())
    assert found_at_the_desk(Citation, "below page") == [makes["locator"]]
    assert found_at_the_desk(Citation, "home news") == [makes["source"]]
    assert found_at_the_desk(Citation, "nobody") == []


def test_so_is_a_case_at_the_editorial_api() -> None:
    names = PrisonerFilters({"name": TERM}, Prisoner.objects.order_by())
    asked = plans(lambda: list(names.qs))
    for index in ("personname_search", "deskentry_search"):
        assert index in asked


def test_so_is_a_name_that_is_part_of_another() -> None:
    named = PersonName.objects.filter(value__icontains=TERM).order_by()
    assert "personname_search" in plan(named)


def test_so_are_those_who_may_be_the_same() -> None:
    """With few cases other plans cost the same: so we ask for this condition alone."""
    for condition in (duplicates._HAS_ONE_OF, duplicates._HAS_WORDS):
        asked = condition.format(name="words")
        with connection.cursor() as cursor:
            cursor.execute(
                f"EXPLAIN SELECT FROM cases_deskentry WHERE {asked}",
                {"words": ["mikalai"]},
            )
            assert "deskentry_words" in str(cursor.fetchall())


class TestWhatFindsTooMuch:
    """Letters of nearly every name: the search is refused with the rule, and not cut."""

    RULE = "This finds more than 1 records. Search for more letters."

    @pytest.fixture(autouse=True)
    def two_of_one_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(searching, "MOST", 1)
        for name in ("Mikalai Example", "Mikalai Other"):
            make.make_sentence(make.make_prisoner(name))
        for number in range(2):
            make.make_source(title=f"News {number}")
        publish_pending()

    @pytest.mark.parametrize(
        ("place", "term"),
        [("prisoner", "m"), ("prisoner", TERM), ("sentence", "m"), ("source", "news")],
    )
    def test_at_a_list(self, admin_client: Client, place: str, term: str) -> None:
        answer = admin_client.get(f"/admin/cases/{place}/", {"q": term})
        assert answer.status_code == 400
        assert self.RULE in text(answer.content.decode())

    def test_at_an_export(self, admin_client: Client) -> None:
        answer = admin_client.post("/admin/cases/prisoner/export/?q=m", {"reason": "-"})
        assert answer.status_code == 400

    def test_while_one_types(self, admin_client: Client) -> None:
        asked = {
            "app_label": "cases",
            "model_name": "prisoner",
            "field_name": "merged_into",
        }
        answer = admin_client.get("/admin/autocomplete/", {**asked, "term": "m"})
        assert answer.status_code == 400

    def test_at_the_editorial_api(self) -> None:
        assert errors(Desk().get("prisoners/", name="m")) == {"name": [self.RULE]}

    def test_of_more_letters_it_is_found(self, admin_client: Client) -> None:
        page = admin_client.get("/admin/cases/prisoner/", {"q": "other"})
        assert page.context["cl"].result_count == 1


def test_one_letter_finds_who_has_a_name_that_begins_with_it() -> None:
    case = make.make_prisoner("Ales Mikalai")
    Identifier.objects.create(prisoner=case, scheme="court", value="42/1")
    publish_pending()
    for term in ("m", "al", "ales m", "42", "2/1"):
        assert found_at_the_desk(Prisoner, term) == [case]
    for term in ("l", "ai", "2"):
        assert found_at_the_desk(Prisoner, term) == []


def test_a_short_word_beside_a_longer_one_is_sought_within_texts() -> None:
    source = make.make_source(title="Court of the city, 12 May")
    for term in ("court 12", "ci 12 may", "co", '"city, 12"'):
        assert found_at_the_desk(Source, term) == [source]
    for term in ("court 13", "12"):
        assert found_at_the_desk(Source, term) == []


class TestWhereNobodyHasEveryWord:
    """The list of cases shows those who are nearest, and says so; nothing else does."""

    LIST = "/admin/cases/prisoner/"
    SAYS_SO = "No case has every word of “%s”."

    @pytest.fixture
    def case(self) -> Prisoner:
        case = make.make_prisoner("Ales Other")
        make.make_name(case, "Мікалай Станкевіч")
        publish_pending()
        return case

    @pytest.mark.parametrize("term", ["Stankvich", "Станкевич Николай Викторович"])
    def test_the_list_shows_who_is_near_and_by_which_name(
        self, admin_client: Client, case: Prisoner, term: str
    ) -> None:
        page = admin_client.get(self.LIST, {"q": term})
        assert list(page.context["cl"].result_list) == [case]
        (said,) = page.context["messages"]
        assert self.SAYS_SO % term in str(said)
        assert "Мікалай Станкевіч" in str(said)

    @pytest.mark.usefixtures("case")
    def test_it_says_nothing_of_those_who_have_every_word(
        self, admin_client: Client
    ) -> None:
        page = admin_client.get(self.LIST, {"q": "stankievic"})
        assert page.context["cl"].result_count == 1
        assert not list(page.context["messages"])

    @pytest.mark.usefixtures("case")
    def test_no_export_box_or_answer_holds_them(self, admin_client: Client) -> None:
        export = admin_client.post(f"{self.LIST}export/?q=Stankvich", {"reason": "-"})
        assert "Станкевіч" not in export.text
        asked = {
            "app_label": "cases",
            "model_name": "prisoner",
            "field_name": "merged_into",
        }
        boxes = admin_client.get("/admin/autocomplete/", {**asked, "term": "Stankvich"})
        assert boxes.json()["results"] == []
        assert Desk().get("prisoners/", name="Stankvich").json()["results"] == []

    def test_it_names_nobody_whom_a_filter_leaves_out(
        self, admin_client: Client, case: Prisoner
    ) -> None:
        asked = {"q": "Stankvich", "sex__is": "female"}
        page = admin_client.get(self.LIST, asked)
        assert page.context["cl"].result_count == 0
        assert not list(page.context["messages"])
        Prisoner.objects.filter(pk=case.pk).update(sex="female")
        page = admin_client.get(self.LIST, asked)
        assert list(page.context["cl"].result_list) == [case]

    def test_no_name_of_a_case_is_read_that_one_does_not_see(
        self, admin_client: Client, case: Prisoner
    ) -> None:
        reader = make.make_documenter()
        open_to(case.pk, [reader], by=reader, reason="At risk.")
        publish_pending()
        page = admin_client.get(self.LIST, {"q": "Stankvich"})
        assert page.context["cl"].result_count == 0
        assert not list(page.context["messages"])

    def test_near_names_are_found_by_the_index(self) -> None:
        rows = DeskEntry.objects.order_by()
        alike = rows.filter(search_key__trigram_strict_word_similar="stankavih")
        assert "deskentry_search" in plan(alike)
