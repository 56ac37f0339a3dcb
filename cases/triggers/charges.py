"""The outcome of a charge is said once, whoever writes. Asked at the end of the
transaction: what is said of it may move from one place to the other.
"""

import pgtrigger

SAID_ONCE = "charge_says_its_outcome_once"


def says_no_outcome_beside_decisions() -> list[pgtrigger.Trigger]:
    """For charges."""
    return _refused("outcome", "NEW.outcome IS NOT NULL", "id")


def stands_beside_no_outcome() -> list[pgtrigger.Trigger]:
    """For decisions."""
    return _refused("charge_id", None, "charge_id")


def _refused(
    column: str, condition: str | None, charge_id: str
) -> list[pgtrigger.Trigger]:
    func = f"""
        IF EXISTS (
            SELECT FROM cases_charge AS charge
            JOIN cases_chargedecision AS decision ON decision.charge_id = charge.id
            WHERE charge.id = NEW.{charge_id} AND charge.outcome IS NOT NULL
        ) THEN
            RAISE check_violation USING CONSTRAINT = '{SAID_ONCE}',
                MESSAGE = 'outcome: where decisions say it, the charge itself does not';
        END IF;
        RETURN NULL;
    """  # names of columns, ours
    return [
        pgtrigger.Trigger(
            name=f"outcome_said_once_{when}",
            when=pgtrigger.After,
            operation=operation,
            timing=pgtrigger.Deferred,
            condition=pgtrigger.Condition(condition) if condition else None,
            func=func,
        )
        for when, operation in (
            ("at_first", pgtrigger.Insert),
            ("later", pgtrigger.UpdateOf(column)),
        )
    ]
