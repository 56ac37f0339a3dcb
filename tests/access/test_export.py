"""A list leaves the desk as a file only by right, for a reason and in small numbers;
and it is logged.
"""

import csv
import io
from typing import Any, cast

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client

from cases.catalogue import records
from cases.desk.access.models import AccessEvent, Act
from cases.desk.admin.columns import columns_of
from cases.desk.admin.exporting import Exportable
from cases.models import (
    Citation,
    Claimant,
    Consent,
    Hearing,
    Identifier,
    PersonalDetail,
    Prisoner,
    ReportedCount,
    Source,
)
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.editorial import NOUNS, made

pytestmark = pytest.mark.django_db

REGISTERED: dict[Any, Any] = admin.site._registry
COLUMNS: dict[Any, list[str]] = {
    model: [heading for heading, _value in columns_of(model)]
    for model, model_admin in REGISTERED.items()
    if isinstance(model_admin, Exportable) and model_admin.exported
}
EXPORT = "/admin/cases/prisoner/export/"
REASON = {"reason": "For the report to the UN"}
NEVER: set[tuple[Any, str]] = {
    (model, str(cast(Any, model)._meta.get_field(name).verbose_name))
    for model, name in (
        *((model, "internal_notes") for model in records()),
        (Source, "reliability"),
        (Source, "author"),
        (Source, "relays"),
        (Source, "file_name"),
        (Source, "sha256"),
        (ReportedCount, "claimant"),
        (Hearing, "judge"),
        (Hearing, "prosecutor"),
    )
}


def signed_in(role: str) -> Client:
    user = User.objects.create_user(f"{role}-olga", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def administrator() -> Client:
    return signed_in("administrator")


@pytest.fixture
def case() -> Prisoner:
    case = make.make_prisoner(
        "Алесь Example",
        occupations=["journalist"],
        born_on="1980~",
        internal_notes="Aunt's number",
    )
    make.make_detention(case, started_on="2020-08")
    publish_pending()
    return case


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer
    assert answer["Content-Type"] == "text/csv; charset=utf-8", answer.content.decode()
    return list(
        csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    )


def exports() -> list[AccessEvent]:
    return list(AccessEvent.objects.filter(act=Act.EXPORT))


def test_a_file_holds_what_the_list_shows_and_what_is_derived(
    administrator: Client, case: Prisoner
) -> None:
    (row,) = rows(administrator.post(EXPORT, REASON))
    told = {row[name] for name in ("id", "name", "born", "occupations")}
    assert told == {str(case.pk), "Алесь Example", "1980~", "journalist"}
    assert row["status"]
    assert "Aunt" not in str(row)


def test_it_is_logged_with_reason_and_number_of_rows(
    administrator: Client, case: Prisoner
) -> None:
    administrator.post(f"{EXPORT}?q=алесь", REASON)
    (event,) = exports()
    assert (event.username, event.kind, event.rows) == (
        "administrator-olga",
        "prisoner",
        1,
    )
    assert (event.reason, event.asked) == (REASON["reason"], "q: алесь")


def test_filters_of_the_list_are_those_of_the_file(
    administrator: Client, case: Prisoner
) -> None:
    make.make_prisoner("Somebody Else", sex="female")
    publish_pending()
    assert len(rows(administrator.post(EXPORT, REASON))) == 2
    assert [
        row["name"]
        for row in rows(administrator.post(f"{EXPORT}?sex__is=female", REASON))
    ] == ["Somebody Else"]
    page = administrator.get("/admin/cases/prisoner/?sex__is=female").content.decode()
    assert f"{EXPORT}?sex__is=female" in page


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_exported(
    administrator: Client, case: Prisoner, reason: str
) -> None:
    answer = administrator.post(EXPORT, {"reason": reason})
    assert "This field is required." in answer.content.decode()
    assert "Алесь" not in answer.content.decode()
    assert exports() == []


def test_over_the_cap_nothing_is_exported(
    administrator: Client, case: Prisoner, settings: Any
) -> None:
    settings.EXPORT_MAX_ROWS = 1
    make.make_prisoner("Somebody Else")
    publish_pending()
    for answer in (administrator.get(EXPORT), administrator.post(EXPORT, REASON)):
        assert (
            "The list has 2 rows, and at most 1 may be exported at once."
            in answer.content.decode()
        )
    assert exports() == []
    assert len(rows(administrator.post(f"{EXPORT}?q=somebody", REASON))) == 1


@pytest.mark.parametrize("role", ["documenter", "reviewer"])
def test_who_may_only_read_is_neither_offered_nor_given_a_file(
    role: str, case: Prisoner
) -> None:
    client = signed_in(role)
    assert EXPORT not in client.get("/admin/cases/prisoner/").content.decode()
    assert (
        client.get(EXPORT).status_code == client.post(EXPORT, REASON).status_code == 403
    )
    assert exports() == []


def test_a_name_that_is_a_formula_is_not_run(administrator: Client) -> None:
    make.make_prisoner(
        '=HYPERLINK("http://example.org")', affiliation="+1", age_as_stated=40
    )
    publish_pending()
    (row,) = rows(administrator.post(EXPORT, REASON))
    assert (row["name"], row["affiliation"]) == (
        '\'=HYPERLINK("http://example.org")',
        "'+1",
    )
    assert row["age as stated by a source"] == "40"


def test_excel_is_told_the_letters_only_when_asked(
    administrator: Client, case: Prisoner
) -> None:
    marked = administrator.post(EXPORT, {**REASON, "for_excel": "on"}).content
    assert marked == b"\xef\xbb\xbf" + administrator.post(EXPORT, REASON).content


def test_what_stays_inside_is_a_column_of_nothing() -> None:
    assert not {Citation, Claimant, Consent, Identifier, PersonalDetail} & set(COLUMNS)
    for model, headings in COLUMNS.items():
        assert not NEVER & {(model, heading) for heading in headings}, model
        assert len(set(headings)) == len(headings), model


def test_every_kind_with_columns_makes_a_file(administrator: Client) -> None:
    by_model: dict[Any, Any] = {type(record): record for record in map(made, NOUNS)}
    for model in COLUMNS:
        found = rows(
            administrator.post(f"/admin/cases/{model._meta.model_name}/export/", REASON)
        )
        assert str(by_model[model].pk) in {row["id"] for row in found}, model


@pytest.mark.parametrize("kind", ["prisoner", "placement", "release"])
def test_a_long_file_asks_no_more_often_than_a_short_one(
    administrator: Client, kind: str, django_assert_max_num_queries: Any
) -> None:
    event, place = make.make_release_event(), make.make_facility()
    for _number in range(5):
        one = make.make_prisoner("One of many")
        make.make_placement(make.make_detention(one, started_on="2020"), facility=place)
        make.make_release(one, release_event=event, released_on="2025")
    publish_pending()
    # Session; user; rights, of the user and of the groups; what six filters offer; how
    # many; the first page, as the list names it; the rows; the day; the log.
    with django_assert_max_num_queries(16):
        rows(administrator.post(f"/admin/cases/{kind}/export/", REASON))
