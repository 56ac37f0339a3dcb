"""How a consent to tell a single thing ends for good, whoever writes: what health, a
relative or a belief is told under it does not come back by a slip, an undo or a return
to an older state. A new consent is entered instead. docs/decisions/disclosure.md
"""

import pgtrigger

# Given for one thing, and not to be widened or turned to another. A consent for the name,
# the story or a photo has rules of its own (consents.py, copies.py).
ITEMS = ("health", "origin", "relatives", "birthday", "search_engines", "letters")

_OF_AN_ITEM = f"subject IN {ITEMS}"


def consent_ends() -> list[pgtrigger.Trigger]:
    """For consents. One that history knows was deleted before and is put back."""
    return [
        pgtrigger.Trigger(
            name="end_consent",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            func=f"""
        IF TG_OP = 'INSERT' THEN
            NEW.is_over := NEW.{_OF_AN_ITEM} AND EXISTS (
                SELECT FROM cases_consenthistory WHERE id = NEW.id);
        ELSE
            NEW.is_over := OLD.is_over OR (OLD.{_OF_AN_ITEM} AND (
                OLD.withdrawn_on IS NOT NULL AND NEW.withdrawn_on IS NULL
                OR (NEW.subject, NEW.audience) <> (OLD.subject, OLD.audience)
                OR OLD.personal_detail_id IS NOT NULL
                    AND NEW.personal_detail_id IS DISTINCT FROM OLD.personal_detail_id
                OR OLD.related_case_id IS NOT NULL
                    AND NEW.related_case_id IS DISTINCT FROM OLD.related_case_id
                OR NEW.is_over));
        END IF;
        RETURN NEW;
    """,  # noqa: S608 - only our own words
        ),
    ]


def told_otherwise() -> pgtrigger.Trigger:
    """For personal details: a consent was given for what was to be told then."""
    return pgtrigger.Trigger(
        name="told_otherwise",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("detail_kind", "told_as"),
        condition=pgtrigger.Condition(
            "OLD.detail_kind <> NEW.detail_kind OR OLD.told_as IS DISTINCT FROM NEW.told_as"
        ),
        func="""
        UPDATE cases_consent SET is_over = TRUE WHERE personal_detail_id = NEW.id AND NOT is_over;
        RETURN NULL;
    """,
    )
