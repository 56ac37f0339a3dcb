"""What is hardly so: which doubts there are about a case, and none about what may well
be.
"""

from datetime import date

import pytest

from cases import aggregate
from cases.calendars import readings
from cases.models import Prisoner, Sentence
from cases.models.base import Root
from cases.plausibility import Doubt, doubts_of
from cases.publishing import publish_pending
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 26)


def doubts(case: Root, day: date = TODAY) -> list[Doubt]:
    return doubts_of(case.kind, aggregate.read(case.kind, [case.pk])[case.pk], day)


def rules(case: Root, day: date = TODAY) -> list[str]:
    return sorted(doubt.rule for doubt in doubts(case, day))


class TestADayToCome:
    def test_is_doubted(self) -> None:
        prisoner = make.make_prisoner()
        make.make_detention(prisoner, started_on="2026-11-28")
        (doubt,) = doubts(prisoner)
        assert (doubt.rule, doubt.field) == ("day_to_come", "started_on")
        assert "28 November 2026" in doubt.sentence

    def test_is_not_one_that_has_begun_somewhere_on_earth(self) -> None:
        prisoner = make.make_prisoner()
        make.make_detention(prisoner, started_on="2026-11-27")
        assert not doubts(prisoner)

    def test_is_none_of_a_year_that_has_begun(self) -> None:
        prisoner = make.make_prisoner()
        make.make_detention(prisoner, started_on="2026")
        assert not doubts(prisoner)

    def test_may_be_the_end_of_a_term(self) -> None:
        assert not doubts(make.make_prisoner(stated_end_of_term="2031-05"))

    def test_is_doubted_of_sources_too(self) -> None:
        source = make.make_source(published_on="2031-05-01")
        assert rules(source) == ["day_to_come"]


class TestADayOfAnotherCentury:
    def test_is_doubted(self) -> None:
        assert rules(make.make_prisoner(born_on="1890")) == ["centuries_back"]

    def test_is_not_that_of_somebody_old(self) -> None:
        assert not doubts(make.make_prisoner(born_on="1908"))


class TestADayOfAnotherCalendar:
    def test_of_iran_is_offered_by_ours(self) -> None:
        (doubt,) = doubts(make.make_prisoner(born_on="1361-07-01"))
        assert "write 1982-09-23" in doubt.sentence

    def test_of_iran_by_its_year_alone_is_a_range_of_days(self) -> None:
        (reading, *_islamic) = readings("1401")
        assert reading.text == "[2022-03-21..2023-03-20]"

    def test_of_iran_by_its_last_month(self) -> None:
        (reading, *_islamic) = readings("1401-12")
        assert reading.text == "[2023-02-20..2023-03-20]"

    def test_of_thailand_is_offered_by_ours(self) -> None:
        prisoner = make.make_prisoner()
        make.make_detention(prisoner, started_on="2564-03")
        (doubt,) = doubts(prisoner)
        assert "write 2021-03" in doubt.sentence

    def test_of_thailand_is_asked_about_the_end_of_a_term_too(self) -> None:
        (doubt,) = doubts(make.make_prisoner(stated_end_of_term="2570-03-04"))
        assert "write 2027-03-04" in doubt.sentence

    def test_of_islam_is_offered_beside_that_of_iran(self) -> None:
        iranian, islamic = readings("1402-01-01")
        assert iranian.text == "2023-03-21"
        assert islamic.text == "1981-10-28"

    def test_that_the_other_calendar_does_not_have_is_not_offered(self) -> None:
        assert not readings("1401-13-01")
        assert [reading.text for reading in readings("1401-07-31")] == []

    @pytest.mark.parametrize("text", ["2024", "1985-03-04", "[1401..1402]", "140X"])
    def test_is_not_read_into_other_years_nor_into_ranges(self, text: str) -> None:
        assert not readings(text)


class TestTheOrderOfALife:
    def test_birth_comes_before_arrest(self) -> None:
        prisoner = make.make_prisoner(born_on="2005")
        make.make_detention(prisoner, started_on="2004-12-31")
        (doubt,) = doubts(prisoner)
        assert (doubt.rule, doubt.field) == ("born_after", "started_on")

    def test_a_birth_that_may_be_before_the_arrest_is_not_doubted(self) -> None:
        prisoner = make.make_prisoner(born_on="2005")
        make.make_detention(prisoner, started_on="2005-06")
        assert not doubts(prisoner)

    def test_death_comes_after_birth(self) -> None:
        prisoner = make.make_prisoner(born_on="1985", died_on="1984")
        assert rules(prisoner) == ["died_before"]

    def test_death_comes_after_a_release(self) -> None:
        prisoner = make.make_prisoner(died_on="2024-05")
        make.make_release(prisoner, released_on="2024-06-01")
        (doubt,) = doubts(prisoner)
        assert (doubt.rule, doubt.field) == ("died_before", "released_on")

    def test_a_court_may_set_aside_a_sentence_after_a_death(self) -> None:
        prisoner = make.make_prisoner(died_on="2024-05")
        Sentence.objects.create(
            prisoner=prisoner, handed_down_on="2023", set_aside_on="2025"
        )
        assert not doubts(prisoner)

    def test_release_comes_after_detention(self) -> None:
        prisoner = make.make_prisoner()
        make.make_detention(prisoner, started_on="2024-06")
        make.make_release(prisoner, released_on="2024-05-31")
        (doubt,) = doubts(prisoner)
        assert (doubt.rule, doubt.field) == ("released_before_held", "released_on")

    def test_a_release_may_come_before_a_later_detention(self) -> None:
        prisoner = make.make_prisoner()
        make.make_detention(prisoner, started_on="2024-06")
        make.make_detention(prisoner, started_on=None, ended_on="2024-01")
        make.make_release(prisoner, released_on="2024-05-31")
        assert not doubts(prisoner)

    def test_expulsion_comes_after_its_release(self) -> None:
        prisoner = make.make_prisoner()
        release = make.make_release(prisoner, released_on="2025-09-11")
        make.make_deportation(prisoner, release=release, deported_on="2025-09-10")
        assert rules(prisoner) == ["deported_before"]

    def test_an_expulsion_goes_somewhere_unless_nobody_knows_where(self) -> None:
        prisoner = make.make_prisoner()
        make.make_deportation(prisoner, outcome="expelled", deported_on="2025")
        (doubt,) = doubts(prisoner)
        assert (doubt.rule, doubt.field) == ("no_destination", "to_country")

    @pytest.mark.parametrize(
        "said",
        [{"outcome": "expelled", "to_country": "LT"}, {"outcome": "left"}, {}],
    )
    def test_whoever_was_not_expelled_need_not(self, said: dict[str, str]) -> None:
        prisoner = make.make_prisoner()
        make.make_deportation(prisoner, deported_on="2025", **said)
        assert not doubts(prisoner)


