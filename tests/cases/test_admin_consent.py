"""Taking back a consent, by the case's page at the desk."""

from typing import Any

import pytest
from django.test import Client

from cases.models import Consent, Prisoner
from cases.publishing import publish_pending
from tests.cases.admin_pages import address, opened, sent, with_row
from tests.factories import approve, make_documenter, make_prisoner

pytestmark = pytest.mark.django_db

NAME = "Ales Example"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_documenter())
    return client


@pytest.fixture
def case(settings: Any) -> Prisoner:
    """Published with a consent for the name and one for the story."""
    settings.REQUIRE_REVIEW = True
    case = make_prisoner(
        NAME, visibility="public", summary={"en": f"{NAME} wrote letters."}
    )
    for subject in ("name", "story"):
        Consent.objects.create(
            prisoner=case, subject=subject, audience="public", given_by="the person"
        )
    approve(case)
    publish_pending()
    return case


def saved(desk: Client, case: Prisoner, page: dict[str, Any]) -> None:
    response = sent(
        desk, address(case), {**page, "change_reason": "The person asks for it."}
    )
    assert response.status_code == 302, response.content.decode()
    publish_pending()


def in_public(case: Prisoner) -> str:
    return Client().get(f"/en/cases/{case.pk}/").content.decode()


def withdrawn(
    page: dict[str, Any], subject: str, day: str = "2025-10"
) -> dict[str, Any]:
    row = next(
        name
        for name, value in page.items()
        if name.startswith("consents-") and value == [subject]
    )
    return {**page, row.replace("-subject", "-withdrawn_on"): day}


def test_a_withdrawn_consent_takes_the_name_away_at_once_though_edits_wait(
    desk: Client, case: Prisoner
) -> None:
    saved(
        desk, case, {**opened(desk, address(case)), "affiliation": "Not approved yet"}
    )
    assert NAME in in_public(case)
    saved(desk, case, withdrawn(opened(desk, address(case)), "name"))
    page = in_public(case)
    assert "Name withheld" in page
    assert NAME not in page
    assert "Not approved yet" not in page
    assert "Name withheld</a>" not in page  # of what changed, not even that is told
    assert NAME not in Client().get("/en/cases/").content.decode()


def test_a_withdrawn_consent_takes_the_story_and_leaves_the_name(
    desk: Client, case: Prisoner
) -> None:
    saved(desk, case, withdrawn(opened(desk, address(case)), "story"))
    assert "wrote letters" not in in_public(case)
    assert NAME in in_public(case)


@pytest.mark.parametrize("how", ["deleted", "emptied", "given again"])
def test_what_was_withdrawn_comes_back_by_no_save_and_no_approval_of_one(
    how: str, desk: Client, case: Prisoner
) -> None:
    saved(desk, case, withdrawn(opened(desk, address(case)), "name"))
    approve(case)
    page = opened(desk, address(case))
    row = next(
        name
        for name, value in page.items()
        if name.startswith("consents-") and value == ["name"]
    )
    if how == "deleted":
        page |= {row.replace("-subject", "-DELETE"): "on"}
    elif how == "emptied":
        page |= {row.replace("-subject", "-withdrawn_on"): ""}
    else:
        page = with_row(
            page, "consents", subject="name", audience="public", given_by="the person"
        )
    saved(desk, case, page)
    assert NAME not in in_public(case)
    approve(case)
    publish_pending()
    assert NAME not in in_public(case)


def test_the_case_page_says_what_a_withdrawal_does(
    desk: Client, case: Prisoner
) -> None:
    page = desk.get(address(case)).content.decode()
    assert "Takes effect when you save, whatever waits for approval" in page
