"""The page of one case, from its published document alone."""

import re
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.tracker.site_pages import Outline, bury, citation, new_id, publish, text

pytestmark = pytest.mark.django_db


def page(client: Client, case: Any) -> str:
    response = client.get(
        f"/en/cases/{case['id'] if isinstance(case, dict) else case}/"
    )
    assert response.status_code == 200, response.status_code
    return text(response.content.decode())


@pytest.fixture
def news() -> Any:
    return publish(
        "source",
        title="Prisoners freed",
        publisher="A newspaper",
        language="en",
        published_on="2025-09-12",
    )


@pytest.fixture
def digest() -> Any:
    return publish("source", title="The week in short", publisher="A digest")


def released(news: Any, *sayings: Any, **release: Any) -> Any:
    """A case with one release on 11 September 2025, which the news state."""
    record = {"id": new_id(), "released_on": "2025-09-11", **release}
    citations = [
        citation(record, "release", "released_on", news),
        *(saying(record) for saying in sayings),
    ]
    return publish(
        "prisoner", name="Ales Example", releases=[record], citations=citations
    )


def test_the_title_is_the_preferred_name_in_its_language(client: Client) -> None:
    case = publish(
        "prisoner",
        name="Алесь Прыклад",
        names=[{"value": "Алесь Прыклад", "language": "be"}],
    )
    html = client.get(f"/en/cases/{case['id']}/").content.decode()
    assert '<h1><bdi lang="be">Алесь Прыклад</bdi></h1>' in html


def test_a_withheld_name_is_said_to_be_withheld(client: Client) -> None:
    case = publish("prisoner", name_withheld=True, occupations=["teacher"])
    assert "Name withheld" in page(client, case)


def test_every_spelling_stands_with_its_language_and_kind(client: Client) -> None:
    names = [
        {
            "value": "Aleś Pryklad",
            "language": "be-Latn",
            "name_kind": "transliteration",
        },
        {"value": "Alex Pryclad", "name_kind": "misspelling"},
    ]
    shown = page(client, publish("prisoner", name="Aleś Pryklad", names=names))
    assert "Aleś Pryklad Belarusian (Latin), transliteration" in shown
    assert "Alex Pryclad misspelling" in shown


def test_a_fact_leads_to_its_source_and_to_what_it_states(
    client: Client, news: Any
) -> None:
    case = released(news)
    html = client.get(f"/en/cases/{case['id']}/").content.decode()
    assert f'id="c-{case["citations"][0]["id"]}"' in html
    assert 'href="#source-1"' in html
    assert 'id="source-1"' in html
    assert "Released 11 September 2025 [1] [1] A newspaper" in text(html)
    assert "Prisoners freed , A newspaper" in text(html)


def test_sources_that_disagree_are_shown_at_the_fact_with_their_own_value(
    client: Client, news: Any, digest: Any
) -> None:
    case = released(
        news,
        lambda record: citation(
            record,
            "release",
            "released_on",
            digest,
            states="2025-09-01",
            agreement="contradicts",
        ),
    )
    assert "11 September 2025 [1] Sources disagree 1 September 2025 [2]" in page(
        client, case
    )


def test_what_a_source_denies_is_shown_as_its_opposite(
    client: Client, news: Any, digest: Any
) -> None:
    case = released(
        news,
        lambda record: citation(record, "release", "ground", news),
        lambda record: citation(
            record, "release", "ground", digest, hedge="denied", agreement="contradicts"
        ),
        ground="pardon",
    )
    assert "Sources disagree not pardon [2]" in page(client, case)


def test_a_fact_that_is_only_alleged_says_so(client: Client, news: Any) -> None:
    case = released(
        news,
        lambda record: citation(record, "release", "conditions", news, hedge="alleged"),
        conditions="x",
    )
    assert "x (alleged) [1]" in page(client, case)


def test_a_fact_without_a_source_is_marked(client: Client, news: Any) -> None:
    case = released(news, ground="pardon")
    assert "Ground pardon no source yet" in page(client, case)


def test_a_citation_of_the_whole_record_stands_for_none_of_its_facts(
    client: Client, news: Any
) -> None:
    case = released(
        news, lambda record: citation(record, "release", None, news), ground="pardon"
    )
    assert "Told by [1]" in page(client, case)
    assert "pardon no source yet" in page(client, case)


