"""What now stands of a person's sentences, and what they come to."""

from typing import Any

import pytest

from cases.sentence_in_force import InForce, at_most, sentence_in_force
from tests.cases.test_custody import Case, case, detention, release, sentence
from tests.cases.test_status_of_lives import LIVES, word
from tracker.site.in_force import ends


def of(*sentences: Case, **facts: Any) -> InForce:
    told = sentence_in_force(case(sentences=list(sentences), **facts))
    assert told is not None
    return told


def further(punishment: str, **rest: Any) -> Case:
    empty = {"term_months": None, "term_months_to": None, "term_days": None}
    return {"id": punishment, "punishment": punishment, **empty, **rest}


FIRST = sentence("2021-01-01", id="first", term_months=36)


def second(**rest: Any) -> Case:
    return sentence("2022-01-01", id="second", term_months=24, **rest)


class TestWhatStands:
    def test_nothing_is_said_where_no_sentence_is_known(self) -> None:
        assert sentence_in_force(case()) is None

    def test_a_replaced_sentence_does_not(self) -> None:
        told = sentence_in_force(LIVES["replaced-by-a-fine"])
        assert told
        assert (told.sentences, told.punishments) == (("fine",), ("fine",))
        assert (told.term, told.months) == ("none", None)

    def test_what_was_set_aside_does_not(self) -> None:
        told = of({**FIRST, "legal_force": "set_aside"})
        assert (told.sentences, told.term, told.months) == ((), "none", None)

    def test_a_suspended_one_stands_and_has_no_end(self) -> None:
        told = of({**FIRST, "execution": "suspended", "counted_from": "2021-01-01"})
        assert (told.months, told.executions) == (36, ("suspended",))
        assert told.ends_on is None

    def test_beside_a_suspended_one_only_what_is_served_is_counted(self) -> None:
        told = of(FIRST, second(execution="suspended"))
        assert told.months == 36
        assert told.executions == ("suspended",)

    def test_one_under_appeal_stands_and_says_so(self) -> None:
        told = of({**FIRST, "legal_force": "appealed"})
        assert (told.months, told.legal_forces) == (36, ("appealed",))

    def test_a_retracted_sentence_does_not(self) -> None:
        assert sentence_in_force(LIVES["retracted"]) is None

    def test_what_was_served_before_a_later_sentence_is_over(self) -> None:
        served = release("2021-06-01", ground="term_served")
        told = of(FIRST, second(), releases=[served])
        assert (told.sentences, told.months) == (("second",), 24)

    def test_what_was_bailed_before_a_later_sentence_is_not(self) -> None:
        told = of(FIRST, second(), releases=[release("2021-06-01", ground="bail")])
        assert told.sentences == ("first", "second")


class TestWhatTheyComeTo:
    @pytest.mark.parametrize(
        ("runs", "months"), [("consecutive", 60), ("concurrent", 36)]
    )
    def test_two_are_added_or_the_longer_counts(self, runs: str, months: int) -> None:
        told = of(FIRST, second(adds_to="first", runs=runs))
        assert (told.term, told.months) == ("months", months)

    @pytest.mark.parametrize(
        ("how", "reason"),
        [
            ({"adds_to": "first", "runs": "partly_added"}, "partly_added"),
            ({"adds_to": "first"}, "runs_not_known"),
            ({}, "runs_not_known"),
            ({"adds_to": "first", "runs": "unknown"}, "runs_not_known"),
            ({"adds_to": "another", "runs": "consecutive"}, "runs_not_known"),
            (
                {"adds_to": "first", "runs": "concurrent", "term_months": None},
                "term_not_stated",
            ),
        ],
    )
    def test_where_it_is_not_known_no_total_is_given(
        self, how: dict[str, Any], reason: str
    ) -> None:
        told = of(FIRST, {**second(), **how})
        assert (told.term, told.months, told.ends_on) == ("not_known", None, None)
        assert told.reasons == (reason,)

    def test_what_adds_to_a_sentence_that_is_not_shown_has_no_total(self) -> None:
        told = of(second(adds_to=None, runs="consecutive"))
        assert told.reasons == ("runs_not_known",)

    def test_a_range_stays_one(self) -> None:
        told = of({**FIRST, "term_months_to": 60})
        assert (told.months, told.months_to) == (36, 60)
        told = of(
            {**FIRST, "term_months_to": 60}, second(adds_to="first", runs="consecutive")
        )
        assert (told.months, told.months_to) == (60, 84)

    def test_life_is_life_whatever_is_added(self) -> None:
        told = of(sentence("2020", "life", id="first", term_months=300), second())
        assert (told.term, told.months) == ("life", 300)
        assert of(sentence("2020", "life")).months is None

    def test_of_several_punishments_the_prison_term_counts(self) -> None:
        rest = [further("fine", amount=100), further("exile", term_months=24)]
        told = of({**FIRST, "further_punishments": rest})
        assert told.punishments == ("exile", "fine", "imprisonment")
        assert (told.term, told.months) == ("months", 36)

    def test_a_further_punishment_that_is_only_alleged_does_not_stand(self) -> None:
        exile = further("exile", term_months=24)
        told = of(
            {**FIRST, "further_punishments": [exile]},
            citations=[word("exile", hedge="alleged")],
        )
        assert told.punishments == ("imprisonment",)

    def test_two_prison_terms_in_one_decision_have_no_total(self) -> None:
        more = further("imprisonment", term_months=12)
        told = of({**FIRST, "further_punishments": [more]})
        assert told.reasons == ("runs_not_known",)


