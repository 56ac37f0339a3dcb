"""A person who is not told any more is not told in a court case either: what the database
holds back at once, until the gate has rendered the court case anew.

Only of a court case whose published document names that person: what is of nobody that
readers see changes nothing.
"""

import pgtrigger

# The table of an audience's documents; the rank of its visibility, as in hold_back().
_DOCUMENTS = {"tracker_public_document": 2, "tracker_partners_document": 1}


def _leaves(person: str, court_case: str = "", seen_now: str = "-1") -> str:
    """SQL: this person goes from their court cases, or from one of them, for all who do
    not see what has this rank now.
    """
    statements = ""
    for table, rank in _DOCUMENTS.items():
        narrowed = f"""
            PERFORM hold_back(id, {rank}, GREATEST({seen_now}, {rank - 1}), FALSE) FROM public.{table}
            WHERE kind = 'court_case' AND document IS NOT NULL AND named @> ARRAY[{person}]"""
        if court_case:
            narrowed += f" AND id = {court_case}"
        statements += f"{narrowed};"
    return statements


def person_leaves_court_case() -> list[pgtrigger.Trigger]:
    """For what ties a person to a court case."""
    leaves = _leaves("OLD.prisoner_id", "OLD.court_case_id", "seen_now")
    return [
        pgtrigger.Trigger(
            name="leave_court_case",
            when=pgtrigger.After,
            operation=pgtrigger.Update | pgtrigger.Delete,
            declare=[("seen_now", "integer")],
            func=f"""
        seen_now := -1;
        IF TG_OP = 'UPDATE' THEN
            IF (NEW.prisoner_id, NEW.court_case_id) = (OLD.prisoner_id, OLD.court_case_id) THEN
                seen_now := visibility_rank(NEW.visibility);
            END IF;
        END IF;
        IF seen_now < visibility_rank(OLD.visibility) THEN{leaves}
        END IF;
        RETURN NULL;
    """,
        )
    ]


def person_of_court_cases_goes() -> pgtrigger.Trigger:
    """For prisoners: hidden at once, without a name from now on, merged, or some of the
    case withheld. Whoever is made less visible, or deleted, goes from all that names
    them in any case.
    """
    return pgtrigger.Trigger(
        name="leave_court_cases",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf(
            "merged_into_id",
            "name_withheld",
            "case_taken_back",
            "name_taken_back",
            "withheld",
        ),
        condition=pgtrigger.Condition(
            "NOT OLD.withheld @> NEW.withheld"
            " OR (NEW.merged_into_id, NEW.name_withheld, NEW.case_taken_back, NEW.name_taken_back)"
            " IS DISTINCT FROM (OLD.merged_into_id, OLD.name_withheld, OLD.case_taken_back, OLD.name_taken_back)"
        ),
        func=f"{_leaves('OLD.id')}\n        RETURN NULL;\n    ",
    )
