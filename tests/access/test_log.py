"""Who was shown what is known, whatever page or program it was, and nobody at the desk
can change that.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.test import Client

from cases.desk.access import middleware
from cases.desk.access.models import AccessEvent, Act
from cases.models import Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address
from tests.cases.editorial import Desk

pytestmark = pytest.mark.django_db

LIST = "/admin/cases/prisoner/"


@pytest.fixture
def olga() -> User:
    return make.make_documenter("olga")


@pytest.fixture
def desk(olga: User) -> Client:
    client = Client()
    client.force_login(olga)
    return client


@pytest.fixture
def case() -> Prisoner:
    made = make.make_prisoner("Ales Example")
    publish_pending()
    return made


def last() -> AccessEvent:
    event = AccessEvent.objects.order_by("id").last()
    assert event is not None
    return event


def test_reading_a_case_says_who_which_and_when(
    desk: Client, olga: User, case: Prisoner
) -> None:
    desk.get(address(case), headers={"X-Request-ID": "r-1"})
    event = AccessEvent.objects.get()
    assert (event.user_id, event.username) == (olga.pk, "olga")
    assert (event.act, event.kind, event.record_id, event.case_id) == (
        "read",
        "prisoner",
        str(case.pk),
        case.pk,
    )
    assert (event.page, event.request_id) == (
        "admin/cases/prisoner/<path:object_id>/change/",
        "r-1",
    )
    assert event.at is not None


@pytest.mark.parametrize("spelling", ["{}", "{{{}}}", "urn:uuid:{}"])
def test_no_spelling_of_an_id_hides_which_case_was_read(
    desk: Client, case: Prisoner, spelling: str
) -> None:
    for written in (str(case.pk), case.pk.hex, str(case.pk).upper()):
        assert desk.get(f"{LIST}{spelling.format(written)}/change/").status_code == 200
        assert (last().record_id, last().case_id) == (str(case.pk), case.pk)


def test_reading_a_part_is_reading_its_case(
    desk: Client, olga: User, case: Prisoner
) -> None:
    placement = make.make_placement(make.make_detention(case))
    citation = make.make_citation(placement)
    for record, noun in ((placement, "placements"), (citation, "citations")):
        for client, place in (
            (desk, address(record)),
            (Desk(olga), f"{noun}/{record.pk}/"),
        ):
            assert client.get(place).status_code == 200
            assert (last().act, last().record_id, last().case_id) == (
                "read",
                str(record.pk),
                case.pk,
            )


def test_both_cases_of_a_merge_count_as_read(desk: Client, case: Prisoner) -> None:
    other = make.make_prisoner("Aleś Example")
    assert desk.get(f"{address(case, 'merge')}?into={other.pk}").status_code == 200
    assert {event.case_id for event in AccessEvent.objects.all()} == {case.pk, other.pk}


def test_a_list_says_how_many_it_showed_and_a_search_for_what(
    desk: Client, case: Prisoner
) -> None:
    make.make_prisoner("Somebody Else")
    publish_pending()
    desk.get(LIST)
    assert (last().act, last().rows, last().asked) == (Act.LIST, 2, "")
    desk.get(LIST, {"q": "Алесь", "visibility__is": "internal", "o": "1"})
    assert (last().act, last().rows, last().asked) == (
        Act.SEARCH,
        1,
        "q: Алесь; visibility__is: internal",
    )


@pytest.mark.parametrize("place", [LIST, "/api/editorial/v1/prisoners/"])
def test_a_question_is_kept_whole_or_refused(
    desk: Client, case: Prisoner, place: str
) -> None:
    """Else a repeated filter, or spaces, would push the name out of the log."""
    many = ["internal"] * 40
    name = {LIST: "q"}.get(place, "name")
    filters = {LIST: "visibility__is"}.get(place, "visibility")
    assert desk.get(place, {filters: many, name: "Ales"}).status_code == 200
    assert last().asked == "; ".join([*[f"{filters}: internal"] * 40, f"{name}: Ales"])
    count = AccessEvent.objects.count()
    for hiding in (
        {filters: ["internal"] * 200, name: "Ales"},
        {"source": " " * 5_000, name: "Ales"},
        {"updated_on_or_after": "x" * 4_001, name: "Ales"},
    ):
        answer = desk.get(place, hiding)
        assert answer.status_code == 400
        assert "at most 4,000 characters" in answer.content.decode()
        assert b"Ales Example" not in answer.content
    assert AccessEvent.objects.count() == count


def test_a_search_by_program_is_a_search_too(olga: User, case: Prisoner) -> None:
    Desk(olga).get("person-names/", value="Ales Example", limit=5)
    assert (last().act, last().kind, last().rows) == (Act.SEARCH, "personname", 1)
    assert last().asked == "value: Ales Example"


def test_names_suggested_while_one_types_are_a_search(
    desk: Client, case: Prisoner
) -> None:
    of_merge = {
        "app_label": "cases",
        "model_name": "prisoner",
        "field_name": "merged_into",
    }
    assert (
        "Ales Example"
        in desk.get(
            "/admin/autocomplete/", {**of_merge, "term": "ale"}
        ).content.decode()
    )
    assert (last().act, last().kind, last().rows, last().asked) == (
        Act.SEARCH,
        "prisoner",
        1,
        "term: ale",
    )


def test_reading_the_history_is_told_from_reading_the_case(
    desk: Client, olga: User, case: Prisoner
) -> None:
    for read in (
        lambda: desk.get(address(case, "history")),
        lambda: Desk(olga).get(f"prisoners/{case.pk}/history/"),
    ):
        assert read().status_code == 200
        assert (last().act, last().case_id) == (Act.HISTORY, case.pk)


def test_a_pack_is_logged_with_its_reason(
    desk: Client, olga: User, case: Prisoner
) -> None:
    make.make_citation(case)
    Prisoner.objects.update(visibility="public")
    make.approve(case)
    publish_pending()
    asked = {"audience": "public", "reason": "For the court"}
    answer = desk.post(f"{LIST}{case.pk}/evidence-pack/", asked)
    assert answer["Content-Type"] == "application/zip"
    assert (last().act, last().case_id, last().reason) == (
        Act.PACK,
        case.pk,
        "For the court",
    )
    assert (
        Desk(olga).post(f"prisoners/{case.pk}/evidence-pack/", asked).status_code == 200
    )
    assert (last().act, last().case_id, last().reason) == (
        Act.PACK,
        case.pk,
        "For the court",
    )


def test_what_was_refused_was_not_shown(case: Prisoner) -> None:
    nobody = Client()
    nobody.force_login(User.objects.create_user("nobody", is_staff=True))
    assert nobody.get(address(case)).status_code == 403
    assert Client().get(address(case)).status_code == 302
    assert Client().get("/admin/account/sign-in/").status_code == 200
    assert not AccessEvent.objects.exists()


def test_deleting_shows_nothing(olga: User, case: Prisoner) -> None:
    program = Desk(olga)
    part = f"person-names/{case.names.get().pk}/"
    seen = program.etag(part)
    assert AccessEvent.objects.count() == 1
    assert program.delete(part, seen).status_code == 204
    assert AccessEvent.objects.count() == 1


def test_what_the_public_reads_is_nobodys_business(client: Client) -> None:
    assert (
        client.get("/en/").status_code
        == client.get("/api/v1/prisoners/").status_code
        == 200
    )
    assert not AccessEvent.objects.exists()


def test_what_cannot_be_logged_is_not_shown(
    olga: User, case: Prisoner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(middleware, "log", fails)
    desk = Client(raise_request_exception=False)
    desk.force_login(olga)
    for shown in (address(case), LIST, f"/api/editorial/v1/prisoners/{case.pk}/"):
        answer = desk.get(shown)
        assert answer.status_code == 500
        assert b"Ales Example" not in answer.content


def test_it_is_one_statement_a_page(
    desk: Client, case: Prisoner, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60) as queries:
        desk.get(address(case))
    assert (
        sum("access_shown" in query["sql"] for query in queries.captured_queries) == 1
    )


def test_the_log_outlives_account_and_case(
    desk: Client, olga: User, case: Prisoner
) -> None:
    desk.get(address(case))
    key = case.pk
    olga.delete()
    case.delete()
    assert (last().username, last().case_id) == ("olga", key)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO access_accessevent (user_id, username, act, kind, record_id, page,"
        " asked, reason, request_id)"
        " VALUES (1, 'marta', 'read', '', '', '-', '', '', '')",
        "SELECT nextval('access_accessevent_id_seq')",
        "SELECT access_shown('[]')",
        "SELECT access_signed_in('')",
        "UPDATE access_accessevent SET username = 'marta'",
        "DELETE FROM access_accessevent",
        "TRUNCATE access_accessevent",
    ],
)
def test_the_desks_login_adds_no_line_itself_and_takes_nothing_away(
    desk: Client,
    case: Prisoner,
    logins: Callable[[str], psycopg.Connection[Any]],
    statement: str,
) -> None:
    desk.get(address(case))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        logins("desk").execute(statement)
    assert AccessEvent.objects.get().username == "olga"


def test_an_id_of_nobody_leaves_no_trace_of_a_read(desk: Client) -> None:
    assert desk.get(f"{LIST}{UUID(int=7)}/change/").status_code == 302
    assert not AccessEvent.objects.exists()
