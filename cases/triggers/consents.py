"""What the database does by itself so that what was taken back stays so, whoever
writes: a consent, or a whole case that was hidden at once. docs/decisions/disclosure.md

A case counts how often its consents were taken back (`name_taken_back`), and up to
which of those times that was answered (`name_returned`). What makes the first number
grow cannot be undone: to empty the day, to delete the row or to merge the case changes
nothing of it. The second one follows it only by the rules below. The case as a whole is
counted in the same way (`case_taken_back`).
"""

import pgtrigger

from cases.triggers.acting import WHO_ACTS

# Of the subjects of a consent, those on which something published depends.
SUBJECTS = ("name", "story")
CASE = "case"
# What can be taken back, and returns only by an approval that says so.
TAKEN_BACK = (*SUBJECTS, CASE)

_RETURNED = "COALESCE({row}.{subject}_returned, 0)"
_TAKEN_BACK = "COALESCE({row}.{subject}_taken_back, 0)"

WITHOUT_A_NEW_CONSENT = (
    "nothing returns without a new consent (its day, who gave it, how) that"
    " somebody else has entered"
)
BY_SOMEBODY_ELSE = (
    "a case that was hidden returns by somebody other than those who hid it"
)


def consent_triggers() -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Trigger(
            name="number_consent",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            func=_number(),
        ),
        pgtrigger.Trigger(
            name="remember_withdrawal",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            func=_remember(),
        ),
    ]


def taken_back_triggers() -> list[pgtrigger.Trigger]:
    """For prisoners."""
    return [
        pgtrigger.Trigger(
            name="hold_what_was_taken_back",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            func=_hold(),
        ),
        pgtrigger.Trigger(
            name="merge_what_was_taken_back",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(
                "OLD.merged_into_id IS NULL AND NEW.merged_into_id IS NOT NULL"
            ),
            func=_merge(),
        ),
    ]


def _number() -> str:
    """A consent is new if nothing was taken back since it was entered. One that is
    brought back from history was entered once before; one that moves was given for
    something else.
    """
    by_subject = " ".join(
        f"WHEN '{subject}' THEN {_TAKEN_BACK.format(row='prisoner', subject=subject)}"
        for subject in SUBJECTS
    )
    return f"""
        IF TG_OP = 'UPDATE' THEN
            NEW.after_taken_back := CASE WHEN (NEW.prisoner_id, NEW.subject) = (OLD.prisoner_id, OLD.subject)
                THEN OLD.after_taken_back END;
        ELSIF EXISTS (SELECT FROM cases_consenthistory WHERE id = NEW.id) THEN
            NEW.after_taken_back := NULL;
        ELSE
            NEW.after_taken_back := (
                SELECT NULLIF(CASE NEW.subject {by_subject} END, 0) FROM cases_prisoner AS prisoner
                WHERE id = NEW.prisoner_id
            );
        END IF;
        RETURN NEW;
    """


def _remember() -> str:
    """A consent that is withdrawn is counted once. So is one on which something had
    returned, if it goes or says something else.
    """
    statements = "".join(_remember_of(subject) for subject in SUBJECTS)
    return f"{statements}\n        RETURN NULL;\n    "


def _remember_of(subject: str) -> str:
    count = f"{subject}_taken_back = {_TAKEN_BACK.format(row='cases_prisoner', subject=subject)} + 1"
    unanswered = _unanswered("before", subject)
    return f"""
        IF TG_OP <> 'DELETE' AND NEW.subject = '{subject}' AND NEW.withdrawn_on IS NOT NULL AND (
            TG_OP = 'INSERT' OR OLD.withdrawn_on IS NULL OR OLD.subject <> NEW.subject
            OR (OLD.prisoner_id <> NEW.prisoner_id AND EXISTS (
                SELECT FROM cases_prisoner AS before WHERE id = OLD.prisoner_id AND {unanswered}))
        ) THEN
            UPDATE cases_prisoner SET {count} WHERE id = NEW.prisoner_id;
        ELSIF TG_OP <> 'INSERT' AND OLD.subject = '{subject}' AND OLD.withdrawn_on IS NULL AND (
            TG_OP = 'DELETE' OR (NEW.subject, NEW.audience) <> (OLD.subject, OLD.audience)
        ) THEN
            UPDATE cases_prisoner SET {count} WHERE id = OLD.prisoner_id AND {subject}_returned = {subject}_taken_back;
        END IF;"""


