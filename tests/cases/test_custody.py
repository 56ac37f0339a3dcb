from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.custody import Span, on, spans
from tracker.dates import bounds

Case = dict[str, Any]


def case(**facts: Any) -> Case:
    empty: Case = {"died_on": None, "death_in_custody": None, "last_verified_on": None}
    lists = ["detentions", "sentences", "releases", "deportations", "whereabouts"]
    return {**empty, **{name: [] for name in lists}, **facts}


def detention(
    start: str | None = None,
    end: str | None = None,
    ground: str | None = None,
    **rest: Any,
) -> Case:
    return {
        "id": "detention",
        "started_on": start,
        "ended_on": end,
        "ground": ground,
        "placements": [],
        **rest,
    }


def placement(kind: str, start: str | None = None, **rest: Any) -> Case:
    return {
        "id": f"placement-{kind}",
        "place_kind": kind,
        "from_on": start,
        "to_on": None,
        **rest,
    }


def sentence(
    day: str | None = None, punishment: str | None = "imprisonment", **rest: Any
) -> Case:
    return {
        "id": "sentence",
        "handed_down_on": day,
        "in_absentia": None,
        "punishment": punishment,
        **rest,
    }


def release(day: str | None = None, to_liberty: str | None = None, **rest: Any) -> Case:
    return {"id": "release", "released_on": day, "to_liberty": to_liberty, **rest}


def deportation(day: str | None = None, outcome: str = "expelled", **rest: Any) -> Case:
    return {"id": "deportation", "deported_on": day, "outcome": outcome, **rest}


def missing(
    last_seen: str | None = None, since: str | None = None, **rest: Any
) -> Case:
    return {
        "id": "whereabouts",
        "last_seen_on": last_seen,
        "no_contact_since": since,
        **rest,
    }


def statuses(facts: Case, day: str) -> set[str]:
    return set(on(spans(facts), date.fromisoformat(day)).statuses)


def released_and_expelled(ground: str) -> Case:
    return case(
        detentions=[detention(None, "2025-09-11", ground)],
        sentences=[sentence(None)],
        releases=[release("2025-09-11", "yes")],
        deportations=[deportation("2025-09-11")],
    )


STATKEVICH = case(
    detentions=[
        detention(None, "2025-09-11", "unknown", id="first"),
        detention("[2025-09-11..2025-10-07]", None, "unknown", id="second"),
    ],
    sentences=[sentence(None)],
    releases=[release("2025-09-11", "yes")],
    deportations=[deportation("2025-09-11", "refused")],
    whereabouts=[missing("2025-09-11")],
)
ILYASH = case(sentences=[sentence("[2025-09-12..2025-10-07]")])
DAYS = ("2025-09-10", "2025-09-11", "2025-09-30", "2025-10-08", "2026-11-22")


@pytest.mark.parametrize(
    "name",
    ["Mikalai Dziadok", "Aliaksandr Yarashuk", "Iryna Slaunikava", "Dzmitry Kuchuk"],
)
def test_who_served_a_sentence_was_imprisoned_until_released_and_expelled(
    name: str,
) -> None:
    timeline = [
        statuses(released_and_expelled("serving_sentence"), day) for day in DAYS
    ]
    assert timeline == [{"imprisoned"}, *[{"released_and_expelled"}] * 4], name


@pytest.mark.parametrize("name", ["Ihar Losik", "Aleksandr Mantsevich"])
def test_whose_ground_is_unknown_was_detained_until_released_and_expelled(
    name: str,
) -> None:
    timeline = [statuses(released_and_expelled("unknown"), day) for day in DAYS]
    assert timeline == [{"detained"}, *[{"released_and_expelled"}] * 4], name


def test_statkevich_was_released_went_missing_and_was_detained_again() -> None:
    missing_or_detained = {"detained", "whereabouts_unknown"}
    assert [statuses(STATKEVICH, day) for day in DAYS] == [
        {"detained"},
        missing_or_detained,  # he may have been detained again on the very day
        missing_or_detained,
        {"detained"},
        {"detained"},
    ]


def test_of_ilyash_only_the_sentence_is_known_and_not_where_he_is() -> None:
    assert [statuses(ILYASH, day) for day in DAYS] == [
        {"not_known"},
        {"not_known"},
        {"not_known", "sentenced"},
        {"sentenced"},
        {"sentenced"},
    ]


