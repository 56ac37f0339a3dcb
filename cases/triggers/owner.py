"""What only the owner of the database may write, whoever a web server is talked into
being: asked of who connected, not of who they act as.
"""

import pgtrigger

BY_OWNER = (
    "pg_has_role(session_user,"
    " (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER')"
)


class OwnersTrigger(pgtrigger.Trigger):
    """Its function runs with its owner's rights (config/guards.py): it writes what
    whoever sets it off may not.
    """

    runs_as_owner = True


def stamped(column: str) -> pgtrigger.Trigger:
    """A row of a log has the hour at which it was written, and no other."""
    return pgtrigger.Trigger(
        name="stamp_hour",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
        IF NOT {BY_OWNER} THEN
            NEW.{column} := statement_timestamp();
        END IF;
        RETURN NEW;
    """,
    )