def test_an_entry_of_a_list_without_a_source_is_marked_beside_those_that_have_one(
    client: Client, news: Any
) -> None:
    record = {"id": new_id(), "occupations": ["blogger", "teacher"]}
    said = citation(record, "prisoner", "occupations", news, item="blogger")
    shown = page(
        client, publish("prisoner", name="Ales Example", **record, citations=[said])
    )
    assert "blogger [1] , teacher no source yet" in shown


def test_a_record_that_says_nothing_of_its_own_wants_a_source_itself(
    client: Client, news: Any
) -> None:
    record = {"id": new_id()}
    said = citation(record, "whereabouts", None, news)
    told_by = "Told by [1] [1] A newspaper"
    for sayings, shown in (([], "no source yet"), ([said], told_by)):
        case = publish(
            "prisoner", name="Ales Example", whereabouts=[record], citations=sayings
        )
        assert f"{shown} Not given: Last seen" in page(client, case)


def test_who_denies_a_record_as_a_whole_is_not_among_those_who_tell_of_it(
    client: Client, news: Any
) -> None:
    denies = {"hedge": "denied", "agreement": "contradicts"}
    shown = page(
        client,
        released(
            news, lambda record: citation(record, "release", None, news, **denies)
        ),
    )
    assert "Denied by [1]" in shown
    assert "Told by" not in shown


def test_a_name_that_nobody_states_is_marked_whoever_is_cited_for_its_language(
    client: Client, news: Any
) -> None:
    name = {"id": new_id(), "value": "Ales Example", "language": "en"}
    said = citation(name, "person_name", "language", news)
    shown = page(
        client, publish("prisoner", name="Ales Example", names=[name], citations=[said])
    )
    assert "Ales Example English [1] no source yet" in shown


def test_of_a_source_that_is_not_told_a_page_says_neither_what_it_says_nor_that_there_is_none(
    client: Client,
) -> None:
    record = {"id": new_id(), "ground": "health", "released_on": "2025-09-11"}
    not_told = {"agreement": None, "hedge": None, "source_label": "a relative"}
    said = citation(record, "release", "ground", None, **not_told)
    shown = page(
        client,
        publish("prisoner", name="Ales Example", releases=[record], citations=[said]),
    )
    ground = shown[shown.index("Ground health") :]
    assert ground.startswith("Ground health (how surely is not told) [1]")
    assert "[1] no source yet" not in ground
    assert "Release: ground : health" not in shown


@pytest.mark.parametrize(
    "said", [{"agreement": "supports"}, {"agreement": None, "hedge": None}]
)
def test_what_a_source_states_and_is_not_shown_is_not_called_unknown(
    client: Client, said: dict[str, Any]
) -> None:
    place = {"id": new_id(), "facility": None}
    source = None if said["agreement"] is None else publish("source", title="A")
    shown = page(
        client,
        publish(
            "prisoner",
            name="Ales Example",
            detentions=[{"placements": [place]}],
            citations=[citation(place, "placement", "facility", source, **said)],
        ),
    )
    assert "Place not shown" in shown
    assert "unknown" not in shown


def test_what_is_not_known_looks_like_what_is_not_told(client: Client) -> None:
    assert "Not given: Sex · Born" in page(
        client, publish("prisoner", name="Ales Example")
    )


def test_a_retracted_source_says_so_and_supports_nothing(client: Client) -> None:
    retracted = publish("source", title="A rumour", standing="retracted")
    record = {"id": new_id(), "ground": "pardon"}
    said = citation(record, "release", "ground", retracted, agreement=None)
    shown = page(
        client,
        publish("prisoner", name="Ales Example", releases=[record], citations=[said]),
    )
    assert "pardon (retracted source) [1] retracted no source yet" in shown
    assert "Retracted: nothing rests on this source." in shown


def test_a_copy_of_a_retracted_source_says_so(client: Client) -> None:
    retracted = publish("source", title="A rumour", standing="retracted")
    copy = publish("source", title="The rumour again", derived_from=[retracted["id"]])
    case = released(copy)
    assert "Repeats A rumour , which was retracted" in page(client, case)


