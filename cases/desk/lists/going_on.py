"""Work on thousands of rows, by a browser: each request does as much as takes some
seconds, and its page asks for the rest. Whoever closes it goes on later.
"""

import time
from collections.abc import Iterable

SECONDS = 5


def for_some_seconds(batches: Iterable[int]) -> int:
    """How many rows were done. Each batch is a transaction of its own."""
    ends = time.monotonic() + SECONDS
    count = 0
    for done in batches:
        count += done
        if time.monotonic() > ends:
            break
    return count
