"""What only the owner of the database may write, whoever a web server is talked into
being: asked of who connected, not of who they act as.
"""

import pgtrigger

BY_OWNER = (
    "pg_has_role(session_user,"
    " (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER')"
)


# What saving approved names nobody: cases/review/rule.py. Who may not edit a case, as the
# publisher, cannot say that somebody approved it.
SOMEBODY_APPROVES = pgtrigger.Trigger(
    name="somebody_approves",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"""
        IF {BY_OWNER} THEN
            RETURN NEW;
        END IF;
        IF NEW.approved_by_id IS NULL AND NOT EXISTS (SELECT FROM cases_reviewrule WHERE saving_approves) THEN
            RAISE check_violation USING MESSAGE = 'somebody has to approve: review is required',
                CONSTRAINT = 'edition_is_approved_by_somebody';
        END IF;
        IF NEW.approved_by_id IS NOT NULL AND NOT has_table_privilege(session_user, 'cases_prisoner', 'UPDATE') THEN
            RAISE insufficient_privilege USING MESSAGE = 'this login approves nothing';
        END IF;
        RETURN NEW;
    """,
)


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