def test_a_span_says_since_when_until_when_and_on_what_basis() -> None:
    facts = case(
        detentions=[detention("2020-08-10", "2025-09-11", "serving_sentence")],
        releases=[release("2025-09-11")],
        deportations=[deportation("2025-09-11")],
    )
    told = [span.as_dict() for span in spans(facts)]
    assert [(one["since"], one["until"]) for one in told] == [
        (None, "2020-08-10"),
        ("2020-08-10", "2025-09-11"),
        ("2025-09-11", None),
    ]
    assert [one["statuses"] for one in told] == [
        ["not_known"],
        ["imprisoned"],
        ["released_and_expelled"],
    ]
    assert [one["basis"] for one in told] == [[], ["detention"], ["deportation"]]


def test_of_an_empty_case_nothing_is_known_ever() -> None:
    assert spans(case()) == [Span(None, None, ("not_known",), ())]


class TestDetention:
    def test_with_no_start_was_certain_the_day_before_its_end_and_possible_before(
        self,
    ) -> None:
        facts = case(detentions=[detention(None, "2025-09-11")])
        assert statuses(facts, "2025-09-09") == {"not_known", "detained"}
        assert statuses(facts, "2025-09-10") == {"detained"}
        assert statuses(facts, "2025-09-11") == {"released"}

    def test_with_neither_start_nor_end_was_certain_when_last_verified(self) -> None:
        facts = case(detentions=[detention()], last_verified_on="2025-09-11")
        assert statuses(facts, "2025-09-10") == {"not_known", "detained"}
        assert statuses(facts, "2025-09-11") == {"detained"}

    def test_with_no_start_was_certain_from_its_first_known_place(self) -> None:
        facts = case(
            detentions=[
                detention(
                    None,
                    "2025-09-11",
                    placements=[placement("pre_trial_centre", "2024-05")],
                )
            ]
        )
        assert statuses(facts, "2024-05-01") == {"not_known", "detained"}
        assert statuses(facts, "2024-05-31") == {"detained"}

    def test_of_some_day_that_year_came_before_the_release_where_that_is_said(
        self,
    ) -> None:
        facts = case(detentions=[detention("2025")], releases=[release("2025-09-11")])
        assert statuses(facts, "2025-03-01") == {"not_known", "detained"}
        assert statuses(facts, "2025-12-31") == {"detained", "released"}
        facts["releases"] = [release("2025-09-11", after="detention")]
        assert statuses(facts, "2025-12-31") == {"released"}

    def test_that_began_and_ended_on_one_day_is_over(self) -> None:
        facts = case(detentions=[detention("2025-09-11", "2025-09-11")])
        assert statuses(facts, "2025-09-11") == {"released"}

    def test_on_the_day_of_another_release_follows_it(self) -> None:
        facts = case(
            detentions=[
                detention("2024", "2025-09-11", id="first"),
                detention("2025-09-11", id="second"),
            ],
            releases=[release("2025-09-11")],
            deportations=[deportation("2025-09-11", "refused")],
        )
        assert statuses(facts, "2025-09-11") == {"detained"}

    def test_again_on_the_day_of_the_release_or_later_lasts(self) -> None:
        facts = case(
            detentions=[
                detention(None, "2025-09-11", id="first"),
                detention("[2025-09-11..2025-10-07]", id="second"),
            ],
            releases=[release("2025-09-11")],
        )
        assert statuses(facts, "2025-09-30") == {"released", "detained"}
        assert statuses(facts, "2025-10-07") == {"detained"}

    def test_with_no_day_may_have_come_after_the_expulsion_where_another_ended(
        self,
    ) -> None:
        facts = case(
            detentions=[
                detention("2020", "2021", id="first"),
                detention(None, None, id="second"),
            ],
            deportations=[deportation("2022-01-01")],
            last_verified_on="2025-01-01",
        )
        assert statuses(facts, "2022-06-01") == {"detained", "released_and_expelled"}

    def test_rests_on_all_that_say_so_one_after_the_other(self) -> None:
        facts = case(
            detentions=[
                detention("2024-01-01", id="first"),
                detention("2024-06-01", id="second"),
            ]
        )
        last = spans(facts)[-1]
        assert (last.since, last.statuses) == (date(2024, 1, 1), ("detained",))
        assert last.basis == ("first", "second")

    def test_that_ended_on_its_first_day_may_come_before_that_years_sentence(
        self,
    ) -> None:
        facts = case(
            detentions=[detention("2025-09-11")],
            releases=[release("2025-09-11")],
            sentences=[sentence("2025")],
        )
        assert statuses(facts, "2025-09-10") == {"not_known", "sentenced"}
        assert statuses(facts, "2025-10-01") == {"released", "sentenced"}

    def test_years_after_another_may_end_in_expulsion_on_its_first_day(self) -> None:
        facts = case(
            detentions=[
                detention("2020", "2021", id="first"),
                detention("2025-09-11", id="second"),
            ],
            releases=[release("2025-09-11")],
            deportations=[deportation("2025-09-11")],
        )
        assert statuses(facts, "2025-09-11") == {"released_and_expelled"}

    def test_in_an_open_type_facility_restricts_liberty_from_the_move_on(self) -> None:
        places = [
            placement("open_type_facility", "2025-02-01"),
            placement("penal_colony", "2025-03-01"),
        ]
        facts = case(detentions=[detention("2025-01-01", placements=places)])
        timeline = [
            statuses(facts, day) for day in ("2025-01-31", "2025-02-01", "2025-03-01")
        ]
        assert timeline == [{"detained"}, {"restricted_liberty"}, {"imprisoned"}]

    def test_with_no_start_was_certain_before_its_first_known_place_was_left(
        self,
    ) -> None:
        places = [placement("pre_trial_centre", to_on="2024-05-31")]
        facts = case(detentions=[detention(None, "2025-09-11", placements=places)])
        assert statuses(facts, "2024-05-30") == {"not_known", "detained"}
        assert statuses(facts, "2024-05-31") == {"detained"}

    def test_with_no_start_lasted_the_day_before_its_end_whatever_else_ended_then(
        self,
    ) -> None:
        facts = case(
            detentions=[
                detention(None, "2025-09-11", id="a"),
                detention("2025-09-10", "2025-09-10", id="b"),
            ]
        )
        assert statuses(facts, "2025-09-10") == {"detained"}

    def test_moved_on_its_first_day_restricts_liberty_from_then_on(self) -> None:
        places = [placement("house_arrest", "2025-01-01")]
        facts = case(detentions=[detention("2025-01-01", placements=places)])
        assert statuses(facts, "2025-01-01") == {"restricted_liberty"}

    @pytest.mark.parametrize(
        ("ground", "status"), [(None, "detained"), ("serving_sentence", "imprisoned")]
    )
    def test_that_goes_on_after_house_arrest_is_again_what_its_ground_says(
        self, ground: str | None, status: str
    ) -> None:
        places = [
            placement("house_arrest", "2025-02-01"),
            placement("pre_trial_centre", "2025-03-01"),
        ]
        facts = case(
            detentions=[detention("2025-01-01", None, ground, placements=places)]
        )
        assert statuses(facts, "2025-01-31") == {status}
        assert statuses(facts, "2025-02-01") == {"restricted_liberty"}
        assert statuses(facts, "2025-03-01") == {status}

    def test_in_a_prison_is_none_of_a_convict_by_the_place_alone(self) -> None:
        places = [placement("prison", "2025-02-01")]
        facts = case(detentions=[detention("2025-01-01", placements=places)])
        assert statuses(facts, "2025-02-01") == {"detained"}

    def test_in_places_since_no_known_day_may_have_begun_in_any_of_them(self) -> None:
        places = [placement("house_arrest"), placement("unknown")]
        facts = case(detentions=[detention("2025-01-01", placements=places)])
        assert statuses(facts, "2025-01-01") == {"detained", "restricted_liberty"}

    def test_under_house_arrest_since_no_known_day_restricted_liberty_from_its_start(
        self,
    ) -> None:
        facts = case(
            detentions=[detention("2025-01", placements=[placement("house_arrest")])]
        )
        assert statuses(facts, "2025-01-31") == {"restricted_liberty"}


