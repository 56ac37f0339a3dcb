"""Readers of the public pages."""

from collections.abc import Callable

import pytest
from django.db.models.functions import Length
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import (
    AGAIN,
    ASKED,
    AXE,
    RUN_AXE,
    TOO_WIDE,
    Visit,
    wrong_with,
)
from tracker.models import PublicDocument

pytestmark = pytest.mark.usefixtures("seeds")

LISTS = [
    "",
    "cases/",
    "cases/?sex=male&occupations=journalist",
    "releases/",
    "counts/",
    "statistics/",
    "statistics/held/",
    "statistics/releases/",
    "statistics/time-held/",
    "court-cases/",
    "places/",
    "sources/",
    "about/",
    "method/",
    "political-prisoners/",
    "writing/",
    "birthdays/",
]
# The line of sections moves sideways where it is narrow, and begins at the current one.
OUT_OF_SIGHT = """
    [...document.querySelectorAll("header.site [aria-current]")]
    .map(link => link.getBoundingClientRect())
    .filter(place => place.left < 0 || place.right > window.innerWidth)
    .map(place => `the current link stands at ${place.left} to ${place.right}`)
"""
WITHOUT_SCRIPTS = {"java_script_enabled": False}


def addresses() -> list[str]:
    """Every list, and of each kind the page with most to tell."""
    found = [f"/en/{one}" for one in LISTS]
    for kind, folder in {
        "prisoner": "cases",
        "release_event": "releases",
        "source": "sources",
    }.items():
        rows = PublicDocument.objects.filter(kind=kind, document__isnull=False)
        longest = rows.order_by(Length("document").desc()).first()
        assert longest
        found.append(f"/en/{folder}/{longest.pk}/")
    return [*found, "/en/cases/00000000-0000-0000-0000-000000000000/"]


def test_a_reader_without_javascript_finds_a_person_and_what_the_sources_say(
    visit: Callable[..., Visit],
) -> None:
    reader = visit(**WITHOUT_SCRIPTS)
    page = reader.page
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_label("Search for a name").fill("Статкевич")
    page.get_by_role("button", name="Search").click()
    assert "q=" not in page.url
    page.get_by_role("link", name="Mikalai Statkevich").click()
    page.go_back()
    page.get_by_role("link", name="Mikalai Statkevich").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Mikalai Statkevich")
    expect(page.get_by_role("region", name="Status, as last known")).to_contain_text(
        "in detention"
    )
    expect(
        page.get_by_role("region", name="Timeline").get_by_text("disputed").first
    ).to_be_visible()
    page.get_by_role("link", name="Release: released").click()
    released = page.locator(":target")
    expect(released).to_contain_text("Sources disagree 1 September 2025")
    disagreeing = released.locator(".statements > li").last
    expect(disagreeing).to_be_hidden()
    released.locator("summary").click()
    expect(disagreeing).to_contain_text("disagrees")
    anchor = disagreeing.get_attribute("id")
    disagreeing.get_by_role("link").click()
    expect(page.locator(":target")).to_contain_text("A Complex Step")
    page.goto(f"{page.url.split('#')[0]}#{anchor}")
    expect(page.locator(":target")).to_contain_text("disagrees")
    expect(page.locator(":target")).to_be_visible()
    page.emulate_media(media="print")
    for statement in page.locator(".statements > li").all():
        expect(statement).to_be_visible()
    assert reader.context.cookies() == []


def test_a_reader_without_javascript_lists_who_was_freed_in_one_release(
    visit: Callable[..., Visit],
) -> None:
    page = visit(**WITHOUT_SCRIPTS).page
    page.goto("/en/cases/")
    expect(page.locator(".cases > li")).to_have_count(8)
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Release event").select_option(
        "Release of 52 prisoners after talks with the United States (7)"
    )
    page.get_by_role("button", name="Show results").click()
    expect(page.locator(".cases > li")).to_have_count(7)
    expect(page.locator(".cases")).not_to_contain_text("Ilyash")

    shared = visit(**WITHOUT_SCRIPTS).page
    shared.goto(page.url)
    expect(shared.locator(".cases > li")).to_have_count(7)


def test_every_page_can_be_read_by_everyone_and_asks_for_nothing_elsewhere(
    visit: Callable[..., Visit], live_server: LiveServer
) -> None:
    """One visit for all pages: filling the record again for each rule takes long. In
    another language words alone are other, and longer: that is looked at where there is
    least room, in one of them.
    """
    reader = visit(viewport={"width": 320, "height": 640})
    page = reader.page
    wrong = {}
    for number, address in enumerate(addresses()):
        for language in ("en", ("be", "ru")[number % 2]):
            page.goto(address.replace("/en/", f"/{language}/"))
            found = page.evaluate(OUT_OF_SIGHT)
            if language == "en":
                found += wrong_with(reader)
            else:
                found += [*reader.complaints, *page.evaluate(TOO_WIDE)]
                reader.complaints.clear()
                page.evaluate(AXE)
                found += page.evaluate(RUN_AXE, {**ASKED, "runOnly": AGAIN})
            found = [one for one in found if "404 (Not Found)" not in one]
            if found:
                wrong[page.url] = found
    assert wrong == {}
    assert [one for one in reader.requests if not one.startswith(live_server.url)] == []
