"""The pages that describe the APIs, under the site's own Content-Security-Policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from cases.models import Claimant
from tests.browser.conftest import Visit

pytestmark = pytest.mark.django_db(transaction=True)


def test_anyone_can_browse_the_read_api(visit: Callable[..., Visit]) -> None:
    reader = visit()
    reader.page.goto("/api/docs/")
    reader.page.click("#operations-tag-prisoners")
    expect(
        reader.page.get_by_text("/api/v1/prisoners/{id}/", exact=True)
    ).to_be_visible()
    assert reader.complaints == []


def test_staff_can_try_out_a_change(documenter: Visit) -> None:
    page = documenter.page
    documenter.complaints.clear()
    page.goto("/api/editorial/v1/docs/")
    page.click("#operations-tag-claimants")
    page.click("#operations-claimants-editorial_v1_claimants_create")
    page.click(".try-out__btn")
    page.fill("textarea.body-param__text", '{"name": "A rights centre"}')
    page.click(".execute")
    expect(
        page.locator(".live-responses-table .response-col_status").last
    ).to_contain_text("201")
    assert Claimant.objects.get().name == "A rights centre"
    assert documenter.complaints == []
