"""A cell that no rule reads."""

from typing import Any

UNREADABLE = "unreadable"


class Unread(Exception):
    """`reason` is a plain sentence for a person, `code` counts cells of a kind. `value`
    is what could be read of it all the same.
    """

    def __init__(self, reason: str, code: str = UNREADABLE, value: Any = None) -> None:
        self.reason, self.code, self.value = reason, code, value
        super().__init__(reason)