def test_a_source_that_may_not_be_shown_stands_under_its_label(client: Client) -> None:
    record = {"id": new_id(), "ground": "health"}
    said = citation(
        record, "release", "ground", None, source_label="confidential source"
    )
    shown = page(
        client,
        publish("prisoner", name="Ales Example", releases=[record], citations=[said]),
    )
    assert "Ground health (how surely is not told) [1]" in shown
    assert "[1] confidential source" in shown


@pytest.mark.parametrize(
    ("claimant", "words"),
    [
        (
            {"name": "Maryna", "role": "activist", "protected_pseudonym": True},
            "“Maryna” name changed for safety",
        ),
        ({"role": "relative"}, "said by relative"),
        (
            {"name": "A centre", "role": "rights_organisation"},
            "said by A centre (human rights organisation)",
        ),
    ],
)
def test_who_says_so_is_told(
    client: Client, news: Any, claimant: dict[str, Any], words: str
) -> None:
    case = released(
        news,
        lambda record: citation(
            record, "release", "released_on", news, claimant=claimant
        ),
    )
    assert words in page(client, case)


def test_nobody_unrecognised_is_called_a_political_prisoner(
    client: Client, news: Any
) -> None:
    assert "As a political prisoner: no recognition on record." in page(
        client, released(news)
    )


def test_recognition_names_who_decided_and_by_which_criteria(client: Client) -> None:
    decided = {
        "organisation": "A centre",
        "outcome": "recognised",
        "decided_on": "2021-05",
        "criteria": ["b"],
    }
    shown = page(
        client, publish("prisoner", name="Ales Example", recognitions=[decided])
    )
    assert (
        "May 2021 (no source yet) Recognised as a political prisoner : by A centre"
        in shown
    )
    assert "b: jailed for purely political reasons" in shown
    assert "no recognition on record" not in shown


def test_the_status_last_known_gives_all_that_are_possible_with_what_they_follow_from(
    client: Client,
) -> None:
    record = {"id": new_id(), "released_on": "2025-09-11"}
    spans = [
        {"since": None, "until": "2025-09-11", "statuses": ["imprisoned"], "basis": []},
        {
            "since": "2025-09-11",
            "until": None,
            "statuses": ["whereabouts_unknown", "detained"],
            "basis": [record["id"]],
        },
    ]
    shown = page(
        client,
        publish("prisoner", name="Ales Example", releases=[record], status=spans),
    )
    assert (
        "Status, as last known whereabouts unknown or in detention Since 11 September 2025."
        in shown
    )
    assert "This follows from: Release, 11 September 2025" in shown
    assert "Until 10 September 2025: in prison" in shown


def test_the_timeline_is_in_order_and_tells_of_what_has_no_date(client: Client) -> None:
    case = publish(
        "prisoner",
        name="Ales Example",
        born_on="1980",
        detentions=[{"started_on": "2020-05-31"}],
        sentences=[
            {
                "punishment": "imprisonment",
                "term_months": 60,
                "term_as_stated": "five years",
            }
        ],
        releases=[{"released_on": "2025-09-11", "ground": "pardon"}],
        deportations=[
            {"outcome": "refused", "deported_on": "[2025-09-11..2025-09-12]"}
        ],
    )
    shown = page(client, case).split(" Timeline ")[1].split(" Person ")[0]
    order = [
        "Born",
        "Sentenced : imprisonment (no source yet) , 5 years",
        "Detained",
        "Released : pardon (no source yet)",
        "Refused to leave the country",
    ]
    assert [
        one for _place, one in sorted((shown.index(one), one) for one in order)
    ] == order
    assert "some day between 11 September 2025 and 12 September 2025" in shown


