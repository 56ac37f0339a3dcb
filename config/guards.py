"""What makes history hold against the desk's own login. Migrations and `pgtrigger
install` define the functions of triggers anew, without these guards, so that they are
set up again after every migration.

In between, a change fails rather than leave no trace: without its owner's rights a
trigger of history cannot write.
"""

from typing import Any

from pghistory.trigger import Event
from pgtrigger.registry import registered
from psycopg import sql

# The desk may not write into history; the function that does so runs as its owner. Its
# names are looked up where only the owner creates things, and among the session's
# temporary ones last.
DEFINER = "ALTER FUNCTION {function} SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp"

# pgtrigger's own asks a setting that any login may set: `SET pgtrigger.ignore` would
# switch every trigger off.
IGNORE_NOTHING = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS 'SELECT FALSE'
"""
FUNCTIONS = """
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND proname = ANY(%s)
"""


def set_up(cursor: Any, schema: sql.Composable) -> None:
    """`schema` is the quoted name of the one that the tables are in."""
    cursor.execute(IGNORE_NOTHING)
    history = [
        trigger.get_pgid(model)
        for model, trigger in registered()
        if isinstance(trigger, Event)
    ]
    cursor.execute(
        FUNCTIONS, [history]
    )  # going back to an old migration, some are not there
    for (function,) in cursor.fetchall():
        cursor.execute(
            sql.SQL(DEFINER).format(function=sql.SQL(function), schema=schema)
        )
