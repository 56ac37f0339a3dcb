"""The other public pages: home, releases, reported counts, places, sources, and what
all pages have in common.
"""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.tracker.site_pages import Outline, bury, citation, new_id, publish, text
from tracker.site import case_list

pytestmark = pytest.mark.django_db

PAGES = [
    "",
    "cases/",
    "releases/",
    "statistics/",
    "statistics/held/",
    "statistics/releases/",
    "statistics/time-held/",
    "counts/",
    "places/",
    "sources/",
    "about/",
    "method/",
    "political-prisoners/",
    "writing/",
    "birthdays/",
]


def shown(client: Client, address: str) -> str:
    response = client.get(f"/en/{address}")
    assert response.status_code == 200
    return text(response.content.decode())


def held(since: date) -> list[dict[str, Any]]:
    return [
        {
            "since": None,
            "until": since.isoformat(),
            "statuses": ["not_known"],
            "basis": [],
        },
        {
            "since": since.isoformat(),
            "until": None,
            "statuses": ["imprisoned"],
            "basis": [],
        },
    ]


@pytest.fixture
def event() -> Any:
    return publish(
        "release_event",
        title="Release of many",
        occurred_on="2025-09-11",
        brokered_by="A mediator",
    )


def free(event: Any, **content: Any) -> Any:
    return publish(
        "prisoner",
        releases=[{"release_event": event["id"], "released_on": "2025-09-11"}],
        **content,
    )


# --- What all pages have in common ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_no_page_sets_a_cookie_or_may_be_kept_or_tells_where_the_reader_came_from(
    client: Client, page: str
) -> None:
    response = client.get(f"/en/{page}")
    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("page", PAGES)
def test_no_page_needs_a_script_a_style_of_its_own_or_anything_from_elsewhere(
    client: Client, page: str
) -> None:
    response = client.get(f"/en/{page}")
    html = response.content.decode()
    # Of itself a page says to programs where it is: that is no script, and loads nothing.
    of_itself = r'<meta property=.*?>|<script type="application/ld\+json">.*?</script>'
    html = re.sub(of_itself, "", html)
    for banned in ("<script", "style=", "<style", "http://", "https://", 'href="//'):
        assert banned not in html
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_work_while_nothing_is_published(client: Client, page: str) -> None:
    assert client.get(f"/en/{page}").status_code == 200


def test_the_root_leads_to_the_readers_language(client: Client) -> None:
    response = client.get("/", headers={"Accept-Language": "de, en;q=0.5"})
    assert (response.status_code, response["Location"]) == (302, "/en/")


@pytest.mark.parametrize("kind", ["cases", "releases", "sources", "places"])
def test_what_was_withdrawn_and_what_never_was_cannot_be_told_apart(
    client: Client, kind: str
) -> None:
    kinds = {
        "cases": "prisoner",
        "releases": "release_event",
        "sources": "source",
        "places": "facility",
    }
    withdrawn = client.get(f"/en/{kind}/{bury(kinds[kind])}/")
    never = client.get(f"/en/{kind}/{new_id()}/")
    assert withdrawn.status_code == never.status_code == 404
    assert withdrawn.content == never.content
    assert withdrawn["Cache-Control"] == "no-store"
    assert "Page not found" in text(never.content.decode())


def test_a_document_is_found_only_under_its_own_kind(
    client: Client, event: Any
) -> None:
    assert client.get(f"/en/cases/{event['id']}/").status_code == 404


# --- Home ---------------------------------------------------------------------------------------------------------


def test_the_home_page_counts_cases_by_what_is_known_last(client: Client) -> None:
    today = timezone.localdate()
    before, since = held(today - timedelta(days=1))
    publish("prisoner", name="Ales Example", status=[before, since])
    # That the term must be over tells nobody where she is.
    passed = {**since, "statuses": ["not_known"], "reasons": ["term_passed"]}
    publish("prisoner", name="Jana Sample", status=[{**before, "until": None}, passed])
    page = shown(client, "")
    assert "2 cases" in page
    assert "not known 1 in prison 1" in page or "in prison 1 not known 1" in page


def test_the_home_page_tells_what_changed_and_of_the_latest_releases(
    client: Client, event: Any
) -> None:
    publish("prisoner", name="Ales Example")
    page = shown(client, "")
    assert "Latest changes Ales Example" in page
    assert "8 October 2025" in page
    assert "Latest releases Release of many 11 September 2025" in page


