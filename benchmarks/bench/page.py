"""Writes what was measured into docs/performance.md: a section for each number of cases."""

import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench import table

PAGE = Path(__file__).parent.parent.parent / "docs" / "performance.md"


def section(circumstances: str, lines: Sequence[table.Line]) -> str:
    return (
        f"{circumstances}\n\n{table.table(lines)}\n\n```\n{table.chart(lines)}\n```\n"
    )


def write(heading: str, text: str, page: Path = PAGE) -> None:
    page.write_text(with_section(page.read_text(), heading, text))


def with_section(page: str, heading: str, text: str) -> str:
    """The section of that heading is replaced; a new one comes last."""
    written = f"## {heading}\n\n{text}"
    old = re.compile(
        rf"^## {re.escape(heading)}$.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE
    )
    if not old.search(page):
        return f"{page.rstrip()}\n\n{written}"
    return old.sub(lambda _match: f"{written}\n", page).rstrip() + "\n"
