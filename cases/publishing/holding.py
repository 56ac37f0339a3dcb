"""What is held back, until each document that may hold what was taken back is rendered
anew. The database holds it back, with the withdrawal; the gate lets go of it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from cases.day import older_than
from cases.models.base import Root
from cases.publishing.rows import renumber
from cases.statements import Statement, asked
from cases.visibility import rank
from tracker.audiences import AUDIENCES, Audience

# A withdrawal that is under way has an advisory lock. If its process or its session ends,
# PostgreSQL takes that away, and things are seen again; at the latest after so long.
WITHDRAWING_TAKES = 300  # seconds
WITHDRAWING = 20_261_126  # the first of the lock's two numbers
_SECOND_NUMBER = "mod(transaction, 2147483648)"
_IS_UNDER_WAY = f"""
    waits_until > clock_timestamp() AND EXISTS (
        SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE datname = current_database() AND locktype = 'advisory' AND objsubid = 2
        AND classid = {WITHDRAWING} AND objid = {_SECOND_NUMBER}::oid
    )
"""
# In one statement: what is held back meanwhile is left for the next time. A document
# that is held back itself goes before those that name it.
_MARK = """
    WITH new AS (
        UPDATE {held} SET is_marked = TRUE
        WHERE NOT is_marked AND (waits_until IS NULL OR NOT ({is_under_way}))
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
    DELETE FROM {held} AS held WHERE is_marked AND passed_by IS NULL
    AND NOT EXISTS (SELECT FROM cases_mark WHERE cases_mark.held = held.id)
"""
# Twenty thousand may be held back: a batch looks at its own.
_LET_GO_OF_THESE = f"{_LET_GO} AND held.id = ANY(%(ids)s)"
# What is held back because of it has a row of its own. This one says that the feed passes
# by.
_GOES_ON = """
    INSERT INTO {held} (root, everywhere, transaction, is_marked, passed_by)
    SELECT id, FALSE, txid_current(), TRUE, seq FROM {documents}
    WHERE id = ANY(%(ids)s) AND document IS NOT NULL
    AND NOT EXISTS (SELECT FROM {held} WHERE root = id AND passed_by IS NOT NULL)
"""


# What the gate itself finds that may hold what was taken back.
_HOLD = """
    INSERT INTO {held} (root, everywhere, transaction)
    SELECT id, FALSE, txid_current() FROM {documents}
    WHERE id = ANY(%(ids)s) AND parent IS NULL AND document IS NOT NULL
    AND NOT EXISTS (SELECT FROM {held} WHERE root = id AND NOT is_marked)
"""


def hold(ids: Collection[UUID]) -> None:
    """Until each of these, if it is published, is rendered anew."""
    if ids:
        _run(_HOLD, {"ids": list(ids)})


def mark() -> None:
    """Under the gate's lock: all published documents that are held back have to be
    rendered. They may name what the record no longer does.
    """
    if is_to_be_marked():
        _run(_MARK)
        let_go()  # of what holds back nothing that is published


def is_anything_held() -> bool:
    """From anyone; most often nothing is, and then one question is enough."""
    return _is_any("TRUE")


def is_to_be_marked() -> bool:
    """Is anything held back, or under way, that is not marked yet?"""
    return _is_any("NOT is_marked")


def _is_any(condition: str) -> bool:
    each = []
    for audience in AUDIENCES:
        table = audience.held_model._meta.db_table
        each.append(f"EXISTS (SELECT FROM {table} WHERE {condition})")
    ((is_any,),) = asked("SELECT " + " OR ".join(each))
    return bool(is_any)


def let_go(of: Collection[UUID] | None = None) -> None:
    """In the transaction that has rendered the last of its documents. Without `of` all
    are looked at.
    """
    if of is None:
        _run(_LET_GO)
    elif of:
        _run(_LET_GO_OF_THESE, {"ids": list(of)})


def pass_by(ids: Collection[UUID]) -> None:
    """Of these something is to be taken back, and the database takes neither another
    document nor a tombstone: readers of the feed do not wait for that.
    """
    if ids:
        _run(_GOES_ON, {"ids": list(ids)})


def come_back(kind: str, ids: Collection[UUID], day: date) -> None:
    """These were written, or have nothing more to be taken back. Who has passed by one
    that is as it was gets it by a new number.
    """
    for audience in AUDIENCES:
        numbers = dict(_passed(audience)(ids))
        if not numbers:
            continue
        held = audience.held_model._default_manager
        passed = held.filter(root__among=ids, passed_by__isnull=False)
        documents = audience.document_model._default_manager
        rows = documents.filter(id__in=numbers, document__isnull=False)
        as_before = []
        for row in rows:
            if row.seq == numbers[row.id]:
                as_before.append(row)
        renumber(audience, kind, as_before, day)
        passed.delete()


@cache
def _passed(audience: Audience) -> Statement:
    rows: Any = audience.held_model._default_manager.filter(passed_by__isnull=False)
    rows = rows.values_list("root", "passed_by")
    return Statement(lambda ids: rows.filter(root__among=ids))


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
            "SELECT hold_back(%s, %s, %s, TRUE, %s), transaction,"  # noqa: S608
            f" pg_advisory_lock({WITHDRAWING}, {_SECOND_NUMBER}::integer)"
            " FROM txid_current() AS transaction",
            [root.pk, *seen, WITHDRAWING_TAKES],
        )
        transaction = cursor.fetchone()[1]
    try:
        yield
    finally:
        _let_go_of(root, transaction)


def _let_go_of(root: Root, transaction: int) -> None:
    """If the database cannot, for now, the gate will: the lock goes in any case."""
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT let_go_of(%s, %s)", [root.pk, transaction])
        finally:
            cursor.execute(
                f"SELECT pg_advisory_unlock({WITHDRAWING}, {_SECOND_NUMBER}::integer)"  # noqa: S608
                " FROM CAST(%s AS bigint) AS transaction",
                [transaction],
            )


def held_for(age: timedelta) -> int:
    """How many things that were taken back are held back for longer than that."""
    roots: set[object] = set()
    for audience in AUDIENCES:
        rows = audience.held_model._default_manager.filter(older_than(age, "held_at"))
        roots.update(rows.values_list("root", flat=True))
    return len(roots)


def _run(statement: str, values: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        for audience in AUDIENCES:
            cursor.execute(
                statement.format(
                    held=audience.held_model._meta.db_table,
                    documents=audience.document_model._meta.db_table,
                    is_under_way=_IS_UNDER_WAY,
                ),
                values,
            )
