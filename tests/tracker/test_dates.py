from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.dates import (
    EDTFParseException,
    bounds,
    display,
    parse_edtf,
    published,
    validate,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


# Texts put together from the pieces of dates: most are dates, many are impossible, and
# some are nonsense.
years = st.integers(1000, 2999).map(str)
months = st.integers(0, 13).map("{:02}".format) | st.just("XX")
days = st.integers(0, 32).map("{:02}".format) | st.just("XX")
plain = (
    years
    | st.tuples(years, months).map("-".join)
    | st.tuples(years, months, days).map("-".join)
)
marks = st.sampled_from(["", "", "?", "~", "%"])
moments = st.tuples(
    plain | st.from_regex(r"[12][0-9]([0-9]X|XX)", fullmatch=True), marks
).map("".join)
ends = moments | plain | st.sampled_from(["", ".."])
edtf_texts = (
    moments
    | st.tuples(ends, ends).map("/".join)
    | st.tuples(plain | st.just(""), plain | st.just("")).map(
        lambda pair: "[{}..{}]".format(*pair)
    )
    | st.text(alphabet="12039-X?~%./[] ", max_size=14)
)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2025-09", "2025-09-01", "2025-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-01", "2025-01-01", "2025-01-31"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        ("2025-09-11", "2025-09-11", "2025-09-11"),
        ("2025-09-01", "2025-09-01", "2025-09-01"),
        ("2025-12-31", "2025-12-31", "2025-12-31"),
        ("2025-09-11/2025-09-11", "2025-09-11", "2025-09-11"),
        ("2025-09~", "2025-09-01", "2025-09-30"),
        ("2025-09-11?", "2025-09-11", "2025-09-11"),
        ("201X", "2010-01-01", "2019-12-31"),
        ("20XX%", "2000-01-01", "2099-12-31"),
        ("2025-XX", "2025-01-01", "2025-12-31"),
        ("2025-09-XX", "2025-09-01", "2025-09-30"),
        ("2025-09-11/2025-10-07", "2025-09-11", "2025-10-07"),
        ("2025-09-11/2025-09", "2025-09-11", "2025-09-30"),
        ("[2025-09-11..2025-10-07]", "2025-09-11", "2025-10-07"),
    ],
)
def test_bounds_are_the_first_and_last_day_possible(
    text: str, earliest: str, latest: str
) -> None:
    assert bounds(text) == (day(earliest), day(latest))


def test_an_open_or_unknown_end_has_no_bound() -> None:
    assert (
        bounds("2025-09/..")
        == bounds("2025-09/")
        == bounds("[2025-09..]")
        == (day("2025-09-01"), None)
    )
    assert (
        bounds("../2025-09")
        == bounds("/2025-09")
        == bounds("[..2025-09]")
        == (None, day("2025-09-30"))
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2025-02-30", "2025-02-30 is not a day that exists."),
        ("2023-02-29~", "2023-02-29 is not a day that exists."),
        ("2025-00", "2025-00 is not a month that exists."),
        ("2025-13", "2025-13 is not a month that exists."),
        ("2025-13~", "2025-13 is not a month that exists."),
        ("2025-13-XX", "2025-13-XX is not a month that exists."),
        ("2025-09-00", "2025-09-00 is not a day that exists."),
        ("2025-09-11/2025-09-10", "2025-09-11/2025-09-10 ends before it starts."),
        ("[2025-10..2025-09]", "[2025-10..2025-09] ends before it starts."),
        (
            "[2025..2025-09]",
            "[2025..2025-09] needs both ends as exact as each other: two years, two months or two days.",
        ),
        ("../..", "“../..” has neither a start nor an end."),
        ("last autumn", "“last autumn” is not a date written so."),
    ],
)
def test_a_refusal_says_how_to_write_a_date_and_what_is_wrong(
    text: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate(text)
    assert refusal.value.messages == [
        f"Write a date as 2025, 2025-09 or 2025-09-11; {sentence}"
    ]
    assert refusal.value.code == "invalid_date"


def test_what_the_library_cannot_read_is_refused_in_the_same_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cannot_read(text: str) -> None:
        raise EDTFParseException(text)

    monkeypatch.setattr("tracker.dates.parse_edtf", cannot_read)
    text = "1013-07-29"  # of no other test: what the library said is remembered
    with pytest.raises(ValidationError) as refusal:
        validate(text)
    assert refusal.value.messages == [
        f"Write a date as 2025, 2025-09 or 2025-09-11; “{text}” is not a date written so."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2025-09-11T10:00",
        *("-2025", "02025", "0205", "Y20250", "2XXX", "XXXX"),
        *("2025-21", "201X-05", "2025-XX-11", "201X/2025", "2025/2026/2027"),
        *("[2025~..2026]", "[2025..2026-01]", "{2025,2026}", "[]", "/", ".."),
        *("11.09.2025", "2025-9-1", "2025~?", "٢٠٢٥", "", " 2025", "2025\n"),
    ],
)
def test_what_a_record_of_prisoners_cannot_mean_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Write a date as"):
        validate(text)


@settings(max_examples=300, deadline=None)
@given(edtf_texts)
def test_what_is_accepted_is_edtf_with_the_librarys_strict_bounds(text: str) -> None:
    try:
        earliest, latest = bounds(text)
    except ValidationError:
        return
    validate(text)
    library = parse_edtf(text)
    if earliest and not text.startswith("/"):  # it reads an unknown end as ten years
        assert library.lower_strict()[:3] == earliest.timetuple()[:3]
    if latest and not text.endswith("/"):
        assert library.upper_strict()[:3] == latest.timetuple()[:3]


def test_a_published_date_carries_its_bounds() -> None:
    assert published("2025-09/..") == {
        "edtf": "2025-09/..",
        "earliest": "2025-09-01",
        "latest": None,
    }
    assert published("../2025-09") == {
        "edtf": "../2025-09",
        "earliest": None,
        "latest": "2025-09-30",
    }
    assert published("") is None
    assert published(None) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ""),
        ("2025", "2025"),
        ("2025-09", "September 2025"),
        ("2025-09-XX", "September 2025"),
        ("2025-09-11", "11 September 2025"),
        ("2025~", "about 2025"),
        ("2025-09?", "possibly September 2025"),
        ("2025%", "possibly about 2025"),
        ("201X", "some time from 2010 to 2019"),
        ("2025-09-11/2025-10-07", "from 11 September 2025 to 7 October 2025"),
        ("2025-09/..", "from September 2025 on"),
        ("2025-09/", "from September 2025 to an unknown date"),
        ("../2025-09~", "until about September 2025"),
        ("/2025", "from an unknown date to 2025"),
        (
            "[2025-09-11..2025-10-07]",
            "some day between 11 September 2025 and 7 October 2025",
        ),
        ("[..2025-10-07]", "on or before 7 October 2025"),
        ("[2025-10-07..]", "on or after 7 October 2025"),
    ],
)
def test_people_read_dates_in_words(text: str | None, words: str) -> None:
    assert display(text) == words
