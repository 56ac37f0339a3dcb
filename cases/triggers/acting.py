"""Who acts, as the database believes it: cases/history/proof.py says how it is proved.

The functions are made by cases/migrations/record/functions.py.
"""

import pgtrigger

# The number of the account that acts, as text; NULL if nobody is named. A name without
# a proof is refused.
WHO_ACTS = "acting_user()"

# Who connected; or, in a session of the owner, as whom it acts.
_BY_OWNER = (
    "pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user),"
    " (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER')"
)


def named_is_who_acts(*columns: str) -> pgtrigger.Trigger:
    """Whoever is put into one of these columns must be the one who acts. Nobody may be
    named; by the owner's login, which proves nothing, anybody.
    """
    asked = ""
    for column in columns:
        asked += f"""
        IF NEW.{column} IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.{column} IS DISTINCT FROM OLD.{column})
            AND acting_user() IS DISTINCT FROM NEW.{column}::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;"""
    return pgtrigger.Trigger(
        name="named_is_who_acts",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
        IF {_BY_OWNER} THEN
            RETURN NEW;
        END IF;
        {asked}
        RETURN NEW;
    """,
    )


# Whatever wrote the event: history holds no name that was not proved, and no proof.
PROVE_WHO = pgtrigger.Trigger(
    name="prove_who",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Condition("NEW.pgh_context IS NOT NULL"),
    func="NEW.pgh_context := acting_proved(NEW.pgh_context); RETURN NEW;",
)
