"""Those for whom a document is made, as far as the rules know them: a name, and what
they see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cases.visibility import EVERYONE, NOBODY_OUTSIDE, ORDER

Row = Mapping[str, Any]


class Reader(Protocol):
    """An audience of the tracker is one. It is called as the visibility that lets it
    in.
    """

    @property
    def name(self) -> str: ...

    @property
    def sees(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class _Reader:
    name: str
    sees: frozenset[str]


# Those who see the least come first.
READERS: tuple[Reader, ...] = tuple(
    _Reader(visibility, frozenset(ORDER[ORDER.index(visibility) :]))
    for visibility in reversed(ORDER)
    if visibility != NOBODY_OUTSIDE
)


def is_visible(reader: Reader, *rows: Row) -> bool:
    """A part without a visibility of its own is as visible as its case."""
    return all((row["visibility"] or EVERYONE) in reader.sees for row in rows)
