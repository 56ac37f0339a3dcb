"""Who acts, as the database believes it: cases/history/proof.py says how it is proved.

The functions are made by cases/migrations/0011_acting.py.
"""

import pgtrigger

# The number of the account that acts, as text; NULL if nobody is named. A name without
# a proof is refused.
WHO_ACTS = "acting_user()"

# Whatever wrote the event: history holds no name that was not proved, and no proof.
PROVE_WHO = pgtrigger.Trigger(
    name="prove_who",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Condition("NEW.pgh_context IS NOT NULL"),
    func="NEW.pgh_context := acting_proved(NEW.pgh_context); RETURN NEW;",
)
