"""What the numbers of the feeds hold for: one life of the database, and one contract.

A copy goes on by the numbers that it has seen. After a restore from a backup the same
numbers are drawn once more, for other changes: a copy that went on would keep what
never happened. So the counters remember where they lived. When they wake up elsewhere,
the gate gives them another epoch before it writes anything, and all copies begin anew.
"""

import uuid
from typing import Any

from django.db import connection

from tracker.audiences import AUDIENCES, Audience
from tracker.contract.documents import CONTRACT, DOCUMENTS
from tracker.digests import changed

# What a restored dump or cluster, or a standby that was promoted, does not have in
# common with the original. Every login may ask it, on PostgreSQL 15 to 18. The timeline
# is that of the log being written: pg_control_checkpoint() has the old one until the
# first checkpoint.
_LIFE = """
    SELECT concat_ws(':', (SELECT system_identifier FROM pg_control_system()),
        left(pg_walfile_name(pg_current_wal_lsn()), 8),
        (SELECT oid FROM pg_database WHERE datname = current_database()), to_regclass(%s)::oid)
"""


class NewerContract(Exception):
    """A newer release has published already: what this one would write, nobody expects
    any more.
    """


def hold() -> bool:
    """Under the gate's lock. Is everything to be rendered anew, for a new contract?"""
    return True in {_hold(audience) for audience in AUDIENCES}


def renew() -> None:
    """A new epoch for every audience, under the gate's lock."""
    for audience in AUDIENCES:
        _remember(audience, _row(audience), epoch=uuid.uuid4())


def told() -> list[tuple[str, uuid.UUID, int]]:
    """(audience, epoch, newest number) of each."""
    epochs = []
    for audience in AUDIENCES:
        row = audience.feed_model._default_manager.first()
        if row:
            epochs.append((audience.name, row.epoch, row.last_seq))
    return epochs


def _hold(audience: Audience) -> bool:
    row = _row(audience)
    if row.life == life(audience) and row.contract == CONTRACT:
        return False
    if row.contract is not None and row.contract > CONTRACT:
        raise NewerContract(
            f"The published documents are of contract {row.contract}; this release knows {CONTRACT}."
        )
    is_new_contract = row.contract is not None and row.contract < CONTRACT
    epoch = row.epoch
    if row.life:
        epoch = uuid.uuid4()
    _remember(audience, row, epoch)
    return is_new_contract


def _row(audience: Audience) -> Any:
    return audience.feed_model._default_manager.get_or_create(id=1)[0]


def life(audience: Audience) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_LIFE, [audience.feed_model._meta.db_table])
        return str(cursor.fetchone()[0])


def _remember(audience: Audience, row: Any, epoch: uuid.UUID) -> None:
    row.epoch, row.life, row.contract = epoch, life(audience), CONTRACT
    row.digests = digests_of_rows(audience)
    row.save(update_fields=["epoch", "life", "contract", "digests"])


def digests_of_rows(audience: Audience) -> dict[str, tuple[int, str]]:
    """Counted anew from what is published."""
    digests: dict[str, tuple[int, str]] = {}
    roots = audience.document_model._default_manager.filter(
        parent=None, document__isnull=False
    )
    for kind in DOCUMENTS:
        texts = roots.filter(kind=kind).values_list("document", flat=True)
        if texts.exists():
            added = ((None, text) for text in texts.iterator())
            digests = changed(digests, kind, added)
    return digests