@pytest.mark.usefixtures("kept_nowhere")
def test_the_home_page_costs_four_queries(
    client: Client, event: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publish("prisoner", name="Ales Example")
    with django_assert_num_queries(
        4
    ):  # how many cases; how many of each status; latest changes; latest releases
        client.get("/en/")


# --- Releases -------------------------------------------------------------------------------------------------------


def test_a_release_shows_what_was_claimed_beside_the_people_identified(
    client: Client, event: Any
) -> None:
    free(event, name="Ales Example", deportations=[{"outcome": "expelled"}])
    free(event, name="Jana Sample", deportations=[{"outcome": "refused"}])
    of = {"release_event": event["id"], "as_of": "2025-09-12"}
    agency = {"name": "An agency", "role": "news_agency"}
    publish("reported_count", measure="released", value=52, claimant=agency, **of)
    publish("reported_count", measure="deported", value=51, qualifier="at_least", **of)
    publish("reported_count", measure="deported", value_as_stated="most", **of)
    page = shown(client, f"releases/{event['id']}/")
    assert "2 people released here are identified in this record." in page
    assert (
        "Identified in this record: 2. 52 no source yet"
        " according to An agency (news agency), as of: 12 September 2025" in page
    )
    assert "People expelled Identified in this record: 1." in page
    assert "at least 51 no source yet" in page
    people, release, claims = re.split("About this release|What was claimed", page)
    assert "beside the name. Ales Example" in people
    assert "Ales Example" not in release + claims
    assert "Jana Sample" in page


def test_a_release_is_told_within_its_section_and_in_no_language_that_nobody_stated(
    client: Client,
) -> None:
    event = publish("release_event", title="Freed on a Monday")
    title = '<bdi lang="">Freed on a Monday</bdi>'
    for page, current in (("releases/", "page"), (f"releases/{event['id']}/", "true")):
        html = client.get(f"/ru/{page}").content.decode()
        assert title in html
        assert re.findall(r'aria-current="(\w+)">([^<]+)<', html) == [
            (current, "Освобождения"),
            ("true", "Русский"),
        ]


def test_rival_dates_of_a_release_are_shown(client: Client) -> None:
    news, digest = publish("source", title="News"), publish("source", title="Digest")
    record = {"id": new_id()}
    event = publish(
        "release_event",
        title="Release of many",
        occurred_on="2025-09-11",
        citations=[
            citation(record, "release_event", "occurred_on", news),
            citation(
                record,
                "release_event",
                "occurred_on",
                digest,
                states="2025-09-01",
                agreement="contradicts",
            ),
        ],
        **record,
    )
    page = shown(client, f"releases/{event['id']}/")
    assert "Date 11 September 2025 [1] Sources disagree 1 September 2025 [2]" in page


@pytest.mark.usefixtures("kept_nowhere")
def test_a_release_costs_seven_queries(
    client: Client, event: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = publish("source", title="First")
    copy = publish("source", title="Copy", derived_from=[first["id"]])
    record = {"id": new_id()}
    said = [citation(record, "reported_count", None, copy)]
    publish(
        "reported_count",
        measure="released",
        value=52,
        release_event=event["id"],
        citations=said,
        **record,
    )
    for number in range(20):
        free(event, name=f"Ales {number}")
    # the event; all facts of its people; its counts; corrections; what all these name;
    # what sources repeat; the people
    with django_assert_num_queries(7):
        shown(client, f"releases/{event['id']}/")


# --- Reported counts, sources, places ---------------------------------------------------------------------------


def test_rival_counts_stand_side_by_side_in_the_order_of_their_days(
    client: Client,
) -> None:
    later = {"value": 1184, "as_of": "2025-09-18"}
    sooner = {"value": 1300, "qualifier": "more_than", "as_of": "2025-09-11"}
    for one in (later, sooner, {"value_as_stated": "over a thousand"}):
        publish("reported_count", measure="political_prisoners_held", **one)
    page = shown(client, "counts/")
    claims = page.split("The claims go from 1,184 upwards.")[1]
    places = [
        claims.index(words) for words in ("more than 1,300", "1,184", "over a thousand")
    ]
    assert places == sorted(places)
    assert "Political prisoners in custody" in page


def test_a_page_on_which_counts_are_disputed_nests_as_html_does(
    client: Client, event: Any
) -> None:
    source = publish("source", title="A report")
    count = {"id": new_id(), "value": 52, "as_of": "2025-09-11"}
    said = []
    for field, states in (("value", 51), ("as_of", "2025-09-12")):
        otherwise = {"states": states, "agreement": "contradicts"}
        said.append(citation(count, "reported_count", field, source, **otherwise))
        said.append(citation(count, "reported_count", field, source))
    about = {"measure": "released", "release_event": event["id"]}
    publish("reported_count", **count, **about, citations=said)
    for address in ("counts/", f"releases/{event['id']}/", f"sources/{source['id']}/"):
        html = client.get(f"/en/{address}").content.decode()
        assert ("Sources disagree" in html) == (not address.startswith("sources"))
        page = Outline(html)
        assert page.faults == [], address
        assert len(page.ids) == len(set(page.ids)), address


def test_reported_counts_are_filtered_by_address(client: Client, event: Any) -> None:
    publish("reported_count", measure="released", value=52, release_event=event["id"])
    publish("reported_count", measure="deported", value=51)
    page = shown(client, f"counts/?release_event={event['id']}")
    assert "Release event: Release of many ×" in page
    assert "People released" in page
    assert "People expelled" not in page


def test_a_page_drops_what_was_added_to_its_address(client: Client) -> None:
    case = publish("prisoner", name="Ales Example")
    source = f"source={new_id()}"
    for path, kept in (
        ("", ""),
        ("about/", ""),
        (f"cases/{case['id']}/", ""),
        ("cases/", f"?{source}"),
        ("counts/", f"?{source}"),
        ("sources/", "?standing=retracted"),
        ("places/", f"?{source}"),
        ("releases/", f"?{source}"),
    ):
        added = f"{kept or '?'}&fbclid=x&utm_source=y&q="
        response = client.get(f"/en/{path}{added}")
        assert (response.status_code, response["Location"]) == (
            302,
            f"/en/{path}{kept}",
        )
        assert client.get(f"/en/{path}{kept}").status_code == 200


def test_where_nothing_is_found_a_reader_can_search(client: Client) -> None:
    html = client.get(f"/en/cases/{new_id()}/").content.decode()
    assert (
        '<form class="search" role="search" method="post" action="/en/cases/">' in html
    )


def test_a_list_that_is_cut_leads_on_to_the_rest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.site.sources.SHOWN", 1)
    monkeypatch.setattr("tracker.site.case_list.SHOWN", 1)
    source = publish("source", title="A report")
    court = publish("court_case", number="1-23/2021")
    lists: dict[str, tuple[str, dict[str, Any]]] = {
        "prisoner": ("cases", {"prosecutions": [{"court_case": court["id"]}]}),
        "release_event": ("releases", {"title": "A release"}),
        "facility": ("places", {"names": {"en": "A prison"}}),
        "court_case": ("court-cases", {"number": "1"}),
    }
    for number in range(2):
        for kind, (_place, content) in lists.items():
            record = {"id": new_id()}
            said = citation(record, kind, None, source)
            publish(kind, **record, **content, citations=[said])
        html = client.get(f"/en/sources/{source['id']}/").content.decode()
        for place, _content in lists.values():
            leads_on = f'href="/en/{place}/?source={source["id"]}"' in html
            assert leads_on == bool(number), place
    address = f"/en/cases/?court_case={court['id']}"
    page = client.get(f"/en/court-cases/{court['id']}/").content.decode()
    assert f'href="{address}"' in page
    assert client.get(address).content.decode().count("Name withheld") == 2


def test_the_marker_of_a_protected_person_stands_at_a_count(client: Client) -> None:
    protected = {"name": "Maryna", "role": "activist", "protected_pseudonym": True}
    publish("reported_count", measure="released", value=3, claimant=protected)
    assert "“Maryna” name changed for safety" in shown(client, "counts/")


@pytest.mark.usefixtures("kept_nowhere")
def test_reported_counts_cost_seven_queries(
    client: Client, event: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    copy = publish(
        "source", title="Copy", derived_from=[publish("source", title="First")["id"]]
    )
    for value in range(20):
        record = {"id": new_id()}
        said = [citation(record, "reported_count", None, copy)]
        publish(
            "reported_count", measure="released", value=value, citations=said, **record
        )
    shown(client, "counts/")  # then their numbers are kept
    # the counts, with and without a day; are there too many to count, and is what was
    # counted still so; corrections; what they name; what sources repeat
    with django_assert_num_queries(7):
        shown(client, "counts/")


def test_a_source_tells_what_it_is_and_what_rests_on_it(client: Client) -> None:
    agency = publish("source", title="The agency's report")
    digest = publish(
        "source",
        title="A digest",
        publisher="A site",
        language="en",
        derived_from=[agency["id"]],
        file_name="digest.txt",
        sha256="0" * 64,
        standing="current",
    )
    record = {"id": new_id()}
    said = [citation(record, "prisoner", "sex", digest)]
    publish("prisoner", name="Ales Example", citations=said, **record)
    page = shown(client, f"sources/{digest['id']}/")
    assert "Publisher A site" in page
    assert "Repeats The agency&#x27;s report" in page
    assert f"SHA-256 of the copy held {'0' * 64}" in page
    assert "What rests on it Cases Ales Example" in page
    assert "no source yet" not in page


def test_a_retracted_source_says_so_on_its_page_and_in_the_list(client: Client) -> None:
    source = publish("source", title="A rumour", standing="retracted")
    assert "This source was retracted." in shown(client, f"sources/{source['id']}/")
    assert "A rumour date not given retracted" in shown(client, "sources/")


def test_a_place_tells_who_was_held_there_and_where_to_write(client: Client) -> None:
    names = {"en": "Colony No. 1", "be": "Калонія № 1"}
    place = publish(
        "facility", names=names, country="BY", address_for_letters="1 Street, Town"
    )
    publish(
        "prisoner",
        name="Ales Example",
        detentions=[{"placements": [{"facility": place["id"]}]}],
    )
    page = shown(client, f"places/{place['id']}/")
    assert "Калонія № 1 Belarusian" in page
    assert "Address for letters 1 Street, Town" in page
    assert "Held here, as last known Nobody in the published cases." in page
    assert "Held here before" in page
    assert "Ales Example" in page
    assert "Colony No. 1 Belarus" in shown(client, "places/")


@pytest.mark.usefixtures("kept_nowhere")
def test_a_place_tells_apart_who_is_held_there_still(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = publish("facility", names={"en": "Colony No. 1"})
    for name in ("Ales Example", "Barys Example"):
        there = {"id": new_id(), "facility": place["id"]}
        last = {"facility": place["id"], "placement": there["id"], "as_of": "2025"}
        detentions = [{"placements": [there]}]
        publish("prisoner", name=name, detentions=detentions, last_place=last)
    publish("prisoner", name="Vera Example", detentions=detentions)
    address = f"places/{place['id']}/"
    held, before = shown(client, address).split("Held here before")
    assert "Ales Example" in held
    assert "Barys Example" in held
    assert "Vera Example" not in held
    assert "Vera Example" in before
    assert "Ales Example" not in before
    monkeypatch.setattr(case_list, "SHOWN", 1)
    page = client.get(f"/en/{address}").content.decode()
    assert "Barys Example" not in page
    (rest,) = re.findall(r'href="([^"]*held_in=[^"]*)"', page)
    everyone = client.get(rest).content.decode()
    assert "Barys Example" in everyone
    assert "Vera Example" not in everyone
    ever = client.get(f"/en/cases/?facility={place['id']}").content.decode()
    assert "Vera Example" in ever


@pytest.mark.parametrize(
    ("kind", "address", "queries"),
    [("source", "sources", 5), ("facility", "places", 6)],
)
@pytest.mark.usefixtures("kept_nowhere")
def test_sources_and_places_cost_few_queries(
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    kind: str,
    address: str,
    queries: int,
) -> None:
    """It; its corrections; what these name; what sources repeat; who refers to it, of a
    place now and ever.
    """
    first = publish("source", title="First")
    copy = publish("source", title="Copy", derived_from=[first["id"]])
    record = {"id": new_id()}
    field = "publisher" if kind == "source" else "country"
    titled = {"title": "It"} if kind == "source" else {}
    document = publish(
        kind, **titled, citations=[citation(record, kind, field, copy)], **record
    )
    with django_assert_num_queries(queries):
        shown(client, f"{address}/{document['id']}/")


def test_a_browser_finds_the_icon_where_it_looks_for_it(client: Client) -> None:
    assert (
        client.get("/favicon.ico").headers["Location"] == "/static/tracker/favicon.svg"
    )
