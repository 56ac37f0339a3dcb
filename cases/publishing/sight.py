"""Whether anyone outside is shown anything at an address, for those who hid it."""

from collections.abc import Collection
from uuid import UUID

from tracker.audiences import AUDIENCES, PUBLIC


def has_public_page(root_id: UUID) -> bool:
    """Does the address of its page answer everybody?"""
    rows = PUBLIC.document_model._default_manager.filter(id=root_id)
    return rows.filter(~PUBLIC.is_held, document__isnull=False).exists()


def is_out_of_sight(root_ids: Collection[UUID]) -> bool:
    """Has the gate taken these away from every audience? What leads to another case is
    still there.
    """
    for audience in AUDIENCES:
        rows = audience.document_model._default_manager.filter(id__in=root_ids)
        if rows.exclude(document=None, merged_into=None).exists():
            return False
    return True
