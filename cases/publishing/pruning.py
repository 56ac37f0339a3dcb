"""Public tombstones go in the end: an eternal public list of who was removed helps the
wrong people.

Partners' stay, as their duty to follow withdrawals does. So do those of merged cases,
which lead to one that is shown.
"""

from datetime import date, timedelta
from typing import Any

from django.db.models.functions import Greatest

from cases.statements import Statement
from tracker.audiences import PUBLIC
from tracker.feed import TOMBSTONE_DAYS

TOMBSTONES_LAST = timedelta(days=TOMBSTONE_DAYS)


def prune(today: date) -> None:
    """Under the gate's lock. Public cursors that may not have seen such a tombstone are
    no longer good.
    """
    gone = dict(_old_tombstones(today - TOMBSTONES_LAST))
    if gone:
        PUBLIC.feed_model._default_manager.update(
            pruned_seq=Greatest("pruned_seq", max(gone.values()))
        )
        PUBLIC.document_model._default_manager.filter(id__in=gone).delete()


@Statement
def _old_tombstones(day: date) -> Any:
    """Of changes before that day."""
    rows = PUBLIC.document_model._default_manager.filter(changed_on__lt=day)
    return rows.filter(document=None, merged_into=None).values_list("id", "seq")