class TestSentence:
    @pytest.mark.parametrize("day", ["2025-03-01", "2025-02-28", "2024-06-01"])
    @pytest.mark.parametrize("punishment", ["restriction_of_liberty", "exile"])
    def test_that_restricts_liberty_leaves_open_what_the_end_of_a_detention_was(
        self, punishment: str, day: str
    ) -> None:
        """Nobody said that she is free."""
        facts = case(
            detentions=[detention("2024-01-01", "2025-03-01")],
            sentences=[sentence(day, punishment)],
        )
        assert statuses(facts, "2025-03-02") == {"released", "restricted_liberty"}
        facts["releases"] = [release("2025-03-01", "yes")]
        assert statuses(facts, "2025-03-02") == {"released"}

    def test_that_was_set_aside_or_suspended_leaves_nothing_open(self) -> None:
        for rest in ({"legal_force": "set_aside"}, {"execution": "suspended"}):
            facts = case(
                detentions=[detention("2024-01-01", "2025-03-01")],
                sentences=[sentence("2024-06-01", "exile", **rest)],
            )
            assert "restricted_liberty" not in statuses(facts, "2025-03-02")

    @pytest.mark.parametrize(
        ("punishment", "status"),
        [
            ("life", "sentenced"),
            ("compulsory_treatment", "sentenced"),
            ("restriction_of_liberty", "restricted_liberty"),
            ("home_confinement", "restricted_liberty"),
            ("fine", "not_known"),
            (None, "not_known"),
        ],
    )
    def test_leads_where_its_punishment_says(
        self, punishment: str | None, status: str
    ) -> None:
        assert statuses(
            case(sentences=[sentence("2024-05-06", punishment)]), "2024-05-06"
        ) == {status}

    def test_in_absentia_leaves_the_convict_at_large(self) -> None:
        facts = case(sentences=[sentence("2024-05-06", in_absentia=True)])
        assert statuses(facts, "2024-05-07") == {"convicted_in_absentia"}

    def test_with_no_date_and_nothing_else_may_have_come_at_any_time(self) -> None:
        assert statuses(case(sentences=[sentence(None)]), "2024-05-07") == {
            "not_known",
            "sentenced",
        }

    @pytest.mark.parametrize(
        ("known", "status"),
        [
            ({"detentions": [detention("2024")]}, "detained"),
            ({"releases": [release("2024")]}, "released"),
            ({"deportations": [deportation("2024")]}, "released_and_expelled"),
        ],
    )
    def test_with_no_date_moves_nobody_of_whom_anything_else_is_known(
        self, known: Case, status: str
    ) -> None:
        facts = case(sentences=[sentence(None)], **known)
        assert statuses(facts, "2025-01-01") == {status}

    def test_on_the_day_of_another_detention_follows_its_start(self) -> None:
        facts = case(
            detentions=[
                detention("2024-01-01", "2024-05-06", id="first"),
                detention("2024-05-06", id="second"),
            ],
            sentences=[sentence("2024-05-06")],
        )
        assert statuses(facts, "2024-05-06") == {"imprisoned"}

    def test_of_some_day_that_year_may_have_been_handed_down_to_somebody_free(
        self,
    ) -> None:
        facts = case(
            detentions=[
                detention("2024-01-10", "2024-06-20", id="first"),
                detention("2025-03-01", id="second"),
            ],
            sentences=[sentence("2024")],
        )
        assert statuses(facts, "2024-06-19") == {"detained", "imprisoned"}
        assert statuses(facts, "2024-08-01") == {"released", "sentenced"}

    def test_of_the_month_whose_first_day_ended_the_detention_may_be_later(
        self,
    ) -> None:
        facts = case(
            detentions=[detention("2024-01-10", "2024-05-01")],
            sentences=[sentence("2024-05")],
        )
        assert statuses(facts, "2024-05-02") == {"released", "sentenced"}

    def test_in_absentia_comes_after_the_release_of_that_year(self) -> None:
        facts = case(
            detentions=[detention("2024-01-10", "2024-06-01")],
            sentences=[sentence("2024", in_absentia=True)],
        )
        assert statuses(facts, "2024-03-01") == {"detained"}
        assert statuses(facts, "2024-06-01") == {"released"}
        assert statuses(facts, "2024-06-02") == {"released", "convicted_in_absentia"}

    def test_of_a_month_was_handed_down_before_the_release_where_that_is_said(
        self,
    ) -> None:
        facts = case(
            detentions=[detention("2024-05-20", "2024-06-20")],
            sentences=[sentence("2024-06")],
            releases=[release("2024-06-20", after="sentence")],
        )
        assert statuses(facts, "2024-05-31") == {"detained"}
        assert statuses(facts, "2024-06-10") == {"detained", "imprisoned"}
        assert statuses(facts, "2024-06-25") == {"released"}


