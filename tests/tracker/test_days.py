"""Questions of days are put to the database in two ways, for few documents and for many
(tracker/asking/questions.py). Both are answered as in plain Python. How: test_plans.py.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tracker.asking import questions
from tracker.asking.filters import FILTERS
from tracker.asking.keyset import page
from tracker.audiences import PUBLIC
from tracker.contract.facts import Span
from tracker.models import PublicDocument, PublicSpan

FIRST = date(2025, 9, 1)
days = st.builds(lambda number: FIRST + timedelta(number), st.integers(0, 9))
day_or_open = st.none() | days
FACTS = [("released_on", ""), ("status", "imprisoned"), ("status", "detained")]
FACTS += [("last_status", "imprisoned"), ("born_on", "")]


@st.composite
def spans(draw: st.DrawFn) -> Span:
    fact, value = draw(st.sampled_from(FACTS))
    first, last = draw(day_or_open), draw(day_or_open)
    if first and last and last < first:
        first, last = last, first
    return Span(fact, value, first, last)


def publish(spans_of_each: Iterable[Iterable[Span]]) -> dict[Any, list[Span]]:
    """Their spans, by the id of the document."""
    published = {}
    for number, of_one in enumerate(spans_of_each):
        row = PublicDocument.objects.create(
            id=uuid4(),
            kind="prisoner",
            seq=number,
            changed_on=FIRST,
            document="{}",
            sort_name=f"{number:06}",
        )
        published[row.pk] = list(of_one)
        PublicSpan.objects.bulk_create(
            PublicSpan(of=row, **vars(span)) for span in published[row.pk]
        )
    return published


def in_order(query: str, limit: int = 200) -> list[Any]:
    filters = FILTERS["prisoner"](QueryDict(query), PUBLIC.documents("prisoner"))
    assert filters.is_valid(), filters.errors
    return [row.pk for row in page(filters.qs, "sort_name", limit).rows]


def has_a_day_of(span: Span, start: date | None, end: date | None) -> bool:
    begins_in_time = end is None or span.first_day is None or span.first_day <= end
    ends_in_time = start is None or span.last_day is None or span.last_day >= start
    return begins_in_time and ends_in_time


class TestAnswersAreThoseOfPlainPython(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(
        spans_of_each=st.lists(st.lists(spans(), max_size=4), max_size=8),
        start=day_or_open,
        end=day_or_open,
        few=st.sampled_from([0, 3, questions.FEW]),
    )
    def test_of_an_event(
        self,
        spans_of_each: list[list[Span]],
        start: date | None,
        end: date | None,
        few: int,
    ) -> None:
        expected = []
        for row_id, of_one in publish(spans_of_each).items():
            released = [span for span in of_one if span.fact == "released_on"]
            asked_nothing = start is None and end is None
            if asked_nothing or any(
                has_a_day_of(span, start, end) for span in released
            ):
                expected.append(row_id)
        asked = f"released_on_or_after={start or ''}&released_on_or_before={end or ''}"
        with patch.object(questions, "FEW", few):
            assert in_order(asked) == expected

    @settings(max_examples=40, deadline=None)
    @given(
        spans_of_each=st.lists(st.lists(spans(), max_size=4), max_size=8),
        day=day_or_open,
        statuses=st.sets(st.sampled_from(["imprisoned", "detained"]), min_size=1),
        few=st.sampled_from([0, 3, questions.FEW]),
    )
    def test_of_a_status(
        self,
        spans_of_each: list[list[Span]],
        day: date | None,
        statuses: set[str],
        few: int,
    ) -> None:
        expected = []
        fact = "status" if day else "last_status"
        for row_id, of_one in publish(spans_of_each).items():
            told = [span for span in of_one if span.fact == fact]
            told = [span for span in told if span.value in statuses]
            if any(has_a_day_of(span, day, day) for span in told):
                expected.append(row_id)
        asked = f"status={','.join(sorted(statuses))}&status_on={day or ''}"
        with patch.object(questions, "FEW", few):
            assert in_order(asked) == expected
