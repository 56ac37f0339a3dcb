"""Whatever a list is asked, and in whatever order: for one page PostgreSQL reads some rows,
and never all documents or all spans. Its own plans, among so many rows that it decides.
"""

import json
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from tests import crowd
from tracker.asking import keyset, questions
from tracker.asking.filters import FILTERS
from tracker.audiences import PUBLIC
from tracker.contract.documents import DOCUMENTS

pytestmark = pytest.mark.usefixtures("with_every_right")

# All a tenth of what they are among 100,000 people; and so is a page.
PEOPLE, FEW, MANY, NEAR, LIMIT = 10_000, 300, 2000, 200, 10
MOST_READ = PEOPLE // 2
# Of too many to be read by their ids, and whoever was in prison then came out later than
# half of all: docs/decisions/plans.md says what that costs.
ALL_LAST = {("status_on=2012-01-01&status=imprisoned", "-released_on")}
# Each is of many or of few, and they are together of fewer.
TOGETHER = [
    "status=imprisoned&status_on=2012-01-01&sex=male",
    "status=released&term_months_min=299",
    "status=imprisoned&term_months_min=100",
    "status=imprisoned&released_on_or_after=2100-01-01",
    "status=released&released_on_or_after=2012-01-01&detained_on_or_after=2012-01-01",
    "status=released&closed_hearing=yes",
]


class TestOfOnePage(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        crowd.publish(PEOPLE)
        with connection.cursor() as cursor:
            # Only VACUUM makes indexes as cheap as they are, and no transaction may.
            cursor.execute("SET LOCAL enable_seqscan = off")
            # What is not allowed is reckoned so dear that each plan would be compiled.
            cursor.execute("SET LOCAL jit = off")

    def setUp(self) -> None:
        for module, name, number in (
            (questions, "FEW", FEW),
            (questions, "MANY", MANY),
            (keyset, "NEAR", NEAR),
        ):
            patched = patch.object(module, name, number)
            patched.start()
            self.addCleanup(patched.stop)

    def test_of_each_question_hardly_any_are_read(self) -> None:
        for kind in DOCUMENTS:
            orders = orders_of(kind)
            for asked in questions_of(kind):
                order = next(orders)
                if (asked, order) not in ALL_LAST:
                    read = rows_read(kind, asked, order)
                    assert read <= MOST_READ, (kind, asked, order)

    def test_nor_of_several_together_in_any_order(self) -> None:
        for asked in TOGETHER:
            for order in {*islice(orders_of("prisoner"), 8)}:
                read = rows_read("prisoner", asked, order)
                assert read <= MOST_READ, (asked, order)


def orders_of(kind: str) -> Iterator[str]:
    for order in cycle(FILTERS[kind].orderings):
        yield order
        yield f"-{order}"


def questions_of(kind: str) -> Iterator[str]:
    yield ""
    for name, question in FILTERS[kind].base_filters.items():
        for value in crowd.values(kind, question):
            asked = f"{name}={value}"
            if name == "status_on":
                asked += "&status=imprisoned"
            yield asked


def rows_read(kind: str, asked: str, order: str) -> int:
    """Of documents and spans, by all statements that answer one page."""
    filters = FILTERS[kind](QueryDict(asked), PUBLIC.documents(kind), only_asked=True)
    assert filters.is_valid(), (asked, filters.errors)
    column = FILTERS[kind].orderings[order.removeprefix("-")]
    with CaptureQueriesContext(connection) as statements:
        rows = filters.qs
        keyset.page(
            rows,
            column,
            LIMIT,
            descending=order.startswith("-"),
            among=filters.among,
        )
    return sum(map(_rows_read, statements.captured_queries))


def _rows_read(statement: dict[str, str]) -> int:
    text = statement["sql"].replace("%", "%%")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}")
        ((told,),) = cursor.fetchall()
    if isinstance(told, str):
        told = json.loads(told)
    read = 0
    for node in _nodes(told[0]["Plan"]):
        if "Relation Name" in node:
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            read += int(node["Actual Loops"] * rows)
    return read


def _nodes(plan: Any) -> Iterator[Any]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
