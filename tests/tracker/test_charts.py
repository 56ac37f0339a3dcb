"""What is drawn is what the list itself counts."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from tests import published
from tests.keys import as_partner, key_for
from tests.tracker.site_pages import publish, text
from tracker.audiences import PARTNERS, PUBLIC
from tracker.counting import over_time

pytestmark = pytest.mark.django_db

TODAY = date(2025, 9, 15)


def span(since: str | None, until: str | None, *statuses: str) -> dict[str, Any]:
    return {"since": since, "until": until, "statuses": list(statuses), "basis": []}


@pytest.fixture
def cases() -> None:
    lives = {
        "Held": [span("2023-03-10", None, "imprisoned")],
        "Freed": [
            span("2022-01-01", "2023-07-01", "detained"),
            span("2023-07-01", None, "released"),
        ],
        "Perhaps": [span(None, "2024-02-02", "imprisoned", "released")],
        "Twice": [
            span("2022-05-05", "2022-08-31", "detained"),
            span("2022-08-31", "2024-01-01", "released"),
            span("2024-01-01", "2024-01-31", "detained", "imprisoned"),
        ],
    }
    for name, status in lives.items():
        publish("prisoner", name=name, status=status)
    publish("prisoner", name=None, name_withheld=True, status=lives["Held"])


def rows(client: Client, address: str) -> Iterator[dict[str, str]]:
    answer = client.get(f"/en/statistics/{address}.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    yield from csv.DictReader(StringIO(answer.content.decode()))


def test_each_point_is_what_the_list_gives_and_those_without_a_name_are_left_out(
    client: Client, cases: None
) -> None:
    points = over_time.held(PUBLIC, TODAY)
    assert (points[0].day, points[-1].day) == (date(2022, 1, 1), TODAY)
    for point in [*points[::5], *points[-2:]]:
        page = client.get(f"/api/v1/prisoners/?{point.query}&limit=100").json()
        names = {case["name"] for case in page["results"]}
        assert len(names) == point.possibly
        assert None not in names
        sure = names - {"Perhaps"}
        assert len(sure) == point.certainly
    numbers = {point.day: (point.certainly, point.possibly) for point in points}
    assert numbers[date(2022, 6, 1)] == (2, 3)
    assert numbers[date(2023, 4, 1)] == (2, 3)
    assert numbers[date(2024, 1, 1)] == (2, 3)
    assert numbers[TODAY] == (1, 1)


def test_the_page_the_drawing_and_the_file_say_the_same(
    client: Client, cases: None
) -> None:
    page = client.get("/en/statistics/held/").content.decode()
    told = list(rows(client, "held"))
    assert page.count('scope="row"') == len(told)
    last = told[-1]
    assert (last["certainly_held"], last["possibly_held"]) == ("1", "1")
    assert "the full height is 3" in text(page)
    assert page.count("<polygon") == 2


def test_programs_get_the_rows_of_each_file_and_each_audience_its_own(
    client: Client, cases: None
) -> None:
    event = publish("release_event", title="Release of many")
    publish("prisoner", name="Freed", releases=[{"release_event": event["id"]}])
    claim = publish(
        "reported_count", measure="released", value=52, release_event=event["id"]
    )
    for chart in ("held", "releases", "time-held"):
        told = client.get(f"/api/v1/charts/{chart}/").json()["rows"]
        in_file = list(rows(client, chart))
        assert len(told) == len(in_file)
        shared = told[0].keys() & in_file[0].keys()
        assert len(shared) >= 3
        for row, line in zip(told, in_file, strict=True):
            for name in shared:
                assert str("" if row[name] is None else row[name]) == line[name]
    released, deported, _refused = client.get("/api/v1/charts/releases/").json()["rows"]
    assert (released["release_event"], released["claims"]) == (
        event["id"],
        [claim["id"]],
    )
    assert (released["most_claimed"], deported["claims"]) == (52, [])
    held = client.get("/api/v1/charts/held/").json()
    for_all = held["rows"][-1]["possibly_held"]
    asked = f"{held['list']}?{held['rows'][-1]['query']}"
    assert len(client.get(asked).json()["results"]) == for_all
    assert client.get(held["claims"]).json()["results"] == []
    held_by_then = [span("2023-01-01", None, "imprisoned")]
    for name in ("One", "Two"):
        theirs = {"name": name, "status": held_by_then}
        published.publish(PARTNERS, "prisoner", theirs)
    partner = as_partner(key_for("Example Rights Centre"))
    (*_before, today) = partner.get("/api/v1/charts/held/").json()["rows"]
    assert (today["possibly_held"], for_all) == (2, 1)
    assert client.get("/api/v1/charts/held/").json() == held


def test_a_release_tells_who_is_named_beside_what_is_claimed(client: Client) -> None:
    event = publish("release_event", title="Release of many")
    for name, outcome in (("A. Example", "expelled"), ("B. Example", "refused")):
        release = {"release_event": event["id"]}
        deportations = [{"outcome": outcome}]
        publish("prisoner", name=name, releases=[release], deportations=deportations)
    publish(
        "prisoner",
        name=None,
        name_withheld=True,
        releases=[{"release_event": event["id"]}],
    )
    agency = {"name": "An agency", "role": "news_agency"}
    of = {"release_event": event["id"], "claimant": agency}
    publish("reported_count", measure="released", value=52, **of)
    publish("reported_count", measure="journalists_released", value=9, **of)
    publish("reported_count", measure="released", value=99, of_nationality="FR", **of)
    publish("reported_count", measure="deported", value=51, qualifier="at_least", **of)
    told = {row["measure"]: row for row in rows(client, "releases")}
    assert set(told) == {"released", "deported", "refused_deportation"}
    assert (told["released"]["named_here"], told["released"]["most_claimed"]) == (
        "2",
        "52",
    )
    assert told["deported"]["claimed_in_words"] == "at least 51 according to An agency"
    assert told["refused_deportation"]["named_here"] == "1"
    assert told["refused_deportation"]["most_claimed"] == ""
    page = text(client.get("/en/statistics/releases/").content.decode())
    assert "Named here: 2. Claimed: 52 according to An agency." in page


def test_the_file_of_all_numbers_has_those_of_the_page(client: Client) -> None:
    for name, sex in (("A. Example", "male"), ("B. Example", "female")):
        publish("prisoner", name=name, sex=sex, occupations=["journalist"])
    asked = {"occupations": "journalist"}
    page = client.get("/en/statistics/", asked).content.decode()
    answer = client.get("/en/statistics/numbers.csv", asked)
    told = list(csv.DictReader(StringIO(answer.content.decode())))
    assert told[0]["cases"] == "2"
    by_table = {(row["table"], row["value"]): row for row in told}
    assert by_table["sex", "male"]["cases"] == "1"
    for row in told[1:]:
        assert f'id="by-{row["table"]}"' in page
        listed = client.get(f"/api/v1/prisoners/?{row['query']}").json()["results"]
        assert len(listed) == int(row["cases"])
    assert len(told) - 1 == page.count('scope="row"')


def test_what_others_say_is_drawn_beside_our_count_and_never_added_to_it(
    client: Client, cases: None
) -> None:
    centre = {"name": "A centre", "role": "human_rights_organisation"}
    held = {"measure": "political_prisoners_held", "as_of": "2024-03"}
    publish("reported_count", **held, value=900, claimant=centre)
    publish("reported_count", **held, value=1300, qualifier="more_than")
    publish("reported_count", **held, value=40, of_nationality="FR")
    publish("reported_count", **held, value_as_stated="many")
    html = client.get("/en/statistics/held/").content.decode()
    page = text(html)
    assert "the full height is 3." in page
    assert "the highest number drawn is 1,300, so the heights are not those" in page
    assert "900 according to A centre as of: March 2024" in page
    assert "more than 1,300, claimant not named as of: March 2024" in page
    assert "1 more claim is not drawn" in page
    assert html.count('<svg class="mark" x=') == 2


def test_where_nothing_is_published_nothing_is_drawn(client: Client) -> None:
    page = client.get("/en/statistics/held/").content.decode()
    assert '<svg class="chart"' not in page
    assert "Of nobody it is told" in page
    assert (
        "No release of several people"
        in client.get("/en/statistics/releases/").content.decode()
    )
