"""The desk calls cases by their names, and leads to no page that is not there."""

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from cases import merging
from cases.models import Prisoner, PublishingFailure
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address
from tests.roles import acting_as
from tests.transactions import committed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]

HEX = re.compile(r"\b[0-9a-f]{8}\b")


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def case() -> Prisoner:
    case = make.make_prisoner("Mikola Example", visibility="public")
    make.make_citation(case)
    make.approve(case)
    return case


def make_permissions(*names: str) -> Any:
    return Permission.objects.filter(codename__in=names)


def text(response: Any) -> str:
    page = response.content.decode()
    main = page[page.index('<div id="content-main"') :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_a_case_that_the_gate_has_not_seen_yet_has_its_name() -> None:
    case = Prisoner.objects.create()
    make.make_name(case, "Another Spelling")
    make.make_name(case, "Nina Example", preferred=True)
    assert str(Prisoner.objects.get(pk=case.pk)) == "Nina Example"
    assert str(Prisoner.objects.create()).startswith("Prisoner ")


@pytest.mark.parametrize("listed", ["cases/prisoner", "cases/detention"])
def test_a_list_asks_once_what_those_are_called_that_the_gate_has_not_seen(
    listed: str, desk: Client
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page = desk.get(f"/admin/{listed}/")
        assert f"Person Example{number}" in page.text
        return len(queries)

    counted = []
    for number in range(4):
        case = make.make_prisoner(f"Person Example{number}", visibility="public")
        make.make_detention(case)
        counted.append(asked())
    assert counted[1] == counted[3]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_happened_is_called_by_its_day_in_words(
    case: Prisoner, language: str
) -> None:
    day = {"en": "10 October 2024", "ru": "10 октября 2024"}[language]
    happened = [
        make.make_detention(case, started_on="2024-10-10"),
        make.make_release(case, released_on="2024-10-10"),
        make.make_deportation(case, deported_on="2024-10-10"),
        make.make_whereabouts(case, last_seen_on="2024-10-10"),
        make.make_sighting(case, heard_on="2024-10-10"),
    ]
    with translation.override(language):
        for record in happened:
            assert day in str(record)
            assert "2024-10" not in str(record)


def test_editions_and_what_could_not_be_published_are_listed_by_name(
    desk: Client, case: Prisoner
) -> None:
    with acting_as("publisher"):
        PublishingFailure.objects.create(
            root_kind="prisoner", root_id=case.pk, error="DataError"
        )
    for page in ("edition", "publishingfailure"):
        listed = text(desk.get(f"/admin/cases/{page}/"))
        assert "Mikola Example" in listed
        assert not HEX.search(listed), listed


def test_merges_are_listed_by_the_names_of_both(desk: Client, case: Prisoner) -> None:
    other = make.make_prisoner("Mikalaj Example", visibility="public")
    case.refresh_from_db()
    versions = (case.version, other.version)
    merging.propose(case.pk, other.pk, seen_versions=versions, reason="One person.")
    listed = text(desk.get("/admin/cases/merge/"))
    assert "Mikalaj Example → Mikola Example" in listed
    assert not HEX.search(listed), listed


def test_the_log_says_what_was_read_by_name(desk: Client, case: Prisoner) -> None:
    desk.get(address(case))
    listed = text(desk.get("/admin/access/accessevent/"))
    assert "prisoner: Mikola Example" in listed
    assert not HEX.search(listed), listed


def test_who_may_not_view_the_case_is_not_told_its_name(
    client: Client, case: Prisoner
) -> None:
    auditor = User.objects.create_user("auditor", is_staff=True)
    auditor.user_permissions.set(make_permissions("view_accessevent", "view_edition"))
    client.force_login(auditor)
    assert "Mikola Example" not in text(client.get("/admin/cases/edition/"))


def test_names_cost_a_query_for_each_kind(
    desk: Client, case: Prisoner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    committed()
    publish_pending()
    with CaptureQueriesContext(connection) as asked:
        desk.get("/admin/cases/edition/")
    for _each in range(3):
        make.approve(make.make_prisoner("Ales Example", visibility="public"))
    committed()
    publish_pending()
    with django_assert_num_queries(len(asked)):
        desk.get("/admin/cases/edition/")


def test_view_on_site_leads_only_to_a_page_that_is_there(
    desk: Client, case: Prisoner
) -> None:
    assert "View on site" not in desk.get(address(case)).content.decode()
    committed()
    publish_pending()
    page = desk.get(address(case)).content.decode()
    assert "View on site" in page
    waiting = make.make_prisoner("Nina Example", visibility="public")
    committed()
    publish_pending()
    assert "View on site" not in desk.get(address(waiting)).content.decode()
