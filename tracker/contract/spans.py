"""The dated spans of a published status, read: which one holds on a day, and which one
is the last that is known.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tracker.contract.vocabulary import Status, StatusReason

Span = Mapping[str, Any]

BEGUN = "begun"
"""The fact that something had happened to somebody: from the first event on. Open at its
start, where no day is known, or of one of the events no first day.
"""

NOTHING_KNOWN: Span = {
    "since": None,
    "until": None,
    "statuses": [Status.NOT_KNOWN.value],
    "hedge": None,
    "disputed": False,
    "as_of": None,
    "reasons": [],
    "basis": [],
}


def on(spans: Sequence[Span], day: date) -> Span:
    text = day.isoformat()
    for span in spans:
        has_begun = (span["since"] or "") <= text
        if has_begun and (span["until"] is None or text < span["until"]):
            return span
    return NOTHING_KNOWN


def last_known(spans: Sequence[Span]) -> Span:
    """The last one that somebody spoke of. That a term must be over by now tells nobody
    where the person is.
    """
    for span in reversed(spans):
        if StatusReason.TERM_PASSED.value not in span.get("reasons", ()):
            return span
    return spans[-1] if spans else NOTHING_KNOWN
