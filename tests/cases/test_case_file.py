"""A case is opened as a file that one reads; each section is edited by itself, under
the same guards as the whole form.
"""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import (
    Charge,
    Citation,
    Consent,
    Detention,
    Placement,
    Prisoner,
    Release,
)
from cases.publishing import publish_pending
from cases.review.sending_back import send_back
from tests import factories as make
from tests.cases.admin_pages import (
    address,
    complaints,
    doubted,
    opened,
    recording,
    saved,
)
from tests.roles import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def prisoner() -> Prisoner:
    return make.make_prisoner(
        "Mikola Example", occupations=["journalist"], affiliation="A paper"
    )


def who_may(*codenames: str) -> User:
    trainee = User.objects.create_user("trainee", is_staff=True)
    trainee.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return trainee


def section(record: Any, name: str) -> str:
    return f"{address(record, 'file')}?edit={name}"


def happened(record: Any, code: str) -> str:
    return f"{address(record, 'file')}?happened={code}"


def read(desk: Client, case: Prisoner) -> str:
    response = desk.get(address(case, "file"))
    assert response.status_code == 200
    return response.content.decode()


def test_a_case_is_opened_to_read_and_nothing_in_it_is_typed(
    desk: Client, prisoner: Prisoner
) -> None:
    detention = make.make_detention(prisoner, started_on="2020-09-03")
    make.make_placement(detention, facility=make.make_facility(), from_on="2021")
    make.make_release(prisoner, released_on="2025-09-11")

    page = read(desk, prisoner)

    assert "prisoner_form" not in page
    assert "A paper" in page
    assert "2020" in page
    assert "<svg" in page
    assert str(Placement.objects.get().facility) in page
    response = desk.get(address(prisoner, "file"))
    told = response.context["status"]
    assert [code for code, _name in told.statuses] == ["released"]


def test_the_status_says_how_surely_and_on_which_sources_it_rests(
    desk: Client, prisoner: Prisoner
) -> None:
    release = make.make_release(prisoner, released_on="2025-09-11")
    source = make.make_source("A letter")
    make.make_citation(
        release,
        "released_on",
        source,
        hedge="alleged",
        as_of="2025-10-01",
    )

    response = desk.get(address(prisoner, "file"))

    assert response.context["status"].how_surely == "alleged"
    assert "1 October 2025" in response.context["status"].as_of
    assert response.context["basis"] == [1]
    assert [str(each) for each in response.context["file_sources"]] == [str(source)]


def test_a_fact_has_the_numbers_of_its_sources_and_what_others_state(
    desk: Client, prisoner: Prisoner
) -> None:
    for title, states in (("First", None), ("Second", None), ("Third", "Another")):
        make.make_citation(
            prisoner, "affiliation", make.make_source(title), states=states
        )

    response = desk.get(address(prisoner, "file"))

    facts = {
        fact.label: fact
        for each in response.context["sections"]
        for record in each.records
        for fact in record.facts
    }
    assert facts["Affiliation"].numbers == [1, 2]
    assert [said.states for said in facts["Affiliation"].against] == ["Another"]
    assert facts["Occupations"].is_uncited


def test_what_is_open_and_what_was_sent_back_stands_above_the_facts(
    desk: Client, prisoner: Prisoner
) -> None:
    reviewer = make.make_documenter("reviewer")
    Prisoner.objects.update(visibility="internal")
    prisoner.refresh_from_db()
    send_back(
        "prisoner",
        prisoner.pk,
        by=reviewer,
        seen_version=prisoner.version,
        comment="Which prison?",
    )

    page = read(desk, prisoner)

    facts = page.index('class="of-case"')
    assert page.index("Open questions") < facts
    assert page.index("Which prison?") < facts
    assert page.count("Which prison?") == 1
    assert "No source: " in page


@pytest.mark.parametrize("name", ["sex", "visibility", "died_on", "names", "releases"])
def test_a_section_loads_only_its_own_boxes(
    desk: Client, prisoner: Prisoner, name: str
) -> None:
    make.make_release(prisoner)

    boxes = opened(desk, section(prisoner, name))

    lists = {box.partition("-")[0] for box in boxes if box.endswith("-TOTAL_FORMS")}
    assert lists == ({name} if name in {"names", "releases"} else set())
    assert ("sex" in boxes or "born_on" in boxes) == (name == "sex")


