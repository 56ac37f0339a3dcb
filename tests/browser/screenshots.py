"""Makes the pictures of README and docs: `make screenshots`. No test of the suite, which
does not look for files of such a name.

The people are those of the seeds, of whom published texts tell; those of the list are
invented.
"""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from cases.desk.lists.comparing import compare
from tests.browser.conftest import NARROW, Visit
from tests.cases.lists.brought import make_list
from tracker.models import PublicDocument

pytestmark = pytest.mark.usefixtures("seeds")

FOLDER = settings.BASE_DIR / "docs"
WINDOW = {"width": 1100, "height": 800}
LISTED = ("Alesia Example", "Mikalai Statkevich", "Ihar Invented", "Maryna Madeup")


def take(reader: Visit, address: str, name: str) -> None:
    answer = reader.page.goto(address)
    assert answer
    assert answer.ok, address
    reader.page.screenshot(path=FOLDER / f"{name}.png")


def page_of(name: str) -> str:
    case = PublicDocument.objects.get(
        kind="prisoner", document__contains=f'"name":"{name}"'
    )
    return f"/en/cases/{case.pk}/"


def test_public_pages(visit: Callable[..., Visit]) -> None:
    reader = visit(viewport=WINDOW)
    take(reader, page_of("Mikalai Statkevich"), "case-page")
    event = PublicDocument.objects.filter(kind="release_event").first()
    assert event
    take(reader, f"/en/releases/{event.pk}/", "release-page")
    take(reader, "/en/statistics/", "numbers")
    on_a_phone = visit(viewport=NARROW, device_scale_factor=2)
    take(on_a_phone, "/en/cases/", "list-on-a-phone")


def test_the_desk(documenter: Visit) -> None:
    documenter.page.set_viewport_size({"width": 1100, "height": 800})
    rows = []
    for place, name in enumerate(LISTED):
        rows.append({"identifier": f"RC-{place}", "name": name, "sex": "male"})
    brought = make_list(User.objects.get(username="documenter"), *rows)
    list(compare(brought))
    take(documenter, "/admin/", "start-page")
    take(
        documenter,
        reverse("admin:lists_list_change", args=[brought.pk]),
        "list-brought-in",
    )
