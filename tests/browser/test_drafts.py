"""Nothing typed is lost, in a real browser: a session that runs out, a page that is
left, and two people who edit one case.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from cases.models import Prisoner
from tests import factories as make
from tests.browser.conftest import TOO_WIDE, Visit, follow
from tests.cases.admin_pages import address
from tests.signin.people import PASSWORD, code, make_account, with_app

pytestmark = pytest.mark.django_db(transaction=True)

AFFILIATION = "#id_affiliation"
KEPT = "Kept as a draft"


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def prisoner(transactional_db: None) -> Prisoner:
    return make.make_prisoner("Mikola Example", affiliation="A paper")


@pytest.fixture
def olga(transactional_db: None) -> User:
    return make_account()


def sign_in(page: Page, secret: str, name: str = "olga", steps: int = 0) -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(code(secret, steps))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#user-tools")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def is_saved(page: Page) -> None:
    told = page.locator(".messagelist")
    expect(told).to_contain_text("was changed successfully", timeout=20_000)


def is_whole(reader: Visit) -> None:
    expected = [text for text in reader.complaints if "403" not in text]
    assert expected == []
    assert reader.page.evaluate(TOO_WIDE) == []


def test_what_was_typed_is_there_after_the_session_ran_out(
    visit: Callable[..., Visit], olga: User, prisoner: Prisoner
) -> None:
    reader = visit()
    page = reader.page
    secret = with_app(olga)
    page.goto(address(prisoner))
    sign_in(page, secret)
    page.goto(address(prisoner))
    page.locator(AFFILIATION).fill("Half a na")
    expect(page.locator(".draft-said")).to_contain_text(KEPT, timeout=20_000)
    is_whole(reader)

    Session.objects.all().delete()
    save(page)
    sign_in(page, secret, steps=1)

    expect(page.locator(".drafts")).to_contain_text("You had typed")
    follow(page.get_by_role("link", name="Go on with it"))
    expect(page.locator(AFFILIATION)).to_have_value("Half a na")
    expect(page.locator(".messagelist")).to_contain_text("It is not saved yet")
    save(page)
    is_saved(page)
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "Half a na"
    page.goto("/admin/")
    expect(page.locator(".drafts")).to_have_count(0)
    assert page.evaluate("localStorage.length + sessionStorage.length") <= 1  # theme
    is_whole(reader)


def test_whoever_types_on_after_the_session_ran_out_stays_on_the_page(
    visit: Callable[..., Visit], olga: User, prisoner: Prisoner
) -> None:
    reader = visit()
    page = reader.page
    secret = with_app(olga)
    page.goto("/admin/")
    sign_in(page, secret)
    page.goto(address(prisoner))
    Session.objects.all().delete()
    page.locator(AFFILIATION).fill("Typed after it")
    save(page)
    expect(page.locator(".draft-said")).to_contain_text("You are signed out")
    expect(page.locator(AFFILIATION)).to_have_value("Typed after it")

    with reader.context.expect_page() as opened:
        page.locator(".draft-said a").click()
    sign_in(opened.value, secret, steps=1)
    save(page)
    is_saved(page)
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "Typed after it"


def test_leaving_warns_only_of_what_was_typed_and_not_kept(
    documenter: Visit, prisoner: Prisoner, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    page = documenter.page
    warnings: list[str] = []

    def stay(dialog: Any) -> None:
        warnings.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(address(prisoner))
    page.locator("#site-name a").click()
    expect(page.get_by_role("heading", name="The desk")).to_be_visible()
    assert warnings == []

    page.goto(address(prisoner))
    page.locator(AFFILIATION).fill("Half")
    page.locator("#site-name a").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert warnings == ["beforeunload"]
    assert "/change/" in page.url

    expect(page.locator(".draft-said")).to_contain_text(KEPT, timeout=20_000)
    page.locator("#site-name a").click()
    expect(page.locator(".drafts")).to_contain_text("You had typed")
    assert warnings == ["beforeunload"]
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator(".drafts")).to_have_count(0)
    is_whole(documenter)


@pytest.mark.parametrize("script", [True, False])
def test_of_two_who_edit_only_what_both_touched_is_asked(
    documenter: Visit, prisoner: Prisoner, settings: Any, script: bool
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    browser = documenter.context.browser
    assert browser is not None
    context = browser.new_context(base_url=documenter.home, java_script_enabled=script)
    context.add_cookies(documenter.context.cookies())  # type: ignore[arg-type]
    second = context.new_page()
    second.goto(address(prisoner))
    first = documenter.page
    first.goto(address(prisoner))
    first.locator(AFFILIATION).fill("Saved first")
    first.get_by_label("teacher").check()
    save(first)
    is_saved(first)

    second.locator(AFFILIATION).fill("Typed second")
    second.locator("#id_age_as_stated").fill("40")
    save(second)

    questions = second.locator("#both fieldset")
    expect(questions).to_have_count(1, timeout=20_000)
    expect(questions).to_contain_text("Theirs: Saved first")
    link = second.locator("#problems a").first
    expect(link).to_be_visible()
    second.get_by_label("Yours: Typed second").check()
    save(second)
    is_saved(second)
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "Typed second"
    assert (prisoner.age_as_stated, prisoner.occupations) == (40, ["teacher"])
    context.close()


def test_errors_are_listed_at_the_top_and_the_reason_stands_with_save(
    documenter: Visit, prisoner: Prisoner, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    prisoner.visibility = "public"
    make.make_citation(prisoner)
    prisoner.save()
    make.approve(prisoner)
    page = documenter.page
    page.goto(address(prisoner))
    reason = page.get_by_label("Reason for the change")
    expect(reason).to_be_in_viewport()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_in_viewport()
    page.locator("#names-group .add-row a").click()
    page.locator("#id_names-1-language").fill("be")
    page.locator("#id_born_on").fill("no day")
    page.locator("#id_last_verified_on").evaluate("box => box.value = 'nor this'")
    save(page)

    listed = page.locator("#problems a")
    expect(listed.filter(has_text="Name, row 2: Name")).to_be_visible()
    for link in listed.all():
        link.click()
        anchor = (link.get_attribute("href") or "#")[1:]
        expect(page.locator(f"[id='{anchor}']")).to_be_in_viewport()
    expect(page.get_by_label("Reason for the change")).to_be_in_viewport()
    is_whole(documenter)
