"""Pages in Debian's Chromium, over the record of the seeds, published by the gate."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ViewportSize,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from cases.desk.management.commands.demo import approve_everything, load_fixtures
from cases.publishing import publish_pending
from tests import factories as make
from tests.conftest import MIRRORS

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_CHROMIUM") == "1":
            pytest.fail(
                "There is no Chromium here, and REQUIRE_CHROMIUM=1 asks for one."
            )
        pytest.skip("There is no Chromium here.")
    # Playwright keeps an event loop in this thread, which Django would take for
    # asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        # Where an event loop runs Django has other connections than before: again one
        # for all aliases, as in the tests that come after.
        for alias in MIRRORS:
            connections[alias] = connections["default"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Visit:
    """A reader's window. `complaints`: what the browser reports, such as errors and
    broken rules of the page.
    """

    page: Page
    context: BrowserContext
    home: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


# What moves sideways by itself makes no page wider: what stands within is not to blame.
TOO_WIDE = """
    document.documentElement.scrollWidth <= window.innerWidth ? [] :
    ["wider than its window:", ...[...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > window.innerWidth + 1)
    .filter(one => {
        for (let holder = one.parentElement; holder; holder = holder.parentElement) {
            if (["auto", "scroll", "hidden"].includes(getComputedStyle(holder).overflowX))
                return false;
        }
        return true;
    })
    .map(one => one.outerHTML.slice(0, 120))]
"""


NARROW: ViewportSize = {"width": 390, "height": 844}
WIDE: ViewportSize = {"width": 1280, "height": 844}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# What depends on the width of the window or on its colours; all else is asked once.
# Where things stand depends on the width alone and which colours they have on the theme
# alone: so wide and light, then narrow and dark, is all four.
AGAIN = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
AGAIN += ["target-size"]
RULES = {
    # Of the admin's search box the label is a picture, which has a text.
    "label-title-only": {"enabled": False},
    # No rule of WCAG: the first cell of the admin's tables of rows is empty.
    "empty-table-header": {"enabled": False},
    # Of WCAG 2.2, and so not asked by itself.
    "target-size": {"enabled": True},
}
RUN_AXE = """
    async options => (await axe.run(document, options)).violations.map(broken =>
        `${broken.id}: ` + broken.nodes.map(node =>
            `${node.target.join(" ")} (${node.failureSummary})`).join("; "))
"""
ASKED: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
# A colour on its way to another is neither; the style is the test's own.
NOTHING_MOVES = """
    const still = new CSSStyleSheet();
    still.replaceSync("* { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [still];
"""
OVERLAPPING = """
    const boxes = [...document.querySelectorAll("input, select, textarea, button")]
        .filter(box => box.checkVisibility({visibilityProperty: true, opacityProperty: true}))
        .filter(box => !box.closest(".section-bar, #nav-sidebar"))
        .map(box => [box, box.getBoundingClientRect()])
        .filter(([box, place]) => place.width > 1 && place.height > 1);
    const apart = (one, other) => one.right <= other.left + 1 || other.right <= one.left + 1
        || one.bottom <= other.top + 1 || other.bottom <= one.top + 1;
    return boxes.flatMap(([box, place], number) => boxes.slice(number + 1)
        .filter(([other, there]) => !apart(place, there))
        .map(([other]) => `${box.outerHTML.slice(0, 90)} | ${other.outerHTML.slice(0, 90)}`));
"""


def can_be_read(reader: Visit) -> None:
    """By everyone, in a window of any width, light or dark, and without breaking the
    site's policy.
    """
    assert wrong_with(reader) == [], reader.page.url


def wrong_with(reader: Visit) -> list[str]:
    """By WCAG 2.2 AA, and by what axe calls best practice."""
    page = reader.page
    own_window = page.viewport_size
    # Before axe, which has a script of its own.
    found = [*reader.complaints, *page.evaluate(TOO_WIDE)]
    page.evaluate(AXE)
    page.evaluate(NOTHING_MOVES)
    page.set_viewport_size(WIDE)
    found += page.evaluate(f"() => {{ {OVERLAPPING} }}")
    found += page.evaluate(RUN_AXE, {**ASKED, "rules": RULES})
    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(TOO_WIDE)
    found += page.evaluate(f"() => {{ {OVERLAPPING} }}")
    found += page.evaluate(RUN_AXE, {**ASKED, "runOnly": AGAIN})
    page.emulate_media(color_scheme="light")
    if own_window:
        page.set_viewport_size(own_window)
    reader.complaints.clear()
    return found


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Visit]]:
    """`visit(java_script_enabled=False)` opens a window of its own; it takes what
    Playwright's contexts take.
    """
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Visit:
        context = chromium.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        one = Visit(context.new_page(), context, live_server.url)
        one.page.on("console", lambda message: one.complaints.append(message.text))
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
        one.page.on("request", lambda request: one.requests.append(request.url))
        return one

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def seeds(transactional_db: None) -> None:
    """The eight people of the seeds, as anyone may see them."""
    load_fixtures()
    approve_everything()
    publish_pending()


def follow(way: Locator) -> None:
    """To the page behind it, loaded whole: only then do the page's scripts answer."""
    with way.page.expect_navigation(wait_until="load"):
        way.click()


@pytest.fixture
def documenter(visit: Callable[..., Visit], transactional_db: None) -> Visit:
    """A window in which a documenter has signed in; the test needs committed data."""
    reader = visit()
    sign_in(reader, make.make_documenter())
    return reader


def sign_in(reader: Visit, user: User) -> None:
    """With the cookies that the page for it leaves behind, and without loading it:
    tests/browser/test_signing_in.py fills it in.
    """
    client = Client()
    client.get("/admin/login/", follow=True)
    client.force_login(user)
    cookies: list[Any] = []
    for name, cookie in client.cookies.items():
        cookies.append({"name": name, "value": cookie.value, "url": reader.home})
    reader.context.add_cookies(cookies)
