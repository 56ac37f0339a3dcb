"""Reviewing by the editorial API: the difference, and sending back."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from cases.history import acting
from cases.models import Edition, Prisoner, SentBack, Sentence
from tests import factories as make
from tests.cases.editorial import Desk, errors, problem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def ada() -> User:
    return make.make_documenter("ada")


@pytest.fixture
def desk() -> Desk:
    return Desk(make.make_documenter("rita"))


@pytest.fixture
def case(ada: User) -> Prisoner:
    """Approved, and then changed by Ada."""
    case = make.make_prisoner(visibility="public", affiliation="One")
    make.make_sentence(case, term_months=60)
    make.approve(case)
    with acting(user=ada, reason="The letter came."):
        Prisoner.objects.update(affiliation="Two", internal_notes="A canary.")
        Sentence.objects.update(term_months=48)
    case.refresh_from_db()
    return case


def test_the_difference_is_by_record_and_column_with_who_and_why(
    desk: Desk, case: Prisoner, ada: User
) -> None:
    answer = desk.get(f"prisoners/{case.pk}/review/")
    body = answer.json()
    assert answer["ETag"] == f'"{case.version}"'
    assert (body["version"], body["edition"]["number"], body["changes"]) == (
        case.version,
        1,
        ["changed"],
    )
    assert (body["seen_before"], body["seen_after"], body["own_change"]) == (
        "public",
        "public",
        False,
    )
    told = {
        one["model"]: (one["operation"], one["before"], one["after"])
        for one in body["records"]
    }
    assert told == {
        "prisoner": ("changed", {"affiliation": "One"}, {"affiliation": "Two"}),
        "sentence": ("changed", {"term_months": 60}, {"term_months": 48}),
    }
    edit = body["records"][0]["edits"][0]
    assert (edit["user"], edit["username"], edit["reason"]) == (
        ada.pk,
        "ada",
        "The letter came.",
    )
    assert "canary" not in answer.content.decode()


def test_who_changed_it_is_told_so_and_may_not_approve(
    case: Prisoner, ada: User
) -> None:
    desk = Desk(ada)
    assert desk.get(f"prisoners/{case.pk}/review/").json()["own_change"] is True
    body = {"version": case.version, "reason": "Mine."}
    assert (
        "somebody else"
        in problem(desk.post(f"prisoners/{case.pk}/approve/", body), 403)["detail"]
    )
    assert Edition.objects.count() == 1


def test_records_that_the_caller_may_not_view_are_left_out(case: Prisoner) -> None:
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_prisoner"))
    records = Desk(reader).get(f"prisoners/{case.pk}/review/").json()["records"]
    assert [one["model"] for one in records] == ["prisoner"]
    problem(
        Desk(reader).post(
            f"prisoners/{case.pk}/send-back/",
            {"version": case.version, "comment": "No."},
        ),
        403,
    )
    assert not SentBack.objects.exists()


def test_sent_back_with_a_comment_until_the_next_edit(
    desk: Desk, case: Prisoner
) -> None:
    answer = desk.post(
        f"prisoners/{case.pk}/send-back/",
        {"version": case.version, "comment": "Cite it."},
    )
    assert answer.status_code == 201, answer.content
    address = f"prisoners/{case.pk}/review/"
    assert [one["comment"] for one in desk.get(address).json()["sent_back"]] == [
        "Cite it."
    ]
    Prisoner.objects.update(affiliation="Three")
    assert desk.get(address).json()["sent_back"] == []
    assert SentBack.objects.get().sent_by == User.objects.get(username="rita")


def test_sending_back_is_refused_where_it_means_nothing(
    desk: Desk, case: Prisoner, settings: Any
) -> None:
    address = f"prisoners/{case.pk}/send-back/"
    assert errors(desk.post(address, {"version": case.version})).keys() == {"comment"}
    assert errors(
        desk.post(address, {"version": case.version, "comment": " "})
    ).keys() == {"comment"}
    assert (
        "changed after you opened it"
        in problem(desk.post(address, {"version": 1, "comment": "No."}), 409)["detail"]
    )
    make.approve(case)
    assert (
        "nothing waits"
        in problem(
            desk.post(address, {"version": case.version, "comment": "No."}), 409
        )["detail"]
    )
    settings.REQUIRE_REVIEW = False
    assert (
        "No review"
        in problem(
            desk.post(address, {"version": case.version, "comment": "No."}), 409
        )["detail"]
    )
    problem(desk.get(f"sentences/{case.sentences.get().pk}/review/"), 404)
    assert not SentBack.objects.exists()
