"""Guards history against the desk's own login.

Migrations and `pgtrigger install` define the functions of triggers anew, without these
guards. So we set the guards up again after every migration. In between, a change fails
and leaves no gap in history: a trigger cannot write there without its owner's rights.
"""

from django.db.backends.utils import CursorWrapper
from pghistory.trigger import Event
from pgtrigger.registry import registered
from psycopg import sql

# The desk may not write into history. The function that does so runs as its owner. It
# looks names up where only the owner creates things, and in the session's temporary
# schema last.
DEFINER = """
    ALTER FUNCTION {function} SECURITY DEFINER
    SET search_path = pg_catalog, {schema}, pg_temp
"""

SEES_ALL = "ALTER FUNCTION {function} SET search_path = {schema}, pg_temp"

# pgtrigger's own function asks a setting that any login may set: `SET pgtrigger.ignore`
# would switch every trigger off.
IGNORE_NOTHING = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name)
    RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT FALSE'
"""
FUNCTIONS = """
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND proname = ANY(%s)
"""


def set_up(cursor: CursorWrapper, schema: sql.Composable) -> None:
    """`schema` is the quoted name of the schema with the tables."""
    cursor.execute(IGNORE_NOTHING)
    names, others = by_whom_they_run()
    # After a step back to an old migration, some of them do not exist.
    cursor.execute(FUNCTIONS, [names])
    for (function,) in cursor.fetchall():
        definer = sql.SQL(DEFINER).format(function=sql.SQL(function), schema=schema)
        cursor.execute(definer)
    # The others run as whoever writes, and see every case all the same: what a person
    # of the staff does not see (cases/named/) is marked and counted, too.
    cursor.execute(FUNCTIONS, [others])
    for (function,) in cursor.fetchall():
        path = sql.SQL(SEES_ALL).format(function=sql.SQL(function), schema=schema)
        cursor.execute(path)


def by_whom_they_run() -> tuple[list[str], list[str]]:
    """The functions of our triggers: those that run as their owner, and the others."""
    owners, others = [], []
    for model, trigger in registered():
        runs_as_owner = getattr(trigger, "runs_as_owner", False)
        if isinstance(trigger, Event) or runs_as_owner:
            owners.append(trigger.get_pgid(model))
        else:
            others.append(trigger.get_pgid(model))
    return owners, others
