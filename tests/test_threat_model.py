"""The pages on threats and on the rules of the gate name tests that are there."""

import re

import pytest
from django.conf import settings

PAGE = settings.BASE_DIR / "docs" / "threat-model.md"


@pytest.mark.parametrize(
    ("page", "at_least"),
    [("threat-model.md", 50), ("architecture.md", 20), ("mutants.md", 20)],
)
def test_every_test_that_the_page_names_is_where_it_says(
    page: str, at_least: int
) -> None:
    text = (settings.BASE_DIR / "docs" / page).read_text()
    named = re.findall(r"\[([^\]]+)\]\(\.\./(tests/[^)]+)\)", text)
    missing = []
    for sentence, path in named:
        file = settings.BASE_DIR / path
        name = "test_" + sentence.replace(" ", "_")
        if not file.exists() or f"def {name}(" not in file.read_text():
            missing.append(f"{path}::{name}")
    assert missing == []
    assert len(named) > at_least


def test_nothing_is_said_to_be_stopped_without_a_test() -> None:
    stopped, _heading, _rest = PAGE.read_text().partition("## What is not protected")
    _before, _heading, stopped = stopped.partition("## What stops them")
    rows = [
        line
        for line in stopped.splitlines()
        if line.startswith("| ") and "---" not in line
    ]
    unproved = [
        row for row in rows if "proved by" not in row and "](../tests/" not in row
    ]
    assert unproved == []
    assert len(rows) > 20


def test_each_rule_of_the_gate_has_a_test() -> None:
    page = (settings.BASE_DIR / "docs" / "architecture.md").read_text()
    rules = re.findall(r"^(\d)\. ", page, re.MULTILINE)
    assert rules == [str(number) for number in range(1, 8)]
    assert [
        rule
        for rule in rules
        if not re.search(rf"^\| {rule} \| .*\]\(\.\./tests/", page, re.MULTILINE)
    ] == []
