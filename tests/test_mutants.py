"""What `make mutants` is told, and what it makes of a module before it changes it."""

from pathlib import Path

import pytest

from tests.mutants.__main__ import Group, groups_of_table, without_decorators

ROOT = Path(__file__).parent.parent
GROUPS = groups_of_table()


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_every_module_and_test_that_it_is_told_of_is_there(group: Group) -> None:
    missing = [
        pattern
        for pattern in (*group.modules, *group.tests)
        if not list(ROOT.glob(pattern))
    ]
    assert missing == []


def test_the_page_has_a_line_for_each() -> None:
    page = (ROOT / "docs" / "mutants.md").read_text()
    assert [name for name in GROUPS if f"\n| {name.name} |" not in page] == []


def test_a_function_without_its_decorators_does_what_it_did() -> None:
    source = """
from functools import cache, cached_property, wraps

def twice(function):
    @wraps(function)
    def both(*arguments):
        return function(*arguments) * 2
    return both

calls = []

@cache
@twice
def word(letter):
    calls.append(letter)
    return letter

class Thing:
    @property
    def length(self):
        return 3

    @classmethod
    def made(cls):
        return cls()

    @staticmethod
    @twice
    def half(number):
        return number / 2

    @cached_property
    def answer(self):
        return [
            self.length,
        ]
"""
    plain = without_decorators(source)
    names: dict[str, object] = {}
    exec(
        plain
        + "\nfound = word('a'), word('a'), Thing.made().length, Thing.half(4), Thing().answer",
        names,
    )
    assert "@" not in plain
    assert names["found"] == ("aa", "aa", 3, 4.0, [3])
    assert names["calls"] == ["a", "a"]  # nothing is kept from before
