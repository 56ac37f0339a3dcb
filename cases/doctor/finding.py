"""What does not agree, in a sentence, and how to mend it where that is safe."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

MOST_NAMED = 5


@dataclass(frozen=True)
class Finding:
    """`mend` only makes what is derived anew; it never changes the record."""

    words: str
    mend: Callable[[], object] | None = None


def named(ids: Iterable[object]) -> str:
    """The first of them, and how many there are."""
    all_ids = [str(record_id) for record_id in ids]
    first = ", ".join(all_ids[:MOST_NAMED])
    if len(all_ids) > MOST_NAMED:
        return f"{first}, … ({len(all_ids)})"
    return first
