"""The order of commit: one number for each transaction that wrote events of history.

The number is drawn under a lock that is held until the transaction has ended. So
whoever sees a number sees every lower one that there will ever be. What takes a lock
must come before, or two could wait for each other: the references that are checked when
the transaction ends lock the case, and so do other triggers there. They all have their
turn in the first round. The row is touched in that round, and numbered in the next.
docs/decisions/history.md
"""

import pgtrigger

from cases.triggers.owner import OwnersTrigger

# After each event. The row of this transaction has no number yet, or is not there yet.
NOTE_COMMIT = pgtrigger.Trigger(
    name="note_commit",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (
            SELECT FROM cases_commit
            WHERE transaction = pg_current_xact_id()::text::bigint AND number IS NULL
        ) THEN
            INSERT INTO cases_commit (first_event) VALUES (NEW.pgh_id);
        END IF;
        RETURN NULL;
    """,
)


def numbered_at_the_end() -> list[pgtrigger.Trigger]:
    return [
        OwnersTrigger(
            name="let_locks_be_taken",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            timing=pgtrigger.Deferred,
            func="UPDATE cases_commit SET at = at WHERE id = NEW.id; RETURN NULL;",
        ),
        OwnersTrigger(
            name="take_a_number",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            timing=pgtrigger.Deferred,
            condition=pgtrigger.Condition("NEW.number IS NULL"),
            func="""
                LOCK TABLE cases_committurn IN EXCLUSIVE MODE;
                UPDATE cases_commit SET number = nextval('cases_commit_number'),
                    last_event = currval('cases_history_order'), at = clock_timestamp()
                WHERE id = NEW.id;
                RETURN NULL;
            """,
        ),
    ]
