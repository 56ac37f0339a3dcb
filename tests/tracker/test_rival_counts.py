"""Claims that answer one question stand together, as bounds; and the page says where they
cannot all be true.
"""

from typing import Any

import pytest
from django.test import Client

from tests.tracker.site_pages import citation, new_id, publish, text
from tracker.contract import bounds

SEPTEMBER = {"earliest": "2025-09-01", "latest": "2025-09-30"}


def count(**said: Any) -> dict[str, Any]:
    empty = {"measure": "deported", "release_event": None, "country": "BY"}
    empty |= dict.fromkeys(("of_group", "of_nationality", "value", "qualifier"))
    empty |= dict.fromkeys(("lowest", "highest", "as_of"))
    return {**empty, **said}


ALL = count(value=52, qualifier="exactly")
MOST = count(lowest=27, highest=51)
DOZENS = count(lowest=24)
ONE, SOME = count(value=1, qualifier="exactly"), count(lowest=2)
ABOUT = count(value=1159, qualifier="about", as_of=SEPTEMBER)
ON_A_DAY = count(
    value=1184,
    qualifier="exactly",
    as_of={"earliest": "2025-09-18", "latest": "2025-09-18"},
)
OVER = count(
    value=1300, qualifier="more_than", as_of={"earliest": "2025-09-11", "latest": None}
)
OVER_LATER = {**OVER, "as_of": {"earliest": "2025-09-19", "latest": None}}


@pytest.mark.parametrize(
    ("claims", "exclude"),
    [
        ([ALL, MOST], True),
        ([ALL, DOZENS], False),
        ([MOST, DOZENS], False),
        ([ALL, MOST, DOZENS], True),
        ([ONE, SOME], True),
        ([ABOUT, ON_A_DAY], False),
        ([ABOUT, ON_A_DAY, OVER], True),
        ([ON_A_DAY, OVER_LATER], False),
        ([count(value=14, qualifier="exactly"), count(value=14)], False),
        ([ALL, count(value=52, qualifier="nearly")], True),
        ([ALL, count(value=51, qualifier="at_most")], True),
        ([ALL, count(value=52, qualifier="at_least")], False),
        ([ALL, count(value=52, qualifier="more_than")], True),
        ([ALL, count()], False),
        ([ALL], False),
    ],
)
def test_claims_exclude_each_other_if_no_number_satisfies_both_on_one_day(
    claims: list[Any], exclude: bool
) -> None:
    assert bounds.cannot_all_be_true(claims) is exclude
    assert bounds.cannot_all_be_true(claims[::-1]) is exclude


@pytest.mark.parametrize(
    ("claims", "span"),
    [
        ([ALL, MOST], (27, 52)),
        ([ALL, DOZENS], (24, None)),
        ([ABOUT, ON_A_DAY, OVER], (1159, None)),
        ([ABOUT, ON_A_DAY], (1159, 1184)),
        ([count(value=60, qualifier="nearly"), ALL], (None, 59)),
        ([ALL, count()], (52, 52)),
        ([count()], (None, None)),
    ],
)
def test_the_range_of_claims_is_open_where_one_of_them_is(
    claims: list[Any], span: tuple[int | None, int | None]
) -> None:
    assert bounds.span(claims) == span


def test_a_group_is_the_same_said_by_the_measure_or_beside_it() -> None:
    measured = count(measure="journalists_released")
    grouped = count(measure="released", of_group="journalists")
    assert bounds.question(measured) == bounds.question(grouped)
    women = count(measure="released", of_group="women")
    assert bounds.question(women) != bounds.question(count(measure="released"))


# --- On pages --------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    shown = text(response.content.decode()).replace(" ,", ",")
    return shown.split(" Sources What", 1)[0]


@pytest.fixture
def event() -> Any:
    return publish("release_event", title="A release")


