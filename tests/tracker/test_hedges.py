"""How surely a value is known, and who says so, stands beside it wherever it is shown."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.site_pages import citation, new_id, publish, text
from tracker.contract import hedges
from tracker.contract.vocabulary import Hedge

pytestmark = pytest.mark.django_db

CENTRE = {"name": "A centre", "role": "rights_organisation"}
ADVISER = {"name": "An adviser", "role": "adviser"}
VERA = {"name": "Vera", "role": "witness", "protected_pseudonym": True}


@pytest.fixture
def news() -> Any:
    return publish("source", title="Prisoners freed", published_on="2025-09-12")


@pytest.fixture
def digest() -> Any:
    return publish("source", title="The week in short")


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    page = text(response.content.decode()).replace(" )", ")").replace(" ,", ",")
    return page.split(" Sources What", 1)[0]


def case_of(record: Any, kind: str, *citations: Any, **more: Any) -> Any:
    lists = {"release": "releases", "detention": "detentions"}
    lists |= {"deportation": "deportations", "sentence": "sentences"}
    return publish(
        "prisoner",
        name="Ales Example",
        citations=list(citations),
        **{lists[kind]: [record]},
        **more,
    )


def page_of(client: Client, case: Any) -> str:
    return shown(client, f"/en/cases/{case['id']}/")


def timeline(client: Client, case: Any) -> str:
    return page_of(client, case).split(" Timeline ")[1].split(" Person ")[0]


# --- At a fact -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"hedge": "stated"}, "pardon [1]"),
        ({"hedge": "reported"}, "pardon (reported) [1]"),
        ({"hedge": "inferred"}, "pardon (inferred) [1]"),
        ({"claimant": CENTRE}, "pardon (according to: A centre) [1]"),
        (
            {"hedge": "alleged", "claimant": CENTRE},
            "pardon (alleged, according to: A centre) [1]",
        ),
        (
            {"hedge": "alleged", "claimant": {"role": "relative"}},
            "pardon (alleged, according to: relative) [1]",
        ),
        (
            {"hedge": "alleged", "claimant": VERA},
            "pardon (alleged, according to: “Vera” (name changed for safety)) [1]",
        ),
    ],
)
def test_a_fact_says_how_surely_and_who_says_so(
    client: Client, news: Any, said: dict[str, Any], words: str
) -> None:
    record = {"id": new_id(), "ground": "pardon"}
    cited = citation(record, "release", "ground", news, **said)
    assert f"Ground {words}" in page_of(client, case_of(record, "release", cited))


def test_what_one_states_and_others_imply_does_not_look_surer_for_it(
    client: Client, news: Any, digest: Any
) -> None:
    record = {"id": new_id(), "ground": "pardon"}
    implies = citation(record, "release", "ground", digest, hedge="inferred")
    states = citation(record, "release", "ground", news)
    page = page_of(client, case_of(record, "release", implies, states))
    assert "Ground pardon [2] (inferred) [1]" in page


def test_a_prediction_is_no_plain_support(client: Client, news: Any) -> None:
    record = {"id": new_id(), "ground": "pardon"}
    said = {"hedge": "predicted", "agreement": None, "claimant": ADVISER}
    cited = citation(record, "release", "ground", news, **said)
    page = page_of(client, case_of(record, "release", cited))
    words = "pardon (predicted, according to: An adviser)"
    assert f"Ground {words} [1] no source yet" in page
    assert f"Released : {words}" in page


def test_how_surely_a_source_that_is_not_shown_says_it_is_not_told(
    client: Client,
) -> None:
    record = {"id": new_id(), "ground": "pardon"}
    not_told = {"agreement": None, "hedge": None, "source_label": "a source"}
    cited = citation(record, "release", "ground", None, **not_told)
    page = page_of(client, case_of(record, "release", cited))
    assert "Ground pardon (how surely is not told) [1]" in page


def test_who_only_repeats_what_does_not_count_does_not_stand_among_those_who_state_it(
    client: Client, news: Any, digest: Any
) -> None:
    record = {"id": new_id(), "ground": "pardon"}
    says = citation(record, "release", "ground", news)
    repeats = citation(record, "release", "ground", digest, agreement=None)
    page = page_of(client, case_of(record, "release", says, repeats))
    assert "Ground pardon [1] (only repeats a source that does not count) [2]" in page


# --- In the timeline -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Released"),
        ({"hedge": "alleged"}, "Released (alleged)"),
        ({"hedge": "predicted", "agreement": None}, "Released (predicted)"),
        ({"hedge": "denied", "agreement": "contradicts"}, "Released (denied)"),
    ],
)
def test_an_event_in_the_timeline_says_how_surely_it_happened(
    client: Client, news: Any, said: dict[str, Any], words: str
) -> None:
    record = {"id": new_id()}
    cited = citation(record, "release", None, news, **said)
    page = timeline(client, case_of(record, "release", cited))
    assert page == f"date not given {words}"


def test_what_a_source_denies_beside_another_is_disputed_in_the_timeline(
    client: Client, news: Any, digest: Any
) -> None:
    record = {"id": new_id()}
    says = citation(record, "release", None, news, hedge="reported")
    denial = {"hedge": "denied", "agreement": "contradicts"}
    denies = citation(record, "release", None, digest, **denial)
    page = timeline(client, case_of(record, "release", says, denies))
    assert page == "date not given Released (reported, disputed)"


def test_each_detail_of_the_timeline_says_how_surely_it_is_known(
    client: Client, news: Any
) -> None:
    record = {"id": new_id(), "outcome": "expelled"}
    record |= {"from_country": "BY", "to_country": "LT"}
    case = case_of(
        record,
        "deportation",
        citation(record, "deportation", "outcome", news, hedge="inferred"),
        citation(record, "deportation", "from_country", news),
        citation(record, "deportation", "to_country", news, claimant=CENTRE),
    )
    assert timeline(client, case) == (
        "date not given Expelled (inferred) :"
        " from Belarus, to Lithuania (according to: A centre)"
    )


# --- In lists --------------------------------------------------------------------------


def test_a_list_of_cases_hedges_the_status_and_each_fact(
    client: Client, news: Any
) -> None:
    person = {"id": new_id(), "occupations": ["journalist", "teacher"]}
    span = {"statuses": ["detained"], "hedge": "inferred", "disputed": True}
    said = citation(person, "prisoner", "occupations", news, item="journalist")
    said["hedge"] = "reported"
    publish("prisoner", name="Ales Example", **person, status=[span], citations=[said])
    page = shown(client, "/en/cases/")
    assert "in detention (inferred, disputed)" in page
    assert "journalist (reported) · teacher (no source yet)" in page
    assert "in detention (inferred, disputed)" in shown(client, "/en/")


def test_the_people_of_a_release_stand_with_how_surely_they_were_freed_in_it(
    client: Client, news: Any
) -> None:
    event = publish("release_event", title="A release")
    release = {"id": new_id(), "release_event": event["id"]}
    deported = {"id": new_id(), "release": release["id"], "outcome": "expelled"}
    inferred = {"hedge": "inferred"}
    freed = citation(release, "release", "release_event", news, **inferred)
    sent = citation(deported, "deportation", "outcome", news, hedge="alleged")
    case_of(release, "release", freed, sent, deportations=[deported])
    page = shown(client, f"/en/releases/{event['id']}/")
    assert "freed here (inferred) · expelled (alleged)" in page


def test_a_list_of_releases_hedges_day_and_broker(
    client: Client, news: Any, digest: Any
) -> None:
    event = {"id": new_id(), "occurred_on": "2025-09-11", "brokered_by": "A state"}
    rival = {"states": "2025-09-01", "agreement": "contradicts"}
    publish(
        "release_event",
        title="A release",
        **event,
        citations=[
            citation(event, "release_event", "occurred_on", news),
            citation(event, "release_event", "occurred_on", digest, **rival),
            citation(event, "release_event", "brokered_by", news, hedge="reported"),
        ],
    )
    line = "11 September 2025 (disputed) · brokered by A state (reported)"
    assert line in shown(client, "/en/releases/")
    assert line in shown(client, "/en/")
    assert line in shown(client, f"/en/sources/{news['id']}/")


# --- In tables -------------------------------------------------------------------------


def line(client: Client, place: str) -> dict[str, str]:
    answer: Any = client.get(f"/api/v1/{place}.csv")
    body = b"".join(answer.streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(body, newline=""))
    return row


def test_a_table_has_the_hedge_of_each_fact_in_the_order_of_its_values(
    client: Client, news: Any, digest: Any
) -> None:
    first = {"id": new_id(), "released_on": "2024-01-02", "ground": "pardon"}
    second = {"id": new_id(), "released_on": "2025-09-11", "ground": "pardon"}
    rival = {"states": "2025-09-01", "agreement": "contradicts"}
    person = {"id": new_id(), "sex": "male", "affiliation": "A party"}
    sentence = {"id": new_id(), "term_months": 60}
    publish(
        "prisoner",
        name="Ales Example",
        **person,
        releases=[first, second],
        sentences=[sentence],
        citations=[
            citation(first, "release", "released_on", news, hedge="alleged"),
            citation(second, "release", "released_on", news, hedge="inferred"),
            citation(second, "release", "released_on", digest, **rival),
            citation(first, "release", "ground", news, hedge="alleged"),
            citation(second, "release", "ground", digest, hedge="reported"),
            citation(sentence, "sentence", "term_months", news, hedge="reported"),
            citation(person, "prisoner", "sex", None, hedge=None, agreement=None),
        ],
    )
    row = line(client, "prisoners")
    expected = {
        "released_on": "2024-01-02; 2025-09-11",
        "released_on_hedge": "alleged; inferred",
        "release_grounds_hedge": "reported",
        "longest_term_months_hedge": "reported",
        "sex_hedge": "not_told",
        "affiliation_hedge": "no_source",
        "born_on_hedge": "",
        "disputed": "release.released_on",
    }
    assert {name: row[name] for name in expected} == expected


def test_a_prediction_and_a_denial_stand_in_a_table_as_what_they_are(
    client: Client, news: Any
) -> None:
    event = {"id": new_id(), "exchange": "yes", "concessions": "A visit"}
    predicted = {"hedge": "predicted", "agreement": None}
    denied = {"hedge": "denied", "agreement": "contradicts"}
    publish(
        "release_event",
        title="A release",
        **event,
        citations=[
            citation(event, "release_event", "concessions", news, **predicted),
            citation(event, "release_event", "exchange", news, **denied),
        ],
    )
    row = line(client, "release-events")
    assert row["concessions_hedge"] == "predicted"
    assert row["exchange_hedge"] == "denied"


def test_a_table_of_counts_has_the_hedge_of_the_claim_as_a_whole(
    client: Client, news: Any
) -> None:
    count = {"id": new_id(), "value": 52}
    cited = citation(count, "reported_count", None, news, hedge="reported")
    publish("reported_count", **count, citations=[cited])
    assert line(client, "reported-counts")["claim_hedge"] == "reported"


# --- The rule --------------------------------------------------------------------------

citations = st.fixed_dictionaries(
    {
        "hedge": st.sampled_from(Hedge.values),
        "agreement": st.sampled_from(["supports", "contradicts", None]),
        "source": st.sampled_from(["a source", None]),
    }
)
RANK = ["", "denied", "predicted", "alleged", "inferred", "reported", "stated"]


@given(st.lists(citations), st.integers(min_value=0))
def test_whatever_is_hidden_or_weakened_nothing_becomes_surer(
    cited: list[dict[str, Any]], which: int
) -> None:
    before = hedges.surest(cited)
    if not cited:
        return
    changed = [dict(citation) for citation in cited]
    changed[which % len(cited)]["source"] = None
    after = hedges.surest(changed)
    if before in hedges.SUREST_FIRST:
        assert RANK.index(after) <= RANK.index(before)
    else:
        assert after not in hedges.SUREST_FIRST


@given(st.lists(citations), st.sampled_from(Hedge.values))
def test_what_a_hidden_source_says_and_how_surely_changes_nothing(
    cited: list[dict[str, Any]], hedge: str
) -> None:
    one, other = (
        {"source": None, "hedge": said, "agreement": None} for said in (None, hedge)
    )
    assert hedges.surest([*cited, one]) == hedges.surest([*cited, other])