def test_a_section_saves_its_facts_and_leaves_all_else_alone(
    desk: Client, prisoner: Prisoner
) -> None:
    response = saved(desk, section(prisoner, "sex"), affiliation="Another paper")

    assert response.status_code == 302
    assert response["Location"].startswith(address(prisoner, "file"))
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "Another paper"
    assert prisoner.occupations == ["journalist"]
    assert prisoner.names.get().value == "Mikola Example"


def test_a_section_saves_beside_what_somebody_else_saved_meanwhile_and_never_over_it(
    desk: Client, prisoner: Prisoner
) -> None:
    boxes = opened(desk, section(prisoner, "sex"))
    make.make_detention(prisoner, started_on="2020")

    typed = {**boxes, "affiliation": "Another paper"}
    assert desk.post(section(prisoner, "sex"), typed).status_code == 302
    over = desk.post(section(prisoner, "sex"), {**typed, "affiliation": "A third"})

    assert "Theirs: Another paper" in over.content.decode()
    prisoner.refresh_from_db()
    assert prisoner.affiliation == "Another paper"
    assert prisoner.detentions.count() == 1


def test_a_section_of_a_published_case_asks_for_the_reason(desk: Client) -> None:
    prisoner = make.make_prisoner("Maryja Example", visibility="public")
    make.approve(prisoner)

    response = saved(desk, section(prisoner, "sex"), affiliation="Another paper")

    assert "say why you change it" in complaints(response)
    assert response.context["changed_so_far"] == ["Affiliation"]
    prisoner.refresh_from_db()
    assert prisoner.affiliation != "Another paper"


def test_a_section_cites_the_source_in_hand_and_leads_on_with_it(
    desk: Client, prisoner: Prisoner
) -> None:
    source = make.make_source("An article")

    response = saved(
        desk,
        section(prisoner, "sex"),
        born_on="1979",
        recording_new="on",
        **recording(source),
    )

    assert f"recording={source.pk}" in response["Location"]
    citation = Citation.objects.get()
    assert (citation.field, citation.source) == ("born_on", source)


def test_a_section_asks_whether_what_is_hardly_so_is_so(
    desk: Client, prisoner: Prisoner
) -> None:
    response = saved(desk, section(prisoner, "sex"), born_on="1790")

    assert doubted(response)
    prisoner.refresh_from_db()
    assert prisoner.born_on is None


def test_who_may_only_look_at_a_case_opens_no_section_to_edit(
    client: Client, prisoner: Prisoner
) -> None:
    client.force_login(who_may("view_prisoner"))

    page = client.get(address(prisoner, "file")).content.decode()

    assert "?edit=sex" not in page
    assert "What happened?" not in page
    assert client.post(section(prisoner, "sex"), {}).status_code == 403


def test_who_may_not_add_what_happened_is_not_offered_it_and_cannot_add_it(
    client: Client, prisoner: Prisoner
) -> None:
    client.force_login(
        who_may("view_prisoner", "change_prisoner", "view_release", "add_charge")
    )

    offered = dict(client.get(address(prisoner, "file")).context["what_happened"])
    assert set(offered) == {"charged", "died"}

    url = happened(prisoner, "released")
    boxes = opened(client, url)
    rows = {
        "releases-TOTAL_FORMS": "1",
        "releases-INITIAL_FORMS": "0",
        "releases-0-released_on": "2025",
    }
    client.post(url, {**boxes, **rows})
    assert not Release.objects.exists()


def test_a_merged_case_is_read_and_not_edited(desk: Client, prisoner: Prisoner) -> None:
    kept = make.make_prisoner("The kept one")
    with acting_as("owner"):
        Prisoner.objects.filter(pk=prisoner.pk).update(merged_into=kept)

    page = read(desk, prisoner)

    assert "What happened?" not in page
    assert "?edit=sex" not in page


def test_who_may_not_see_a_list_does_not_read_it_in_the_file(
    client: Client, prisoner: Prisoner
) -> None:
    Consent.objects.create(
        prisoner=prisoner, subject="name", audience="public", given_by="The mother"
    )
    client.force_login(who_may("view_prisoner"))

    assert "The mother" not in read(client, prisoner)


