"""Two cases that are told as related: who is not told so any more is not told of in the
other one either, at once. docs/decisions/related-cases.md
"""

import pgtrigger

from cases.triggers.court import leaves


def relative_goes() -> pgtrigger.Trigger:
    """For consents: what names another case ends, or goes."""
    other = leaves("OLD.prisoner_id", "kind = 'prisoner' AND id = OLD.related_case_id")
    return pgtrigger.Trigger(
        name="leave_relative",
        when=pgtrigger.After,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.related_case_id IS NOT NULL"),
        declare=[("stays", "boolean")],
        func=f"""
        stays := FALSE;
        IF TG_OP = 'UPDATE' THEN
            stays := (NEW.prisoner_id, NEW.related_case_id, NEW.is_over, NEW.withdrawn_on)
                IS NOT DISTINCT FROM (OLD.prisoner_id, OLD.related_case_id, OLD.is_over, OLD.withdrawn_on);
        END IF;
        IF NOT stays THEN{other}
        END IF;
        RETURN NULL;
    """,
    )


def goes_as_relative() -> list[pgtrigger.Trigger]:
    """For prisoners: who agreed to be told with a case that is merged has not been asked
    of the one it goes into. One that is deleted is named by nobody, also not by a case
    that whoever deletes it does not see.
    """
    return [
        pgtrigger.Trigger(
            name="end_relatives",
            when=pgtrigger.After,
            operation=pgtrigger.UpdateOf("merged_into_id"),
            condition=pgtrigger.Condition(
                "OLD.merged_into_id IS NULL AND NEW.merged_into_id IS NOT NULL"
            ),
            func="""
        UPDATE cases_consent SET is_over = TRUE WHERE related_case_id = NEW.id AND NOT is_over;
        RETURN NULL;
    """,
        ),
        pgtrigger.Trigger(
            name="cut_relatives",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func="""
        UPDATE cases_consent SET related_case_id = NULL WHERE related_case_id = OLD.id;
        RETURN OLD;
    """,
        ),
    ]
