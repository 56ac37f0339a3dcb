"""What is held back is told nowhere, nothing says why, and nothing else changes."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.held import hold_back, let_go
from tests.keys import as_partner, key_for
from tests.published import correct, publish, withdraw
from tests.tracker.test_mirror import mirror
from tracker import feed
from tracker.audiences import PARTNERS, PUBLIC
from tracker.counting import totals
from tracker.held import BeingUpdated
from tracker.mirror import Passing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_again")]

NAME = "Held Person"
API = "/api/v1/prisoners/"
CSV = "/api/v1/prisoners.csv"
CHANGES = "/api/v1/changes"


class World:
    """Two cases in one place; the source is cited by one of them."""

    def __init__(self) -> None:
        self.other = self.case("Shown Person", [])
        self.facility = publish(PUBLIC, "facility", {"names": {"en": "A prison"}})
        self.source = publish(PUBLIC, "source", {"title": "A report"})
        self.case_ = self.case(NAME, [self.source["id"]])
        correct(PUBLIC, self.case_, field="occupations", after=["journalist"])

    @staticmethod
    def case(name: str, sources: list[str]) -> Any:
        identity = {
            "name": name,
            "names": [{"value": name, "preferred": True}],
            "status": [
                {
                    "since": None,
                    "until": None,
                    "statuses": ["imprisoned"],
                    "basis": [],
                }
            ],
            "sentences": [{"term_months": 60}],
        }
        case = publish(PUBLIC, "prisoner", identity)
        cited = [
            {
                "record": {"kind": "prisoner", "id": case["id"]},
                "source": source,
                "hedge": "stated",
                "quote": "Words of the report",
            }
            for source in sources
        ]
        names = [{**case["names"][0]}]
        again = {**identity, "id": case["id"], "names": names, "citations": cited}
        return publish(PUBLIC, "prisoner", again)

    def hold(self) -> None:
        hold_back(PUBLIC, self.source["id"])


@pytest.fixture
def world() -> World:
    return World()


def content(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    if answer.streaming:
        return b"".join(answer.streaming_content).decode()
    return str(answer.content.decode())


def page_of(case: Any) -> str:
    return f"/en/cases/{case['id']}/"


def test_the_page_of_what_is_held_back_says_in_plain_words_when_to_come_back(
    client: Client, world: World
) -> None:
    shown = content(client.get(page_of(world.other)))
    world.hold()
    answer = client.get(page_of(world.case_))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    html = answer.content.decode()
    assert "This page is being brought up to date" in html
    for word in (NAME, "report", "withdrawn", "held", world.case_["id"]):
        assert word not in html
    assert client.get(f"/en/sources/{world.source['id']}/").status_code == 503
    assert content(client.get(page_of(world.other))) == shown


@pytest.mark.parametrize("address", ["{id}/", "{id}/corrections/"])
def test_the_api_says_when_to_come_back_and_not_that_it_is_the_same_as_before(
    client: Client, world: World, address: str
) -> None:
    held = API + address.format(id=world.case_["id"])
    other = API + address.format(id=world.other["id"])
    tag, shown = client.get(held).headers["ETag"], content(client.get(other))
    world.hold()
    for headers in ({}, {"If-None-Match": tag}):
        answer = client.get(held, headers=headers)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert set(answer.json()) == {"type", "title", "status", "detail"}
        assert NAME not in answer.content.decode()
    assert content(client.get(other)) == shown


def test_a_part_of_a_case_with_a_document_of_its_own_goes_with_it(
    client: Client, world: World
) -> None:
    hold_back(PUBLIC, world.case_["id"], everywhere=False)
    sentence = world.case_["sentences"][0]["id"]
    assert client.get(f"/api/v1/sentences/{sentence}/").status_code == 503
    assert sentence not in content(client.get("/api/v1/sentences/"))


@pytest.mark.parametrize(
    "question",
    ["", "?q=person", "?q=held", "?status=imprisoned", "?ordering=-name", "?source={}"],
)
def test_lists_of_the_api_and_their_tables_leave_it_out(
    client: Client, world: World, question: str
) -> None:
    asked = question.format(world.source["id"])
    before = client.get(API + asked)
    expected = [
        case
        for case in json.loads(content(before))["results"]
        if case["id"] != world.case_["id"]
    ]
    world.hold()
    headers = {"If-None-Match": before.headers["ETag"]}
    assert json.loads(content(client.get(API + asked, headers=headers)))["results"] == (
        expected
    )
    lines = csv.DictReader(io.StringIO(content(client.get(CSV + asked)), newline=""))
    assert [line["id"] for line in lines] == [case["id"] for case in expected]
    let_go(PUBLIC)
    assert content(client.get(API + asked)) == content(before)
    assert client.get(API + asked, headers=headers).status_code == 304


@pytest.mark.parametrize(
    "address",
    [
        "/en/",
        "/en/cases/",
        "/en/cases/?status=imprisoned",
        "/en/cases/?source={source}",
        "/en/places/",
        "/en/sources/",
        "/en/releases/",
        "/en/counts/",
    ],
)
def test_pages_of_many_leave_it_out_and_count_it_out(
    client: Client, world: World, address: str
) -> None:
    asked = address.format(source=world.source["id"])
    before = content(client.get(asked))
    world.hold()
    meanwhile = content(client.get(asked))
    for words in (NAME, "A report", world.case_["id"]):
        assert words not in meanwhile
    let_go(PUBLIC)
    assert content(client.get(asked)) == before


def test_a_search_does_not_find_it(client: Client, world: World) -> None:
    assert NAME in content(client.post("/en/cases/", {"q": "Held"}, follow=True))
    world.hold()
    assert NAME not in content(client.post("/en/cases/", {"q": "Held"}, follow=True))
    assert "Shown Person" in content(
        client.post("/en/cases/", {"q": "Shown"}, follow=True)
    )


def test_the_first_page_counts_as_if_it_were_not_there(
    client: Client, world: World
) -> None:
    world.hold()
    meanwhile = content(client.get("/en/"))
    let_go(PUBLIC)
    withdraw(PUBLIC, world.source["id"])
    withdraw(PUBLIC, world.case_["id"])
    assert content(client.get("/en/")) == meanwhile


def test_other_pages_do_not_name_it(client: Client, world: World) -> None:
    """What a page names is read apart from it."""
    release = publish(PUBLIC, "release_event", {"title": "A day in autumn"})
    names = [{"value": NAME, "preferred": True}]
    releases = [{"release_event": release["id"]}]
    case = {"name": NAME, "names": names, "releases": releases}
    case_id = publish(PUBLIC, "prisoner", case)["id"]
    address = f"/en/releases/{release['id']}/"
    assert NAME in content(client.get(address))
    hold_back(PUBLIC, case_id, everywhere=False)
    assert NAME not in content(client.get(address))


def test_a_merged_case_leads_to_one_that_is_held_back(
    client: Client, world: World
) -> None:
    merged = publish(PUBLIC, "prisoner")["id"]
    withdraw(PUBLIC, merged, merged_into=world.case_["id"])
    world.hold()
    for address in (f"/en/cases/{merged}/", f"{API}{merged}/"):
        answer = client.get(address)
        assert answer.status_code == 301
        assert client.get(answer.headers["Location"]).status_code == 503


def test_what_was_never_there_or_is_gone_is_not_found_as_before(
    client: Client, world: World
) -> None:
    gone = publish(PUBLIC, "prisoner")["id"]
    withdraw(PUBLIC, gone)
    for row_id in (gone, "00000000-0000-4000-8000-000000000000"):
        hold_back(PUBLIC, row_id)
        assert client.get(f"/en/cases/{row_id}/").status_code == 404
        assert client.get(f"{API}{row_id}/").status_code == 404


def test_the_feed_stops_before_it_and_nobody_can_pass_by(world: World) -> None:
    everything = feed.changes(PUBLIC, None, None, 100)
    world.hold()
    page = feed.changes(PUBLIC, None, None, 100)
    first = [change.id for change in everything.results][:2]
    assert [change.id for change in page.results] == first
    assert page.more
    with pytest.raises(BeingUpdated):
        feed.changes(PUBLIC, str(page.next), None, 100)
    let_go(PUBLIC)
    rest = feed.changes(PUBLIC, str(page.next), None, 100)
    assert page.results + rest.results == everything.results
    assert str(rest.next) == str(everything.next)


def test_who_has_passed_it_and_who_does_not_ask_for_it_need_not_wait(
    world: World,
) -> None:
    end = str(feed.changes(PUBLIC, None, None, 100).next)
    world.hold()
    assert feed.changes(PUBLIC, end, None, 100).results == []
    new = publish(PUBLIC, "prisoner")["id"]
    assert [
        str(change.id) for change in feed.changes(PUBLIC, end, None, 9).results
    ] == ([new])
    facilities = feed.changes(PUBLIC, None, ["facility"], 9)
    assert [str(change.id) for change in facilities.results] == [world.facility["id"]]
    assert not facilities.more


def test_the_addresses_of_the_feed_ask_to_come_back(
    client: Client, world: World
) -> None:
    before = client.get(CHANGES)
    world.hold()
    tag = {"If-None-Match": before.headers["ETag"]}
    part = client.get(CHANGES, headers=tag)
    assert part.json()["more"]
    since = part.json()["next"]
    for address in (f"{CHANGES}?since={since}", "/api/v1/digest"):
        answer = client.get(address, headers=tag)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    last_line = content(client.get("/api/v1/export.ndjson")).splitlines()[-1]
    assert json.loads(last_line) == {"next": since, "more": True}
    let_go(PUBLIC)
    assert client.get(CHANGES, headers=tag).status_code == 304


def test_a_mirror_waits_and_then_equals_what_is_published(
    tmp_path: Path, world: World
) -> None:
    world.hold()
    waiting = mirror(tmp_path)
    with pytest.raises(Passing, match="cut short"):
        waiting.read_on()
    with pytest.raises(Passing) as raised:
        waiting.read_on()
    assert raised.value.seconds == 5
    let_go(PUBLIC)
    publish(PUBLIC, "prisoner", {"id": world.case_["id"], "name": "Rendered anew"})
    waiting.sync()
    assert waiting.is_equal()


def test_each_audience_has_its_own(client: Client, world: World) -> None:
    partner = as_partner(key_for("Partner"))
    ours = publish(PARTNERS, "prisoner", {"name": "For partners"})["id"]
    hold_back(PARTNERS, ours)
    assert partner.get(f"{API}{ours}/").status_code == 503
    assert client.get(API + world.case_["id"] + "/").status_code == 200
    let_go(PARTNERS)
    hold_back(PUBLIC, ours)
    assert partner.get(f"{API}{ours}/").status_code == 200


def test_the_first_page_counts_whom_lists_show(world: World) -> None:
    gone = world.case("Gone Person", [])
    withdraw(PUBLIC, gone["id"])
    for number in (2, 1, 2):
        assert totals.of_kind(PUBLIC, "prisoner") == number
        assert PUBLIC.documents("prisoner").count() == number
        assert totals.by_status(PUBLIC) == {"imprisoned": number}
        if number == 2:
            world.hold()
        else:
            let_go(PUBLIC)
