"""What a list should come to: of how many rows a column says a thing. Counted in the
file when its rows are read, so that a list that was cut off, or matched wrongly, is
noticed before anything of it is accepted.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from cases.desk.lists.cells import Reader
from cases.desk.lists.table import Table
from cases.desk.lists.targets import Plan
from cases.desk.lists.unread import Unread
from cases.desk.lists.words import plain


@dataclass(frozen=True)
class Total:
    """`found`: None until the rows are read."""

    column: str
    text: str
    expected: int
    found: int | None = None


def typed(lines: str, columns: Sequence[str]) -> list[Total]:
    """Of lines such as “Status: released: 52”. Raises ValueError with a sentence."""
    totals = []
    for line in lines.splitlines():
        if line.strip():
            totals.append(_typed(line.strip(), columns))
    return totals


def _typed(line: str, columns: Sequence[str]) -> Total:
    said, sign, number = line.rpartition(":")
    if not sign or not number.strip().isdecimal():
        sentence = _("“%(line)s”: write it as in “Status: released: 52”.")
        raise ValueError(sentence % {"line": line})
    for column in sorted(columns, key=len, reverse=True):  # a title may have a colon
        if column and said.casefold().startswith(f"{column}:".casefold()):
            text = said[len(column) + 1 :].strip()
            return Total(column, text, int(number))
    sentence = _(
        "“%(line)s” names no column of this file. Its columns are: %(columns)s."
    )
    words = {"line": line, "columns": ", ".join(columns)}
    raise ValueError(sentence % words)


def as_json(totals: Iterable[Total]) -> list[dict[str, Any]]:
    return [asdict(total) for total in totals]


def from_json(value: Any) -> list[Total]:
    return [Total(**total) for total in value]


def counted(totals: Iterable[Total], table: Table, plan: Plan) -> list[Total]:
    return [replace(total, found=_found(total, table, plan)) for total in totals]


def _found(total: Total, table: Table, plan: Plan) -> int:
    """A word that is read counts with each word that means the same."""
    place = table.columns.index(total.column)
    texts = Counter(row[place] for row in table.rows)
    target = plan.target(total.column)
    reader = None
    if target is not None:
        reader = Reader(total.column, target, plan, texts)
    wanted = _meaning(reader, total.text)
    found = 0
    for text, rows in texts.items():
        alike = plain(text) == plain(total.text)
        if alike or (wanted is not None and _meaning(reader, text) == wanted):
            found += rows
    return found


def _meaning(reader: Reader | None, text: str) -> Any:
    if reader is None:
        return None
    try:
        return reader.read(text)
    except Unread as unread:
        return unread.value


def missed(totals: Iterable[Total]) -> list[str]:
    """A sentence for each that does not come out."""
    sentence = _(
        "In %(found)s rows the column “%(column)s” says “%(text)s”; you expected"
        " %(expected)s."
    )
    return [
        sentence % asdict(total)
        for total in totals
        if total.found is not None and total.found != total.expected
    ]
