"""What the database asks where a case is open to named staff only
(cases/models/named.py).
"""

import pgtrigger

from cases.triggers.owner import stamped

# Of two who add one number at once, the second waits and sees the first.
_ONE_NUMBER = "hashtextextended(concat_ws(E'\\x01', {row}.scheme, {row}.value, {row}.owner_organisation), 0)"
_TAKEN = """
    RAISE unique_violation USING CONSTRAINT = 'identifier_is_unique',
        MESSAGE = 'this identifier is already given to a case'
"""


def naming_triggers() -> list[pgtrigger.Trigger]:
    """Whoever does not see a case names nobody. Somebody must be left who can sign in. A
    merge would tell what the case holds.
    """
    may_be_named = pgtrigger.Trigger(
        name="may_be_named",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("number", "record")],
        func=f"""
        IF COALESCE(current_setting('tracker.reader', true), '') <> ''
            AND NEW.case_id = ANY (public.cases_not_seen()) THEN
            RAISE check_violation USING MESSAGE = 'there is no such case';
        END IF;
        IF NEW.staff = '{{}}' THEN
            FOR number IN SELECT * FROM cases_identifier WHERE prisoner_id = NEW.case_id LOOP
                PERFORM pg_advisory_xact_lock({_ONE_NUMBER.format(row="number")});
                IF EXISTS (
                    SELECT FROM cases_identifier AS other
                    WHERE (other.scheme, other.value, other.owner_organisation)
                        = (number.scheme, number.value, number.owner_organisation)
                    AND other.prisoner_id <> NEW.case_id
                    AND public.cases_named_on(other.prisoner_id) = '{{}}'
                ) THEN {_TAKEN}; END IF;
            END LOOP;
            RETURN NEW;
        END IF;
        PERFORM FROM cases_prisoner WHERE id = NEW.case_id FOR UPDATE;
        IF NOT EXISTS (
            SELECT FROM auth_user WHERE id = ANY (NEW.staff) AND is_active AND is_staff
        ) THEN
            RAISE check_violation USING MESSAGE = 'somebody must be left who may see this case',
                CONSTRAINT = 'somebody_sees_the_case';
        END IF;
        IF EXISTS (
            SELECT FROM cases_prisoner WHERE merged_into_id IS NOT NULL AND NEW.case_id IN (id, merged_into_id)
        ) OR EXISTS (
            SELECT FROM cases_merge WHERE state = 'proposed' AND NEW.case_id IN (kept_id, merged_id)
        ) THEN
            RAISE check_violation USING MESSAGE = 'a case open to named staff only is not merged',
                CONSTRAINT = 'named_case_stays_apart';
        END IF;
        IF EXISTS (
            SELECT FROM cases_consent WHERE related_case_id = NEW.case_id
            AND prisoner_id <> ALL (public.cases_not_seen())
        ) THEN
            RAISE check_violation USING MESSAGE = 'a consent in another case names this case',
                CONSTRAINT = 'named_case_is_not_related';
        END IF;
        RETURN NEW;
        """,
    )
    return [may_be_named, stamped("named_at")]


STAYS_APART = pgtrigger.Trigger(
    name="keep_named_apart",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(
        "NEW.merged_into_id IS NOT NULL AND OLD.merged_into_id IS NULL"
    ),
    func="""
        IF public.cases_named_on(NEW.id) <> '{}' OR public.cases_named_on(NEW.merged_into_id) <> '{}' THEN
            RAISE check_violation USING MESSAGE = 'a case open to named staff only is not merged',
                CONSTRAINT = 'named_case_stays_apart';
        END IF;
        RETURN NEW;
    """,
)

# Whoever sees the case of the one would learn of the other. The case is locked, so that
# nobody names it to few meanwhile.
NAMED_IS_NOT_RELATED = pgtrigger.Trigger(
    name="keep_named_unrelated",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("related_case_id"),
    condition=pgtrigger.Condition("NEW.related_case_id IS NOT NULL"),
    func="""
        PERFORM FROM cases_prisoner WHERE id = NEW.related_case_id FOR SHARE;
        IF public.cases_named_on(NEW.related_case_id) <> '{}' THEN
            RAISE check_violation USING MESSAGE = 'a case open to named staff only is not related',
                CONSTRAINT = 'named_case_is_not_related';
        END IF;
        RETURN NEW;
    """,
)

# A number that a case open to named staff only has may be given to another: a refusal
# would tell that there is such a case.
GIVEN_ONCE = pgtrigger.Trigger(
    name="given_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert
    | pgtrigger.UpdateOf("scheme", "value", "owner_organisation", "prisoner_id"),
    func=f"""
        PERFORM pg_advisory_xact_lock({_ONE_NUMBER.format(row="NEW")});
        IF EXISTS (
            SELECT FROM cases_identifier AS other
            WHERE (other.scheme, other.value, other.owner_organisation)
                = (NEW.scheme, NEW.value, NEW.owner_organisation)
            AND other.id <> NEW.id
            AND (other.prisoner_id = NEW.prisoner_id
                OR public.cases_named_on(other.prisoner_id) = '{{}}'
                AND public.cases_named_on(NEW.prisoner_id) = '{{}}')
        ) THEN {_TAKEN}; END IF;
        RETURN NEW;
    """,
)
