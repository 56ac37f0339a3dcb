"""When several terms are over by plain count: how they run decides it, and where nobody
says how, nobody is told that they were added.
"""

from datetime import date
from typing import Any

import pytest

from cases.terms import last_day_of_terms


def sentence(
    months: int | None, day: str = "2020-01-01", **said: Any
) -> dict[str, Any]:
    return {
        "id": str(months),
        "punishment": "imprisonment",
        "term_months": months,
        "handed_down_on": day,
        **said,
    }


def over(*sentences: dict[str, Any], held_since: str | None = None) -> date | None:
    return last_day_of_terms(sentences, held_since)


def test_one_alone() -> None:
    assert over(sentence(24)) == date(2022, 1, 31)


def test_terms_that_follow_each_other_are_added() -> None:
    assert over(sentence(24), sentence(12, runs="consecutive")) == date(2023, 1, 31)


def test_terms_of_which_nobody_says_how_they_run_are_not_added() -> None:
    assert over(sentence(24), sentence(12)) == date(2022, 1, 31)


def test_what_is_added_to_such_terms_comes_after_the_longer_one() -> None:
    added = sentence(6, runs="consecutive")
    assert over(sentence(24), sentence(12), added) == date(2022, 7, 31)


@pytest.mark.parametrize("way", ["concurrent", None])
def test_terms_beside_each_other_end_each_by_its_own_day(way: str | None) -> None:
    early = sentence(36, counted_from="2020-01-01")
    late = sentence(24, counted_from="2022-01-01", runs=way)
    assert over(early, late) == over(late, early) == date(2024, 1, 31)


def test_terms_beside_each_other_end_by_the_judgment_where_no_day_is_counted() -> None:
    late = sentence(24, "2022-01-01", runs="concurrent")
    assert over(sentence(36), late) == date(2024, 1, 31)
    assert over(sentence(36), late, held_since="2020-01-01") == date(2023, 1, 31)


@pytest.mark.parametrize(
    "other",
    [
        sentence(None),
        sentence(12, runs="partly_added"),
        sentence(12, punishment="life"),
    ],
)
def test_what_has_no_end_or_none_that_is_known_is_never_over(
    other: dict[str, Any],
) -> None:
    assert over(sentence(24), other) is None