class TestWhenItIsOver:
    def test_is_counted_from_the_day_that_a_source_states(self) -> None:
        told = sentence_in_force(LIVES["term-has-passed"])
        assert told
        assert (told.months, told.counted_from) == (24, "2020-09-01")
        assert (told.counted_by, told.ends_on) == ("stated", "2022-09")

    def test_else_from_the_arrest_or_the_judgment(self) -> None:
        held = detention("2020-09-01")
        told = of(FIRST, detentions=[held])
        assert (told.counted_by, told.ends_on) == ("arrest", "2023-09")
        told = of(FIRST)
        assert (told.counted_by, told.ends_on) == ("judgment", "2024-01")

    def test_a_vague_day_or_a_range_gives_several_months(self) -> None:
        told = of({**FIRST, "counted_from": "2020"})
        assert told.ends_on == "[2023-01..2023-12]"
        told = of({**FIRST, "counted_from": "2020-01-01", "term_months_to": 48})
        assert told.ends_on == "[2023-01..2024-01]"

    @pytest.mark.parametrize(
        ("facts", "reason"),
        [
            ({"releases": [release("2022-01-01")]}, "ended_since"),
            ({"died_on": "2022"}, "ended_since"),
            (
                {"detentions": [detention("2020"), detention("2020-12", id="two")]},
                "start_not_known",
            ),
        ],
    )
    def test_no_end_is_given(self, facts: dict[str, Any], reason: str) -> None:
        told = of(FIRST, **facts)
        assert (told.months, told.ends_on, told.reasons) == (36, None, (reason,))

    def test_of_who_was_let_out_it_does_not_matter_from_when_it_was_counted(
        self,
    ) -> None:
        told = of({**FIRST, "handed_down_on": None}, releases=[release("2022-01-01")])
        assert told.reasons == ("ended_since",)

    @pytest.mark.parametrize(
        ("day", "words"),
        [
            ("2029-09", "September 2029"),
            ("[2029-09..2029-10]", "September 2029 to October 2029"),
        ],
    )
    def test_is_about_a_month_in_words(self, day: str, words: str) -> None:
        assert ends({"ends_on": {"edtf": day}}) == words

    def test_nobody_counts_for_who_was_not_there(self) -> None:
        told = of({**FIRST, "in_absentia": True})
        assert (told.ends_on, told.reasons) == (None, ("start_not_known",))

    def test_life_has_no_end(self) -> None:
        assert of(sentence("2020", "life", term_months=12)).ends_on is None


class TestHowSurely:
    def test_the_weakest_of_what_it_rests_on(self) -> None:
        told = of(
            FIRST,
            second(adds_to="first", runs="concurrent"),
            citations=[
                word("first"),
                word("second", hedge="reported"),
                word("second", field="term_months", hedge="inferred"),
            ],
        )
        assert (told.hedge, told.disputed) == ("inferred", False)

    def test_a_single_one_that_is_alleged_is_told_so(self) -> None:
        told = of(FIRST, citations=[word("first", hedge="alleged")])
        assert (told.months, told.hedge) == (36, "alleged")

    def test_a_denied_term_is_disputed(self) -> None:
        denial = word(
            "first", field="term_months", hedge="denied", agreement="contradicts"
        )
        told = of(FIRST, citations=[word("first"), denial])
        assert (told.months, told.disputed) == (36, True)

    @pytest.mark.parametrize("link", [{"replaces": "first"}, {}])
    def test_beside_another_it_is_in_doubt_what_stands(
        self, link: dict[str, str]
    ) -> None:
        told = of(
            FIRST,
            second(**link),
            citations=[word("first"), word("second", hedge="alleged")],
        )
        assert (told.term, told.months) == ("not_known", None)
        assert told.reasons == ("in_doubt",)
        assert told.sentences == ("first", "second")

    def test_as_of_the_last_day_of_which_a_source_speaks(self) -> None:
        assert of(FIRST).as_of == "2021-01-01"
        assert of(FIRST, citations=[word("first", "2023-05")]).as_of == "2023-05"


class TestAHiddenSource:
    def test_makes_nothing_surer(self) -> None:
        approved = of(FIRST, citations=[word("first", hedge="alleged")])
        told = at_most(of(FIRST), approved)
        assert told
        assert (told.months, told.hedge) == (36, "alleged")

    def test_gives_no_total_that_was_not_approved(self) -> None:
        approved = of(FIRST, second(adds_to="first", runs="consecutive"))
        told = at_most(of(FIRST), approved)
        assert told
        assert (told.term, told.months, told.reasons) == (
            "not_known",
            None,
            ("in_doubt",),
        )
