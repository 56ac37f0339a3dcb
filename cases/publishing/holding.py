"""What is held back, until each document that may hold what was taken back is rendered
anew. The database holds it back, with the withdrawal; the gate lets go of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from cases.models.base import Root
from cases.visibility import rank
from tracker.audiences import AUDIENCES

# Where a withdrawal breaks off with its process, things are seen again after so long.
WITHDRAWING_TAKES = 300  # seconds
# In one statement: what is held back meanwhile is left for the next time. A document
# that is held back itself goes before those that name it.
_MARK = """
    WITH new AS (
        UPDATE {held} SET is_marked = TRUE
        WHERE NOT is_marked AND (waits_until IS NULL OR waits_until < clock_timestamp())
        RETURNING id, root, everywhere
    ), found AS (
        SELECT new.id AS held, 1 AS place, document.kind, document.id
        FROM new JOIN {documents} AS document ON document.id = new.root
        WHERE parent IS NULL AND document IS NOT NULL
        UNION ALL
        SELECT new.id, 2, document.kind, document.id
        FROM new JOIN {documents} AS document ON document.named @> ARRAY[new.root]
        WHERE everywhere AND parent IS NULL AND document IS NOT NULL
    )
    INSERT INTO cases_mark (root_kind, root_id, withdrawal, held)
    SELECT kind, id, TRUE, held FROM found ORDER BY place
"""
_LET_GO = """
    DELETE FROM {held} AS held WHERE is_marked
    AND NOT EXISTS (SELECT FROM cases_mark WHERE cases_mark.held = held.id)
"""


def mark() -> None:
    """Under the gate's lock: all published documents that are held back have to be
    rendered. They may name what the record no longer does.
    """
    _run(_MARK)


def let_go() -> None:
    """In the transaction that has rendered the last of its documents."""
    _run(_LET_GO)


@contextmanager
def held_first(root: Root, visibility: str) -> Iterator[None]:
    """Out of sight before the withdrawal itself, which may take its time: to find what
    rests on a source means reading all that cite it.

    Not within a transaction: nobody would see it.
    """
    if connection.in_atomic_block or rank(visibility) >= rank(root.visibility):
        yield
        return
    seen = [rank(root.visibility), rank(visibility)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hold_back(%s, %s, %s, TRUE, %s), txid_current()",
            [root.pk, *seen, WITHDRAWING_TAKES],
        )
        transaction = cursor.fetchone()[1]
    try:
        yield
    finally:
        for audience in AUDIENCES:
            rows = audience.held_model._default_manager.filter(transaction=transaction)
            rows.filter(root=root.pk).delete()


def held_since(before: datetime) -> int:
    """How many things that were taken back are held back since before that moment."""
    roots: set[object] = set()
    for audience in AUDIENCES:
        rows = audience.held_model._default_manager.filter(held_at__lt=before)
        roots.update(rows.values_list("root", flat=True))
    return len(roots)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        for audience in AUDIENCES:
            cursor.execute(
                statement.format(
                    held=audience.held_model._meta.db_table,
                    documents=audience.document_model._meta.db_table,
                )
            )
