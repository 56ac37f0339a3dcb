"""How a page words the span of a status."""

from datetime import date

from tracker.site import status

REST: dict[str, object] = {
    "hedge": None,
    "disputed": False,
    "as_of": None,
    "reasons": [],
    "basis": [],
}
SPANS = [
    {**REST, "since": None, "until": "2025-09-11", "statuses": ["imprisoned"]},
    {
        **REST,
        "since": "2025-09-11",
        "until": "2025-10-07",
        "statuses": ["detained", "whereabouts_unknown"],
    },
    {**REST, "since": "2025-10-07", "until": None, "statuses": ["detained"]},
]


def test_a_status_that_may_have_begun_before_is_said_to_hold_at_the_latest_since() -> (
    None
):
    assert (
        status.on({"status": SPANS}, date(2025, 12, 1)).period
        == "since 7 October 2025 at the latest"
    )


def test_a_status_that_began_on_a_known_day_is_said_to_hold_since_then() -> None:
    spans = [
        SPANS[0],
        {**REST, "since": "2025-09-11", "until": None, "statuses": ["released"]},
    ]
    assert (
        status.on({"status": spans}, date(2025, 12, 1)).period
        == "since 11 September 2025"
    )


def test_what_has_no_known_beginning_is_not_told_as_certain_on_one_day_only() -> None:
    held = ["detained", "not_known"]
    spans = [
        {**REST, "since": None, "until": "2025-09-10", "statuses": held},
        {**REST, "since": "2025-09-10", "until": "2025-09-11", "statuses": held[:1]},
        {**REST, "since": "2025-09-11", "until": None, "statuses": ["released"]},
    ]
    told = status.history({"status": spans})
    assert [(span.period, span.begins) for span in told] == [
        ("until 10 September 2025", "since when is not known"),
        ("since 11 September 2025", ""),
    ]
    assert told[0].statuses == [("detained", "in detention")]


def test_a_day_of_its_own_is_told_as_one() -> None:
    spans = [
        {**REST, "since": None, "until": "2025-09-10", "statuses": ["released"]},
        {
            **REST,
            "since": "2025-09-10",
            "until": "2025-09-11",
            "statuses": ["detained"],
        },
        {**REST, "since": "2025-09-11", "until": None, "statuses": ["released"]},
    ]
    periods = [span.period for span in status.history({"status": spans})]
    assert periods[1] == "on 10 September 2025"
