"""The page on threats names tests that are there."""

import re

from django.conf import settings

PAGE = settings.BASE_DIR / "docs" / "threat-model.md"


def test_every_test_that_the_page_names_is_where_it_says() -> None:
    named = re.findall(r"\[([^\]]+)\]\(\.\./(tests/[^)]+)\)", PAGE.read_text())
    missing = []
    for sentence, path in named:
        file = settings.BASE_DIR / path
        name = "test_" + sentence.replace(" ", "_")
        if not file.exists() or f"def {name}(" not in file.read_text():
            missing.append(f"{path}::{name}")
    assert missing == []
    assert len(named) > 50


def test_nothing_is_said_to_be_stopped_without_a_test() -> None:
    stopped, _heading, _rest = PAGE.read_text().partition("## What is not protected")
    _before, _heading, stopped = stopped.partition("## What stops them")
    rows = [line for line in stopped.splitlines() if line.startswith("| ") and "---" not in line]
    unproved = [row for row in rows if "proved by" not in row and "](../tests/" not in row]
    assert unproved == []
    assert len(rows) > 20