def claimed(event: Any, **said: Any) -> Any:
    measure = said.pop("measure", "deported")
    more = {"release_event": event["id"] if event else None, **said}
    return publish("reported_count", measure=measure, as_of="2025-09-11", **more)


def test_rival_claims_of_a_release_stand_together_with_their_range(
    client: Client, event: Any
) -> None:
    claimed(event, value=52, qualifier="exactly")
    claimed(event, value_as_stated="most", lowest=27, highest=51)
    told = "People expelled Identified in this record: 0."
    told += " The claims go from 27 to 52. They cannot all be true."
    assert told in page(client, f"/en/releases/{event['id']}/")
    counts = page(client, "/en/counts/")
    assert "The claims go from 27 to 52. They cannot all be true." in counts


def test_claims_of_two_releases_or_two_groups_are_no_rivals(
    client: Client, event: Any
) -> None:
    claimed(event, value=52, qualifier="exactly")
    other = publish("release_event", title="Another release")
    claimed(other, value=25, qualifier="exactly")
    claimed(event, value=3, qualifier="exactly", of_group="women")
    claimed(event, value=1, qualifier="exactly", of_nationality="FR")
    shown = page(client, "/en/counts/")
    assert "The claims go" not in shown
    assert "cannot all be true" not in shown
    assert "Women 3" in shown
    assert "France 1" in shown


def test_a_dispute_about_the_day_does_not_stand_at_the_number(
    client: Client, event: Any
) -> None:
    news, digest = publish("source", title="News"), publish("source", title="Digest")
    record = {"id": new_id(), "value": 52, "qualifier": "exactly"}
    rival = {"states": "2025-09-01", "agreement": "contradicts"}
    cited = [
        citation(record, "reported_count", None, news),
        citation(record, "reported_count", "as_of", digest, **rival),
    ]
    claimed(event, citations=cited, **record)
    shown = page(client, f"/en/releases/{event['id']}/")
    assert "52 [1] claimant not named, as of: 11 September 2025" in shown
    assert "As of: Sources disagree 1 September 2025 [2]" in shown


def test_it_is_said_of_how_many_of_those_named_it_is_not_known(
    client: Client, event: Any
) -> None:
    freed = {"release_event": event["id"]}
    publish("prisoner", name="One", releases=[freed])
    publish("prisoner", name="Two", releases=[freed])
    known = {"deportations": [{"own_national": "yes"}]}
    publish("prisoner", name="Three", releases=[freed], **known)
    claimed(event, measure="foreigners_released", value=14, qualifier="exactly")
    shown = page(client, f"/en/releases/{event['id']}/")
    assert (
        "Identified in this record: 0."
        " Of 2 other people named here it is not told: the nationality." in shown
    )


def test_sources_that_word_it_differently_do_not_disagree(
    client: Client, event: Any
) -> None:
    news, digest = publish("source", title="News"), publish("source", title="Digest")
    record = {"id": new_id(), "brokered_by": "A state", "ground": "pardon"}
    differs: dict[str, Any] = {"agreement": "contradicts"}
    publish(
        "release_event",
        title="A release",
        **record,
        citations=[
            citation(record, "release_event", "brokered_by", news),
            citation(
                record,
                "release_event",
                "brokered_by",
                digest,
                states="after talks",
                **differs,
            ),
            citation(record, "release_event", "ground", news),
            citation(
                record, "release_event", "ground", digest, states="clemency", **differs
            ),
        ],
    )
    shown = page(client, f"/en/releases/{record['id']}/")
    assert "A state [1] Sources put it differently after talks [2]" in shown
    assert "pardon [1] Sources disagree act of clemency" in shown
    assert "brokered by A state (disputed)" not in page(client, "/en/releases/")


def test_how_many_were_accused_in_two_court_cases_is_two_questions() -> None:
    one, other = (count(measure="accused", court_case=new_id()) for _ in range(2))
    assert bounds.question(one) == bounds.question({**one, "value": 17})
    assert bounds.question(one) != bounds.question(other)
