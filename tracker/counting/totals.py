"""How many there are of a kind, and of each status, where nothing else is asked: the first
page tells it, and is read after every change.

The gate counts documents itself, in its own transaction (`digests` in tracker/models.py;
`manage.py doctor` looks whether it is so). What is held back is told nowhere and counted
there: it is taken off, in the same moment. What a relay has from before it was read anew
(numbers below zero) stands in no digest, and is in sight.
"""

from collections import Counter

from django.db import connections

from tracker.audiences import Audience
from tracker.held import sql

_OF_KIND = """
    SELECT COALESCE((digests #>> ARRAY[%(kind)s, '0'])::bigint, 0) - (
        SELECT count(*) FROM {documents} WHERE kind = %(kind)s
        AND document IS NOT NULL AND {is_held}
    ) + (
        SELECT count(*) FROM {documents} WHERE kind = %(kind)s
        AND document IS NOT NULL AND seq < 0
    ) FROM {feed}
"""
# A document has a status but once.
_BY_STATUS = """
    SELECT value, count(*) FROM {spans} WHERE fact = 'last_status' GROUP BY value
    UNION ALL
    SELECT value, -count(*) FROM {spans} WHERE fact = 'last_status'
    AND of_id = ANY(ARRAY(SELECT id FROM {documents} WHERE {is_held})) GROUP BY value
"""


def of_kind(audience: Audience, kind: str) -> int:
    rows = _ask(audience, _OF_KIND, kind)
    return int(rows[0][0]) if rows else 0


def by_status(audience: Audience) -> dict[str, int]:
    """As last known; who may have one of two is counted under both."""
    numbers: Counter[str] = Counter()
    for status, number in _ask(audience, _BY_STATUS):
        numbers[status] += number
    return dict(+numbers)


def _ask(audience: Audience, statement: str, kind: str = "") -> list[tuple[str, int]]:
    held = audience.held_model._meta.db_table
    text = statement.format(
        documents=audience.document_model._meta.db_table,
        spans=audience.span_model._meta.db_table,
        feed=audience.feed_model._meta.db_table,
        is_held=sql(held),
    )
    with connections[audience.name].cursor() as cursor:
        cursor.execute(text, {"kind": kind})
        return cursor.fetchall()
