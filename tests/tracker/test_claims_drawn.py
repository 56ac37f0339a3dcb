"""Claims as marks over time: where each stands, how it looks, and what is not drawn."""

from datetime import date
from itertools import pairwise
from typing import Any

from tracker.dates import published
from tracker.site.claims_drawn import Axis, earliest, panels

AXIS = Axis(date(2020, 1, 1), date(2030, 1, 1))
ANYONE: dict[str, Any] = {
    "measure": "political_prisoners_held",
    "release_event": None,
    "court_case": None,
    "country": "BY",
    "of_group": None,
    "of_nationality": None,
    "value": None,
    "value_as_stated": None,
    "qualifier": None,
    "lowest": None,
    "highest": None,
    "claimant": None,
    "citations": [],
}


def claim(as_of: str | None, **facts: Any) -> dict[str, Any]:
    return {"id": str(facts), "as_of": published(as_of), **ANYONE, **facts}


def test_a_mark_stands_at_its_day_and_number_and_tells_what_it_leaves_open() -> None:
    (panel,) = panels(
        [
            claim("2025-01-01", value=1000),
            claim("2021-06", value=500, qualifier="about"),
            claim("2023-01-01/..", value=250, qualifier="at_least"),
            claim("2029-12-01", lowest=200, highest=400),
        ],
        AXIS,
    )
    about, more, exactly, between = panel.marks
    assert (panel.most, panel.not_drawn) == ("1,000", 0)
    assert [mark.looks for mark in panel.marks] == [
        "about",
        "or-more",
        "exactly",
        "about",
    ]
    assert (exactly.x, exactly.y, exactly.until) == ("50%", "12%", "")
    assert (about.y, about.since, about.until) == ("52.5%", "14.2%", "14.9%")
    assert (more.since, more.until) == ("30%", "100%")
    assert (between.y, between.highest) == ("76.8%", "60.6%")
    assert between.label_anchor == "end"  # or it would stand outside


def test_what_nobody_says_of_all_at_a_day_is_not_drawn() -> None:
    denied = {
        "field": None,
        "source": "1",
        "hedge": "denied",
        "agreement": "contradicts",
    }
    claims = [
        claim("2025", value=7, citations=[denied]),
        claim("2025", value_as_stated="many"),
        claim(None, value=8),
        claim("1999", value=10),
        claim("1998", value=11, of_group="journalists"),
    ]
    assert panels(claims, AXIS) == []
    (panel,) = panels([*claims, claim("2025", value=9)], AXIS)
    assert (len(panel.marks), panel.not_drawn) == (1, 4)
    assert earliest(claims) == date(1999, 1, 1)


def test_labels_of_one_day_stand_beneath_each_other() -> None:
    (panel,) = panels([claim("2025-01-01", value=900 + n) for n in range(5)], AXIS)
    heights = [
        float(mark.y.removesuffix("%")) * 2.4 + mark.label_y for mark in panel.marks
    ]
    for upper, lower in pairwise(heights):
        assert lower - upper >= 13  # pixels: no label is higher than that


def test_each_country_is_drawn_by_itself() -> None:
    claims = [claim("2025", value=5), claim("2025", value=6, country="RU")]
    names = [panel.name for panel in panels(claims, AXIS)]
    assert names == ["Belarus", "Russia"]
    assert [panel.marks[0].number for panel in panels(claims, AXIS)] == [1, 2]
