"""A release of many in a real browser: how many clicks it takes, with the script and
without.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Locator, Page, expect

from cases.models import Citation, Deportation, Prisoner, Release, ReportedCount
from cases.publishing import publish_pending
from tests import factories as make
from tests.browser.conftest import Visit, can_be_read

pytestmark = pytest.mark.django_db(transaction=True)

MOST_CLICKS = 40


class Hand:
    """Counts each click, and each that it takes to type into a box or to choose."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def type(self, label: str, text: str, *, nth: int = 0) -> None:
        self.page.get_by_label(label, exact=True).nth(nth).fill(text)
        self.clicks += 1  # into the box

    def choose(self, box: str, code: str) -> None:
        self.page.locator(box).select_option(code)
        self.clicks += 2  # the box, and what is chosen

    def search(self, box: str, text: str) -> None:
        self.click(self.page.locator(f"{box} + .select2 .select2-selection"))
        self.page.locator(".select2-dropdown .select2-search__field").fill(text)
        self.click(self.page.get_by_role("option", name=text))


@pytest.fixture
def three(transactional_db: None) -> list[Prisoner]:
    make.make_source("A report of the release")
    make.make_claimant("The mediator")
    people = [make.make_prisoner("Mikola Dudkevich", born_on="1956")]
    people.append(make.make_prisoner("Mikola Dudkevich", born_on="1990"))
    people.append(make.make_prisoner("Siarhei Halubovich"))
    publish_pending()
    return people


def test_a_release_of_25_with_3_named_takes_at_most_40_clicks(
    documenter: Visit, three: list[Prisoner], capsys: Any
) -> None:
    page = documenter.page
    page.goto("/admin/")
    hand = Hand(page)
    hand.click(page.get_by_role("link", name="Prisoners", exact=True).first)
    hand.click(page.get_by_role("link", name="A release of several"))

    hand.search("#id_recording", "A report of the release")
    hand.search("#id_recording_claimant", "The mediator")
    hand.type("Day:", "2025-09-11")
    hand.type("Title:", "25 released after talks")
    hand.type("Brokered by:", "A mediator")
    hand.choose("#id_releaseevent-ground", "pardon")
    hand.choose("#id_release-to_liberty", "no")
    hand.choose("#id_deportation-outcome", "expelled")
    hand.choose("#id_deportation-from_country", "BY")
    hand.choose("#id_deportation-to_country", "LT")
    names = "Николай Дудкевич\nСергей Голубович\nHanna Unknown\nnot identified: 22"
    hand.type("People:", names)
    hand.click(page.get_by_role("button", name="Look who they are"))

    expect(page.locator("#lines")).to_contain_text("25 claimed, 3 named here, 22 not")
    can_be_read(documenter)
    hand.click(page.locator("#line-1").get_by_label("born 1956"))
    hand.click(page.locator("#line-2").get_by_label("Siarhei Halubovich"))
    hand.click(page.get_by_role("button", name="Save all of it"))

    expect(page.locator("#people")).to_contain_text("3 named here")
    expect(page.locator("#people")).to_contain_text("22 of them not named here")
    assert Release.objects.count() == Deportation.objects.count() == 3
    assert {release.prisoner for release in Release.objects.all()} >= {
        three[0],
        three[2],
    }
    assert ReportedCount.objects.get().value == 25
    assert {str(citation.source) for citation in Citation.objects.all()} == {
        "A report of the release"
    }
    with capsys.disabled():
        print(f"\nA release of 25 with 3 named: {hand.clicks} clicks.")
    assert hand.clicks <= MOST_CLICKS
    assert documenter.complaints == []


def test_where_saving_publishes_a_release_says_first_what_readers_will_see(
    documenter: Visit, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    source = make.make_source("A report of the release", visibility="public")
    for name in ("Mikola Dudkevich", "Siarhei Halubovich"):
        with transaction.atomic():
            case = make.make_prisoner(name, visibility="public", born_on="1980")
            make.make_citation(case, "born_on", source)
    publish_pending()
    page = documenter.page
    page.goto("/admin/cases/prisoner/release-of-several/")
    hand = Hand(page)
    hand.search("#id_recording", "A report of the release")
    hand.type("Day:", "2025-09-11")
    hand.type("Title:", "3 released after talks")
    hand.type("People:", "Mikola Dudkevich\nSiarhei Halubovich")
    hand.click(page.get_by_role("button", name="Look who they are"))
    hand.click(page.locator("#line-1").get_by_label("Mikola Dudkevich"))
    hand.click(page.locator("#line-2").get_by_label("Siarhei Halubovich"))
    page.locator("[name=change_reason]").fill("A report came.")
    hand.click(page.get_by_role("button", name="Save all of it"))

    expect(page.locator("#foreseen")).to_contain_text("Release, 11 September 2025")
    expect(page.locator("#foreseen")).to_be_in_viewport()
    can_be_read(documenter)
    assert not Release.objects.exists()
    hand.click(page.get_by_role("button", name="Save and publish"))
    expect(page.locator("#people")).to_contain_text("2 named here")
    assert Release.objects.count() == 2
    assert documenter.complaints == []


def test_it_is_asked_while_a_name_is_typed_who_that_may_be(
    documenter: Visit, three: list[Prisoner]
) -> None:
    page = documenter.page
    page.goto("/admin/cases/prisoner/add/")
    page.locator("#id_names-0-value").press_sequentially("Дудкев")
    known = page.locator(".known")
    expect(known).to_contain_text("Do we know this person?")
    expect(known).to_contain_text("born 1956")
    expect(known).to_contain_text("born 1990")
    page.goto("/admin/cases/prisoner/release-of-several/")
    page.get_by_label("People:").press_sequentially("Hanna Unknown\nHalubovich")
    expect(page.locator(".known")).to_contain_text("Siarhei Halubovich")
    can_be_read(documenter)


def test_without_scripts_it_is_asked_on_saving(
    visit: Callable[..., Visit], documenter: Visit, three: list[Prisoner]
) -> None:
    plain = visit(java_script_enabled=False, viewport={"width": 390, "height": 800})
    cookies: Any = documenter.context.cookies()
    plain.context.add_cookies(cookies)
    page = plain.page
    page.goto("/admin/cases/prisoner/add/")
    page.locator("#id_names-0-value").fill("Николай Дудкевич")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#doubts")).to_contain_text("Do we know this person?")
    page.get_by_label("No, this is somebody else").check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".messagelist")).to_contain_text("was added successfully")
    assert Prisoner.objects.count() == 4
