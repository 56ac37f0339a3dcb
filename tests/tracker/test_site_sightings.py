"""What a reader is told of who was heard of, and of whom nobody hears."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from tests.tracker.site_pages import citation, new_id, publish, text
from tracker.contract import columns, contact

pytestmark = pytest.mark.django_db

MISSING = {"no_contact_since": "2023-02-15"}


def letter(heard_on: str | None = "2024-11", **fields: Any) -> dict[str, Any]:
    return {"id": new_id(), "heard_on": heard_on, "how": "letter", **fields}


def case(*sightings: dict[str, Any], **content: Any) -> Any:
    missing = {"id": new_id(), **MISSING}
    return publish(
        "prisoner",
        name="Ales Example",
        **{"whereabouts": [missing], "sightings": list(sightings), **content},
    )


def page(client: Client, document: Any) -> str:
    return text(client.get(f"/en/cases/{document['id']}/").content.decode())


def test_a_sighting_stands_in_the_timeline_and_in_a_section_of_its_own(
    client: Client,
) -> None:
    colony = publish("facility", names={"en": "Colony No. 4"})
    shown = page(client, case(letter(facility=colony["id"])))
    assert "Heard of or seen : a letter (no source yet) , Colony No. 4" in shown
    assert "How a letter no source yet" in shown
    assert "Place Colony No. 4" in shown


def test_that_nobody_hears_of_a_person_is_said_beside_the_status(
    client: Client,
) -> None:
    assert "No contact since 15 February 2023." in page(client, case())
    earlier = letter("2022-05")
    assert "No contact since 15 February 2023." in page(client, case(earlier))
    # Within the same months nobody knows which came first.
    vague = letter("2023-02")
    assert "No contact since 15 February 2023." in page(client, case(vague))


def test_it_ends_when_somebody_hears_of_the_person(client: Client) -> None:
    shown = page(client, case(letter("2025-01"), letter("2024-11")))
    assert "No contact since 15 February 2023." not in shown
    assert "This ended: the person was heard of or seen (November 2024)." in shown


def test_it_ends_by_what_is_said_to_come_after_it_without_a_day(
    client: Client,
) -> None:
    missing = {"id": new_id(), **MISSING}
    document = case(letter(None, after=missing["id"]), whereabouts=[missing])
    assert "This ended: the person was heard of or seen." in page(client, document)


def test_who_only_alleges_it_ends_nothing(client: Client) -> None:
    seen = letter()
    news = publish("source", title="A report")
    alleged = citation(seen, "sighting", None, news, hedge="alleged")
    assert list(contact.lost(case(seen, citations=[alleged])))
    stated = citation(seen, "sighting", None, news)
    assert not list(contact.lost(case(seen, citations=[alleged, stated])))


def test_the_table_says_since_when_nobody_hears_of_somebody_as_long_as_it_is_so(
    client: Client,
) -> None:
    case()
    case(letter())
    answer: Any = client.get("/api/v1/prisoners.csv")
    rows = list(
        csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    )
    told = {
        (row["no_contact_since"], row["heard_on"], row["heard_how"]) for row in rows
    }
    assert told == {("2023-02-15", "", ""), ("", "2024-11", "letter")}
    assert {"no_contact_since", "heard_on", "heard_how"} <= columns.COLUMNS[
        "prisoner"
    ].keys()


def test_an_event_without_a_day_stands_after_what_it_came_after(
    client: Client,
) -> None:
    release = {"id": new_id(), "released_on": "2025-03-02"}
    refused = {"id": new_id(), "outcome": "refused", "release": release["id"]}
    blocked = {"id": new_id(), "outcome": "blocked", "after": refused["id"]}
    gone = {
        "id": new_id(),
        "last_seen_where": "the border",
        "after": blocked["id"],
    }
    again = {"id": new_id(), "started_on": "2025-04-07", "after": gone["id"]}
    document = publish(
        "prisoner",
        name="Ales Example",
        detentions=[{"id": new_id(), "started_on": "2020"}, again],
        releases=[release],
        deportations=[blocked, refused],
        whereabouts=[gone],
    )
    html = client.get(f"/en/cases/{document['id']}/").content.decode()
    shown = text(html.partition('<ol class="timeline">')[2].partition("</ol>")[0])
    events = (
        "Released",
        "Refused to leave the country",
        "Blocked at the border",
        "Last seen : the border",
        "7 April 2025",
    )
    places = [shown.index(event) for event in events]
    assert places == sorted(places)
    whole = text(html)
    assert "Came after Expulsion" in whole
    assert "Came after Whereabouts" in whole


def test_a_source_that_tells_the_order_names_the_event_and_no_id(
    client: Client,
) -> None:
    news = publish("source", title="A report")
    release = {"id": new_id(), "released_on": "2025-03-02"}
    refused = {"id": new_id(), "outcome": "refused", "after": release["id"]}
    document = publish(
        "prisoner",
        releases=[release],
        deportations=[refused],
        citations=[citation(refused, "deportation", "after", news)],
    )
    html = client.get(f"/en/cases/{document['id']}/").content.decode()
    assert "Came after Release, 2 March 2025" in " ".join(
        text(html).replace(" : ", " ").split()
    )
    assert f">{release['id']}" not in html