class TestRelease:
    def test_to_a_milder_punishment_restricts_liberty(self) -> None:
        facts = case(
            detentions=[detention("2024", "2025-09-11")],
            releases=[release("2025-09", "no")],
        )
        assert statuses(facts, "2025-09-10") == {"detained", "restricted_liberty"}
        assert statuses(facts, "2025-09-11") == {"released", "restricted_liberty"}
        facts["releases"] = [release("2025-09-11", "no")]
        assert statuses(facts, "2025-09-11") == {"restricted_liberty"}

    def test_rests_on_its_own_record(self) -> None:
        facts = case(
            detentions=[detention("2020", "2025-09-11")],
            releases=[release("2025-09-11")],
        )
        assert spans(facts)[-1].basis == ("release",)

    def test_with_no_date_had_happened_when_the_case_was_last_verified(self) -> None:
        facts = case(
            detentions=[detention("2024-05-06")],
            releases=[release()],
            last_verified_on="2025-09-11",
        )
        assert statuses(facts, "2024-05-05") == {"not_known"}
        assert statuses(facts, "2025-09-10") == {"detained", "released"}
        assert statuses(facts, "2025-09-11") == {"released"}

    def test_of_some_day_that_year_may_have_ended_either_detention(
        self,
    ) -> None:
        facts = case(
            detentions=[
                detention("2024", "2025-09-11", id="first"),
                detention("2025-11-01", id="second"),
            ],
            releases=[release("2025", id="vague"), release("2025-09-11", id="exact")],
        )
        assert statuses(facts, "2025-10-31") == {"released"}
        assert statuses(facts, "2025-11-01") == {"detained", "released"}
        assert statuses(facts, "2026-01-01") == {"detained", "released"}

    def test_of_a_month_came_before_the_expulsion_in_it(self) -> None:
        facts = case(
            detentions=[detention("2024")],
            releases=[release("2025-09")],
            deportations=[deportation("2025-09-11", release="release")],
        )
        assert statuses(facts, "2025-09-10") == {"detained", "released"}
        assert statuses(facts, "2025-09-11") == {"released_and_expelled"}
        assert statuses(facts, "2025-09-20") == {"released_and_expelled"}


