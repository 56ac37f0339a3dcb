"""Who may see the cases of a list: one choice and one reason for all that it shows."""

import re
from typing import Any

import pytest
from django.test import Client

from cases.desk.admin import seen_by_several
from cases.merging import merge
from cases.models import Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db

PAGE = "/admin/cases/prisoner/visibility/"
PUBLIC = {"visibility": "public", "reason": "The board decided."}


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def cases(settings: Any) -> list[Prisoner]:
    settings.REQUIRE_REVIEW = False
    source = make.make_source("A list", visibility="public")
    made = []
    for name, sex in (("Ales", "male"), ("Barys", "male"), ("Vera", "female")):
        made.append(make.make_prisoner(f"{name} Example", sex=sex))
        make.make_citation(made[-1], "sex", source)
    publish_pending()
    return made


def seen_by() -> set[str]:
    return set(Prisoner.objects.values_list("visibility", flat=True))


def token_of(page: str) -> str:
    (token,) = re.findall(r'name="foreseen" value="(\w+)"', page)
    return token


def test_what_becomes_visible_is_said_first_and_then_all_are_shown(
    desk: Client, cases: list[Prisoner]
) -> None:
    page = desk.post(PAGE, PUBLIC).content.decode()
    assert "the whole case (in 3 cases)" in page
    assert "Vera Example" in page
    assert seen_by() == {"internal"}
    answer = desk.post(PAGE, {**PUBLIC, "foreseen": token_of(page)}, follow=True)
    assert "3 cases were changed." in answer.content.decode()
    assert seen_by() == {"public"}
    publish_pending()
    assert PublicDocument.objects.filter(kind="prisoner").count() == 3
    history = desk.get(f"/admin/cases/prisoner/{cases[0].pk}/history/")
    assert PUBLIC["reason"] in history.content.decode()


def test_only_what_the_filters_show_is_changed(
    desk: Client, cases: list[Prisoner]
) -> None:
    asked = f"{PAGE}?sex__is=female"
    page = desk.post(asked, PUBLIC).content.decode()
    assert "Ales Example" not in page
    desk.post(asked, {**PUBLIC, "foreseen": token_of(page)})
    shown = Prisoner.objects.filter(visibility="public")
    assert [case.pk for case in shown] == [cases[2].pk]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"visibility": "public", "reason": " "}, "Say why."),
        ({"visibility": "everyone", "reason": "Why not"}, "not one of the available"),
    ],
)
def test_without_a_reason_or_with_an_unknown_choice_nothing_is_changed(
    desk: Client, cases: list[Prisoner], said: dict[str, str], told: str
) -> None:
    assert told in desk.post(PAGE, said).content.decode()
    assert seen_by() == {"internal"}


def test_what_is_made_narrower_is_gone_at_once_also_where_approval_is_needed(
    desk: Client, cases: list[Prisoner], settings: Any
) -> None:
    Prisoner.objects.update(visibility="public")
    publish_pending()
    settings.REQUIRE_REVIEW = True
    narrow = {"visibility": "internal", "reason": "A threat."}
    page = desk.post(PAGE, narrow).content.decode()
    assert "No longer visible" in page
    desk.post(PAGE, {**narrow, "foreseen": token_of(page)})
    assert seen_by() == {"internal"}
    publish_pending()
    assert not PublicDocument.objects.filter(kind="prisoner", parent=None).exclude(
        document=None
    )


def test_where_one_cannot_be_none_is_and_it_is_named(
    desk: Client, cases: list[Prisoner]
) -> None:
    make.make_prisoner("Nobody Cited")
    publish_pending()
    page = desk.post(PAGE, PUBLIC).content.decode()
    assert "Nobody Cited" in page
    assert "without any citation" in page
    assert seen_by() == {"internal"}


def test_a_case_that_was_merged_is_none_of_them(
    desk: Client, cases: list[Prisoner]
) -> None:
    kept, merged = cases[0], cases[1]
    for case in (kept, merged):
        case.refresh_from_db()
    versions = (kept.version, merged.version)
    merge(kept.pk, merged.pk, seen_versions=versions, reason="One person.")
    page = desk.post(PAGE, PUBLIC).content.decode()
    assert "2 cases are changed" in page
    assert "Barys Example" not in page


def test_so_many_at_once_as_can_be_looked_at_and_then_the_rest(
    desk: Client, cases: list[Prisoner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen_by_several, "MOST", 2)
    page = desk.post(PAGE, PUBLIC).content.decode()
    assert "1 more comes after these." in page
    answer = desk.post(PAGE, {**PUBLIC, "foreseen": token_of(page)})
    assert answer.headers["Location"] == PAGE
    assert Prisoner.objects.filter(visibility="public").count() == 2


def test_the_list_leads_there_with_its_filters(
    desk: Client, cases: list[Prisoner]
) -> None:
    page = desk.get("/admin/cases/prisoner/?sex__is=female").content.decode()
    assert f"{PAGE}?sex__is=female" in page


def test_the_notice_says_how_many_wait_where_a_review_is_required(
    desk: Client, cases: list[Prisoner], settings: Any
) -> None:
    settings.REQUIRE_REVIEW = True
    Prisoner.objects.filter(pk=cases[0].pk).update(visibility="public")
    answer = desk.post(PAGE, PUBLIC, follow=True).content.decode()
    assert "2 cases were changed. 2 of them wait for approval" in answer
    publish_pending()
    assert not PublicDocument.objects.filter(kind="prisoner")
