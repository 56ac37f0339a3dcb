"""The numbers of what the feed told without one: of tombstones."""

from collections.abc import Mapping, Sequence
from typing import Any

Change = Mapping[str, Any]


def numbered(changes: Sequence[Change], reached: int) -> list[tuple[int, Change]]:
    """Each with its number; `changes` are in order, and end at `reached`.

    Of a tombstone only those around it are known. It gets the highest that it may have:
    whoever comes with a cursor of the tracker itself has then missed none. A lower one
    could be below that cursor, and this reader would never be told of the withdrawal.
    """
    found: list[tuple[int, Change]] = []
    above = reached + 1
    for change in reversed(changes):
        number = above - 1
        if not change["deleted"]:
            number = change["seq"]
        found.append((number, change))
        above = number
    return found[::-1]
