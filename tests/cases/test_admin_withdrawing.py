"""Taking a source back at the desk, with what rests only on it."""

from typing import Any

import pytest
from django.test import Client

from cases.models import Prisoner, Source
from cases.publishing import publish_pending
from tests.cases.admin_pages import Page, _Boxes, address, doubted, opened, sent
from tests.factories import (
    approve,
    make_citation,
    make_documenter,
    make_name,
    make_prisoner,
    make_release,
    make_source,
)
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    return make_source("The report", visibility="public")


@pytest.fixture
def case(source: Source, settings: Any) -> Prisoner:
    """Published."""
    settings.REQUIRE_REVIEW = True
    case = make_prisoner(
        "", visibility="public", sex="male", occupations=["journalist"]
    )
    another = make_source("Another", visibility="public")
    make_citation(make_name(case, "Ales Example"), "value", another)
    make_citation(case, "sex", source)
    make_citation(case, "occupations", source, item="journalist")
    make_citation(make_release(case, released_on="2025-09-11"), "released_on", source)
    for one in (source, another, case):
        approve(one)
    publish_pending()
    return case


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_documenter())
    return client


def boxes(response: Any) -> Page:
    found = _Boxes()
    found.feed(response.content.decode())
    return dict(found.values)


def offered(desk: Client, source: Source, **typed: Any) -> Any:
    page = opened(desk, address(source))
    return desk.post(
        address(source), {**page, "change_reason": "The author asks for it.", **typed}
    )


def document(case: Prisoner) -> str:
    publish_pending()
    return PublicDocument.objects.get(id=case.pk).document or ""


def test_narrowing_a_source_first_lists_what_rests_only_on_it_all_ticked(
    desk: Client, source: Source, case: Prisoner
) -> None:
    response = offered(desk, source, visibility="internal")
    text = response.content.decode()
    for words in (
        "Prisoner: ",
        "Sex",
        "Occupations: journalist",
        "Release: released 11 September 2025",
    ):
        assert words in text
    assert len(boxes(response)["withdraw"]) == 3
    source.refresh_from_db()
    assert source.visibility == "public"


@pytest.mark.parametrize(
    "typed", [{"visibility": "internal"}, {"standing": "retracted"}]
)
def test_what_is_ticked_goes_with_it_at_once_and_for_the_same_reason(
    typed: dict[str, str], desk: Client, source: Source, case: Prisoner
) -> None:
    page = boxes(offered(desk, source, **typed))
    told = desk.post(address(source), page, follow=True)
    assert (
        "3 things that rested only on this source were withdrawn with it."
        in told.content.decode()
    )
    shown = document(case)
    assert '"sex":null' in shown
    assert '"occupations":[]' in shown
    assert '"releases":[]' in shown
    source.refresh_from_db()
    case.refresh_from_db()
    assert {name: getattr(source, name) for name in typed} == typed
    assert (case.sex, case.occupations) == ("male", ["journalist"])
    assert (
        "The author asks for it." in desk.get(address(case, "history")).content.decode()
    )


def test_what_is_unticked_stays(desk: Client, source: Source, case: Prisoner) -> None:
    page = boxes(offered(desk, source, visibility="internal"))
    page["withdraw"] = [key for key in page["withdraw"] if not key.endswith(":sex")]
    desk.post(address(source), page)
    assert '"sex":"male"' in document(case)
    assert '"occupations":[]' in document(case)


def test_what_came_to_rest_on_it_meanwhile_is_asked_about(
    desk: Client, source: Source, case: Prisoner
) -> None:
    page = boxes(offered(desk, source, visibility="internal"))
    Prisoner.objects.update(affiliation="A party")
    make_citation(case, "affiliation", source)
    response = desk.post(address(source), page)
    assert len(boxes(response)["withdraw"]) == 4
    source.refresh_from_db()
    assert source.visibility == "public"
    desk.post(address(source), boxes(response))
    source.refresh_from_db()
    assert source.visibility == "internal"


def test_a_published_case_wants_a_reason_before_anything_is_taken_back(
    desk: Client, case: Prisoner, settings: Any
) -> None:
    unpublished = make_source("Never published", visibility="partners")
    Prisoner.objects.update(affiliation="A party")
    make_citation(case, "affiliation", unpublished)
    page = boxes(offered(desk, unpublished, visibility="internal", change_reason=""))
    response = desk.post(address(unpublished), page)
    assert "Say why you take this back." in response.content.decode()
    unpublished.refresh_from_db()
    assert unpublished.visibility == "partners"


def test_a_source_on_which_nothing_rests_is_narrowed_without_a_question(
    desk: Client, case: Prisoner
) -> None:
    lonely = make_source("Lonely", visibility="public")
    assert offered(desk, lonely, visibility="internal").status_code == 302


def test_on_the_page_of_the_case_withheld_facts_are_told_and_given_back(
    desk: Client, source: Source, case: Prisoner
) -> None:
    desk.post(address(source), boxes(offered(desk, source, visibility="internal")))
    page = opened(desk, address(case))
    assert len(page["withheld"]) == 2
    assert (
        "Occupations: journalist (inside the organisation only)"
        in desk.get(address(case)).content.decode()
    )
    kept = [key for key in page["withheld"] if not key.endswith(":sex")]
    given_back = {**page, "withheld": kept, "change_reason": "The author agreed."}
    # What stands on a source that nobody outside sees is asked about.
    asking = desk.post(address(case), given_back)
    response = sent(desk, address(case), {**given_back, "source_says": doubted(asking)})
    assert response.status_code == 302
    case.refresh_from_db()
    assert case.withheld == {str(case.pk): {"occupations:journalist": "internal"}}
    assert '"sex":"male"' in document(case)


class TestTakingAWithdrawalBack:
    @pytest.fixture(autouse=True)
    def withdrawn(self, desk: Client, source: Source, case: Prisoner) -> None:
        page = boxes(offered(desk, source, standing="retracted"))
        desk.post(address(source), page)
        assert '"sex":null' in document(case)

    def test_lists_what_went_with_it(self, desk: Client, source: Source) -> None:
        asked = offered(desk, source, standing="current")
        assert "Give back with this source" in asked.content.decode()
        assert len(boxes(asked)["withdraw"]) == 3
        source.refresh_from_db()
        assert source.standing == "retracted"

    def test_gives_back_what_is_ticked_and_says_what_is_not(
        self, desk: Client, source: Source, case: Prisoner
    ) -> None:
        page = boxes(offered(desk, source, standing="current"))
        page["withdraw"] = [key for key in page["withdraw"] if not key.endswith(":sex")]
        told = desk.post(address(source), page, follow=True).content.decode()
        assert "2 things that were withdrawn with this source were given back" in told
        assert "1 is still withdrawn." in told
        shown = document(case)
        assert '"occupations":["journalist"]' in shown
        assert '"sex":null' in shown

    def test_leaves_what_was_given_back_by_hand_or_withdrawn_otherwise(
        self, desk: Client, source: Source, case: Prisoner
    ) -> None:
        Prisoner.objects.update(withheld={})
        page = boxes(offered(desk, source, standing="current"))
        assert len(page["withdraw"]) == 1
