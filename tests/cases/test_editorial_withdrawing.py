"""Taking a source back by the editorial API, with what rests only on it."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User

from cases.models import Prisoner, Source
from cases.publishing import publish_pending
from tests.as_before import withheld_as_before
from tests.cases.editorial import Desk, errors, problem
from tests.factories import (
    approve,
    make_citation,
    make_name,
    make_prisoner,
    make_source,
)
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db

WHY = {"X-Change-Reason": "The author asks for it."}


@pytest.fixture
def source() -> Source:
    return make_source("The report", visibility="public")


@pytest.fixture
def case(source: Source, settings: Any) -> Prisoner:
    """Published; its sex rests on the source alone."""
    settings.REQUIRE_REVIEW = True
    case = make_prisoner("", visibility="public", sex="male")
    another = make_source("Another", visibility="public")
    make_citation(make_name(case, "Ales Example"), "value", another)
    make_citation(case, "sex", source)
    for one in (source, another, case):
        approve(one)
    publish_pending()
    return case


def narrow(desk: Desk, source: Source, body: Any = None, **headers: str) -> Any:
    address = f"sources/{source.pk}/"
    return desk.patch(
        address,
        {"visibility": "internal", **(body or {})},
        desk.etag(address),
        **headers,
    )


def shown(case: Prisoner) -> str:
    publish_pending()
    return PublicDocument.objects.get(id=case.pk).document or ""


def test_what_would_go_is_told_before(source: Source, case: Prisoner) -> None:
    answer = (
        Desk()
        .get(f"sources/{source.pk}/dependent-facts/", visibility="internal")
        .json()
    )
    assert answer == {
        "results": [
            {
                "case_kind": "prisoner",
                "case": str(case.pk),
                "record_kind": "prisoner",
                "record": str(case.pk),
                "field": "sex",
                "entry": "",
                "visibility": "internal",
            }
        ],
        "given_back": [],
    }
    assert Desk().get(f"sources/{source.pk}/dependent-facts/").json() == {
        "results": [],
        "given_back": [],
    }
    assert "visibility" in errors(
        Desk().get(f"sources/{source.pk}/dependent-facts/", visibility="secret")
    )


def test_it_goes_with_the_source_unless_told_otherwise(
    source: Source, case: Prisoner
) -> None:
    assert narrow(Desk(), source, **WHY).status_code == 200
    assert '"sex":null' in shown(case)


def test_what_was_withheld_before_may_stay_though_its_record_is_gone(
    case: Prisoner,
) -> None:
    gone = {str(uuid4()): {"court": "internal"}}
    withheld_as_before(case, gone)
    desk, address = Desk(), f"prisoners/{case.pk}/"
    withheld = {**gone, str(case.pk): {"occupations:teacher": "internal"}}
    answer = desk.patch(address, {"withheld": withheld}, desk.etag(address), **WHY)
    assert answer.status_code == 200, answer.content
    case.refresh_from_db()
    assert case.sex == "male"


def test_it_stays_where_that_is_asked_for(source: Source, case: Prisoner) -> None:
    assert (
        narrow(Desk(), source, {"withdraw_dependent_facts": False}, **WHY).status_code
        == 200
    )
    assert '"sex":"male"' in shown(case)


def test_nothing_goes_without_a_reason_that_its_case_asks_for(case: Prisoner) -> None:
    unpublished = make_source("Never published", visibility="partners")
    Prisoner.objects.update(affiliation="A party")
    make_citation(case, "affiliation", unpublished)
    assert "X-Change-Reason" in problem(narrow(Desk(), unpublished), 400)["detail"]
    unpublished.refresh_from_db()
    assert unpublished.visibility == "partners"


def test_who_may_not_change_the_case_takes_nothing_of_it_back(
    source: Source, case: Prisoner
) -> None:
    user = User.objects.create(username="sources only", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_source", "change_source"])
    )
    problem(narrow(Desk(user), source, **WHY), 403)
    source.refresh_from_db()
    assert source.visibility == "public"
    assert '"sex":"male"' in shown(case)


def test_withheld_facts_are_read_and_set_and_must_be_what_they_are(
    case: Prisoner,
) -> None:
    desk, address = Desk(), f"prisoners/{case.pk}/"
    assert desk.get(address).json()["withheld"] == {}
    wrong = desk.patch(
        address,
        {"withheld": {str(case.pk): {"sex": "secret"}}},
        desk.etag(address),
        **WHY,
    )
    assert "withheld" in errors(wrong)
    for key, fact, sentence in (
        (str(case.pk), "sexx", "“sexx” is not a field of this record"),
        (str(case.pk), "sex:male", "“sex:male” is not a field of this record"),
        (str(case.pk), "id", "“id” is not a field of this record"),
        (str(uuid4()), "sex", "is no record of this case"),
        (str(make_prisoner().pk), "sex", "is no record of this case"),
    ):
        typo = desk.patch(
            address,
            {"withheld": {key: {fact: "internal"}}},
            desk.etag(address),
            **WHY,
        )
        assert sentence in str(errors(typo)["withheld"])
    right = desk.patch(
        address,
        {"withheld": {str(case.pk): {"sex": "partners"}}},
        desk.etag(address),
        **WHY,
    )
    assert right.status_code == 200
    assert '"sex":null' in shown(case)


def show_again(desk: Desk, source: Source, body: Any = None, **headers: str) -> Any:
    return narrow(desk, source, {"visibility": "public", **(body or {})}, **headers)


def test_what_went_by_mistake_is_told_and_returns_where_that_is_asked_for(
    source: Source, case: Prisoner
) -> None:
    desk = Desk()
    assert narrow(desk, source, **WHY).status_code == 200
    assert '"sex":null' in shown(case)
    told = desk.get(f"sources/{source.pk}/dependent-facts/", visibility="public").json()
    assert [piece["field"] for piece in told["given_back"]] == ["sex"]
    assert told["given_back"][0]["case"] == str(case.pk)

    answer = show_again(desk, source, {"give_back_dependent_facts": True}, **WHY)
    assert answer.status_code == 200, answer.content
    case.refresh_from_db()
    assert case.withheld == {}
    assert '"sex":"male"' in shown(case)


def test_nothing_returns_by_itself(source: Source, case: Prisoner) -> None:
    desk = Desk()
    narrow(desk, source, **WHY)
    assert show_again(desk, source, **WHY).status_code == 200
    assert '"sex":null' in shown(case)


def test_nothing_returns_without_a_reason_or_the_right_to_change_the_case(
    source: Source, case: Prisoner
) -> None:
    narrow(Desk(), source, **WHY)
    body = {"give_back_dependent_facts": True}
    assert "X-Change-Reason" in problem(show_again(Desk(), source, body), 400)["detail"]
    user = User.objects.create(username="sources only", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_source", "change_source"])
    )
    problem(show_again(Desk(user), source, body, **WHY), 403)
    assert '"sex":null' in shown(case)
