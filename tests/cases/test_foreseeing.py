"""What becomes visible and what goes is said before a save does it, and nothing else is
asked.
"""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client

from cases.models import Citation, Detention, Facility, Prisoner, Release, Source
from cases.named import open_to
from cases.publishing import foreseeing, publish_pending
from tests import factories as make
from tests.cases.admin_pages import (
    address,
    boxes_of,
    doubted,
    opened,
    with_row,
)
from tests.cases.editorial import Desk
from tests.transactions import committed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]

NAME = "the name “Mikola Example”"


@pytest.fixture(params=[True, False], ids=["with review", "saving approves"])
def review(request: pytest.FixtureRequest, settings: Any) -> bool:
    settings.REQUIRE_REVIEW = request.param
    return bool(request.param)


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def source() -> Source:
    source = make.make_source("The report", visibility="public")
    make.approve(source)
    return source


@pytest.fixture
def case(source: Source) -> Prisoner:
    """Published, with its name and a place."""
    case = make.make_prisoner(
        "Mikola Example", visibility="public", born_on="1980", **make.ALL_TOLD
    )
    make.make_citation(case, "born_on", source)
    make.approve(case)
    published()
    return case


def published() -> None:
    committed()
    publish_pending()


def pressed(desk: Client, url: str, **typed: Any) -> Any:
    """Open, type, press Save once."""
    return desk.post(url, {**opened(desk, url), "change_reason": "x", **typed})


def asked(answer: Any) -> Any:
    """What the page says before it saves."""
    assert answer.status_code == 200, "it was saved"
    return answer.context["foreseen"].becoming


def confirmed(desk: Client, url: str, answer: Any, **typed: Any) -> Any:
    """Press “Save and publish” on the page that came back, with what stands there."""
    boxes = boxes_of(answer.content.decode())
    return desk.post(url, {**boxes, answer.context["pressed"]: "1", **typed})


class TestOnThePageOfACase:
    @pytest.fixture(autouse=True)
    def settings_of(self, review: bool) -> None:
        pass

    def test_what_goes_is_said_and_nothing_is_saved_before_it_is_confirmed(
        self, desk: Client, case: Prisoner
    ) -> None:
        url = address(case)
        typed = {"visibility": "internal", "affiliation": "A paper"}
        answer = pressed(desk, url, **typed)
        assert asked(answer).goes == ["the whole case"]
        assert Prisoner.objects.get().visibility == "public"
        assert 'value="Save and take away"' in answer.content.decode()
        assert confirmed(desk, url, answer).status_code == 302
        case.refresh_from_db()
        assert (case.visibility, case.affiliation) == ("internal", "A paper")

    def test_going_back_keeps_what_was_typed_and_saves_nothing(
        self, desk: Client, case: Prisoner
    ) -> None:
        url = address(case)
        typed = {"visibility": "internal", "affiliation": "A paper"}
        answer = pressed(desk, url, **typed)
        boxes = boxes_of(answer.content.decode())
        back = desk.post(url, {**boxes, "_back": "1"})
        page = back.content.decode()
        assert "foreseen" not in back.context
        assert not back.context.get("problems")
        typed_still = boxes_of(page)
        assert typed_still["visibility"] == ["internal"]
        assert typed_still["affiliation"] == ["A paper"]
        assert typed_still["change_reason"] == ["x"]
        assert Prisoner.objects.get().visibility == "public"

    def test_what_changes_nothing_for_readers_is_saved_at_once(
        self, desk: Client, case: Prisoner
    ) -> None:
        url = address(case)
        assert pressed(desk, url, born_on="1981").status_code == 302
        assert pressed(desk, url, internal_notes="Ask.").status_code == 302

    def test_a_confirmation_is_of_what_was_seen(
        self, desk: Client, case: Prisoner
    ) -> None:
        make.make_name(case, "Nicolas Example")
        make.approve(case)
        published()
        url = address(case)
        answer = pressed(desk, url, **{"names-0-visibility": "internal"})
        first = asked(answer).goes
        again = confirmed(desk, url, answer, **{"names-1-visibility": "internal"})
        assert len(asked(again).goes) == len(first) + 1
        assert not case.names.filter(visibility="internal").exists()

    def test_a_doubt_that_was_answered_is_not_asked_again(
        self, desk: Client, case: Prisoner
    ) -> None:
        """Children's names are withheld: the birth is doubted, and takes the name."""
        url = address(case)
        doubting = pressed(desk, url, born_on="2015")
        answer = pressed(desk, url, born_on="2015", source_says=doubted(doubting))
        assert NAME in asked(answer).goes
        assert confirmed(desk, url, answer).status_code == 302
        assert str(Prisoner.objects.get().born_on) == "2015"

    def test_a_section_says_so_and_leads_back_to_it(
        self, desk: Client, case: Prisoner
    ) -> None:
        url = f"{address(case, 'file')}?edit=names"
        answer = pressed(desk, url, **{"names-0-visibility": "internal"})
        assert NAME in asked(answer).goes
        saved = confirmed(desk, url, answer)
        assert saved.status_code == 302
        assert saved["Location"].endswith("#names")

    def test_save_and_continue_goes_on_as_it_was_pressed(
        self, desk: Client, case: Prisoner
    ) -> None:
        url = address(case)
        answer = pressed(desk, url, visibility="internal", _continue="1")
        assert answer.context["pressed"] == "_continue"
        assert confirmed(desk, url, answer)["Location"].startswith(
            address(case, "file")
        )

    def test_deleting_says_so(self, desk: Client, case: Prisoner) -> None:
        answer = desk.get(address(case.names.get(), "delete"))
        assert answer.context["becoming"].goes == [NAME]
        assert case.names.count() == 1


