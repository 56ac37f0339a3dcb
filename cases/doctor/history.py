"""History beside the record, and beside what was approved.

Each row must be as its newest event left it. Editions are numbered without a gap, come
from no version and no event that is not there yet, and say of a case that nobody
changed since just what the record says.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext as _

from cases import aggregate, editions
from cases.catalogue import KINDS, records
from cases.doctor.finding import Finding, named
from cases.history.since import newest_event
from cases.history.timeline import history_of, is_never_null

BATCH = 200
# Those whose newest event is not what stands there; of a row that is gone it must be
# its deletion.
_DIFFERENT = """
    WITH newest AS (SELECT DISTINCT ON (id) * FROM {history} ORDER BY id, pgh_id DESC)
    SELECT COALESCE(present.id, newest.id) FROM {table} AS present
    FULL JOIN newest ON newest.id = present.id
    WHERE CASE
        WHEN present.id IS NULL THEN newest.pgh_label <> 'delete'
        WHEN newest.id IS NULL OR newest.pgh_label = 'delete' THEN TRUE
        ELSE ({present}) IS DISTINCT FROM ({newest})
    END
"""


def examine() -> Iterator[Finding]:
    for model in records():
        ids = _different(model)
        if ids:
            words = _(
                "%(table)s: rows differ from the newest event of their history: %(ids)s."
                " Somebody changed the record or history around the triggers."
            )
            yield Finding(words % {"table": model._meta.db_table, "ids": named(ids)})
    for kind in KINDS:
        ids = _wrong_editions(kind)
        if ids:
            words = _(
                "Editions of these cases do not fit their history: %(ids)s (%(kind)s)."
                " Compare them with the last checkpoint and a backup."
            )
            yield Finding(words % {"ids": named(ids), "kind": kind})


def _different(model: type[models.Model]) -> list[UUID]:
    event: Any = model.pgh_event_model  # type: ignore[attr-defined]
    kept = {field.column for field in event._meta.concrete_fields}
    present, newest = [], []
    for field in model._meta.concrete_fields:
        if field.column not in kept or field.column is None:
            continue
        column = connection.ops.quote_name(field.column)
        present.append(f"present.{column}")
        then = f"newest.{column}"
        if is_never_null(field):
            then = f"COALESCE({then}, '{{}}')"
        newest.append(then)
    statement = _DIFFERENT.format(
        history=history_of(model),
        table=model._meta.db_table,
        present=", ".join(present),
        newest=", ".join(newest),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def _wrong_editions(kind: str) -> list[UUID]:
    last_event = newest_event()
    wrong = []
    ids = []
    for root_id, newest, count, event in editions.numbering(kind):
        ids.append(root_id)
        if newest != count or event > last_event:
            wrong.append(root_id)
    for first in range(0, len(ids), BATCH):
        wrong += _not_as_the_record(kind, ids[first : first + BATCH])
    return wrong


def _not_as_the_record(kind: str, ids: Sequence[UUID]) -> list[UUID]:
    versions = aggregate.versions(kind, ids)
    present = aggregate.read(kind, ids)
    wrong = []
    for root_id, edition in editions.last(kind, ids).items():
        if root_id not in versions:
            continue
        version = versions[root_id]
        is_same = _own(edition.case) == _own(present[root_id])
        if edition.version > version or (edition.version == version and not is_same):
            wrong.append(root_id)
    # Who edits while we read is no fault.
    still = aggregate.versions(kind, wrong)
    return [root_id for root_id in wrong if still.get(root_id) == versions[root_id]]


def _own(case: aggregate.Aggregate) -> dict[str, Any]:
    """Without what it names: that has versions of its own."""
    own = dict(case)
    own.pop("sources", None)
    own.pop("claimants", None)
    return own
