"""How surely a status is known, and as of when: read off the sources under it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.custody import at_most, last_known, on, spans
from cases.weighing import Weights
from tests.cases.test_custody import (
    Case,
    case,
    cited_cases,
    days,
    detention,
    release,
    sentence,
)
from tests.cases.test_status_of_lives import sighting, word
from tracker.contract.hedges import SUREST_FIRST

HELD = detention("2024-01-10", None, "serving_sentence")
FREED = release("2025-03-01")


def freed(*words: Case) -> Case:
    """In prison since 2024, and released in March 2025, by these words."""
    held = word("detention")
    return case(detentions=[HELD], releases=[FREED], citations=[held, *words])


def told(facts: Case, day: str = "2025-06-01") -> tuple[set[str], str | None, bool]:
    span = on(spans(facts), date.fromisoformat(day))
    return set(span.statuses), span.hedge, span.disputed


class TestAReleaseThat:
    @pytest.mark.parametrize("hedge", ["stated", "reported", "inferred"])
    def test_a_source_tells_is_one_as_surely_as_it_says(self, hedge: str) -> None:
        assert told(freed(word("release", hedge=hedge))) == ({"released"}, hedge, False)

    def test_is_alleged_may_be_one(self) -> None:
        statuses, hedge, _disputed = told(freed(word("release", hedge="alleged")))
        assert statuses == {"imprisoned", "released"}
        assert hedge == "alleged"

    def test_is_predicted_is_none(self) -> None:
        predicted = word("release", hedge="predicted", agreement=None)
        assert told(freed(predicted)) == ({"imprisoned"}, "stated", False)

    def test_is_only_denied_is_none(self) -> None:
        denied = word("release", hedge="denied", agreement="contradicts")
        assert told(freed(denied))[0] == {"imprisoned"}

    def test_is_stated_and_denied_is_disputed(self) -> None:
        denied = word(
            "release", hedge="denied", agreement="contradicts", source="another"
        )
        assert told(freed(word("release"), denied)) == (
            {"imprisoned", "released"},
            "stated",
            True,
        )

    def test_was_retracted_is_none(self) -> None:
        assert told(freed(word("release", agreement=None)))[0] == {"imprisoned"}

    def test_another_source_dates_otherwise_is_one_all_the_same(self) -> None:
        other = word("release", field="released_on", agreement="contradicts")
        assert told(freed(other))[0] == {"released"}

    def test_nobody_is_cited_for_is_a_step_of_ours(self) -> None:
        assert told(freed()) == ({"released"}, "inferred", False)

    def test_only_hidden_sources_tell_may_be_one(self) -> None:
        hidden = word("release", source=None, hedge=None, agreement=None)
        statuses, hedge, _disputed = told(freed(hidden))
        assert statuses == {"imprisoned", "released"}
        assert hedge == "alleged"

    def test_is_surest_by_its_best_source_but_for_its_day(self) -> None:
        whole = word("release", hedge="stated")
        day = word("release", hedge="inferred", field="released_on")
        assert told(freed(whole, day))[1] == "inferred"
        assert told(freed(whole, word("release", hedge="alleged")))[1] == "stated"


def as_of(facts: Case, day: str) -> str | None:
    return on(spans(facts), date.fromisoformat(day)).as_of


class TestAsOf:
    def test_is_the_latest_day_of_which_a_source_speaks(self) -> None:
        words = [word("detention", "2024-05-02"), word("detention", "2024-09-03")]
        facts = case(detentions=[HELD], citations=words)
        assert as_of(facts, "2026-01-01") == "2024-09-03"

    def test_is_the_events_own_day_where_no_source_gives_one(self) -> None:
        facts = case(detentions=[HELD], citations=[word("detention")])
        assert as_of(facts, "2026-01-01") == "2024-01-10"

    def test_is_the_day_of_publication_only_where_the_words_say_that_it_is_so_still(
        self,
    ) -> None:
        said = word("detention", published_on="2025-10-07")
        assert as_of(case(detentions=[HELD], citations=[said]), "2026-01-01") == (
            "2024-01-10"
        )
        said["still_so"] = True
        assert as_of(case(detentions=[HELD], citations=[said]), "2026-01-01") == (
            "2025-10-07"
        )

    def test_is_no_day_of_who_merely_repeats_another(self) -> None:
        copied = word("detention", "2025-10-07", repeats=True)
        facts = case(detentions=[HELD], citations=[copied])
        assert as_of(facts, "2026-01-01") == "2024-01-10"

    def test_is_the_day_on_which_somebody_was_seen(self) -> None:
        seen = case(detentions=[HELD], sightings=[sighting("2024-11-12")])
        assert as_of(seen, "2026-01-01") == "2024-11-12"

    def test_of_a_detention_that_ended_is_the_day_before(self) -> None:
        assert as_of(freed(word("release")), "2024-06-01") == "2025-02-28"

    def test_of_whom_was_taken_again_is_no_end_of_the_term_that_is_still_to_come(
        self,
    ) -> None:
        again = {**HELD, "id": "again", "started_on": "2025-09-10"}
        long = {**sentence("2025-10-02"), "term_months": 120}
        facts = case(detentions=[HELD, again], releases=[FREED], sentences=[long])
        assert as_of(facts, "2026-01-01") == "2025-10-02"

    def test_that_a_term_must_be_over_is_no_word_of_anybody(self) -> None:
        facts = case(
            detentions=[HELD],
            sentences=[sentence("2024-02-01", term_months=6)],
            citations=[word("sentence", "2024-02-02")],
        )
        timeline = spans(facts)
        assert timeline[-1].reasons == ("term_passed",)
        assert timeline[-1].statuses == ("imprisoned", "not_known")
        assert last_known(timeline).statuses == ("imprisoned",)
        # Six months from the arrest, to the end of the month.
        assert timeline[-1].since == date(2024, 8, 1)


# --- Whatever the case ---------------------------------------------------------------


@settings(deadline=None)
@given(cited_cases())
def test_no_status_is_surer_than_what_it_rests_on(facts: Case) -> None:
    weights = Weights(facts)
    hedges = {}
    for kind in (
        "detentions",
        "sentences",
        "releases",
        "deportations",
        "whereabouts",
        "sightings",
    ):
        for record in facts.get(kind, ()):
            hedges[record["id"]] = weights.of(kind, record).hedge
    for span in spans(facts):
        for record_id in span.basis:
            if record_id in hedges:
                least = SUREST_FIRST.index(hedges[record_id])
                assert SUREST_FIRST.index(span.hedge or "") >= least


def without_a_source(facts: Case, source: str) -> Case:
    """As the gate gives it where that source has been hidden since the approval."""
    hidden = []
    for citation in facts["citations"]:
        if citation["source"] == source:
            denies = citation["hedge"] == "denied"
            supported = citation["hedge"] not in ("denied", "predicted")
            citation = {
                **citation,
                "source": None,
                "hedge": None,
                "as_of": None,
                "agreement": None,
                "supported": supported,
                "denies_unseen": denies,
            }
        hidden.append(citation)
    return {**facts, "citations": hidden}


@settings(deadline=None, max_examples=200)
@given(cited_cases(), st.integers(0, 2), days)
def test_hiding_a_source_adds_no_status_and_makes_none_surer(
    facts: Case, number: int, day: date
) -> None:
    approved = spans(facts)
    hidden = spans(without_a_source(facts, f"source {number}"))
    before, now = on(approved, day), on(at_most(hidden, approved), day)
    assert set(now.statuses) <= {*before.statuses, "not_known"}
    if before.hedge and now.hedge:
        surest = SUREST_FIRST.index(before.hedge)
        assert SUREST_FIRST.index(now.hedge) >= surest


@settings(deadline=None)
@given(cited_cases(), st.data())
def test_a_weaker_word_makes_no_record_surer(facts: Case, data: Any) -> None:
    if not facts["citations"]:
        return
    citation = data.draw(st.sampled_from(facts["citations"]))
    if citation["hedge"] not in SUREST_FIRST or citation["agreement"] is None:
        return
    about = {"id": citation["record"]["id"]}
    before = Weights(facts).of("releases", about)
    weakest = data.draw(
        st.sampled_from(SUREST_FIRST[SUREST_FIRST.index(citation["hedge"]) :])
    )
    citation["hedge"] = weakest
    after = Weights(facts).of("releases", about)
    assert before.certain or not after.certain
    assert SUREST_FIRST.index(after.hedge) >= SUREST_FIRST.index(before.hedge)
