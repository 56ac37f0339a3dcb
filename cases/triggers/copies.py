"""What the database asks before a redacted copy is published, and how it takes one back:
a picture of people is shown while each of them allows it. docs/decisions/files.md

A copy never changes, and neither does who can be recognised in it. It waits until it is
approved, and what was withdrawn never returns: a new copy is added instead.
"""

import pgtrigger

from cases.triggers.acting import WHO_ACTS
from cases.triggers.approving import somebody_approves_the_copy

ALLOWED = "copy_shows_those_who_allow_it"
WITHDRAWN_FOR_GOOD = "copy_that_was_withdrawn_stays_so"

# SQL on a prisoner and on a copy: may this person be shown to these readers? Whoever is
# not to be named is not to be shown: a face tells more than a name.
_ALLOWS_IT = """(
                person.merged_into_id IS NULL AND NOT person.name_withheld
                AND visibility_rank(person.visibility) >= visibility_rank(copy.audience)
                AND COALESCE(person.case_taken_back, 0) <= COALESCE(person.case_returned, 0)
                AND COALESCE(person.name_taken_back, 0) <= COALESCE(person.name_returned, 0)
                AND EXISTS (
                    SELECT FROM cases_consent AS consent WHERE consent.prisoner_id = person.id
                    AND consent.subject = 'photo' AND consent.withdrawn_on IS NULL
                    AND consent.audience IN ('public', copy.audience)
                )
            )"""
# SQL on a copy: all of them.
EVERYBODY_ALLOWS_IT = f"""(
            copy.recognisable <> 'others' AND NOT EXISTS (
                SELECT FROM unnest(copy.people) AS shown (id) WHERE NOT EXISTS (
                    SELECT FROM cases_prisoner AS person WHERE person.id = shown.id AND {_ALLOWS_IT}
                )
            )
        )"""  # noqa: S608 - only our own words


def decision_triggers() -> list[pgtrigger.Trigger]:
    return [
        somebody_approves_the_copy(),
        pgtrigger.Trigger(
            name="ask_who_is_shown",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            condition=pgtrigger.Condition("NEW.decision = 'approved'"),
            func=f"""
        IF EXISTS (SELECT FROM cases_copydecision WHERE copy_id = NEW.copy_id AND decision = 'withdrawn') THEN
            RAISE check_violation USING MESSAGE = 'what was withdrawn does not return',
                CONSTRAINT = '{WITHDRAWN_FOR_GOOD}';
        END IF;
        IF NOT EXISTS (
            SELECT FROM cases_redactedcopy AS copy
            WHERE copy.id = NEW.copy_id AND copy.content IS NOT NULL AND {EVERYBODY_ALLOWS_IT}
        ) THEN
            RAISE check_violation USING MESSAGE = 'not everybody who can be recognised allows it',
                CONSTRAINT = '{ALLOWED}';
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - only our own words
        ),
        pgtrigger.Trigger(
            name="mark_source",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            declare=[("copy", "cases_redactedcopy")],
            func="""
        SELECT * INTO copy FROM cases_redactedcopy WHERE id = NEW.copy_id;
        IF NOT EXISTS (SELECT FROM cases_copydecision WHERE copy_id = copy.id AND decision = 'approved') THEN
            RETURN NULL;
        END IF;
        IF NEW.decision = 'withdrawn' THEN
            PERFORM hold_back(copy.root_id, visibility_rank(copy.audience), -1, FALSE);
        END IF;
        INSERT INTO cases_mark (root_kind, root_id, withdrawal)
        VALUES ('source', copy.root_id, NEW.decision = 'withdrawn');
        RETURN NULL;
    """,
        ),
    ]


def _withdraw(person: str) -> str:
    """Of the copies that show this person, those that are approved and not everybody
    allows any more.
    """
    return f"""
        INSERT INTO cases_copydecision (copy_id, decision, cause, reason, decided_by_id, event)
        SELECT copy.id, 'withdrawn', 'person', '', {WHO_ACTS}::integer, approval.event
        FROM cases_redactedcopy AS copy
        JOIN cases_copydecision AS approval ON approval.copy_id = copy.id AND approval.decision = 'approved'
        WHERE copy.people @> ARRAY[{person}]
        AND NOT EXISTS (
            SELECT FROM cases_copydecision AS made WHERE made.copy_id = copy.id AND made.decision = 'withdrawn'
        )
        AND NOT {EVERYBODY_ALLOWS_IT};"""  # noqa: S608 - only our own words


def photo_consent_goes() -> pgtrigger.Trigger:
    """For consents: withdrawn, deleted, or given for something else now."""
    return pgtrigger.Trigger(
        name="photo_consent_goes",
        when=pgtrigger.After,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.subject = 'photo'"),
        func=f"{_withdraw('OLD.prisoner_id')}\n        RETURN NULL;\n    ",
    )


def shown_person_goes() -> list[pgtrigger.Trigger]:
    """For prisoners: whoever is not to be seen or named any more."""
    func = f"{_withdraw('OLD.id')}\n        RETURN NULL;\n    "
    return [
        pgtrigger.Trigger(
            name="shown_person_goes",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf(
                "visibility",
                "merged_into_id",
                "name_withheld",
                "case_taken_back",
                "name_taken_back",
            ),
            func=func,
        ),
        pgtrigger.Trigger(
            name="shown_person_is_deleted",
            when=pgtrigger.After,
            operation=pgtrigger.Delete,
            func=func,
        ),
    ]
