"""The gate: the one way from the record to the published tables, and the only code that
writes them.

gate.py takes the marks, batch by batch; rows.py writes what changed. What an audience
may see is decided in cases/disclosure.
"""

from cases.publishing.failures import late_withdrawals
from cases.publishing.gate import (
    mark_everything,
    may_publish,
    publish_if_free,
    publish_pending,
    renew_epochs,
)

__all__ = [
    "late_withdrawals",
    "mark_everything",
    "may_publish",
    "publish_if_free",
    "publish_pending",
    "renew_epochs",
]
