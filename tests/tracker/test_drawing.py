"""The status of a case, drawn to scale."""

from typing import Any

from tracker.site.drawing import NO_WORD, drawn
from tracker.site.status import last_known

REST: dict[str, Any] = {"hedge": None, "disputed": False, "basis": []}


def span(since: str | None, until: str | None, *statuses: str, **more: Any) -> Any:
    told = {"since": since, "until": until, "statuses": list(statuses)}
    return {**REST, "as_of": None, "reasons": [], **told, **more}


HEARD_OF = {"edtf": "2024-01-01", "earliest": "2024-01-01", "latest": "2024-01-01"}
HELD = span("2020-01-01", "2028-01-01", "imprisoned", as_of=HEARD_OF)
LIFE = [
    span(None, "2020-01-01", "not_known"),
    HELD,
    span("2028-01-01", None, "imprisoned", "not_known", reasons=["term_passed"]),
]


def share(percent: str) -> float:
    return float(percent.removesuffix("%"))


def test_time_is_drawn_to_scale_and_ends_with_the_last_day_that_is_spoken_of() -> None:
    drawing = drawn(LIFE)
    assert drawing
    assert [bar.looks for bar in drawing.bars] == ["unknown", "held", NO_WORD]
    assert (drawing.first, drawing.last) == ("1 January 2020", "1 January 2024")
    assert [year for _x, year in drawing.years] == [2021, 2022, 2023, 2024]
    held = drawing.bars[1]
    half = next(share(x) for x, year in drawing.years if year == 2022)
    assert abs(half - (share(held.x) + share(held.width) / 2)) < 0.1
    ends = [share(bar.x) + share(bar.width) for bar in drawing.bars]
    starts = [share(bar.x) for bar in drawing.bars]
    assert ([0, *ends[:-1]], ends[-1]) == (starts, 100)
    assert "2027" in drawing.words[1][1]


def test_a_reckoned_end_of_the_term_is_no_end_of_what_is_last_known() -> None:
    assert last_known({"status": LIFE}).period == "since 1 January 2020"


def test_nothing_is_drawn_of_what_nobody_knows() -> None:
    assert drawn([span(None, None, "not_known")]) is None
