"""Approving on a page of the desk: what the reviewer saw, or nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django.fixtures import Settings

from cases.models import Edition, Prisoner
from tests import factories as make
from tests.cases.admin_pages import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def prisoner() -> Prisoner:
    return make.make_prisoner("Mikola Example", visibility="public")


@pytest.fixture
def reviewer(client: Client, settings: Settings) -> Client:
    settings.REQUIRE_REVIEW = True
    client.force_login(make.make_documenter("reviewer"))
    return client


def approval(client: Client, root: Any) -> Any:
    return client.get(address(root, "review")).context


def test_a_reviewer_approves_what_the_page_showed(
    reviewer: Client, prisoner: Prisoner
) -> None:
    seen = approval(reviewer, prisoner)["form"]["seen_version"].value()

    response = reviewer.post(
        address(prisoner, "approve"),
        {
            "seen_version": seen,
            "reason": "Checked",
            "public_reason": "A date.",
            "not_before": "2030-01-02",
        },
        follow=True,
    )

    assert "Approved as published version 1" in response.content.decode()
    edition = Edition.objects.get()
    assert (edition.root_id, edition.version, edition.reason) == (
        prisoner.pk,
        seen,
        "Checked",
    )
    assert edition.public_reason == "A date."
    assert (str(edition.approved_by), str(edition.not_before)) == (
        "reviewer",
        "2030-01-02",
    )
    assert reviewer.get(address(prisoner)).context["approval"]["is_current"]


@pytest.mark.parametrize(
    "make_root",
    [make.make_source, make.make_facility, make.make_release_event, make.make_count],
)
def test_every_root_is_approved_on_its_page(reviewer: Client, make_root: Any) -> None:
    root = make_root()
    seen = approval(reviewer, root)["form"]["seen_version"].value()

    reviewer.post(address(root, "approve"), {"seen_version": seen})

    assert Edition.objects.get().root_kind == root.kind


def test_what_changed_after_the_reviewer_had_read_it_is_not_approved(
    reviewer: Client, prisoner: Prisoner
) -> None:
    seen = approval(reviewer, prisoner)["form"]["seen_version"].value()
    make.make_sentence(prisoner)

    response = reviewer.post(
        address(prisoner, "approve"), {"seen_version": seen}, follow=True
    )

    assert (
        "Not approved. This case was changed after you opened it"
        in response.content.decode()
    )
    assert not Edition.objects.exists()


def test_an_approval_that_says_nothing_or_nonsense_is_refused(
    reviewer: Client, prisoner: Prisoner
) -> None:
    seen = prisoner.version
    for asked in (
        {},
        {"seen_version": "x"},
        {"seen_version": seen, "not_before": "2025-02-30"},
        {"seen_version": seen, "public_reason": "x" * 301},
    ):
        response = reviewer.post(address(prisoner, "approve"), asked, follow=True)
        assert "Not approved." in response.content.decode()
    assert reviewer.get(address(prisoner, "approve")).status_code == 405
    assert not Edition.objects.exists()


def test_only_who_may_approve_is_offered_it_and_obeyed(
    client: Client, prisoner: Prisoner, settings: Settings
) -> None:
    settings.REQUIRE_REVIEW = True
    documenter = User.objects.create_user("documenter", is_staff=True)
    documenter.user_permissions.set(
        Permission.objects.filter(content_type__app_label="cases").exclude(
            codename="approve_case"
        )
    )
    client.force_login(documenter)

    assert approval(client, prisoner)["form"] is None
    assert (
        client.post(
            address(prisoner, "approve"), {"seen_version": prisoner.version}
        ).status_code
        == 403
    )
    assert not Edition.objects.exists()


def test_where_no_review_is_required_the_page_says_that_saving_approves(
    reviewer: Client, prisoner: Prisoner, settings: Settings
) -> None:
    settings.REQUIRE_REVIEW = False

    assert approval(reviewer, prisoner)["form"] is None
    for page in ("change", "review"):
        assert (
            "Saving approves" in reviewer.get(address(prisoner, page)).content.decode()
        )
