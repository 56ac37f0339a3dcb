"""Cases open to named staff only: what everyone else does not see at the desk.

docs/decisions/insiders.md, “Cases that only named staff see”
"""

from cases.named.naming import (
    CannotName,
    is_named,
    named_on,
    named_on_each,
    namings,
    open_to,
)
from cases.named.seeing import seeing_as, seeing_everything

__all__ = [
    "CannotName",
    "is_named",
    "named_on",
    "named_on_each",
    "namings",
    "open_to",
    "seeing_as",
    "seeing_everything",
]