class TestDeportation:
    @pytest.mark.parametrize("outcome", ["refused", "blocked", "returned", "unknown"])
    def test_that_did_not_succeed_leaves_somebody_released(self, outcome: str) -> None:
        facts = case(
            releases=[release("2025-09-11")],
            deportations=[deportation("2025-09-12", outcome)],
        )
        assert statuses(facts, "2025-09-12") == {"released"}

    def test_of_a_month_cannot_precede_the_release_in_it(self) -> None:
        facts = case(
            detentions=[detention("2024", "2025-09-11")],
            releases=[release("2025-09-11")],
            deportations=[deportation("2025-09", release="release")],
        )
        assert statuses(facts, "2025-09-10") == {"detained"}
        assert statuses(facts, "2025-09-20") == {"released", "released_and_expelled"}
        assert statuses(facts, "2025-09-30") == {"released_and_expelled"}

    def test_with_no_release_recorded_proves_the_detention_before(self) -> None:
        facts = case(detentions=[detention()], deportations=[deportation("2025-09-11")])
        assert statuses(facts, "2025-09-09") == {"not_known", "detained"}
        assert statuses(facts, "2025-09-10") == {"detained"}
        assert statuses(facts, "2025-09-11") == {"released_and_expelled"}


class TestWhereabouts:
    def test_unknown_since_no_known_day_were_so_when_the_case_was_last_verified(
        self,
    ) -> None:
        facts = case(
            detentions=[detention("2024-05-06")],
            whereabouts=[missing()],
            last_verified_on="2025-09-11",
        )
        assert statuses(facts, "2025-09-10") == {"detained", "whereabouts_unknown"}
        assert statuses(facts, "2025-09-11") == {"whereabouts_unknown"}