def _hold() -> str:
    statements = _hold_of(
        CASE,
        _somebody_else(),
        BY_SOMEBODY_ELSE,
        "prisoner_case_returns_by_somebody_else",
    )
    for subject in SUBJECTS:
        statements += _hold_of(
            subject,
            f"EXISTS (\n                    {_new_consent('NEW', subject)}\n                )",
            WITHOUT_A_NEW_CONSENT,
            f"prisoner_{subject}_returns_by_a_new_consent",
        )
    return f"{statements}\n        RETURN NEW;\n    "


def _hold_of(subject: str, may_return: str, refusal: str, rule: str) -> str:
    """What was deleted and comes back under its old id was taken back as often as
    before.
    """
    taken_back = _TAKEN_BACK.format(row="NEW", subject=subject)
    return f"""
        IF TG_OP = 'INSERT' THEN
            NEW.{subject}_returned := NULL;
            NEW.{subject}_taken_back := GREATEST(NEW.{subject}_taken_back, (
                SELECT max({subject}_taken_back) FROM cases_prisonerhistory WHERE id = NEW.id));
        ELSE
            IF OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NULL AND EXISTS (
                SELECT FROM cases_prisoner AS kept WHERE id = OLD.merged_into_id
                AND {_unanswered("kept", subject)}
            ) THEN
                NEW.{subject}_taken_back := {taken_back} + 1;
            END IF;
            IF {taken_back} < {_TAKEN_BACK.format(row="OLD", subject=subject)} THEN
                RAISE check_violation USING MESSAGE = 'what was taken back stays counted',
                    CONSTRAINT = 'prisoner_{subject}_stays_taken_back';
            END IF;
            IF NEW.{subject}_returned IS DISTINCT FROM OLD.{subject}_returned AND (
                NEW.{subject}_returned IS DISTINCT FROM NEW.{subject}_taken_back OR NOT {may_return}
            ) THEN
                RAISE check_violation USING MESSAGE = '{refusal}',
                    CONSTRAINT = '{rule}';
            END IF;
        END IF;"""


def _unanswered(row: str, subject: str) -> str:
    taken_back = _TAKEN_BACK.format(row=row, subject=subject)
    return f"{taken_back} > {_RETURNED.format(row=row, subject=subject)}"


def _somebody_else() -> str:
    """Whoever raised the count since the case last returned hid it. A hand in psql that
    names nobody bars nobody; but nobody is not somebody else.
    """
    return f"""(
                    {WHO_ACTS} IS NOT NULL AND {WHO_ACTS} NOT IN (
                        SELECT COALESCE(who, '') FROM (
                            SELECT DISTINCT ON (case_taken_back) pgh_context->>'user' AS who
                            FROM cases_prisonerhistory
                            WHERE id = NEW.id AND case_taken_back > COALESCE(OLD.case_returned, 0)
                            ORDER BY case_taken_back, pgh_id
                        ) AS hiding
                    )
                )"""


def _new_consent(row: str, subject: str) -> str:
    """The reviewer is the one whom history is told of. Nobody can say who entered a
    consent for which history names nobody.
    """
    return f"""SELECT FROM cases_consent AS consent
                    WHERE prisoner_id = {row}.id AND subject = '{subject}' AND withdrawn_on IS NULL
                    AND after_taken_back = {row}.{subject}_taken_back
                    AND given_on IS NOT NULL AND given_by !~ '^\\s*$' AND given_how !~ '^\\s*$'
                    AND (
                        SELECT bool_and((pgh_context->>'user') <> (
                            {WHO_ACTS}
                        ) AND pgh_context->>'user' IS NOT NULL)
                        FROM cases_consenthistory AS event WHERE event.id = consent.id
                    )"""


def _merge() -> str:
    """Of two cases of one person, what was taken back in the one is so in both. What
    has returned since is asked anew; but not a whole case: it is seen as it was
    approved.
    """
    statements = ""
    for subject in TAKEN_BACK:
        lost = f"NEW.{subject}_taken_back > 0"
        if subject == CASE:
            lost = _unanswered("NEW", subject)
        count = f"{subject}_taken_back = {_TAKEN_BACK.format(row='cases_prisoner', subject=subject)} + 1"
        statements += f"""
        IF {lost} THEN
            UPDATE cases_prisoner SET {count} WHERE id = NEW.merged_into_id;
        END IF;"""
    return f"{statements}\n        RETURN NULL;\n    "
