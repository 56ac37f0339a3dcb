"""The form of a proposal, for the function of the database that stores proposals: what
the contract says now (tracker/contract/proposal_shape.py).
"""

import json
from typing import Any

from django.db import connections
from psycopg import sql

from tracker.contract.proposal_fields import MOST_PARTS
from tracker.contract.proposal_shape import shapes
from tracker.database import is_owner

# What it calls, the migrations have made.
FITS = """
CREATE OR REPLACE FUNCTION partners_proposal_fits(said jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT COALESCE(jsonb_typeof(said) = 'object' AND NOT EXISTS (
        SELECT FROM jsonb_each(CASE WHEN jsonb_typeof(said) = 'object' THEN said END)
            AS field (name, value)
        WHERE NOT CASE
            WHEN {facts}::jsonb ? name
                THEN partners_proposal_value_fits(value, {facts}::jsonb ->> name)
            WHEN name = 'source'
                THEN partners_proposal_record_fits(value, {source}::jsonb)
            WHEN {parts}::jsonb ? name AND jsonb_typeof(value) = 'array'
                THEN jsonb_array_length(value) <= {most} AND NOT EXISTS (
                    SELECT FROM jsonb_array_elements(value) AS part
                    WHERE NOT partners_proposal_part_fits(part, {parts}::jsonb -> name))
            ELSE FALSE
        END
    ), FALSE);
END;
"""


def store(using: str, plan: list[object] | None = None, **_: Any) -> None:
    """After migrating, by the owner: a new field needs no migration of its own. `plan`
    is None after `flush`.
    """
    if plan is None or not is_owner(using):
        return
    literals = {
        name: sql.Literal(json.dumps(shape)) for name, shape in shapes().items()
    }
    function = sql.SQL(FITS).format(**literals, most=sql.Literal(MOST_PARTS))
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regproc('partners_proposal_fits')")
        if cursor.fetchone()[0] is not None:  # it is not after a step back
            cursor.execute(function)
