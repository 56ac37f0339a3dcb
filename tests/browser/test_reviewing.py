"""A reviewer and an administrator at work in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from cases.history import acting
from cases.models import Edition, Prisoner, Source
from cases.publishing import publish_pending
from tests import factories as make
from tests.browser.conftest import NARROW, Visit, can_be_read, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(transactional_db: None, settings: Any) -> Prisoner:
    """Published, and changed by a documenter since."""
    settings.REQUIRE_REVIEW = True
    case = make.make_prisoner("Mikola Example", affiliation="One")
    source = make.make_source("A report", visibility="public")
    make.make_citation(case, "affiliation", source=source, states="One")
    Prisoner.objects.update(visibility="public")
    case.refresh_from_db()
    for one in (source, case):
        make.approve(one)
    with acting(user=make.make_documenter("ada"), reason="A letter of the family."):
        Prisoner.objects.filter(pk=case.pk).update(affiliation="Two")
    publish_pending()
    return case


def signed_in(visit: Callable[..., Visit], role: str, **options: Any) -> Visit:
    user = User.objects.create_user("rita", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    reader = visit(**options)
    sign_in(reader, user)
    return reader


def test_a_case_is_found_in_the_queue_compared_and_approved(
    visit: Callable[..., Visit], case: Prisoner
) -> None:
    reader = signed_in(visit, "reviewer")
    page = reader.page
    page.goto("/admin/")
    page.get_by_role("link", name="1 case waits for review").click()
    page.get_by_role("link", name="Mikola Example").click()
    expect(page.locator(".review del")).to_have_text("One")
    expect(page.locator(".review ins")).to_have_text("Two")
    expect(page.locator(".review")).to_contain_text("A letter of the family.")
    page.get_by_label("Reason:", exact=True).fill("As the letter says.")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".messagelist")).to_contain_text(
        "Approved as published version 2."
    )
    assert Edition.objects.get(number=2).reason == "As the letter says."
    page.goto("/admin/")
    expect(page.get_by_role("link", name="0 cases wait for review")).to_be_visible()
    assert reader.complaints == []


def test_the_pages_of_those_who_review_and_administer_can_be_read_by_everyone(
    visit: Callable[..., Visit], case: Prisoner
) -> None:
    reader = signed_in(visit, "administrator", viewport=NARROW)
    page = reader.page
    marta = User.objects.create_user("marta", is_staff=True)
    for address in (
        "",
        "cases/waitingcase/",
        f"cases/prisoner/{case.pk}/review/",
        f"cases/waitingcase/several/?source={Source.objects.get().pk}",
        "cases/prisoner/export/",
        "access/accessevent/",
        "proposals/proposal/",
        f"auth/user/{marta.pk}/sign-in/",
    ):
        page.goto(f"/admin/{address}")
        expect(page.locator("#content")).to_be_visible()
        can_be_read(reader)

    source = Source.objects.get()
    page.goto(f"/admin/cases/source/{source.pk}/change/?edit=all")
    page.get_by_label("Visible to").select_option("internal")
    page.get_by_label("Reason for the change").fill("It was withdrawn.")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
    can_be_read(reader)
