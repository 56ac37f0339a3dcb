"""Who works on the cases of a list: all that it shows are handed over at once."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cases import merging
from cases.desk.admin import assigned_several
from cases.desk.casework.models import Assignment
from cases.desk.casework.todo import who_works_on
from cases.history import acting
from cases.models import Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tests.named import only_for, staff

pytestmark = pytest.mark.django_db

PAGE = "/admin/cases/prisoner/assigning/"


@pytest.fixture
def ada() -> User:
    return staff("ada", "documenter")


@pytest.fixture
def boris() -> User:
    return staff("boris", "documenter")


@pytest.fixture
def desk(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def cases() -> list[Prisoner]:
    made = []
    for name, sex in (("Ales", "male"), ("Barys", "male"), ("Vera", "female")):
        made.append(make.make_prisoner(f"{name} Example", sex=sex))
    return made


def assigned(case: Prisoner, colleague: User, *, by: User) -> None:
    with acting(user=by):
        Assignment.objects.create(root_id=case.pk, colleague=colleague, assigned_by=by)


def confirmed(desk: Client, address: str, colleague: Any) -> Any:
    """The page that says what changes, and what pressing its button leads to."""
    said = {"colleague": colleague}
    page = desk.post(address, said).text
    (seen,) = re.findall(r'name="seen" value="(\w+)"', page)
    answer = desk.post(address, {**said, "seen": seen}, follow=True)
    return page, answer.text


def works_on(case: Prisoner) -> User | None:
    return who_works_on([case.pk]).get(case.pk)


def test_all_that_the_filters_show_go_to_a_colleague_once_it_was_shown(
    desk: Client,
    cases: list[Prisoner],
    ada: User,
    boris: User,
    django_assert_max_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assigned(cases[1], ada, by=ada)
    assert PAGE in desk.get("/admin/cases/prisoner/?sex__is=male").text
    address = f"{PAGE}?sex__is=male"
    page, answer = confirmed(desk, address, boris.pk)
    assert "2 cases go to boris" in page
    assert "Vera Example" not in page
    assert "2 cases were handed over." in answer
    assert [works_on(case) for case in cases] == [boris, boris, None]
    assert Assignment.objects.latest("id").assigned_by == ada
    again = desk.post(address, {"colleague": boris.pk}).text
    assert "no case here that it would change" in again

    # The number of queries does not grow with the cases.
    publish_pending()
    with django_assert_max_num_queries(40) as asked_of_two:
        desk.post(address, {"colleague": ada.pk})
    with django_assert_max_num_queries(len(asked_of_two)):
        desk.post(PAGE, {"colleague": ada.pk})

    # So many at once as a page lists; then the rest.
    monkeypatch.setattr(assigned_several, "MOST", 2)
    page, answer = confirmed(desk, PAGE, ada.pk)
    assert "1 more comes after these." in page
    assert "1 more is left." in answer
    assert [works_on(case) for case in cases].count(ada) == 2
    confirmed(desk, PAGE, ada.pk)
    assert [works_on(case) for case in cases] == [ada, ada, ada]


def test_what_was_handed_over_meanwhile_is_shown_anew(
    desk: Client, cases: list[Prisoner], ada: User, boris: User
) -> None:
    said = {"colleague": boris.pk}
    (seen,) = re.findall(r'name="seen" value="(\w+)"', desk.post(PAGE, said).text)
    assigned(cases[0], ada, by=ada)
    page = desk.post(PAGE, {**said, "seen": seen}).text
    assert "3 cases go to boris" in page
    assert works_on(cases[0]) == ada
    assert works_on(cases[1]) is None


def test_to_whoever_does_not_see_all_of_them_none_is_handed_over(
    desk: Client, cases: list[Prisoner], ada: User, boris: User
) -> None:
    only_for(cases[1], ada)
    page = desk.post(PAGE, {"colleague": boris.pk}).text
    assert "boris does not see all of them" in page
    assert "Barys Example" in page
    assert 'name="seen"' not in page
    assert not Assignment.objects.exists()
    # Whoever does not see the case is told nothing of it, and cannot hand it over.
    theirs = Client()
    theirs.force_login(boris)
    page, _answer = confirmed(theirs, PAGE, boris.pk)
    assert "2 cases go to boris" in page
    assert "Barys" not in page
    assert works_on(cases[1]) is None


def test_a_merged_case_is_handed_over_as_the_one_that_was_kept(
    desk: Client, cases: list[Prisoner], ada: User, boris: User
) -> None:
    kept, merged = cases[0], cases[1]
    assigned(merged, boris, by=ada)
    for case in (kept, merged):
        case.refresh_from_db()
    versions = (kept.version, merged.version)
    merging.merge(kept.pk, merged.pk, seen_versions=versions, reason="One person.")
    assert works_on(kept) == boris
    page, _answer = confirmed(desk, PAGE, boris.pk)
    assert "1 case goes to boris" in page
    assert "Barys Example" not in page


def test_whoever_may_only_view_hands_nothing_over(
    client: Client, cases: list[Prisoner]
) -> None:
    client.force_login(staff("vera"))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"colleague": ""}).status_code == 403
