"""Whether anyone outside is shown anything at an address, for those who hid it."""

from collections.abc import Collection
from uuid import UUID

from tracker.audiences import AUDIENCES


def is_out_of_sight(root_ids: Collection[UUID]) -> bool:
    """Has the gate taken these away from every audience? What leads to another case is
    still there.
    """
    for audience in AUDIENCES:
        rows = audience.document_model._default_manager.filter(id__in=root_ids)
        if rows.exclude(document=None, merged_into=None).exists():
            return False
    return True
