"""Heard of or seen: proof of life, and the day that betrays a visit."""

from datetime import date, timedelta
from typing import Any

import pytest

from cases.disclosure.sightings import without_the_day
from cases.models import Sighting, Whereabouts
from cases.weighing import to_the_month
from tests import factories as make
from tests.cases.aggregates import (
    case,
    cited,
    claimant,
    present,
    row,
    shown,
    source,
)
from tests.cases.editorial import Desk
from tracker.dates import bounds

AROUND: dict[str, Any] = {
    "sources": {"report": present()},
    "published": frozenset({"report"}),
}


def told(
    *,
    role: str = "",
    citation: dict[str, Any] | None = None,
    approved: dict[str, Any] | None = None,
    **fields: Any,
) -> Any:
    """The public document of a case with one sighting, which everyone may see unless it
    says otherwise; told by somebody of that role.
    """
    by = {"claimant_id": "somebody"} if role else {}
    somebody = {"somebody": claimant(role=role)} if role else {}
    return shown(
        case(
            sightings=[row(Sighting, "seen", **{"visibility": None, **fields})],
            citations=[cited(Sighting, "seen", **by, **(citation or {}))],
            claimants=somebody,
            sources={"report": source()},
            **(approved or {}),
        ),
        claimants=somebody,
        **AROUND,
    )


def day_told(**fields: Any) -> Any:
    return told(**fields)["sightings"][0]["heard_on"]


class TestAtTheDesk:
    @pytest.mark.django_db
    def test_a_new_one_stays_inside_by_every_way_in(self) -> None:
        prisoner = make.make_prisoner(visibility="public")
        answer = Desk().post(
            "sightings/", {"prisoner": str(prisoner.pk), "heard_on": "2024-05-20"}
        )
        assert answer.status_code == 201
        assert answer.json()["visibility"] == "internal"
        assert make.make_sighting(prisoner).visibility == "internal"
        # Whoever writes by SQL and says nothing of it.
        database_default = Sighting._meta.get_field("visibility").db_default
        assert database_default == "internal"

    @pytest.mark.django_db
    def test_it_is_published_once_a_person_says_so(self) -> None:
        prisoner = make.make_prisoner(visibility="public")
        sighting = make.make_sighting(prisoner)
        desk = Desk()
        path = f"sightings/{sighting.pk}/"
        answer = desk.patch(path, {"visibility": None}, desk.etag(path))
        assert answer.json()["visibility"] is None


class TestWhatIsNotShown:
    def status(self, **fields: Any) -> Any:
        content = shown(
            case(
                whereabouts=[
                    row(
                        Whereabouts,
                        "gone",
                        no_contact_since="2023-02-15",
                        place_known="no",
                    )
                ],
                sightings=[
                    row(Sighting, "seen", heard_on="2024-11-12", how="seen", **fields)
                ],
                died_on="2024-05-10",
                death_in_custody="yes",
            )
        )
        return content["status"]

    def test_changes_nothing_of_the_status(self) -> None:
        without = shown(
            case(
                whereabouts=[
                    row(
                        Whereabouts,
                        "gone",
                        no_contact_since="2023-02-15",
                        place_known="no",
                    )
                ],
                died_on="2024-05-10",
                death_in_custody="yes",
            )
        )["status"]
        assert self.status() == without  # inside only, as it is when new
        assert self.status(visibility="partners") == without

    def test_changes_it_once_it_is_shown(self) -> None:
        *_before, last = self.status(visibility=None)
        assert "died_in_custody" not in last["statuses"]
        assert "whereabouts_unknown" not in last["statuses"]
        assert last["reasons"] == ["death_in_doubt"]


