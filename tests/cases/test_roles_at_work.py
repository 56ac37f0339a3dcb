"""That each role can do its work, and that this is where it ends."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from cases.models import Edition, Prisoner
from tests import factories as make
from tests.cases.admin_pages import address, opened

pytestmark = pytest.mark.django_db


def at_work(role: str) -> Client:
    user = User.objects.create_user(role, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def case() -> Prisoner:
    prisoner = make.make_prisoner("Ales Example")
    make.make_placement(make.make_detention(prisoner), facility=make.make_facility())
    make.make_citation(prisoner)
    prisoner.consents.create(subject="name", audience="public")
    prisoner.refresh_from_db()
    return prisoner


def test_a_documenter_changes_a_case_and_takes_out_a_part(case: Prisoner) -> None:
    client = at_work("documenter")
    saved = client.post(
        address(case), {**opened(client, address(case)), "affiliation": "A newspaper"}
    )
    assert saved.status_code == 302
    case.refresh_from_db()
    assert case.affiliation == "A newspaper"
    consent = case.consents.get()
    page = opened(client, address(consent, "delete"))
    assert (
        client.post(
            address(consent, "delete"),
            {**page, "post": "yes", "seen_version": case.version},
        ).status_code
        == 302
    )
    assert not case.consents.exists()


def test_a_documenter_neither_deletes_a_case_nor_approves_it(case: Prisoner) -> None:
    client = at_work("documenter")
    assert (
        client.post(
            address(case, "delete"), {"post": "yes", "seen_version": case.version}
        ).status_code
        == 403
    )
    assert (
        client.post(
            address(case, "approve"), {"seen_version": case.version}
        ).status_code
        == 403
    )
    assert Prisoner.objects.filter(pk=case.pk).exists()
    assert not Edition.objects.exists()


def test_a_reviewer_approves_a_case_and_deletes_one_with_all_its_parts(
    case: Prisoner,
) -> None:
    client = at_work("reviewer")
    client.post(
        address(case, "approve"), {"seen_version": case.version, "reason": "Read."}
    )
    assert Edition.objects.get().approved_by == User.objects.get(username="reviewer")
    client.post(
        address(case, "delete"),
        {
            "post": "yes",
            "seen_version": case.version,
            "change_reason": "Entered twice.",
        },
    )
    assert not Prisoner.objects.exists()


def test_an_administrator_makes_a_key_for_a_partner() -> None:
    client = at_work("administrator")
    assert (
        client.post(
            "/admin/partners/organisation/add/", {"name": "Example Rights Centre"}
        ).status_code
        == 302
    )
    assert (
        "Example Rights Centre"
        in client.get("/admin/partners/organisation/").content.decode()
    )
    assert client.get("/admin/partners/partnerskey/add/").status_code == 200
