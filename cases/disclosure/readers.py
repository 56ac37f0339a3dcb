"""Those for whom a document is made, as far as the rules know them: a name, and what
they see.
"""

from collections.abc import Container, Mapping
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
    def sees(self) -> Container[str]: ...


class Noted:
    """A reader, and what was asked of it: whoever answers the same is shown the same."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._was_named = False
        self._answers: dict[object, bool] = {}

    @property
    def name(self) -> str:
        self._was_named = True
        return self._reader.name

    @property
    def sees(self) -> Container[str]:
        return self

    def __contains__(self, code: object) -> bool:
        if code not in self._answers:
            self._answers[code] = code in self._reader.sees
        return self._answers[code]

    def would_answer_as(self, other: Reader) -> bool:
        if self._was_named and self._reader.name != other.name:
            return False
        return all(
            answer == (code in other.sees) for code, answer in self._answers.items()
        )


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
    sees = reader.sees
    return all((row["visibility"] or EVERYONE) in sees for row in rows)