@pytest.mark.parametrize(
    ("code", "of", "typed", "model"),
    [
        ("arrested", "detentions", {"started_on": "2020-09-03"}, Detention),
        ("charged", "charges", {"label_as_stated": "extremism"}, Charge),
        ("released", "releases", {"released_on": "2025-09-11"}, Release),
    ],
)
def test_what_happened_is_added_with_only_the_fields_that_it_needs(
    desk: Client,
    prisoner: Prisoner,
    code: str,
    of: str,
    typed: dict[str, str],
    model: Any,
) -> None:
    url = happened(prisoner, code)
    boxes = opened(desk, url)
    assert boxes[f"{of}-TOTAL_FORMS"] == ["1"]
    assert boxes[f"{of}-INITIAL_FORMS"] == ["0"]
    assert f"{of}-0-internal_notes" not in boxes

    response = desk.post(
        url, {**boxes, **{f"{of}-0-{name}": text for name, text in typed.items()}}
    )

    assert response.status_code == 302
    stored = model.objects.get()
    assert {name: getattr(stored, name) for name in typed} == typed


def test_every_word_of_the_menu_opens_a_page_of_its_own_fields(
    desk: Client, prisoner: Prisoner
) -> None:
    make.make_detention(prisoner, started_on="2020")
    offered = desk.get(address(prisoner, "file")).context["what_happened"]
    assert [word for word, _url in offered] == [
        "arrested",
        "moved",
        "charged",
        "sentenced",
        "released",
        "expelled",
        "heard of",
        "died",
    ]

    for word, url in offered:
        boxes = opened(desk, url)
        assert "names-TOTAL_FORMS" not in boxes, word
        assert len([name for name in boxes if "TOTAL" in name]) <= 1, word


def test_who_was_expelled_is_entered_with_the_country(
    desk: Client, prisoner: Prisoner
) -> None:
    url = happened(prisoner, "expelled")
    assert opened(desk, url)["deportations-0-outcome"] == ["expelled"]

    response = saved(desk, url, **{"deportations-0-to_country": "LT"})

    assert response.status_code == 302
    assert prisoner.deportations.get().to_country == "LT"


def test_that_it_happened_is_said_even_where_nothing_more_is_known(
    desk: Client, prisoner: Prisoner
) -> None:
    source = make.make_source("An article")

    saved(
        desk,
        happened(prisoner, "arrested"),
        recording_new="on",
        **recording(source),
    )

    detention = Detention.objects.get()
    assert detention.started_on is None
    assert Citation.objects.get().detention == detention


def test_a_move_is_entered_on_the_detention_that_still_lasts(
    desk: Client, prisoner: Prisoner
) -> None:
    make.make_detention(prisoner, started_on="2010", ended_on="2011")
    lasting = make.make_detention(prisoner, started_on="2020")
    make.make_placement(lasting, from_on="2020")
    page = desk.get(address(prisoner, "file"))
    url = dict(page.context["what_happened"])["moved"]
    assert url == happened(lasting, "moved")

    response = saved(desk, url, **{"placements-0-from_on": "2021-05"})

    assert response["Location"] == address(prisoner, "file")
    moves = Placement.objects.filter(detention=lasting)
    assert sorted(moves.values_list("from_on", flat=True)) == ["2020", "2021-05"]


def test_a_row_that_stood_there_before_is_not_touched_by_what_happened_next(
    desk: Client, prisoner: Prisoner
) -> None:
    earlier = make.make_release(prisoner, released_on="2015")
    boxes = opened(desk, happened(prisoner, "released"))

    desk.post(
        happened(prisoner, "released"),
        {
            **boxes,
            "releases-INITIAL_FORMS": "1",
            "releases-0-id": str(earlier.pk),
            "releases-0-released_on": "2020",
        },
    )

    earlier.refresh_from_db()
    assert earlier.released_on == "2015"


def test_a_case_with_fifty_citations_opens_in_few_queries(
    desk: Client, prisoner: Prisoner
) -> None:
    """One of a list each, and what guards the page: see the numbers in the message."""
    for number in range(10):
        detention = make.make_detention(prisoner, started_on=f"{2000 + number}")
        source = make.make_source(f"Source {number}")
        for _time in range(5):
            make.make_citation(detention, "started_on", source)
    publish_pending()
    read(desk, prisoner)

    with CaptureQueriesContext(connection) as queries:
        read(desk, prisoner)

    said = [query["sql"][:110] for query in queries.captured_queries]
    assert len(said) <= 25, "\n".join(said)