class TestDeath:
    def test_is_where_every_record_ends(self) -> None:
        facts = case(
            detentions=[detention("2024")], died_on="2025-09-11", death_in_custody="yes"
        )
        assert statuses(facts, "2025-09-10") == {"detained"}
        assert spans(facts)[-1].as_dict()["statuses"] == ["died_in_custody"]

    def test_of_a_prisoner_with_no_dates_proves_the_detention_before(self) -> None:
        facts = case(
            detentions=[detention()], died_on="2025-09-11", death_in_custody="yes"
        )
        assert statuses(facts, "2025-09-09") == {"not_known", "detained"}
        assert statuses(facts, "2025-09-10") == {"detained"}

    @pytest.mark.parametrize("answer", ["disputed", "unknown", None])
    def test_of_somebody_who_may_have_been_held_may_be_one_in_custody(
        self, answer: str | None
    ) -> None:
        facts = case(
            detentions=[detention("2024", "2025")],
            died_on="2025-09-11",
            death_in_custody=answer,
        )
        assert statuses(facts, "2025-09-11") == {"died", "died_in_custody"}

    @pytest.mark.parametrize("answer", ["no", "unknown", None])
    def test_long_after_release_is_a_death_at_liberty(self, answer: str | None) -> None:
        facts = case(
            detentions=[detention("2024", "2025-01")],
            died_on="2025-09-11",
            death_in_custody=answer,
        )
        assert statuses(facts, "2025-09-11") == {"died"}

    def test_on_the_day_of_the_arrest_or_of_the_release_may_be_one_in_custody(
        self,
    ) -> None:
        arrested = case(detentions=[detention("2025-09-11")], died_on="2025-09-11")
        freed = case(detentions=[detention("2024", "2025-09-11")], died_on="2025-09-11")
        for facts in (arrested, freed):
            assert statuses(facts, "2025-09-11") == {"died", "died_in_custody"}
        freed = case(detentions=[detention("2024", "2025-09-10")], died_on="2025-09-11")
        assert statuses(freed, "2025-09-11") == {"died"}

    def test_of_some_day_that_year_came_after_the_arrest_in_it(self) -> None:
        facts = case(
            detentions=[detention("2025-06-01")], died_on="2025", death_in_custody="yes"
        )
        assert statuses(facts, "2025-05-31") == {"not_known"}
        assert statuses(facts, "2025-06-01") == {"detained", "died_in_custody"}
        assert statuses(facts, "2025-12-31") == {"died_in_custody"}

    def test_may_have_come_before_a_sentence_for_a_court_may_sentence_the_dead(
        self,
    ) -> None:
        facts = case(
            sentences=[sentence("2024-12-01", in_absentia=True)],
            died_on="2024",
            death_in_custody="no",
        )
        assert statuses(facts, "2024-06-01") == {"not_known", "died"}
        facts = case(
            detentions=[detention("2024-01-10")],
            sentences=[sentence("2024-12-01")],
            died_on="2024",
            death_in_custody="yes",
        )
        assert statuses(facts, "2024-06-01") == {"detained", "died_in_custody"}

    def test_while_held_is_none_in_custody_where_it_is_said_that_it_was_not(
        self,
    ) -> None:
        facts = case(
            detentions=[detention("2024")], died_on="2025-09-11", death_in_custody="no"
        )
        assert statuses(facts, "2025-09-11") == {"died"}

    def test_with_no_date_is_believed_only_where_somebody_says_it_was_in_custody(
        self,
    ) -> None:
        held = [detention("2024-05-06")]
        assert statuses(
            case(detentions=held, death_in_custody="unknown"), "2025-01-01"
        ) == {"detained"}
        assert statuses(case(detentions=held, death_in_custody="no"), "2025-01-01") == {
            "detained"
        }
        known = case(
            detentions=held, death_in_custody="yes", last_verified_on="2025-01-01"
        )
        assert statuses(known, "2024-12-31") == {"detained", "died_in_custody"}
        assert statuses(known, "2025-01-01") == {"died_in_custody"}
        disputed = case(
            detentions=held, death_in_custody="disputed", last_verified_on="2025-01-01"
        )
        assert statuses(disputed, "2025-01-01") == {"died", "died_in_custody"}


# --- Whatever the case -------------------------------------------------------------------------------------------

FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
days = st.dates(FIRST, LAST)


