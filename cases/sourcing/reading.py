"""The relations of sources, from the record."""

from collections.abc import Collection
from uuid import UUID

from cases.sourcing.independence import Relations, Sources
from cases.statements import asked
from tracker.contract.vocabulary import SourceStanding

_QUERY = """
    WITH RECURSIVE known (id) AS (
        SELECT unnest(%s::uuid[])
        UNION
        SELECT to_source_id
        FROM cases_source_derived_from JOIN known ON from_source_id = known.id
    )
    SELECT source.id::text, relays, publisher, standing,
        ARRAY(
            SELECT to_source_id::text FROM cases_source_derived_from
            WHERE from_source_id = source.id
        )
    FROM cases_source AS source JOIN known ON known.id = source.id
"""


def read(ids: Collection[UUID | str]) -> Sources:
    """Of these sources and of all that they repeat, in one statement."""
    if not ids:
        return Sources({})
    rows = asked(_QUERY, [[UUID(str(source_id)) for source_id in ids]])
    relations = {}
    for source_id, relays, publisher, standing, originals in rows:
        relations[source_id] = Relations(
            frozenset(originals),
            frozenset(relays),
            publisher,
            standing == SourceStanding.RETRACTED,
        )
    return Sources(relations)
