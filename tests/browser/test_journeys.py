"""What people come for, on a phone, in each language, with scripts and without."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, follow
from tests.tracker.site_pages import citation, new_id, publish
from tracker.models import PublicDocument

pytestmark = pytest.mark.usefixtures("seeds")

PHONE = {"width": 360, "height": 640}
SPELLINGS = ("Dziadok", "Дзядок", "Dzjadok", "Дядок")
FOUND = "Mikalai Dzjadok"
DISAGREE = "Mikalai Statkevich"


@pytest.fixture
def in_a_colony() -> str:
    """The address, below a language, of somebody to whom letters are known to come."""
    source = publish("source", title="A relative")
    colony = {"id": new_id()}
    said = citation(colony, "facility", "letters_arrive", source)
    publish(
        "facility",
        **colony,
        names={"en": "Colony No. 1"},
        address_for_letters="1 Street, Town",
        letters_arrive="yes",
        citations=[said],
    )
    placement = {"id": new_id(), "facility": colony["id"]}
    there = {"facility": colony["id"], "placement": placement["id"], "as_of": "2024-05"}
    person = publish(
        "prisoner",
        name="Ales Example",
        letters=True,
        detentions=[{"placements": [placement]}],
        last_place=there,
    )
    return f"cases/{person['id']}/"


def test_on_a_phone_in_each_language_readers_get_what_they_came_for(
    visit: Callable[..., Visit], in_a_colony: str
) -> None:
    """One visit for all: filling the record again for each takes long."""
    for has_scripts in (False, True):
        reader = visit(viewport=PHONE, java_script_enabled=has_scripts)
        page = reader.page
        for language, _name in settings.LANGUAGES:
            with override(language):
                finds_a_person_in_any_spelling(page, f"/{language}/")
                reads_who_says_what_of_the_passport(page)
                learns_how_to_write(page, f"/{language}/{in_a_colony}")
                gets_what_is_filtered(page, f"/{language}/cases/")
                sees_that_sources_disagree(page, f"/{language}/")
                prints_it_whole(page)
        assert reader.complaints == []
        assert reader.context.cookies() == []


def finds_a_person_in_any_spelling(page: Page, home: str) -> None:
    page.goto(home)
    found = page.get_by_role("link", name=FOUND)
    for spelling in SPELLINGS:
        page.locator("#q").fill(spelling)
        follow(page.get_by_role("button", name=_("Search"), exact=True))
        expect(found).to_be_in_viewport()  # without moving the page
    found.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FOUND)
    page.go_back()
    found.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FOUND)


def reads_who_says_what_of_the_passport(page: Page) -> None:
    fact = page.locator("dl > div", has=page.get_by_text(_("Passport"), exact=True))
    expect(fact).to_contain_text(_("destroyed"))
    statement = fact.locator(".statements > li").first
    expect(statement).to_be_hidden()
    fact.locator("summary").first.click()
    expect(statement).to_be_visible()
    statement.get_by_role("link").click()
    expect(page.locator(":target")).to_be_in_viewport()


def learns_how_to_write(page: Page, case: str) -> None:
    page.goto(case)
    how = page.locator("#letters")
    expect(how).to_contain_text(_("How to write"))
    expect(how).to_contain_text("1 Street, Town")
    expect(how).to_contain_text(_("Letters are known to arrive there."))


def gets_what_is_filtered(page: Page, cases: str) -> None:
    page.goto(cases)
    expect(page.locator(".cases > li").first).to_be_in_viewport()
    page.locator(".filters summary").click()
    page.locator("#f-deportation_outcome").select_option("refused")
    page.get_by_role("button", name=_("Show results")).click()
    rows = page.locator(".cases > li")
    expect(rows.first).to_be_in_viewport()
    expect(page.locator(".number strong")).to_have_text(str(rows.count()))
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    table = Path(download.value.path()).read_text("utf-8")
    names = [row["name"] for row in csv.DictReader(table.splitlines())]
    assert names == page.locator(".cases > li > a").all_inner_texts()
    assert names
    page.locator(".applied a").click()
    expect(page.locator(".applied")).to_have_count(0)


def sees_that_sources_disagree(page: Page, home: str) -> None:
    page.goto(f"{home}counts/")
    expect(page.get_by_text(_("They cannot all be true.")).first).to_be_visible()
    case = PublicDocument.objects.get(sort_name__icontains="statkevich")
    page.goto(f"{home}cases/{case.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(DISAGREE)
    page.locator(".glance a[href$=released_on]").click()
    released = page.locator(":target")
    expect(released).to_be_in_viewport()
    expect(released.locator(".disagree")).to_contain_text(_("Sources disagree"))


def prints_it_whole(page: Page) -> None:
    page.emulate_media(media="print")
    statements = page.locator(".statements > li")
    expect(statements.filter(visible=True)).to_have_count(statements.count())
    to_cite = page.locator(".use .folded")
    expect(to_cite).to_be_visible()
    expect(to_cite).to_contain_text(page.url.partition("#")[0])
    edition = PublicDocument.objects.get(sort_name__icontains="statkevich")
    expect(to_cite).to_contain_text(str(edition.seq))
    page.emulate_media(media="screen")
