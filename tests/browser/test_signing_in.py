"""Signing in with a second factor in a real browser: an authenticator app, and a
passkey.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Visit, can_be_read, follow
from tests.signin.people import PASSWORD, code, make_account, with_app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def olga(transactional_db: None) -> User:
    return make_account()


def give_password(page: Page) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))


def with_authenticator_in_the_computer(reader: Visit) -> None:
    """Chromium's own, which says yes whenever it is asked."""
    devtools = reader.context.new_cdp_session(reader.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_an_authenticator_app_is_set_up_at_the_first_sign_in_and_asked_for_at_the_next(
    visit: Callable[..., Visit], olga: User
) -> None:
    reader = visit()
    page = reader.page
    give_password(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    page.get_by_role("link", name="Set up an authenticator app").click()
    secret = page.locator("code.key").inner_text()
    page.get_by_label("Authenticator code").fill(code(secret))
    page.get_by_role("button", name="Set up").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="I have them: to the desk").click()
    page.get_by_role("button", name="Sign out").click()

    give_password(page)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    page.get_by_label("Code").fill(code(secret, steps=1))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="The desk")).to_be_visible()
    assert reader.complaints == []


def test_a_passkey_is_added_and_opens_the_desk(
    visit: Callable[..., Visit], olga: User
) -> None:
    reader = visit()
    page = reader.page
    with_authenticator_in_the_computer(reader)
    give_password(page)
    follow(page.get_by_role("link", name="Add a passkey"))
    page.get_by_label("Name").fill("The key on my ring")
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.goto("/admin/account/")
    page.get_by_role("button", name="Sign out").click()

    give_password(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="The desk")).to_be_visible()
    assert reader.complaints == []


def test_the_pages_of_ones_own_account_can_be_read_by_everyone(
    visit: Callable[..., Visit], olga: User
) -> None:
    reader = visit(viewport=NARROW)
    page = reader.page
    page.goto("/admin/")
    can_be_read(reader)
    give_password(page)
    for address in ("", "totp/activate/", "webauthn/add/"):
        page.goto(f"/admin/account/second-factor/{address}")
        can_be_read(reader)
    page.context.clear_cookies()
    secret = with_app(olga)
    give_password(page)
    can_be_read(reader)
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Sign in").click()
    for address in (
        "",
        "password/",
        "sessions/",
        "second-factor/",
        "second-factor/recovery-codes/generate/",
    ):
        page.goto(f"/admin/account/{address}")
        can_be_read(reader)
