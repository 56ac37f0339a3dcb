"""Who changed what, when and why: what is written with each change, and how a case's
history is read.
"""

from cases.catalogue import kind_of
from cases.history.acting import acting
from cases.history.reasons import needs_reason, published
from cases.history.timeline import Change, last_number, timeline

__all__ = [
    "Change",
    "acting",
    "kind_of",
    "last_number",
    "needs_reason",
    "published",
    "timeline",
]
