"""Storing and finding editions, in one place."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cases import aggregate, editions
from cases.editions import Approval
from cases.models import Edition
from tests.factories import approve, make_documenter, make_prisoner
from tests.roles import acting_as
from tracker.clock import today

ROOT = Path(__file__).parent.parent.parent
# Lists that show editions, erasing, which changes what is stored, and what the database
# asks of a new one.
ALLOWED = {
    "cases/editions.py",
    "cases/desk/api/publishing.py",
    "cases/desk/erasing/copies.py",
    "cases/desk/erasing/erasing.py",
    "cases/triggers/approving.py",
    "cases/triggers/sourcing.py",  # was it ever approved? Not what it says
}
MANAGERS = {"objects", "_default_manager", "_base_manager"}


def asks_for_editions(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            named = node.value
            if isinstance(named, ast.Name) and named.id == "Edition":
                return True
        if isinstance(node, ast.Constant) and "cases_edition" in str(node.value):
            return True
    return False


def test_nobody_else_asks_for_editions() -> None:
    asking = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "cases").rglob("*.py")
        if "migrations" not in path.parts and asks_for_editions(path)
    }
    assert asking == ALLOWED


@pytest.mark.django_db
class TestFinding:
    def approval(self, root: Any, **values: Any) -> Approval:
        case = aggregate.read(root.kind, [root.pk])[root.pk]
        return Approval(root.pk, root.version, 7, {**case, **values})

    def test_editions_are_numbered_one_by_one_or_many_at_once(self) -> None:
        first, second = make_prisoner("First"), make_prisoner("Second")
        approve(first)
        both = [self.approval(first), self.approval(second)]
        with acting_as("publisher"):
            editions.store_saved("prisoner", both)
            editions.store_saved("prisoner", [])
        last = editions.last("prisoner", [first.pk, second.pk])
        assert {root_id: last[root_id].number for root_id in last} == {
            first.pk: 2,
            second.pk: 1,
        }
        assert last[first.pk].event == 7
        assert last[first.pk].approved_by is None

    def test_what_is_stored_says_its_form_and_is_read_without_it(self) -> None:
        case, user = make_prisoner(), make_documenter()
        edition = editions.store("prisoner", self.approval(case), approved_by=user)
        assert Edition.objects.get().snapshot["form"] == editions.FORM
        assert edition.case == aggregate.read("prisoner", [case.pk])[case.pk]
        assert edition.approved_by == user

    def test_the_last_one_may_not_be_shown_yet(self) -> None:
        case, tomorrow = make_prisoner(), today() + timedelta(days=1)
        editions.store("prisoner", self.approval(case))
        later = self.approval(case)
        editions.store("prisoner", later, not_before=tomorrow)
        ids = [case.pk]
        assert editions.last("prisoner", ids)[case.pk].number == 2
        assert editions.last_shown("prisoner", ids, today())[case.pk].number == 1
        assert editions.last_shown("prisoner", ids, tomorrow)[case.pk].number == 2

    def test_lists_of_approvals_leave_the_cases_out(
        self, django_assert_num_queries: Any
    ) -> None:
        case = make_prisoner()
        for _time in range(2):
            editions.store("prisoner", self.approval(case), approved_by=None)
        with django_assert_num_queries(2):
            approvals = editions.approvals("prisoner", case.pk)
            last = editions.last_approval("prisoner", case.pk)
        assert [edition.number for edition in approvals] == [2, 1]
        assert last == approvals[0]
        with pytest.raises(AssertionError, match="without its case"):
            _case = approvals[0].case

    def test_there_need_not_be_any(self) -> None:
        case = make_prisoner()
        assert editions.last_approval("prisoner", case.pk) is None
        assert editions.last("prisoner", [case.pk]) == {}
