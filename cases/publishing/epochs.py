"""What the numbers of the feeds hold for: one life of the database, and one contract.

A copy goes on by the numbers that it has seen. After a restore from a backup the same
numbers are drawn once more, for other changes: a copy that went on would keep what
never happened. So the counters remember where they lived. When they wake up elsewhere,
the gate gives them another epoch before it writes anything, and all copies begin anew.
"""

import uuid
from functools import cache
from typing import Any

from django.db.models import Model

from cases.statements import Statement, asked
from tracker.audiences import AUDIENCES, Audience
from tracker.contract.documents import CONTRACT, DOCUMENTS
from tracker.digests import changed

# What a restored dump or cluster, or a standby that was promoted, does not have in
# common with the original. Every login may ask it, on PostgreSQL 15 to 18. The timeline
# is that of the log being written: pg_control_checkpoint() has the old one until the
# first checkpoint.
_LIVES = """
    SELECT concat_ws(':', (SELECT system_identifier FROM pg_control_system()),
        left(pg_walfile_name(pg_current_wal_lsn()), 8),
        (SELECT oid FROM pg_database WHERE datname = current_database()), to_regclass(name)::oid)
    FROM unnest(%s::text[]) WITH ORDINALITY AS counter (name, place) ORDER BY place
"""


class NewerContract(Exception):
    """A newer release has published already: what this one would write, nobody expects
    any more.
    """


Feeds = dict[Audience, Any]
"""The row of each audience's counter."""


def feeds() -> Feeds:
    """Under the gate's lock."""
    return {audience: row_of(audience) for audience in AUDIENCES}


def stored() -> Feeds:
    """Of what was ever published."""
    rows: Feeds = {}
    for audience in AUDIENCES:
        row = audience.feed_model._default_manager.first()
        if row:
            rows[audience] = row
    return rows


def hold(rows: Feeds) -> bool:
    """Under the gate's lock. Is everything to be rendered anew, for a new contract?"""
    here = lives()
    return True in {
        _hold(audience, row, here[audience]) for audience, row in rows.items()
    }


def renew() -> None:
    """A new epoch for every audience, under the gate's lock."""
    for audience, life in lives().items():
        _remember(audience, row_of(audience), life, epoch=uuid.uuid4())


def told() -> list[tuple[str, uuid.UUID, int]]:
    """(audience, epoch, newest number) of each."""
    epochs = []
    for audience, row in stored().items():
        epochs.append((audience.name, row.epoch, row.last_seq))
    return epochs


def _hold(audience: Audience, row: Any, life: str) -> bool:
    if row.life == life and row.contract == CONTRACT:
        return False
    if row.contract is not None and row.contract > CONTRACT:
        raise NewerContract(
            f"The published documents are of contract {row.contract}; this release knows {CONTRACT}."
        )
    is_new_contract = row.contract is not None and row.contract < CONTRACT
    epoch = row.epoch
    if row.life:
        epoch = uuid.uuid4()
    _remember(audience, row, life, epoch)
    return is_new_contract


def row_of(audience: Audience) -> Any:
    """Under the gate's lock."""
    model = audience.feed_model
    for values in _counter(audience)():
        return model.from_db("default", _names(model), values)
    return model._default_manager.get_or_create(id=1)[0]


@cache
def _counter(audience: Audience) -> Statement:
    model = audience.feed_model
    rows = model._default_manager.filter(id=1).values_list(*_names(model))
    return Statement(lambda: rows)


def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def lives() -> dict[Audience, str]:
    tables = [audience.feed_model._meta.db_table for audience in AUDIENCES]
    rows = asked(_LIVES, [tables])
    return dict(zip(AUDIENCES, (life for (life,) in rows), strict=True))


def _remember(audience: Audience, row: Any, life: str, epoch: uuid.UUID) -> None:
    row.epoch, row.life, row.contract = epoch, life, CONTRACT
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
