"""What lists hold, and how much of them the editorial API shows: a documenter who reads
as usual notices nothing, and who carries the record away needs the export's right, says
why, and is seen.
"""

from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from cases.desk.access import volume
from cases.desk.access.models import AccessEvent
from cases.desk.access.volume import Measure, unusual
from cases.history import acting
from cases.models import Claimant, Consent
from cases.models.base import Record
from tests import factories as make
from tests.cases.editorial import NOUNS, Desk, made, problem
from tracker.clock import today

pytestmark = pytest.mark.django_db

CANARY = "canary in a cage"


def somebody(name: str = "olga", role: str = "documenter") -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


@pytest.mark.parametrize("noun", NOUNS)
def test_no_list_holds_notes_but_the_record_does(
    noun: str, admin_client: Client
) -> None:
    record: Any = made(noun)
    type(record).objects.filter(pk=record.pk).update(internal_notes=CANARY)
    desk = Desk()
    (row, *_others) = desk.get(f"{noun}/").json()["results"]
    assert "internal_notes" not in row
    assert CANARY in desk.get(f"{noun}/{record.pk}/").content.decode()
    name = record._meta.model_name
    listed = admin_client.get(f"/admin/cases/{name}/")
    assert CANARY not in listed.content.decode()


def test_of_a_personal_detail_lists_tell_whose_it_is_and_nothing_else(
    admin_client: Client,
) -> None:
    detail: Any = made("personal-details")
    type(detail).objects.filter(pk=detail.pk).update(detail=CANARY, since_on="2011")
    (row,) = Desk().get("personal-details/").json()["results"]
    assert row.keys() == {"id", "prisoner", "version", "created_at", "updated_at"}
    page = admin_client.get("/admin/cases/personaldetail/").content.decode()
    rows = page.split('id="result_list"')[1].split("</table>")[0]
    assert CANARY not in rows
    assert "2011" not in rows
    assert CANARY in Desk().get(f"personal-details/{detail.pk}/").content.decode()


def test_of_a_consent_lists_tell_whose_it_is_and_nothing_else(
    admin_client: Client,
) -> None:
    consent: Any = made("consents")
    said = {"given_by": "mother", "given_how": CANARY, "given_on": "2011-11-11"}
    Consent.objects.filter(pk=consent.pk).update(**said)
    (row,) = Desk().get("consents/").json()["results"]
    assert row.keys() == {"id", "prisoner", "version", "created_at", "updated_at"}
    page = admin_client.get("/admin/cases/consent/?subject__is=name").content.decode()
    rows = page.split('id="result_list"')[1].split("</table>")[0]
    assert "2011" not in rows
    assert CANARY in Desk().get(f"consents/{consent.pk}/").content.decode()


@pytest.mark.parametrize("role", ["relative", "lawyer", "witness"])
def test_of_a_relative_or_witness_lists_tell_no_name(
    role: str, admin_client: Client
) -> None:
    claimant = make.make_claimant(CANARY, role=role, role_as_stated="A neighbour")
    (row,) = Desk().get("claimants/").json()["results"]
    assert (row["name"], row["role"], "role_as_stated" in row) == (None, role, False)
    page = admin_client.get("/admin/cases/claimant/").content.decode()
    assert CANARY not in page
    assert "A neighbour" not in page
    assert CANARY in Desk().get(f"claimants/{claimant.pk}/").content.decode()
    Claimant.objects.filter(pk=claimant.pk).update(role="politician")
    assert Desk().get("claimants/").json()["results"][0]["name"] == CANARY


def test_ordinary_reading_needs_no_reason() -> None:
    make.make_prisoner()
    desk = Desk(somebody())
    for limit in (1, 50):
        assert desk.get("prisoners/", limit=limit).status_code == 200


def test_larger_pages_take_the_right_to_export_and_a_reason() -> None:
    make.make_prisoner()
    desk, administrator = Desk(somebody()), Desk(somebody("marta", "administrator"))
    refused = problem(desk.get("prisoners/", limit=51), 403)
    assert "More than 50 rows a page are an export" in refused["detail"]
    assert problem(administrator.get("prisoners/", limit=51), 403)
    reason = "For the court"
    refused = problem(desk.get("prisoners/", limit=51, reason=reason), 403)
    assert "you may not export" in refused["detail"]
    assert problem(desk.get("prisoners/", reason=reason), 403)
    assert not AccessEvent.objects.filter(username="olga").exists()
    assert administrator.get("prisoners/", limit=51, reason=reason).status_code == 200
    event = AccessEvent.objects.get(username="marta")
    assert (event.act, event.reason, event.rows) == ("export", reason, 1)


