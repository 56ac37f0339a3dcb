"""The whole way of a list as people type it: in by the browser, matched by hand once,
and again a month later.
"""

import csv
import io
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.desk.lists import going_on
from cases.desk.lists.models import List
from cases.models import Citation, Prisoner, Source

pytestmark = pytest.mark.django_db
# By a partner's key 300 rows once took 971 corrections and 900 pages to accept.
MOST_PAGES = 15
MESSY = Path(__file__).parent / "messy_list.csv"


class Person:
    """At a browser: what stands in the boxes of a page is sent as it stands there, but
    for what they change. Each change, each press of a button is a click; each page that
    the browser asks for is waited for, those where one leads on to another, too.
    """

    def __init__(self, client: Client) -> None:
        self.client, self.clicks, self.loads = client, 0, 0
        self.page: Any = None
        self.url = ""

    def opens(self, url: str) -> None:
        self._went(self.client.get(url, follow=True))

    def presses(self, decision: str = "", **changed: Any) -> None:
        boxes = _Boxes()
        boxes.feed(self.page.content.decode())
        self.clicks += len(changed) + 1
        said = {**boxes.values, **changed}
        if decision:
            said["decision"] = decision
        self._went(self.client.post(self.url, said, follow=True))
        while b"going-on" in self.page.content:  # its script presses
            boxes = _Boxes()
            boxes.feed(self.page.content.decode())
            self._went(self.client.post(self.url, boxes.values, follow=True))

    def _went(self, page: Any) -> None:
        assert page.status_code == 200, page
        self.loads += 1 + len(page.redirect_chain)
        self.page = page
        if page.redirect_chain:
            self.url = page.redirect_chain[-1][0]
        else:
            self.url = page.request["PATH_INFO"]

    @property
    def list(self) -> List:
        in_list: List = self.page.context["in_list"]
        return in_list


class _Boxes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = dict(pairs)
        name, value = attributes.get("name") or "", attributes.get("value") or ""
        if tag == "select":
            self.select = name
        elif tag == "option" and "selected" in attributes:
            self.values[self.select] = value
        elif tag == "input" and attributes.get("type") not in ("checkbox", "submit"):
            self.values[name] = value


@pytest.fixture
def person(client: Client, settings: Any) -> Person:
    settings.REQUIRE_REVIEW = True
    documenter = User.objects.create_user("documenter", is_staff=True)
    documenter.groups.set(Group.objects.filter(name="documenter"))
    client.force_login(documenter)
    return Person(client)


def brings(person: Person, content: bytes, rows: int) -> None:
    person.opens(reverse("admin:lists_list_add"))
    person.presses(
        file=SimpleUploadedFile("list.csv", content),
        owner="Example Rights Centre",
        expected_rows=str(rows),
        most_quarantined="30",
    )


def test_it_goes_in_by_the_browser_and_again_a_month_later(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row is in, every readable cell is a cited fact, every other one is in
    quarantine with its reason. Half an hour is worth hundreds of clicks, three minutes
    are worth some dozens.
    """
    # However slow the machine is: a page of a browser asks for the rest by itself.
    monkeypatch.setattr(going_on, "SECONDS", 600)
    brings(person, MESSY.read_bytes(), 300)
    person.presses()  # what the columns mean, as it is suggested
    person.presses()  # what comes first in a date, as it is suggested
    first = person.list
    reasons: Counter[str] = Counter()
    for unread in person.page.context["unread"]:
        reasons[unread.code] += unread.count
    person.presses("all_new")

    assert (reasons["contradicts_status"], reasons["before_arrest"]) == (74, 16)
    assert set(first.rows.values_list("state", flat=True)) == {"accepted"}
    assert person.clicks <= 10
    assert person.loads <= MOST_PAGES, person.loads
    assert Prisoner.objects.count() == 300
    assert set(Prisoner.objects.values_list("visibility", flat=True)) == {"internal"}
    assert Source.objects.get().visibility == "internal"
    assert every_fact_is_cited(first)

    person.clicks = person.loads = 0
    brings(person, a_month_later(MESSY.read_bytes()), 300)
    person.presses()
    if "questions_form" in person.page.content.decode():
        person.presses()
    kinds = {kind.code: kind.count for kind in person.page.context["kinds"]}
    kinds.pop("quarantine")
    assert kinds == {"new": 1, "differs": 9, "same": 290, "gone": 1}
    seen_first = [shown.row.verdict for shown in person.page.context["rows"][:10]]
    assert set(seen_first) == {"new", "differs"}
    person.presses("all_new")
    person.presses("all_differs")
    person.presses("all_same")
    assert person.clicks <= 12
    assert person.loads <= MOST_PAGES, person.loads
    assert Prisoner.objects.count() == 301
    second = Source.objects.exclude(pk=first.source_id or Source().pk).latest(
        "created_at"
    )
    changed = set(
        Citation.objects.filter(source=second).values_list("root_id", flat=True)
    )
    assert len(changed) == 10


def every_fact_is_cited(in_list: List) -> bool:
    """The rows' own, by the column that each stood in."""
    for row in in_list.rows.all():
        cited = Citation.objects.filter(root_id=row.accepted_as_id)
        told = {
            locator.split(", ", 1)[-1]
            for locator in cited.values_list("locator", flat=True)
        }
        of_facts = set(row.columns.values()) - {"Name"}  # a name needs no source
        assert of_facts <= told, (row.number, of_facts - told)
    return True


def a_month_later(content: bytes) -> bytes:
    """Eight are freed or sentenced anew, one has another name beside, one is new, and
    one is gone.
    """
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    title = {name: place for place, name in enumerate(rows[0])}
    held = [row for row in rows[1:] if row[title["Status"]] == "held"]
    for row in held[:9]:
        row[title["Status"]] = "released"
        row[title["Released"]] = "2026-11-20"
    gone = rows.pop()
    rows.append(["NI-900", "Somebody New", "F", "30", *gone[4:]])
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode()
