"""What counts as nothing, in the record and in documents alike."""

from typing import Any

_NOTHING: tuple[Any, ...] = (None, "", [], {})


def is_empty(value: Any) -> bool:
    """Nothing, the empty text and an empty list say the same. 0 and False say something."""
    return value in _NOTHING