def test_where_saving_approves_a_name_a_place_and_a_case_say_that_they_appear(
    desk: Client, case: Prisoner, source: Source, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    url = address(case)
    page = with_row(opened(desk, url), "names", value="Nicolas Example", language="en")
    answer = desk.post(url, {**page, "change_reason": "x"})
    assert asked(answer).appears == ["the name “Nicolas Example”"]
    assert case.names.count() == 1
    assert confirmed(desk, url, answer).status_code == 302
    assert case.names.count() == 2


def test_a_page_that_comes_back_goes_to_what_it_says(
    desk: Client, case: Prisoner
) -> None:
    """And not to where a link led before, such as to a box with an error."""
    for url in (address(case), "/admin/cases/prisoner/release-of-several/"):
        assert f'action="{url}"' in desk.get(url).content.decode()


def test_under_review_what_waits_for_it_is_not_asked(
    desk: Client, case: Prisoner, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = True
    page = with_row(opened(desk, address(case)), "names", value="Nicolas Example")
    answer = desk.post(address(case), {**page, "change_reason": "x"})
    assert answer.status_code == 302


def test_what_happened_says_what_appears(
    desk: Client, case: Prisoner, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    url = f"{address(case, 'file')}?happened=arrested"
    page = opened(desk, url)
    started = next(name for name in page if name.endswith("0-started_on"))
    answer = desk.post(url, {**page, started: "2020-08-09", "change_reason": "x"})
    assert asked(answer).appears
    assert not Detention.objects.exists()
    assert confirmed(desk, url, answer).status_code == 302
    assert Detention.objects.count() == 1


def test_a_place_that_is_shown_says_in_how_many_cases(
    desk: Client, case: Prisoner, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    facility = make.make_facility("Colony No. 1")
    detention = make.make_detention(case, started_on="2020")
    make.make_placement(detention, facility=facility)
    published()
    answer = pressed(desk, address(facility), visibility="public")
    appears = asked(answer).appears
    assert appears[0] == "the whole case"
    assert any(words.endswith("place (in 1 case)") for words in appears), appears
    assert confirmed(desk, address(facility), answer).status_code == 302
    assert Facility.objects.get().visibility == "public"


def test_a_source_in_hand_says_what_it_makes_visible(
    desk: Client, case: Prisoner, source: Source, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    url = f"{address(case)}&recording={source.pk}"
    page = opened(desk, url)
    answer = desk.post(url, {**page, "affiliation": "A paper", "change_reason": "x"})
    assert asked(answer).appears == ["Affiliation"]
    assert not Citation.objects.filter(field="affiliation").exists()
    assert confirmed(desk, url, answer).status_code == 302
    assert Citation.objects.get(field="affiliation").source == source


def test_of_cases_that_were_not_looked_at_only_those_in_sight_are_counted(
    desk: Client, case: Prisoner, settings: Any, monkeypatch: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    monkeypatch.setattr(foreseeing, "MOST", 1)
    facility = make.make_facility("Colony No. 1", visibility="public")
    insider = User.objects.create_superuser("insider")
    for number in range(2):
        other = make.make_prisoner(f"Nina {number}", visibility="public")
        make.make_placement(make.make_detention(other), facility=facility)
    open_to(other.pk, [insider], by=insider, reason="At risk.")
    published()
    answer = pressed(desk, address(facility), visibility="internal")
    assert answer.context["foreseen"].more == 1
    assert asked(answer).goes == ["the whole case"]


def test_a_release_of_several_says_in_how_many_cases_it_is_seen(
    desk: Client, case: Prisoner, source: Source, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    other = make.make_prisoner("Nina Example", visibility="public")
    for person in (case, other):
        make.make_detention(person, started_on="2020")
    published()
    url = "/admin/cases/prisoner/release-of-several/"
    typed = {
        "recording": source.pk,
        "recording_hedge": "stated",
        "day": "2025-09-11",
        "releaseevent-title": "Release of many",
        "people": "Mikola Example\nNina Example",
        "change_reason": "x",
    }
    looked = desk.post(url, {**typed, "_look": "1"})
    chosen: dict[str, Any] = {}
    for line, person in zip(looked.context["page"].lines, (case, other), strict=True):
        chosen[f"{line.prefix}-name"] = line.line.name
        chosen[f"{line.prefix}-choice"] = person.pk
        chosen.update((tick.html_name, "on") for tick in line.ticks)
    answer = desk.post(url, {**typed, **chosen, "_save": "1"})
    assert not answer.context["problems"]
    assert asked(answer).appears == [
        "Release, 11 September 2025 (in 2 cases)",
        "the source “The report” (in 1 case)",
    ]
    assert not Release.objects.exists()
    saved = confirmed(desk, url, answer)
    assert saved.status_code == 302
    assert Release.objects.count() == 2
    said = [str(message) for message in get_messages(saved.wsgi_request)]
    assert any("“Release of many” is seen by: inside" in words for words in said), said


class TestAProgram:
    @pytest.fixture(autouse=True)
    def settings_of(self, review: bool) -> None:
        pass

    def test_asks_without_saving(self, case: Prisoner) -> None:
        desk = Desk(make.make_documenter("rita"))
        path = f"prisoners/{case.pk}/"
        seen = desk.etag(path)
        body = {"visibility": "internal"}
        answer = desk.patch(
            f"{path}?preview=true", body, seen, **{"X-Change-Reason": "x"}
        )
        assert answer.status_code == 200, answer.content
        assert answer.json() == {
            "becomes_visible": [],
            "no_longer_visible": ["the whole case"],
            "not_looked_at": 0,
        }
        assert desk.etag(path) == seen

    def test_asks_of_a_deletion(self, case: Prisoner) -> None:
        desk = Desk(make.make_documenter("rita"))
        path = f"person-names/{case.names.get().pk}/"
        answer = desk.delete(
            f"{path}?preview=true", desk.etag(path), **{"X-Change-Reason": "x"}
        )
        assert answer.json()["no_longer_visible"] == [NAME]
        assert case.names.count() == 1

    def test_is_refused_as_the_change_is(self, case: Prisoner) -> None:
        desk = Desk(make.make_documenter("rita"))
        path = f"prisoners/{case.pk}/?preview=true"
        assert desk.patch(path, {"visibility": "internal"}, '"1"').status_code == 412
        path = f"prisoners/{case.pk}/?preview=yes"
        assert (
            desk.patch(path, {}, desk.etag(f"prisoners/{case.pk}/")).status_code == 400
        )

    def test_asks_of_a_new_case(self, review: bool) -> None:
        desk = Desk(make.make_documenter("rita"))
        facility = {"names": {"en": "Colony"}, "visibility": "public"}
        answer = desk.post("facilities/?preview=true", facility)
        assert answer.status_code == 200, answer.content
        appears = answer.json()["becomes_visible"]
        assert appears == ([] if review else ["the whole case"])
        assert not Facility.objects.exists()
