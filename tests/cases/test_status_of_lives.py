"""Fifteen invented lives, in the shapes of real ones: what may be said of a day, and what
must not be. The right answers were worked out by hand.
"""

from datetime import date
from typing import Any

import pytest

from cases.custody import Span, on, spans
from tests.cases.test_custody import Case, case, detention, release, sentence
from tracker.dates import bounds


def sighting(day: str | None, **rest: Any) -> Case:
    return {"id": "sighting", "heard_on": day, **rest}


def whereabouts(**rest: Any) -> Case:
    empty = {"last_seen_on": None, "no_contact_since": None, "place_known": None}
    return {"id": "whereabouts", **empty, **rest}


def word(record: str, as_of: str | None = None, **rest: Any) -> Case:
    """One source's word for a record, as a document holds it."""
    return {
        "record": {"id": record},
        "field": "",
        "source": "outlet",
        "hedge": "stated",
        "agreement": "supports",
        "as_of": as_of,
        "claimant": None,
        **rest,
    }


LIVES: dict[str, Case] = {
    "suspended": case(
        sentences=[sentence("2024-03-05", execution="suspended", term_months=24)],
        citations=[word("sentence", "2024-03-06")],
    ),
    "free-pending-appeal": case(
        detentions=[detention("2023-01-01", "2023-06-01", "pre_trial")],
        releases=[release("2023-06-01", "yes")],
        sentences=[sentence("2024-02-01", legal_force="appealed", term_months=36)],
        citations=[word("sentence", "2024-02-02")],
    ),
    "replaced-by-a-fine": case(
        sentences=[
            sentence("2024-02-01", id="prison", term_months=36),
            sentence("2024-06-01", "fine", id="fine", replaces="prison"),
        ],
        citations=[word("prison", "2024-02-01"), word("fine", "2024-06-01")],
    ),
    "fifteen-days-inside-a-term": case(
        detentions=[
            detention("2021-01-01", None, "serving_sentence", id="term"),
            detention("2022-05-01", "2022-05-16", "administrative_arrest", id="cell"),
        ],
        sentences=[sentence("2021-01-01", term_months=96)],
        citations=[word("term", "2022-06-01")],
    ),
    "acquitted-in-the-second-case": case(
        detentions=[
            detention("2021-01-01", None, "serving_sentence", id="first"),
            detention("2023-03-01", "2024-01-01", "pre_trial", id="second"),
        ],
        sentences=[sentence("2021-01-01", term_months=72)],
        citations=[word("first", "2024-01-02")],
    ),
    "heard-of-again": case(
        detentions=[
            detention(
                "2022-01-01",
                None,
                "serving_sentence",
                placements=[
                    {
                        "id": "colony",
                        "place_kind": "penal_colony",
                        "from_on": "2022-06-01",
                        "to_on": None,
                    }
                ],
            )
        ],
        whereabouts=[whereabouts(no_contact_since="2023-02-15")],
        sightings=[sighting("2024-11-12")],
        citations=[word("sighting", "2024-11-13")],
    ),
    "short-arrest-no-end": case(
        detentions=[
            detention("2023-04-03", None, "administrative_arrest", term_days=15)
        ],
        citations=[word("detention", "2023-04-04")],
    ),
    "term-has-passed": case(
        detentions=[detention("2020-09-01")],
        sentences=[sentence("2021-05-01", term_months=24, counted_from="2020-09-01")],
        citations=[word("sentence", "2021-05-02")],
    ),
    "death-denied": case(
        id="person",
        detentions=[detention("2023")],
        died_on="2024-05-10",
        death_in_custody="yes",
        sightings=[sighting("2024-05-20")],
        citations=[
            word("person", "2024-05-10", field="died_on", hedge="alleged"),
            word(
                "person",
                "2024-05-12",
                field="died_on",
                source="family",
                hedge="denied",
                agreement="contradicts",
            ),
            word("sighting", "2024-05-20", source="lawyer"),
        ],
    ),
    "death-disputed": case(
        id="person",
        detentions=[detention("2023")],
        died_on="2024-05-10",
        death_in_custody="yes",
        citations=[
            word("person", "2024-05-10", field="died_on", hedge="alleged"),
            word(
                "person",
                "2024-05-12",
                field="died_on",
                source="authorities",
                hedge="denied",
                agreement="contradicts",
            ),
        ],
    ),
    "retracted": case(
        detentions=[detention("2024-07-01")],
        sentences=[sentence("2024-10-01", term_months=48)],
        citations=[
            word("detention", "2024-07-03", source="another"),
            word("sentence", "2024-10-01", agreement=None),
        ],
    ),
    "predicted-release": case(
        detentions=[detention("2022-03-01", None, "serving_sentence")],
        releases=[release("2025-02-01")],
        citations=[word("release", "2025-01-10", hedge="predicted", agreement=None)],
    ),
    "order-without-days": case(
        releases=[release("2025-03-02")],
        deportations=[
            {
                "id": "refused",
                "deported_on": None,
                "outcome": "refused",
                "release": "release",
            }
        ],
        whereabouts=[whereabouts(place_known="no", after="refused")],
        detentions=[
            detention("2025", "2025-03-02", id="first"),
            detention("[2025-03-02..2025-04-07]", id="again", after="whereabouts"),
        ],
        citations=[word("again", "2025-04-07")],
    ),
    "only-a-sentence": case(
        sentences=[sentence("2025-09-15", term_months=48)],
        citations=[word("sentence", "2025-10-07")],
    ),
    "bail": case(
        detentions=[
            detention("2022-01-05", "2022-04-01", id="first"),
            detention("2022-09-09", id="again"),
        ],
        releases=[release("2022-04-01", ground="bail")],
        citations=[word("again", "2022-09-10")],
    ),
}

