"""What the database asks before history forgets: two people, each in a session that
showed a second factor, and an order that nobody alters. docs/decisions/checkpoints.md
"""

import pgtrigger

# A session lasts as long (SESSION_COOKIE_AGE).
FRESH = "12 hours"


def order_triggers() -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Trigger(
            name="keep_the_order",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            func=f"{_ASKED}{_UNALTERED}{_NEXT_STATE}",
        )
    ]


def act_triggers() -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Trigger(
            name="needs_an_order",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=_ORDERED,
        )
    ]


def _shown(person: str, factor: str) -> str:
    """Did this person show this second factor, in a session that may still be open?"""
    return f"""EXISTS (
        SELECT FROM signin_factorshown AS shown
        JOIN auth_user AS person ON person.id = shown.account_id
        WHERE shown.id = {factor} AND person.id = {person}
        AND person.is_active AND person.is_staff
        AND shown.at BETWEEN clock_timestamp() - interval '{FRESH}' AND clock_timestamp()
        AND EXISTS (SELECT FROM mfa_authenticator
            WHERE user_id = person.id AND type IN ('totp', 'webauthn'))
    )"""  # noqa: S608 - only our own words


def _refuse(message: str) -> str:
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';"


_NOT_SHOWN = _refuse(
    "It takes a session that showed its second factor. Sign out, and sign in with it."
)
_ASKED = f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' OR (NEW.confirmed_by_id, NEW.confirmed_factor, NEW.confirmed_at, NEW.closed_by_id)
            IS DISTINCT FROM (NULL::integer, NULL::uuid, NULL::timestamptz, NULL::integer) THEN
            {_refuse("An order begins as asked.")}
        END IF;
        IF NOT {_shown("NEW.asked_by_id", "NEW.asked_factor")} THEN
            {_NOT_SHOWN}
        END IF;
        NEW.asked_at := clock_timestamp();
        RETURN NEW;
    END IF;"""
_UNALTERED = f"""
    IF (NEW.id, NEW."case", NEW.field, NEW.events, NEW.reason, NEW.asked_by_id, NEW.asked_factor, NEW.asked_at)
        IS DISTINCT FROM
        (OLD.id, OLD."case", OLD.field, OLD.events, OLD.reason, OLD.asked_by_id, OLD.asked_factor, OLD.asked_at)
        OR (NEW.containing <> OLD.containing AND NOT (NEW.containing = '' AND NEW.state IN ('done', 'taken_back')))
        OR OLD.state IN ('done', 'taken_back') THEN
        {_refuse("An order is not altered. Take it back, and ask anew.")}
    END IF;"""
_NEXT_STATE = f"""
    IF OLD.state = 'asked' AND NEW.state = 'confirmed' THEN
        IF NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id = NEW.asked_by_id THEN
            {_refuse("A second person must confirm it.")}
        END IF;
        IF NOT {_shown("NEW.confirmed_by_id", "NEW.confirmed_factor")} THEN
            {_NOT_SHOWN}
        END IF;
        NEW.confirmed_at := clock_timestamp();
        RETURN NEW;
    END IF;
    IF (NEW.confirmed_by_id, NEW.confirmed_factor, NEW.confirmed_at)
        IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_factor, OLD.confirmed_at) THEN
        {_refuse("An order is not altered. Take it back, and ask anew.")}
    END IF;
    IF NEW.state = 'taken_back' AND NEW.closed_by_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'confirmed' AND NEW.state = 'done'
        AND EXISTS (SELECT FROM cases_erasure WHERE order_number = NEW.id) THEN
        RETURN NEW;
    END IF;
    {_refuse("An order is confirmed by a second person before it is done.")}
"""
_ORDERED = f"""
    IF NOT EXISTS (
        SELECT FROM cases_erasureorder AS asked
        JOIN auth_user AS one ON one.id = asked.asked_by_id
        JOIN auth_user AS other ON other.id = asked.confirmed_by_id
        WHERE asked.id = NEW.order_number AND asked.state = 'confirmed' AND asked.reason = NEW.reason
        AND one.username = NEW.requested_by AND one.is_active AND one.is_staff
        AND other.username = NEW.approved_by AND other.is_active AND other.is_staff
    ) THEN
        {_refuse("Erasing takes an order that a second person confirmed at the desk.")}
    END IF;
    RETURN NEW;
"""
