"""A person who is not told any more is not told in a court case either, nor as a relative
in another case: what the database holds back at once, until the gate has rendered that
anew.

Only what has a published document that names that person: what is of nobody that readers
see changes nothing.
"""

import pgtrigger

# The table of an audience's documents; the rank of its visibility, as in hold_back().
_DOCUMENTS = {"tracker_public_document": 2, "tracker_partners_document": 1}


def leaves(person: str, which: str, seen_now: str = "-1") -> str:
    """SQL: this person goes from documents, for all who do not see what has this rank
    now. `which` is SQL on the row of a document.
    """
    statements = ""
    for table, rank in _DOCUMENTS.items():
        statements += f"""
            PERFORM hold_back(id, {rank}, GREATEST({seen_now}, {rank - 1}), FALSE) FROM public.{table}
            WHERE {which} AND document IS NOT NULL AND named @> ARRAY[{person}];"""
    return statements


def person_leaves_court_case() -> list[pgtrigger.Trigger]:
    """For what ties a person to a court case."""
    left = leaves(
        "OLD.prisoner_id", "kind = 'court_case' AND id = OLD.court_case_id", "seen_now"
    )
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
        IF seen_now < visibility_rank(OLD.visibility) THEN{left}
        END IF;
        RETURN NULL;
    """,
        )
    ]


def person_goes_from_others() -> pgtrigger.Trigger:
    """For prisoners: hidden at once, without a name from now on, merged, or some of the
    case withheld. Whoever is made less visible, or deleted, goes from all that names
    them in any case. The case that one was merged into names it as a previous id.
    """
    others = (
        "(kind = 'court_case' OR kind = 'prisoner'"
        " AND id IS DISTINCT FROM OLD.merged_into_id)"
    )
    return pgtrigger.Trigger(
        name="leave_others",
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
        func=f"{leaves('OLD.id', others)}\n        RETURN NULL;\n    ",
    )
