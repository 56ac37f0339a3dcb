"""Approving a case by the editorial API."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from cases.models import Edition
from tests import factories as make
from tests.cases.editorial import Desk, errors, problem

pytestmark = pytest.mark.django_db


def approve(desk: Desk, prisoner: Any, **body: Any) -> Any:
    return desk.post(
        f"prisoners/{prisoner.pk}/approve/", {"version": prisoner.version, **body}
    )


def test_stores_an_edition_in_the_name_of_who_approved() -> None:
    reviewer = make.make_documenter("reviewer")
    desk, prisoner = Desk(reviewer), make.make_prisoner()
    answer = approve(
        desk,
        prisoner,
        reason="Checked.",
        public_reason="A date.",
        not_before="2030-01-01",
    )
    assert answer.status_code == 201, answer.content
    edition = Edition.objects.get()
    assert (edition.root_id, edition.version, edition.approved_by) == (
        prisoner.pk,
        prisoner.version,
        reviewer,
    )
    assert (edition.reason, edition.public_reason) == ("Checked.", "A date.")
    assert str(edition.not_before) == "2030-01-01"
    listed = desk.get("editions/", root_id=str(prisoner.pk)).json()["results"]
    assert listed == [answer.json()]
    assert "snapshot" in desk.get(f"editions/{edition.pk}/").json()


def test_of_a_version_that_is_no_more_is_a_conflict() -> None:
    prisoner = make.make_prisoner()
    make.make_detention(prisoner)
    assert "changed" in problem(approve(Desk(), prisoner), 409)["detail"]
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": None}, "version"),
        ({"version": "latest"}, "version"),
        ({"not_befor": "2030-01-01"}, "not_befor"),
        ({"not_before": "soon"}, "not_before"),
        ({"public_reason": "x" * 301}, "public_reason"),
    ],
)
def test_of_what_is_not_understood_is_refused(body: dict[str, Any], field: str) -> None:
    assert errors(approve(Desk(), make.make_prisoner(), **body)).keys() == {field}
    assert not Edition.objects.exists()


def test_takes_the_right_to_approve() -> None:
    editor = make.make_documenter("editor", is_staff=True)
    editor.is_superuser = False
    editor.save()
    editor.user_permissions.set(
        Permission.objects.filter(codename__endswith="_prisoner")
    )
    desk, prisoner = Desk(editor), make.make_prisoner()
    problem(approve(desk, prisoner), 403)
    assert not Edition.objects.exists()
    editor.user_permissions.add(Permission.objects.get(codename="approve_case"))
    assert approve(desk, prisoner).status_code == 201


def test_is_of_whole_cases_only() -> None:
    name = make.make_name(make.make_prisoner(), "A. Example")
    problem(Desk().post(f"person-names/{name.pk}/approve/", {"version": 1}), 404)
