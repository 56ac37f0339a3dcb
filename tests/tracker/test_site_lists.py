"""Lists of every kind: how many, by what they are narrowed, and their rows as a file."""

import csv
import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.tracker.site_pages import publish, text

pytestmark = pytest.mark.django_db

# Of each kind: where its list is, and a fact by which it can be narrowed.
LISTS = {
    "prisoner": ("cases", {"sex": "female"}),
    "release_event": ("releases", {"ground": "pardon"}),
    "court_case": ("court-cases", {"court": "Minsk"}),
    "facility": ("places", {"region": "Homel"}),
    "source": ("sources", {"publisher": "A centre"}),
    "reported_count": ("counts", {"measure": "deported"}),
}
TITLED = {"source": "title", "release_event": "title", "prisoner": "name"}


def made(kind: str, number: int, **facts: Any) -> dict[str, Any]:
    if kind in TITLED:
        facts[TITLED[kind]] = f"Number {number}"
    if kind == "reported_count":
        facts = {"measure": "released", "value": number, **facts}
    return publish(kind, **facts)


def test_each_list_says_how_many_it_has_and_gives_just_these_rows(
    client: Client,
) -> None:
    for kind, (place, fact) in LISTS.items():
        chosen = [made(kind, number, **fact)["id"] for number in range(2)]
        made(kind, 2)
        address = f"/en/{place}/"
        value = next(iter(fact.values()))
        page = client.get(address).content.decode()
        assert "3 results." in text(page), kind
        assert re.search(rf'<option value="{value}">[^<]*\(2\)</option>', page), kind

        page = client.get(address, fact).content.decode()
        assert "2 results." in text(page), kind
        assert '<details class="filters">' in page  # folded
        # What is set is told, and a link takes it away.
        assert re.search(r'<li><a href="\?"><span class="about">[^<]+:</span>', page), (
            kind
        )
        assert re.search(rf'<option value="{value}" selected>[^<]*\(2\)', page), kind
        link = re.search(r'<a href="([^"]*)">CSV</a>', page)
        assert link
        table = client.get(html.unescape(link[1])).getvalue().decode()
        assert {row["id"] for row in csv.DictReader(table.splitlines())} == {*chosen}
        client.get(address)
        with CaptureQueriesContext(connection) as for_three:
            client.get(address)
        made(kind, 3)
        client.get(address)
        with CaptureQueriesContext(connection) as for_four:
            client.get(address)
        assert len(for_four) == len(for_three), kind


def test_a_day_back_offers_only_what_it_answers(client: Client) -> None:
    publish("prisoner", name="Ales Example", sex="male", citizenships=["BY"])
    page = client.get("/en/cases/", {"on": "2025-01-01"}).content.decode()
    form = page.partition('<details class="filters">')[2].partition("</details>")[0]
    offered = re.findall(r'<(?:select|input) id="f-([^"]*)"', form)
    assert {"status", "sex", "citizenships", "ordering"} < {*offered}
    for name in offered:
        answer = re.search(rf'name="{name}".*?<option value="([^"]+)"', form, re.DOTALL)
        value = "2024-05-02" if "_on_or_" in name else answer and answer[1]
        asked = client.get("/en/cases/", {"on": "2025-01-01", name: value})
        assert asked.status_code == 200, name
    assert 'name="on" value="2025-01-01"' in form
    assert "workbook" not in page  # it is of one moment