class TestANationality:
    def test_is_not_there_and_gone(self) -> None:
        prisoner = make.make_prisoner(citizenships=["NI", "ES"])
        gone = make.make_nationality_change(prisoner, country="NI", event="deprived")
        make.make_nationality_change(prisoner, country="ES", event="offered")
        (doubt,) = doubts(prisoner)
        assert (doubt.rule, doubt.values) == ("citizen_no_more", ("NI",))
        make.make_nationality_change(prisoner, country="NI", event="regained")
        assert not doubts(prisoner)
        gone.delete()
        assert not doubts(prisoner)

    def test_is_none_of_somebody_who_has_none_at_all(self) -> None:
        assert not doubts(make.make_prisoner(stateless="yes"))
        assert not doubts(make.make_prisoner(stateless="no", citizenships=["NI"]))
        somebody = make.make_prisoner(stateless="yes", citizenships=["NI"])
        assert rules(somebody) == ["stateless_citizen"]


class TestOneEventEnteredTwice:
    def test_is_doubted(self) -> None:
        prisoner = make.make_prisoner()
        make.make_detention(prisoner, started_on="2024-06-01")
        make.make_detention(prisoner, started_on="2024-06-01", ended_on="2024-08")
        (doubt,) = doubts(prisoner)
        assert (doubt.rule, doubt.field) == ("entered_twice", "started_on")

    def test_two_without_a_day_are_not_doubted(self) -> None:
        prisoner = make.make_prisoner()
        make.make_detention(prisoner, started_on=None)
        make.make_detention(prisoner, started_on=None)
        assert not doubts(prisoner)

    def test_a_sentence_that_replaces_another_of_that_day_is_not(self) -> None:
        prisoner = make.make_prisoner()
        first = Sentence.objects.create(prisoner=prisoner, handed_down_on="2024-06-01")
        Sentence.objects.create(
            prisoner=prisoner, handed_down_on="2024-06-01", replaces=first
        )
        assert not doubts(prisoner)


class TestWhatIsHidden:
    def test_the_name_of_somebody_who_may_be_under_18(self) -> None:
        (doubt,) = doubts(make.make_prisoner(born_on="2012"))
        assert doubt.rule == "under_18"
        assert "Nobody outside is told the names" in doubt.sentence

    def test_a_place_of_fewer_readers_than_the_case(self) -> None:
        prisoner = make.make_prisoner(visibility="public")
        facility = make.make_facility(visibility="internal", name="A colony")
        detention = make.make_detention(prisoner)
        make.make_placement(detention, facility=facility)
        (doubt,) = doubts(prisoner)
        assert (doubt.rule, doubt.field) == ("less_visible", "facility")
        assert "A colony" in doubt.sentence

    def test_a_source_of_fewer_readers_is_told_once(self) -> None:
        prisoner = make.make_prisoner(visibility="public")
        source = make.make_source(visibility="partners")
        make.make_citation(prisoner, source=source, field="sex")
        make.make_citation(prisoner, source=source, field="born_on")
        assert rules(prisoner) == ["less_visible"]

    def test_nothing_that_only_hidden_parts_name(self) -> None:
        prisoner = make.make_prisoner(visibility="public")
        facility = make.make_facility(visibility="internal")
        detention = make.make_detention(prisoner, visibility="internal")
        make.make_placement(detention, facility=facility)
        assert not doubts(prisoner)

    def test_nothing_of_a_case_that_nobody_outside_sees(self) -> None:
        prisoner = make.make_prisoner()
        make.make_citation(prisoner, source=make.make_source(visibility="internal"))
        assert not doubts(prisoner)


class TestTwoCasesOfOneName:
    def pair(self, *births: str | None) -> list[Prisoner]:
        people = []
        for born_on in births:
            people.append(make.make_prisoner("Maryna Example-Test", born_on=born_on))
        return people

    def test_and_year_are_doubted(self) -> None:
        first, second = self.pair("1985", "1985-03-04")
        publish_pending()
        (doubt,) = doubts(second)
        assert doubt.rule == "namesake"
        assert doubt.values == (str(first.pk),)

    def test_and_of_another_year_are_not(self) -> None:
        _first, second = self.pair("1985", "1986")
        publish_pending()
        assert not doubts(second)

    def test_of_whom_one_has_no_year_are_not(self) -> None:
        _first, second = self.pair(None, "1986")
        publish_pending()
        assert not doubts(second)
