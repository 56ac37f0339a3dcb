"""Pages in Debian's Chromium, over the record of the seeds, published by the gate."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
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
def chromium() -> Iterator[Browser]:
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
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


TOO_WIDE = """
    document.documentElement.scrollWidth <= window.innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > window.innerWidth)
    .map(one => one.outerHTML.slice(0, 120))
"""
NARROW = {"width": 360, "height": 640}


def can_be_read(reader: Visit) -> None:
    """By everyone, in a window of any width, and without breaking the site's policy."""
    page = reader.page
    assert reader.complaints == [], (
        page.url
    )  # before axe, which adds styles and requests of its own
    assert page.evaluate(TOO_WIDE) == [], f"{page.url} is wider than its window"
    # Of the admin's search box the label is a picture, which has a text.
    found = Axe().run(page, options={"rules": {"label-title-only": {"enabled": False}}})
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    reader.complaints.clear()


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Visit]]:
    """`visit(java_script_enabled=False)` opens a window of its own; it takes what
    Playwright's contexts take.
    """
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Visit:
        context = chromium.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        one = Visit(context.new_page(), context)
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


@pytest.fixture
def documenter(visit: Callable[..., Visit], client: Client) -> Visit:
    """A window in which a documenter has signed in; the test needs committed data."""
    client.force_login(make.make_documenter())
    reader = visit()
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    reader.page.goto("/admin/login/")
    reader.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": session,
                "url": reader.page.url.partition("/admin")[0],
            }
        ]
    )
    return reader