@pytest.mark.usefixtures("kept_nowhere")
def test_a_case_costs_four_queries(
    client: Client, news: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    copy = publish(
        "source",
        title="The same again",
        derived_from=[publish("source", title="The first")["id"]],
    )
    event = publish("release_event", title="A release")
    place = publish("facility", names={"en": "Colony No. 1"})
    record = {"id": new_id(), "released_on": "2025-09-11", "release_event": event["id"]}
    case = publish(
        "prisoner",
        releases=[record],
        detentions=[{"placements": [{"facility": place["id"]}]}],
        citations=[
            citation(record, "release", "released_on", one) for one in (news, copy)
        ],
    )
    with django_assert_num_queries(
        4
    ):  # the case; its corrections; sources, events, places; what sources repeat
        shown = page(client, case)
    assert "A release" in shown
    assert "Colony No. 1" in shown


def test_hidden_and_never_there_are_the_same_not_found(client: Client) -> None:
    withdrawn, never = (
        client.get(f"/en/cases/{bury('prisoner')}/"),
        client.get(f"/en/cases/{new_id()}/"),
    )
    assert (withdrawn.status_code, never.status_code) == (404, 404)
    assert withdrawn.content == never.content
    for answer in (withdrawn, never):
        del answer["X-Request-ID"]  # of its own
    assert dict(withdrawn.headers) == dict(never.headers)


def test_a_merged_case_leads_to_the_one_that_lives_on(client: Client) -> None:
    case = publish("prisoner", name="Ales Example")
    response = client.get(f"/en/cases/{bury('prisoner', merged_into=case['id'])}/")
    assert (response.status_code, response["Location"]) == (
        301,
        f"/en/cases/{case['id']}/",
    )


def test_a_case_merged_into_a_hidden_one_is_not_found(client: Client) -> None:
    assert (
        client.get(
            f"/en/cases/{bury('prisoner', merged_into=bury('prisoner'))}/"
        ).status_code
        == 404
    )


def test_what_people_wrote_is_shown_as_text_and_never_run(client: Client) -> None:
    case = publish(
        "prisoner", name="<script>alert(1)</script>", affiliation='"><img src=x>'
    )
    html = client.get(f"/en/cases/{case['id']}/").content.decode()
    assert "<script>" not in html
    assert "<img" not in html


@pytest.mark.parametrize("name", ["Prison No. 8", ""])
def test_where_the_person_was_last_reported_is_told_as_of_a_day(
    client: Client, name: str
) -> None:
    prison = publish("facility", names={"en": name} if name else {})
    placement = {"id": new_id(), "facility": prison["id"], "from_on": "2023"}
    last_place = {"facility": prison["id"], "placement": placement["id"]}
    case = publish(
        "prisoner",
        name="Ales Example",
        detentions=[{"id": new_id(), "placements": [placement]}],
        last_place={**last_place, "as_of": "2024-05"},
    )
    html = page(client, case)
    words = name or "Place of detention"
    assert f"Where held, as last known: {words} . Last reported: May 2024." in html
    raw = client.get(f"/en/cases/{case['id']}/").content.decode()
    assert f'/{prison["id"]}/">{words}</a>' in raw


def test_nothing_is_told_of_where_the_person_is_if_nobody_said_so(
    client: Client,
) -> None:
    assert "as last known:" not in page(client, publish("prisoner"))


def test_how_to_write_is_told_only_where_letters_arrive_and_the_person_consents(
    client: Client, news: Any
) -> None:
    where = {"address_for_letters": "1 Street, Town", "letters_arrive": "yes"}
    known = {"name": "Ales Example", "letters": True, **where}
    unknown: list[dict[str, Any]] = [
        {},
        {"name": None},
        {"letters": False},
        {"letters_arrive": "no"},
        {"letters_arrive": None},
        {"address_for_letters": None},
    ]
    for change in unknown:
        told = {**known, **change}
        prison = {"id": new_id(), "names": {"en": "Prison No. 8"}}
        for name in where:
            prison[name] = told.pop(name)
        said = citation(prison, "facility", "letters_arrive", news, hedge="reported")
        publish("facility", **prison, citations=[said])
        placement = {"id": new_id(), "facility": prison["id"]}
        last_place = {"facility": prison["id"], "placement": placement["id"]}
        case = publish(
            "prisoner",
            **told,
            detentions=[{"placements": [placement]}],
            last_place={**last_place, "as_of": "2024-05"},
        )
        shown = page(client, case)
        how_to_write = "How to write 1 Street, Town Letters are known to arrive there."
        assert (f"{how_to_write} (reported)" in shown) is (not change), change
        assert ("1 Street" in shown) is (not change), change


def test_a_temporary_leave_is_told_in_the_timeline(client: Client) -> None:
    leave = {"id": new_id(), "place_kind": "on_leave", "from_on": "2023-03-01"}
    detention = {"id": new_id(), "started_on": "2020", "placements": [leave]}
    html = page(client, publish("prisoner", name="A", detentions=[detention]))
    assert "1 March 2023 (no source yet) On temporary leave" in html


def test_the_first_screen_tells_what_is_asked_first_and_leads_to_where_it_stands(
    client: Client, news: Any, digest: Any
) -> None:
    detention = {"id": new_id(), "started_on": "2023-05-02"}
    charge = {
        "id": new_id(),
        "label_as_stated": "inciting hatred",
        "article": "130",
        "outcome": "convicted",
    }
    refused = {"id": new_id(), "organisation": "A centre", "outcome": "refused"}
    person = {"id": new_id(), "stated_end_of_term": "2027-05"}
    contradicts = {"states": "2023-05-03", "agreement": "contradicts"}
    held = {"since": "2023-05-02", "until": None, "statuses": ["detained"]}
    case = publish(
        "prisoner",
        name="Ales Example",
        names=[{"value": "Ales Example"}, {"value": "Aleś Pryklad"}],
        detentions=[detention],
        charges=[charge],
        recognitions=[refused],
        status=[{**held, "basis": [detention["id"]]}],
        **person,
        citations=[
            citation(detention, "detention", "started_on", news),
            citation(detention, "detention", "started_on", digest, **contradicts),
            citation(charge, "charge", "article", news, hedge="alleged"),
            citation(charge, "charge", "label_as_stated", news),
            citation(charge, "charge", "outcome", news),
            citation(person, "prisoner", "stated_end_of_term", digest),
            citation(refused, "recognition", "outcome", digest),
            citation(refused, "recognition", "organisation", digest),
        ],
    )
    html = client.get(f"/en/cases/{case['id']}/").content.decode()
    whole = text(html)
    first = whole[whole.index("also Aleś") : whole.index(" Share,")]
    assert first.replace(" ,", ",") == (
        "also Aleś Pryklad"
        " Status, as last known in detention [1] Since 2 May 2023."
        " This follows from: Detention, 2 May 2023 ."
        " Charges inciting hatred, 130 (alleged), convicted"
        " End of term as stated May 2027"
        " Recognition recognition refused, A centre"
        " Sources disagree on Detention: started (2 May 2023 or 3 May 2023)"
        " Not given where the person is held"
    )
    for link in re.findall('href="#([^"]+)"', html):
        assert f'id="{link}"' in html, link
    assert f"http://testserver/en/cases/{case['id']}/" in whole
    assert re.search(r"As published on \d+ \w+ \d+, change number \d+\.", whole)


def test_each_citation_stands_once_and_a_page_nests_as_html_does(
    client: Client, news: Any, digest: Any
) -> None:
    event = publish("release_event", title="A release")
    place = {"id": new_id(), "place_kind": "prison"}
    person = {"id": new_id(), "summary": {"en": "Freed."}}
    release = {"id": new_id(), "released_on": "2025-09-11", "ground": "pardon"}
    contradicts = {"states": "amnesty", "agreement": "contradicts"}
    case = publish(
        "prisoner",
        name="Ales Example",
        releases=[{**release, "release_event": event["id"]}],
        detentions=[{"placements": [place]}, {}],
        **person,
        citations=[
            citation(release, "release", None, digest),
            citation(release, "release", "released_on", digest),
            citation(release, "release", "released_on", digest, locator="page 2"),
            citation(release, "release", "released_on", news, quote="Then."),
            citation(release, "release", "ground", digest, **contradicts),
            citation(release, "release", "release_event", digest),
            citation(place, "placement", "place_kind", digest),
            citation(person, "prisoner", "summary", news),
        ],
    )
    page = Outline(client.get(f"/en/cases/{case['id']}/").content.decode())
    assert page.faults == []
    assert len(page.ids) == len(set(page.ids))
    for cited in case["citations"]:
        assert f"c-{cited['id']}" in page.ids, cited
    levels = [1, *page.headings[1:]]
    steps = [later - earlier for earlier, later in pairwise(levels)]
    assert max(steps) == 1