class TestTheDay:
    @pytest.mark.parametrize("how", ["letter", "visit", "call", "other", None])
    def test_is_told_to_the_month_where_few_people_may_know_of_it(
        self, how: str | None
    ) -> None:
        assert day_told(how=how, heard_on="2024-05-20") == "2024-05"

    @pytest.mark.parametrize(
        "role", ["relative", "lawyer", "witness", "former_prisoner"]
    )
    def test_is_told_to_the_month_where_somebody_close_tells_it(
        self, role: str
    ) -> None:
        assert day_told(role=role, how="seen", heard_on="2024-05-20") == "2024-05"

    def test_is_told_to_the_month_where_the_word_of_somebody_close_is_not_shown(
        self,
    ) -> None:
        hidden = {"visibility": "internal"}
        day = day_told(
            role="lawyer", citation=hidden, how="seen", heard_on="2024-05-20"
        )
        assert day == "2024-05"

    def test_stays_where_everyone_could_see_the_person(self) -> None:
        assert day_told(role="journalist", how="seen", heard_on="2024-05-20") == (
            "2024-05-20"
        )

    def test_is_told_to_the_month_where_it_is_withheld_how_the_person_was_heard_of(
        self,
    ) -> None:
        withheld = {"withheld": {"seen": {"how": "internal"}}}
        for how in ("visit", "seen"):
            day = day_told(how=how, heard_on="2024-05-20", approved=withheld)
            assert day == "2024-05"

    def test_stands_in_no_citation_either(self) -> None:
        content = told(
            citation={
                "field": "heard_on",
                "states": "2024-05-21",
                "as_of": "2024-05-22",
            },
            how="visit",
            heard_on="2024-05-20",
        )
        (citation,) = content["citations"]
        assert (citation["states"], citation["as_of"]) == ("2024-05", "2024-05")
        assert "2024-05-2" not in str(content["sightings"]) + str(content["status"])

    def test_of_a_vague_date_no_day_is_left(self) -> None:
        assert day_told(how="visit", heard_on="[2024-05-20..2024-06-02]") == (
            "[2024-05-01..2024-06-30]"
        )
        assert day_told(how="visit", heard_on="[2024-05-20..]") == "[2024-05-01..]"


class TestProofOfLife:
    """Also where the day is told to the month, and the claimed death is of that month."""

    def statuses(self, heard_on: str) -> set[str]:
        content = told(
            how="visit",
            heard_on=heard_on,
            approved={"died_on": "2024-05-10", "death_in_custody": "yes"},
        )
        return set(content["status"][-1]["statuses"])

    def test_cancels_an_earlier_death(self) -> None:
        assert "died_in_custody" not in self.statuses("2024-05-20")
        assert "died_in_custody" not in self.statuses("2024-06-20")
        assert "died_in_custody" not in self.statuses("2024-08-20")

    def test_cancels_no_later_death(self) -> None:
        assert self.statuses("2024-05-09") == {"died_in_custody"}
        assert self.statuses("2024-03-09") == {"died_in_custody"}

    def test_ends_whereabouts_unknown_of_the_same_month(self) -> None:
        missing = row(
            Whereabouts, "gone", no_contact_since="2024-05-10", place_known="no"
        )
        content = told(
            how="letter", heard_on="2024-05-20", approved={"whereabouts": [missing]}
        )
        assert "whereabouts_unknown" not in content["status"][-1]["statuses"]


@pytest.mark.parametrize(
    "cut", ["2024-05-01", "2024-05-10", "2024-05-30", "2024-05-31"]
)
def test_nobody_finds_the_day_by_reckoning(cut: str) -> None:
    """All days that are told alike make at least four weeks, before or after the death
    that is claimed.
    """
    died = date.fromisoformat(cut)
    told_alike: dict[str, list[date]] = {}
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        words = str(without_the_day(str(day), died))
        told_alike.setdefault(words, []).append(day)
    for words, days in told_alike.items():
        earliest, latest = bounds(words)
        assert (earliest, latest) == (days[0], days[-1])
        assert len(days) >= 28
        assert len({day > died for day in days}) == 1


def test_no_day_is_left_of_what_is_told_to_the_month() -> None:
    assert to_the_month("2024-05-20") == "2024-05"
    assert to_the_month("[2024-05-20..2024-06-02]") == "2024"
    assert to_the_month("[2024-12-30..2025-01-02]") == "[2024-12-01..2025-01-31]"
    assert to_the_month("[2024-05-20..]") == "[2024-05-01..]"
    assert to_the_month("[..2024-05-20]") == "[..2024-05-31]"
