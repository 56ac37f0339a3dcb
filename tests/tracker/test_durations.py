"""For how many days somebody was held, and never more than a document tells."""

from datetime import date
from typing import Any

import pytest

from tracker import dates
from tracker.contract import durations
from tracker.contract.durations import Days, Held


def span(since: str | None, until: str | None, *statuses: str, **more: Any) -> Any:
    said = {"hedge": "stated", "disputed": False, "as_of": None, **more}
    said["as_of"] = dates.published(said["as_of"])
    return {"since": since, "until": until, "statuses": list(statuses), **said}


def test_days_are_those_of_the_spans_and_a_release_ends_them() -> None:
    status = [
        span("2024-01-10", "2024-01-20", "detained", hedge="reported"),
        span("2024-01-20", "2024-01-31", "imprisoned"),
        span("2024-01-31", None, "released"),
    ]
    assert durations.held(status, None) == Held(21, 21, hedge="reported")
    assert durations.held([], None) == Held(0, 0)


def test_days_of_which_it_is_not_known_are_only_in_the_largest_number() -> None:
    status = [
        span("2024-01-01", "2024-02-01", "detained", "not_known"),
        span("2024-02-01", "2024-02-11", "detained", disputed=True),
        span("2024-02-11", "2024-03-01", "sentenced"),
        span("2024-03-01", None, "released", "released_and_expelled"),
    ]
    assert durations.held(status, None) == Held(10, 60, hedge="stated", disputed=True)


def test_who_is_still_held_is_counted_to_the_last_day_that_a_source_tells_of() -> None:
    """Whatever day it is today."""
    status = [span("2024-01-01", None, "imprisoned", as_of="2024-01")]
    assert durations.held(status, None) == Held(1, None, open_end=True, hedge="stated")
    status = [span("2024-01-01", None, "imprisoned", as_of="2024-03-10")]
    assert durations.held(status, None).least == 70
    status = [span("2024-01-01", None, "imprisoned")]
    assert durations.held(status, None).least == 0
    # The term is over by plain count: nobody knows of later days.
    passed = [
        span("2024-01-01", "2024-04-01", "imprisoned", as_of="2024-01-05"),
        span("2024-04-01", None, "imprisoned", "not_known", reasons=["term_passed"]),
    ]
    assert durations.held(passed, None) == Held(91, None, open_end=True, hedge="stated")


def test_a_start_that_nobody_knows_leaves_no_largest_number() -> None:
    status = [
        span(None, "2024-02-01", "imprisoned"),
        span("2024-02-01", None, "released"),
    ]
    assert durations.held(status, None) == Held(
        0, None, open_start=True, hedge="stated"
    )
    # Who was released was held on the day before, and nobody knows since when.
    status = [
        span(None, "2024-01-31", "detained", "not_known"),
        span("2024-01-31", "2024-02-01", "detained"),
        span("2024-02-01", None, "released"),
    ]
    assert durations.held(status, None) == Held(
        1, None, open_start=True, hedge="stated"
    )
    # That nothing is known of the time before says nothing of it.
    status = [
        span(None, "2024-01-30", "not_known"),
        span("2024-01-30", "2024-02-01", "imprisoned"),
        span("2024-02-01", None, "released"),
    ]
    assert durations.held(status, None) == Held(2, 2, hedge="stated")


def test_until_a_day_that_is_asked_for_there_is_a_largest_number() -> None:
    status = [span("2024-01-01", None, "imprisoned", as_of="2024-01-03")]
    assert durations.held(status, date(2024, 1, 10)) == Held(3, 10, hedge="stated")
    assert durations.held(status, date(2024, 1, 2)) == Held(2, 2, hedge="stated")
    assert durations.held(status, date(2023, 12, 31)) == Held(0, 0)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2024-01-01", "2024-01-31", Days(30, 30)),
        ("2024-01", "2024-02-10", Days(10, 40)),
        ("2024-01", "2024-01", Days(0, 30)),
        ("2024-01-01", "[2024-01-05..]", Days(4, None)),
        ("2024-01-01", None, Days()),
        (None, "2024-01-01", Days()),
    ],
)
def test_between_two_dates_as_exactly_as_they_are_known(
    start: str | None, end: str | None, days: Days
) -> None:
    assert durations.between(dates.published(start), dates.published(end)) == days


def test_days_left_are_told_only_of_whom_is_held_as_last_known() -> None:
    in_force = {"ends_on": dates.published("2024-03")}
    here = {
        "status": [span("2024-01-01", None, "imprisoned", as_of="2024-02-01")],
        "sentence_in_force": in_force,
    }
    assert durations.left(here) == Days(29, 59)
    gone = {**here, "status": [span("2024-02-01", None, "released", as_of="2024-02")]}
    for document in (
        gone,
        {**here, "sentence_in_force": None},
        {**here, "sentence_in_force": {"ends_on": None}},
        {**here, "status": []},
    ):
        assert durations.left(document) == Days()
