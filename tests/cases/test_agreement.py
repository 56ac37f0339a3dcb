"""Does a source support what the record holds, or contradict it?"""

from typing import Any

import pytest

from cases.agreement import agreement


def said(
    states: Any, held: Any, *, hedge: str = "stated", retracted: bool = False
) -> str | None:
    """Of one field, by a source that states this where the record holds that."""
    citation = {"field": "fact", "states": states, "hedge": hedge}
    return agreement(citation, {"fact": held}, retracted=retracted)


@pytest.mark.parametrize(
    ("states", "held", "agrees"),
    [
        (None, "male", "supports"),
        ("male", "male", "supports"),
        ("female", "male", "contradicts"),
        (60, 60, "supports"),
        (48, 60, "contradicts"),
        (True, True, "supports"),
        (False, True, "contradicts"),
        ("60", 60, "contradicts"),
        (60, "60", "contradicts"),
        ("male", None, "contradicts"),
        ("male", "", "contradicts"),
        ("", "", "contradicts"),
        ("A party", "A party of another name", "contradicts"),
        ("A party", "2025", "contradicts"),
        ("2025", "A party", "contradicts"),
    ],
)
def test_a_source_supports_what_it_states_and_contradicts_another(
    states: Any, held: Any, agrees: str
) -> None:
    assert said(states, held) == agrees


@pytest.mark.parametrize(
    ("states", "held", "agrees"),
    [
        ("journalist", ["blogger", "journalist"], "supports"),
        ("lawyer", ["blogger", "journalist"], "contradicts"),
        (["blogger", "journalist"], ["blogger", "journalist"], "supports"),
        (["blogger"], ["blogger", "journalist"], "supports"),
        (["blogger", "lawyer"], ["blogger", "journalist"], "contradicts"),
        ("journalist", [], "contradicts"),
    ],
)
def test_a_source_need_not_name_every_entry_of_a_list(
    states: Any, held: list[str], agrees: str
) -> None:
    assert said(states, held) == agrees


@pytest.mark.parametrize(
    ("states", "held", "agrees"),
    [
        ("2025-09-11", "2025-09", "supports"),
        ("2025-09", "2025-09-11", "supports"),
        ("2025-09-30", "2025-09", "supports"),
        ("2025-09-01", "2025-09", "supports"),
        ("2025-09", "2025-09-01", "supports"),
        ("2025-09", "2025-09-30", "supports"),
        ("2025-10-01", "2025-09", "contradicts"),
        ("2025-08-31", "2025-09", "contradicts"),
        ("2025-09/..", "2030", "supports"),
        ("2025-09/..", "2025-08", "contradicts"),
        ("../2025-09", "1990", "supports"),
        ("../2025-09", "2025-10", "contradicts"),
        ("2030", "2025-09/..", "supports"),
        ("2025-08", "2025-09/..", "contradicts"),
        ("1990", "../2025-09", "supports"),
        ("2025-10", "../2025-09", "contradicts"),
        ("2025-09/..", "../2025-09", "supports"),
        ("2025-09/..", "../2025-08", "contradicts"),
        ("../2025-08", "2025-09/..", "contradicts"),
        ("2025-09/..", "2026/..", "supports"),
        ("../2025-09", "../2020", "supports"),
    ],
)
def test_two_dates_agree_where_they_may_be_one_day(
    states: str, held: str, agrees: str
) -> None:
    assert said(states, held) == agrees


@pytest.mark.parametrize("states", [None, "male", "female"])
def test_a_prediction_and_a_source_taken_back_say_nothing(states: str | None) -> None:
    assert said(states, "male", hedge="predicted") is None
    assert said(states, "male", retracted=True) is None


def test_a_denial_contradicts_what_it_denies_and_supports_another() -> None:
    assert said("male", "male", hedge="denied") == "contradicts"
    assert said(None, "male", hedge="denied") == "contradicts"
    assert said("female", "male", hedge="denied") == "supports"


def test_what_is_another_record_is_cited_by_its_name_and_held_by_its_id() -> None:
    citation = {"field": "facility", "hedge": "stated", "states": "one"}
    assert agreement(citation, {"facility_id": "one"}, retracted=False) == "supports"
    assert agreement(citation, {"facility_id": "two"}, retracted=False) == "contradicts"


def test_of_a_record_as_a_whole_a_source_supports_that_it_is_so() -> None:
    citation = {"field": "", "hedge": "stated", "states": None}
    assert agreement(citation, {"sex": "male"}, retracted=False) == "supports"
