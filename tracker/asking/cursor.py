"""Opaque cursors: a place in a list, given out as a text, which callers hand back as it
is.
"""

import base64
import json
import re
from typing import Any

_FORMAT = 1
# Those of proposals that were given out before all were JSON, such as “1<7”.
_OLDER = re.compile(r"1([<>])([0-9]{1,18})")


class NotACursor(ValueError):
    """Nothing that was ever given out."""


def pack(*parts: Any) -> str:
    """`parts` are JSON. They must tell nothing that the page did not."""
    text = json.dumps([_FORMAT, *parts], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def unpack(cursor: str) -> list[Any]:
    """The parts, whatever they are: whoever packed them checks them. Raises NotACursor."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        if older := _OLDER.fullmatch(text):
            return [older[1], int(older[2])]
        form, *parts = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise NotACursor from error
    if form != _FORMAT:
        raise NotACursor
    return parts