def exact_or_vague(day: date, random: Random) -> str | None:
    before, after = (
        day - timedelta(random.randint(0, 40)),
        day + timedelta(random.randint(0, 40)),
    )
    return random.choice(
        [str(day), str(day), f"{day:%Y-%m}", f"{day:%Y}", f"[{before}..{after}]", None]
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any records at all, also such as no life can have; dates are exact, vague or
    unknown.
    """

    def some_day() -> str | None:
        return exact_or_vague(draw(days), Random(draw(st.integers(0, 99))))

    def records(make: Any, most: int = 3) -> list[Case]:
        return [
            make(f"{make.__name__}{number}")
            for number in range(draw(st.integers(0, most)))
        ]

    def one_placement(id: str) -> Case:
        return placement(
            draw(st.sampled_from(["prison", "house_arrest", "unknown"])),
            some_day(),
            id=id,
            to_on=some_day(),
        )

    def one_detention(id: str) -> Case:
        ground = draw(st.sampled_from(["serving_sentence", None]))
        places = [one_placement(f"{id}-place")] if draw(st.booleans()) else []
        return detention(some_day(), some_day(), ground, id=id, placements=places)

    def one_sentence(id: str) -> Case:
        punishment = draw(st.sampled_from(["imprisonment", "home_confinement", "fine"]))
        return sentence(some_day(), punishment, id=id, in_absentia=draw(st.booleans()))

    def one_release(id: str) -> Case:
        return release(some_day(), draw(st.sampled_from(["yes", "no"])), id=id)

    def one_deportation(id: str) -> Case:
        return deportation(
            some_day(), draw(st.sampled_from(["expelled", "refused"])), id=id
        )

    def one_disappearance(id: str) -> Case:
        return missing(some_day(), some_day(), id=id)

    return case(
        died_on=draw(st.none() | st.just(some_day())),
        death_in_custody=draw(st.sampled_from([None, "yes", "no", "disputed"])),
        last_verified_on=some_day(),
        detentions=records(one_detention),
        sentences=records(one_sentence),
        releases=records(one_release),
        deportations=records(one_deportation, 2),
        whereabouts=records(one_disappearance, 1),
    )


@settings(deadline=None)
@given(cases())
def test_spans_cover_all_time_without_gap_or_overlap_and_always_say_something(
    facts: Case,
) -> None:
    timeline = spans(facts)
    assert timeline[0].since is None
    assert timeline[-1].until is None
    for one, following in pairwise(timeline):
        assert one.until == following.since
        assert one.statuses != following.statuses
    assert [one.since for one in timeline[1:]] == sorted(
        {one.since for one in timeline[1:] if one.since}
    )
    assert all(one.statuses for one in timeline)


@settings(deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_in_which_records_stand_does_not_matter(
    facts: Case, random: Random
) -> None:
    shuffled = {
        name: random.sample(value, len(value)) if isinstance(value, list) else value
        for name, value in facts.items()
    }
    assert spans(shuffled) == spans(facts)


@settings(deadline=None)
@given(cases())
def test_after_a_certain_death_nothing_else_is_said(facts: Case) -> None:
    facts |= {"died_on": "2024-11-05", "death_in_custody": "yes"}
    assert (
        statuses(facts, "2024-11-05")
        == statuses(facts, "2026-01-01")
        == {"died_in_custody"}
    )


def life(turns: Sequence[date]) -> Case:
    """Detained, sentenced, released, and so once more, on these days in this order; in
    the end expelled.
    """
    facts = case()
    for number in range(0, len(turns), 3):
        start, court, end, *_rest = [*map(str, turns[number : number + 3]), None, None]
        facts["detentions"].append(detention(start, end, id=f"detention{number}"))
        if court:
            facts["sentences"].append(sentence(court, id=f"sentence{number}"))
        if end:
            facts["releases"].append(release(end, "yes", id=f"release{number}"))
            facts["deportations"] = [deportation(end)]
    return facts


@pytest.mark.parametrize(
    "outcome", [None, "expelled", "refused", "blocked", "returned", "unknown"]
)
def test_somebody_of_whom_no_day_at_all_is_known_has_a_status(outcome: Any) -> None:
    undated = case(
        detentions=[detention()],
        deportations=[deportation(None, outcome)],
        death_in_custody="yes",
    )
    assert statuses(undated, "2025-09-11")
    assert statuses(
        {**undated, "releases": [release()], "sentences": [sentence()]}, "2025-09-11"
    )


@settings(deadline=None)
@given(st.lists(days, unique=True, min_size=1, max_size=6).map(sorted))
def test_before_the_first_of_the_known_days_nothing_is_known(turns: list[date]) -> None:
    first = spans(life(turns))[0]
    assert (first.statuses, first.until) == (("not_known",), turns[0])


DATES = {
    "detentions": "started_on",
    "sentences": "handed_down_on",
    "releases": "released_on",
    "deportations": "deported_on",
}


@settings(deadline=None, max_examples=300)
@given(
    st.lists(days, unique=True, min_size=1, max_size=6).map(sorted),
    st.randoms(use_true_random=False),
    days,
)
def test_a_vaguer_date_never_takes_away_what_was_so(
    turns: list[date], random: Random, day: date
) -> None:
    exact, vague = life(turns), life(turns)
    records, name = random.choice(
        [(vague[records], name) for records, name in DATES.items() if vague[records]]
    )
    record = random.choice(records)
    text = exact_or_vague(date.fromisoformat(record[name]), random)
    # An undated sentence is the exception: it moves nobody of whom anything else is
    # known.
    record[name] = text or (record[name][:4] if records is vague["sentences"] else None)
    assert statuses(exact, str(day)) <= statuses(vague, str(day))


# --- How vague, how surely, and from whom ------------------------------------------

HEDGES = ["stated", "reported", "inferred", "alleged", "predicted", "denied"]
OF_LISTS = {
    "detentions": ("started_on", "ended_on"),
    "sentences": ("handed_down_on",),
    "releases": ("released_on",),
    "deportations": ("deported_on",),
    "whereabouts": ("no_contact_since",),
    "sightings": ("heard_on",),
}


def words_for(record: str, draw: st.DrawFn) -> list[Case]:
    words = []
    for number in range(draw(st.integers(0, 3))):
        hedge = draw(st.sampled_from(HEDGES))
        agreement = {"predicted": None, "denied": "contradicts"}.get(hedge, "supports")
        retracted = draw(st.integers(0, 4)) == 0
        words.append(
            {
                "record": {"id": record},
                "field": "",
                "source": f"source {number}",
                "hedge": hedge,
                "agreement": None if retracted else agreement,
                "as_of": draw(st.none() | days.map(str)),
                "claimant": None,
            }
        )
    return words


@st.composite
def cited_cases(draw: st.DrawFn) -> Case:
    """As above, with sightings, bail, sentences that nobody serves, and sources."""
    facts = draw(cases())
    random = Random(draw(st.integers(0, 99)))
    for number in range(draw(st.integers(0, 2))):
        seen = exact_or_vague(draw(days), random)
        facts.setdefault("sightings", []).append(
            {"id": f"sighting{number}", "heard_on": seen}
        )
    for record in facts["detentions"]:
        if record["started_on"] and record["ended_on"]:
            _first, last = bounds(record["ended_on"])
            first, _last = bounds(record["started_on"])
            if first and last and last < first:  # the database refuses that
                record["ended_on"] = None
        for place in record["placements"]:  # nor was anybody held there before
            place["from_on"] = place["to_on"] = None
    for record in facts["releases"]:
        record["ground"] = draw(st.sampled_from([None, "bail"]))
    for record in facts["sentences"]:
        record["execution"] = draw(st.sampled_from([None, "suspended"]))
        record["legal_force"] = draw(st.sampled_from([None, "appealed", "set_aside"]))
        record["term_months"] = draw(st.sampled_from([None, 1, 6]))
    for record in facts["whereabouts"]:
        record["place_known"] = draw(st.sampled_from(["no", None]))
    facts["citations"] = []
    for kind in OF_LISTS:
        for record in facts.get(kind, ()):
            facts["citations"] += words_for(record["id"], draw)
    return facts


def vaguer(text: str, random: Random) -> str:
    """Some days before and after what it may be now."""
    first, last = bounds(text)
    assert first
    assert last
    before = first - timedelta(random.randint(0, 400))
    after = last + timedelta(random.randint(0, 400))
    return f"[{before}..{after}]"


@settings(deadline=None, max_examples=300)
@given(cited_cases(), st.integers(0, 999), days)
def test_a_vaguer_date_never_removes_a_possible_status(
    facts: Case, seed: int, day: date
) -> None:
    random = Random(seed)
    dated = []
    for kind, names in OF_LISTS.items():
        for record in facts.get(kind, ()):
            dated += [(record, name) for name in names if record[name]]
    if not dated:
        return
    before = statuses(facts, str(day))
    record, name = random.choice(dated)
    record[name] = vaguer(record[name], random)
    assert before <= statuses(facts, str(day)) | {"not_known"}