ANY = None
# Of each life: day, what must be among the statuses, what must not, and whether it is
# said as the last that is known.
ANSWERS: list[tuple[str, str, set[str], set[str], bool | None]] = [
    (
        "suspended",
        "2024-06-01",
        {"sentenced_not_held"},
        {"imprisoned", "detained"},
        True,
    ),
    ("free-pending-appeal", "2024-03-01", {"sentenced_not_held"}, {"imprisoned"}, True),
    ("replaced-by-a-fine", "2024-03-01", {"sentenced"}, {"imprisoned"}, True),
    (
        "replaced-by-a-fine",
        "2024-07-01",
        {"sentenced_not_held"},
        {"imprisoned", "released"},
        True,
    ),
    ("fifteen-days-inside-a-term", "2022-05-20", {"imprisoned"}, {"released"}, ANY),
    ("fifteen-days-inside-a-term", "2022-08-01", {"imprisoned"}, {"released"}, True),
    (
        "acquitted-in-the-second-case",
        "2024-01-02",
        {"imprisoned"},
        {"released", "restricted_liberty"},
        ANY,
    ),
    ("heard-of-again", "2023-06-01", {"imprisoned"}, {"whereabouts_unknown"}, ANY),
    ("heard-of-again", "2024-11-13", {"imprisoned"}, {"whereabouts_unknown"}, ANY),
    ("short-arrest-no-end", "2023-04-10", {"detained"}, {"released"}, True),
    (
        "short-arrest-no-end",
        "2024-01-01",
        {"detained", "not_known"},
        {"released"},
        True,
    ),
    ("term-has-passed", "2021-06-01", {"imprisoned"}, set(), True),
    ("term-has-passed", "2026-01-01", {"imprisoned", "not_known"}, {"released"}, True),
    ("death-denied", "2024-05-11", {"detained"}, {"died_in_custody"}, ANY),
    ("death-denied", "2024-05-21", {"detained"}, {"died_in_custody"}, True),
    ("death-disputed", "2024-05-13", {"detained"}, {"died_in_custody"}, True),
    ("retracted", "2024-11-01", {"detained"}, {"imprisoned"}, True),
    ("predicted-release", "2025-02-02", {"imprisoned"}, {"released"}, True),
    ("order-without-days", "2025-03-02", {"released"}, set(), ANY),
    (
        "order-without-days",
        "2025-03-20",
        {"released", "whereabouts_unknown", "detained"},
        {"imprisoned"},
        ANY,
    ),
    ("order-without-days", "2025-04-07", {"detained"}, {"released"}, ANY),
    ("order-without-days", "2026-04-07", {"detained"}, set(), True),
    (
        "only-a-sentence",
        "2025-10-07",
        {"sentenced"},
        {"imprisoned", "convicted_in_absentia"},
        ANY,
    ),
    ("bail", "2022-05-01", {"on_bail"}, {"released", "imprisoned"}, ANY),
    ("bail", "2022-09-10", {"detained"}, set(), ANY),
]


def is_last_known(span: Span, day: str) -> bool:
    earliest = bounds(span.as_of).earliest if span.as_of else None
    return earliest is not None and earliest < date.fromisoformat(day)


@pytest.mark.parametrize(("life", "day", "must", "must_not", "last_known"), ANSWERS)
def test_a_life_comes_out_right(
    life: str, day: str, must: set[str], must_not: set[str], last_known: bool | None
) -> None:
    span = on(spans(LIVES[life]), date.fromisoformat(day))
    assert must <= set(span.statuses)
    assert must_not.isdisjoint(span.statuses)
    if last_known is not None:
        assert is_last_known(span, day) == last_known


@pytest.mark.parametrize("life", ["death-denied", "death-disputed"])
def test_that_a_death_is_in_doubt_is_said_from_its_day_on(life: str) -> None:
    timeline = spans(LIVES[life])
    assert on(timeline, date(2024, 5, 9)).reasons == ()
    assert on(timeline, date(2024, 5, 10)).reasons == ("death_in_doubt",)
    assert on(timeline, date(2024, 5, 13)).reasons == ("death_in_doubt",)
