"""The gate: the one way from the record to the published tables, and the only code that writes them.

gate.py takes the marks, batch by batch; disclosure.py decides what an audience may see; rows.py writes what changed.
"""

from cases.publishing.gate import mark_everything, publish_if_free, publish_pending, renew_epochs

__all__ = ["mark_everything", "publish_if_free", "publish_pending", "renew_epochs"]
