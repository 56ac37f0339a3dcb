"""The ways out of prison, and what looks like one: what may be said of the person then."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.custody import on, spans
from cases.models import Detention, Release
from cases.sentence_in_force import InForce, sentence_in_force
from tests.cases import aggregates
from tests.cases.aggregates import row, shown
from tests.cases.test_custody import (
    Case,
    case,
    deportation,
    detention,
    release,
    sentence,
)
from tests.cases.test_status_of_lives import word

EARLY, LATE = date(2021, 6, 1), date(2024, 6, 1)


def statuses(life: Case, day: date) -> set[str]:
    return set(on(spans(life), day).statuses)


def held(**facts: Any) -> Case:
    """Since 2020, for four years, until something ends it."""
    return case(
        detentions=[detention("2020-01-01", None, "serving_sentence")],
        sentences=[sentence("2020-05-01", term_months=48)],
        **facts,
    )


def in_force(life: Case) -> InForce:
    told = sentence_in_force(life)
    assert told
    return told


class TestAReleaseThatWasOrdered:
    def test_and_not_carried_out_frees_nobody(self) -> None:
        ordered = release(ordered_on="2021-01-12", carried_out="no", ground="amnesty")
        life = held(releases=[ordered])
        assert spans(life) == spans(held())
        assert in_force(life) == in_force(held())

    def test_is_none_before_somebody_says_that_it_was_carried_out(self) -> None:
        ordered = release(ordered_on="2021-01-12")
        assert statuses(held(releases=[ordered]), EARLY) == {"imprisoned", "released"}
        before = date(2021, 1, 11)
        assert statuses(held(releases=[ordered]), before) == {"imprisoned"}
        verified = held(releases=[ordered], last_verified_on="2021-05-01")
        assert statuses(verified, EARLY) == {"imprisoned", "released"}

    def test_is_one_on_some_day_after_the_order_if_it_was_carried_out(self) -> None:
        done = release(ordered_on="2021-01-12", carried_out="yes", to_liberty="yes")
        life = held(releases=[done], last_verified_on="2021-05-01")
        assert statuses(life, EARLY) == {"released"}
        assert statuses(life, date(2021, 2, 1)) == {"imprisoned", "released"}
        assert statuses(life, date(2021, 1, 11)) == {"imprisoned"}


DAYS = st.sampled_from([None, "2019", "2020-03-01", "2021", "2021-07", "2022-05-05"])


@settings(max_examples=300, deadline=None)
@given(
    starts=DAYS,
    ends=DAYS,
    sentenced=DAYS,
    ordered=DAYS,
    revoked=DAYS,
    let_out=st.one_of(st.none(), DAYS),
    ground=st.sampled_from([None, "amnesty", "bail", "escaped", "exchange"]),
    to_liberty=st.sampled_from([None, "yes", "no"]),
)
def test_a_release_that_was_not_carried_out_changes_nothing_whatever_is_known_beside_it(
    starts: str | None,
    ends: str | None,
    sentenced: str | None,
    ordered: str | None,
    revoked: str | None,
    let_out: str | None,
    ground: str | None,
    to_liberty: str | None,
) -> None:
    def life(*releases: Case) -> Case:
        return case(
            detentions=[detention(starts, ends)],
            sentences=[sentence(sentenced, term_months=12)],
            releases=[*releases, release(let_out, id="another")],
        )

    never = release(
        None,
        to_liberty,
        ground=ground,
        ordered_on=ordered,
        revoked_on=revoked,
        carried_out="no",
    )
    assert spans(life(never)) == spans(life())
    assert sentence_in_force(life(never)) == sentence_in_force(life())


class TestWhoEscaped:
    escape = release("2021-03-04", ground="escaped")

    def test_is_not_released(self) -> None:
        timeline = spans(held(releases=[self.escape]))
        assert set(on(timeline, EARLY).statuses) == {"escaped"}
        assert not any("released" in span.statuses for span in timeline)

    def test_is_held_again_once_they_are_taken(self) -> None:
        taken = detention("2022-02-02", id="again")
        life = held(releases=[self.escape])
        life["detentions"].append(taken)
        assert statuses(life, LATE) == {"detained"}

    def test_and_left_the_country_was_not_let_out_by_that(self) -> None:
        left = deportation("2021-04-01", "left")
        life = held(releases=[self.escape], deportations=[left])
        assert statuses(life, EARLY) == {"escaped"}


class TestWhoLeftTheCountry:
    def test_is_no_longer_held(self) -> None:
        life = held(deportations=[deportation("2021-04-01", "left")])
        assert statuses(life, EARLY) == {"released"}

    def test_stays_on_bail_or_convicted_in_absentia(self) -> None:
        left = deportation("2021-04-01", "left")
        on_bail = held(releases=[release("2021-02-01", ground="bail")])
        assert statuses({**on_bail, "deportations": [left]}, EARLY) == {"on_bail"}
        absent = case(
            sentences=[sentence("2020-05-01", in_absentia=True)], deportations=[left]
        )
        assert statuses(absent, EARLY) == {"convicted_in_absentia"}

    def test_may_be_expelled_to_where_nobody_knows(self) -> None:
        life = held(deportations=[deportation("2021-04-01", to_country=None)])
        assert statuses(life, EARLY) == {"released_and_expelled"}


class TestAReleaseThatWasTakenBack:
    """Pardoned in 2021 with 30 months to go, taken again in 2023."""

    pardon = release(
        "2021-03-01",
        "yes",
        ground="pardon",
        remaining_months=30,
        revoked_on="2023-02-01",
    )

    def taken_again(self, **revoked: Any) -> Case:
        life = held(releases=[{**self.pardon, **revoked}])
        life["detentions"][0]["ended_on"] = "2021-03-01"
        life["detentions"].append(
            detention("2023-02-01", None, "serving_sentence", id="again")
        )
        return life

    def test_the_person_is_free_until_then_and_not_after(self) -> None:
        life = held(releases=[self.pardon])
        assert statuses(life, EARLY) == {"released"}
        assert statuses(life, LATE) == {"sentenced"}
        assert statuses(self.taken_again(), LATE) == {"imprisoned"}

    def test_after_bail_nothing_is_known(self) -> None:
        life = held(releases=[{**self.pardon, "ground": "bail"}])
        assert statuses(life, LATE) == {"not_known"}

    def test_the_rest_of_the_old_term_is_served_from_then_on(self) -> None:
        told = in_force(self.taken_again())
        assert (told.term, told.months) == ("months", 30)
        assert (told.counted_from, told.ends_on) == ("2023-02-01", "2025-08")

    def test_of_a_rest_that_nobody_states_no_total_is_given(self) -> None:
        told = in_force(self.taken_again(remaining_months=None))
        assert (told.term, told.reasons) == ("not_known", ("rest_not_known",))

    def test_a_new_term_is_served_beside_the_rest(self) -> None:
        life = self.taken_again()
        life["sentences"].append(
            sentence(
                "2023-02-01",
                id="new",
                term_months=3,
                adds_to="sentence",
                runs="consecutive",
            )
        )
        told = in_force(life)
        assert (told.months, told.ends_on) == (33, "2025-11")
        assert statuses(life, date(2025, 10, 31)) == {"imprisoned"}
        assert "not_known" in statuses(life, date(2026, 1, 1))

    def test_what_is_only_alleged_takes_nothing_back(self) -> None:
        life = self.taken_again()
        life["detentions"] = life["detentions"][:1]
        life["citations"] = [
            word("release"),
            word("release", field="revoked_on", hedge="alleged"),
        ]
        assert statuses(life, LATE) == {"released", "sentenced"}
        assert in_force(life).months == 48


class TestWhoWasExecuted:
    def executed(self, *citations: Case, **facts: Any) -> Case:
        facts = {"died_on": "2021-03-01", "executed": "yes", **facts}
        return held(id="person", citations=[*citations], **facts)

    def test_died_in_custody_if_somebody_is_cited_for_it(self) -> None:
        life = self.executed(word("person", field="executed"))
        assert statuses(life, EARLY) == {"died_in_custody"}

    @pytest.mark.parametrize(
        "citations",
        [
            [],
            [word("person", field="died_on")],
            [
                word("person", field="died_on"),
                word("person", field="executed", hedge="alleged", source="other"),
            ],
            [
                word("person", field="died_on"),
                word("person", field="executed", source=None, supported=True),
            ],
        ],
    )
    def test_it_is_not_said_for_certain_of_whom_nobody_states_it(
        self, citations: list[Case]
    ) -> None:
        life = self.executed(*citations)
        assert statuses(life, EARLY) == {"died", "died_in_custody"}

    def test_without_a_day_nobody_is_dead_by_it_who_is_not_cited(self) -> None:
        assert statuses(self.executed(died_on=None), LATE) != {"died_in_custody"}
        assert "died" not in statuses(self.executed(died_on=None), LATE)


class TestATerm:
    def test_of_which_a_part_is_suspended_ends_with_the_part_to_be_served(self) -> None:
        life = held()
        life["sentences"][0]["enforceable_months"] = 12
        told = in_force(life)
        assert (told.months, told.ends_on) == (48, "2021-01")
        assert statuses(life, date(2020, 12, 1)) == {"imprisoned"}
        assert "not_known" in statuses(life, date(2021, 2, 1))

    def test_that_is_left_open_has_no_end(self) -> None:
        life = held()
        life["sentences"][0].update(
            punishment="juvenile_measure",
            term_months=6,
            term_months_to=36,
            indeterminate="yes",
        )
        told = in_force(life)
        assert (told.months, told.months_to, told.ends_on) == (6, 36, None)
        assert told.reasons == ("indeterminate",)
        assert statuses(life, date(2030, 1, 1)) == {"imprisoned"}

    def test_of_prison_that_is_left_open_is_never_over_by_plain_count(self) -> None:
        life = held()
        life["sentences"][0]["indeterminate"] = "yes"
        assert statuses(life, date(2030, 1, 1)) == {"imprisoned"}

    def test_of_aggravated_life_is_life(self) -> None:
        life = held()
        life["sentences"][0].update(punishment="aggravated_life", term_months=None)
        assert in_force(life).term == "life"
        assert statuses(life, date(2090, 1, 1)) == {"imprisoned"}

    def test_of_which_the_announcement_is_deferred_is_not_served(self) -> None:
        deferred = sentence(
            "2019-02", term_months=15, execution="announcement_deferred"
        )
        life = case(sentences=[deferred])
        assert statuses(life, date(2019, 6, 1)) == {"sentenced_not_held"}


class TestWhoMayNotSeeHowItWas:
    def told(self, fact: str, **said: Any) -> Any:
        return shown(
            aggregates.case(
                detentions=[row(Detention, "detention", started_on="2020-01-01")],
                releases=[row(Release, "release", **said)],
                withheld={"release": {fact: "internal"}},
            )
        )

    @pytest.mark.parametrize(
        ("fact", "said"),
        [
            ("carried_out", {"ordered_on": "2021-01-12", "carried_out": "no"}),
            ("carried_out", {"ordered_on": "2021-01-12", "carried_out": "yes"}),
            ("ground", {"released_on": "2021-01-12", "ground": "escaped"}),
        ],
    )
    def test_sees_no_release_at_all(self, fact: str, said: dict[str, str]) -> None:
        document = self.told(fact, **said)
        assert document["releases"] == []
        assert document["status"][-1]["statuses"] == ["detained"]

    def test_sees_a_release_of_which_another_ground_is_withheld(self) -> None:
        document = self.told("ground", released_on="2021-01-12", ground="health")
        assert document["releases"][0]["ground"] is None
        assert document["status"][-1]["statuses"] == ["released"]