def test_whoever_pages_on_needs_it_too(settings: Any) -> None:
    settings.EDITORIAL_ROWS_A_DAY = 4
    for _each in range(6):
        make.make_prisoner()
    desk, administrator = Desk(somebody()), Desk(somebody("marta", "administrator"))
    for asking in (desk, administrator):
        first = asking.get("prisoners/", limit=2).json()
        assert asking.client.get(first["next"]).status_code == 200
        refused = problem(asking.get("person-names/", limit=1), 403)
        assert "You have listed 4 rows today" in refused["detail"]
    case = made("prisoners")
    assert desk.get(f"prisoners/{case.pk}/").status_code == 200
    page = administrator.get("prisoners/", limit=2, reason="For the court").json()
    assert administrator.client.get(page["next"]).status_code == 200
    exported = AccessEvent.objects.filter(act="export").values_list("rows", "reason")
    assert list(exported) == [(2, "For the court")] * 2


def test_more_rows_than_the_cap_are_exported_to_nobody(settings: Any) -> None:
    settings.EXPORT_MAX_ROWS = 3
    for _each in range(6):
        make.make_prisoner()
    desk = Desk(somebody("marta", "administrator"))
    asked = {"limit": 2, "reason": "For the court"}
    assert desk.get("prisoners/", **asked).status_code == 200
    refused = problem(desk.get("prisoners/", **asked), 403)
    assert "At most 3 rows a day" in refused["detail"]


@pytest.mark.parametrize("reason", ["x" * 501, "\x00"])
def test_a_reason_that_cannot_be_kept_is_refused(reason: str) -> None:
    answer = Desk().get("prisoners/", limit=51, reason=reason)
    assert "reason" in problem(answer, 400)["errors"]


def found() -> list[tuple[str, str]]:
    return [(day.username, str(day.what)) for day in unusual(today())]


def test_many_rows_in_few_requests_are_unusual(settings: Any) -> None:
    settings.EDITORIAL_ROWS_A_DAY = 10_000
    for number in range(41):
        make.make_prisoner(f"Ales {number}")
    desk = Desk(somebody())
    for _page in range(13):
        desk.get("prisoners/", limit=41)
    assert found() == [("olga", "rows of lists")]


@pytest.fixture
def three_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of the admin takes its time: so there are fewer of them here."""
    few = [Measure("opened", volume.MEASURES[0].words, 3)]
    monkeypatch.setattr(volume, "MEASURES", few)


def test_who_enters_the_people_of_one_article_does_not_look_like_a_spy(
    three_are_few: None,
) -> None:
    """Each is added and opened, and so is the source, time and again."""
    user = somebody()
    client = Client()
    client.force_login(user)
    desk = Desk(user)
    source = make.make_source("An article")
    for number in range(6):
        case_id = desk.post("prisoners/", {"visibility": "internal"}).json()["id"]
        name = {"prisoner": case_id, "value": f"Ales {number}"}
        assert desk.post("person-names/", name).status_code == 201
        client.get(f"/admin/cases/prisoner/{case_id}/change/")
        client.get(f"/admin/cases/source/{source.pk}/change/")
    assert found() == []


def test_who_changes_cases_in_the_admin_is_no_spy_and_who_only_opens_them_is(
    three_are_few: None,
) -> None:
    worker, reader = Client(), Client()
    olga, marta = somebody(), somebody("marta")
    worker.force_login(olga)
    reader.force_login(marta)
    cases: list[Record] = [make.make_prisoner(f"Ales {number}") for number in range(4)]
    for case in cases:
        for client in (worker, reader):
            client.get(f"/admin/cases/prisoner/{case.pk}/change/")
    assert found() == [("marta", "cases opened"), ("olga", "cases opened")]
    for case in cases:
        with acting(user=olga):
            LogEntry.objects.create(
                user=olga, object_id=str(case.pk), action_flag=CHANGE, object_repr="-"
            )
    assert found() == [("marta", "cases opened")]


def test_a_right_of_ones_own_to_export_is_enough() -> None:
    user = somebody()
    user.user_permissions.add(Permission.objects.get(codename="export_records"))
    answer = Desk(user).get("prisoners/", limit=200, reason="For the court")
    assert answer.status_code == 200
