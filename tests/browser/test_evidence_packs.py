"""An evidence pack, from the desk's button to the page that its receiver opens."""

import re
import zipfile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from cases.models import EvidencePack, Prisoner
from tests.browser.conftest import Visit

pytestmark = pytest.mark.usefixtures("seeds")


def test_a_pack_is_downloaded_and_its_page_asks_for_nothing_from_elsewhere(
    documenter: Visit, tmp_path: Path
) -> None:
    page = documenter.page
    prisoner = Prisoner.objects.get(names__value="Mikola Statkevich")
    page.goto(f"/admin/cases/prisoner/{prisoner.pk}/change/")
    page.get_by_role("link", name="Evidence pack", exact=True).click()
    page.get_by_label("everyone").check()
    page.get_by_label("Reason").fill("Asked for by a court.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make and download").click()
    with zipfile.ZipFile(download.value.path()) as pack:
        pack.extractall(tmp_path)
    (index,) = tmp_path.glob("*/data/index.html")
    assert EvidencePack.objects.get().reason == "Asked for by a court."

    documenter.complaints.clear()
    documenter.requests.clear()
    page.goto(index.as_uri())
    assert documenter.requests == [index.as_uri()]
    assert documenter.complaints == []
    assert re.search(r"Sources disagree", page.locator("main").inner_text())
    assert Axe().run(page).response["violations"] == []
