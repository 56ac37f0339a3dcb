"""What the database does by itself so that the record stays on its sources' word,
whoever writes.
"""

from collections.abc import Collection

import pgtrigger

from cases.triggers.marks import WHO_NAMES_A_SOURCE
from tracker.contract.vocabulary import Hedge

# An entry of a list is gone, or the field is empty now.
_IS_TAKEN_OUT = """CASE WHEN item <> '' THEN NOT jsonb_exists($4 -> field, item)
    ELSE COALESCE($4 -> field, $4 -> (field || '_id'), 'null') IN ('null', '""', '[]', '{}') END"""
# Since the citation was made. An edition says up to which event of history it goes.
_APPROVED_SINCE = """
    SELECT FROM cases_edition AS edition WHERE edition.root_id = citation.root_id
    AND edition.event >= (
        SELECT COALESCE(min(made.pgh_id), 0) FROM cases_citationhistory AS made
        WHERE made.id = citation.id
    )
"""


def keeps_what_sources_said(
    target: str, facts: Collection[str], *, one_claim: bool = False
) -> pgtrigger.Trigger:
    """A citation that states "as the record" goes on stating what the record said when
    that changes.

    `target` is the citation's foreign key to the model. Of a list, a citation of one
    entry is touched when that goes. A value that was not there was stated by nobody:
    whoever cited it in advance states what comes. Of a record that is one claim, who
    cited it as a whole is now cited for the old value too.
    """
    return pgtrigger.Trigger(
        name="keep_what_sources_said",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(*facts),
        func=f"""
            EXECUTE $sql$
                UPDATE cases_citation SET states = stated_before(field, item, $2, $3)
                WHERE {target}_id = $1 AND states IS NULL AND stated_before(field, item, $2, $3) IS NOT NULL
            $sql$ USING OLD.id, to_jsonb(OLD), to_jsonb(NEW);
            {_cite_for_the_old_value(target, facts) if one_claim else ""}
            RETURN NULL;
        """,
    )


def takes_its_citation_along(
    target: str, table: str, facts: Collection[str]
) -> pgtrigger.Trigger:
    """A value that is taken out again before anybody approved it was entered by
    mistake: no source is left to disagree with the record. What denies it stays.

    At the end of the transaction: until then it is asked on whose word it stood, and
    another value may have come.
    """
    return pgtrigger.Trigger(
        name="take_its_citation_along",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.AnyChange(*facts),
        func=f"""
            EXECUTE $sql$
                DELETE FROM cases_citation AS citation
                WHERE {target}_id = $1 AND hedge <> '{Hedge.DENIED}'
                AND states = stated_before(field, item, $2, $3)
                AND {_IS_TAKEN_OUT} AND NOT EXISTS ({_APPROVED_SINCE})
            $sql$ USING OLD.id, to_jsonb(OLD), to_jsonb(NEW),
                (SELECT to_jsonb(stored) FROM {table} AS stored WHERE id = OLD.id);
            RETURN NULL;
        """,
    )


def _cite_for_the_old_value(target: str, facts: Collection[str]) -> str:
    kept = (
        "locator, quote, as_of, still_so, claimant_id, hedge, credibility, visibility"
    )
    return f"""
            EXECUTE $sql$
                INSERT INTO cases_citation (id, internal_notes, item, root_kind, {target}_id, source_id, {kept},
                    field, states)
                SELECT gen_random_uuid(), '', '', root_kind, {target}_id, source_id, {kept},
                    fact, stated_before(fact, '', $2, $3)
                FROM cases_citation AS whole, unnest('{{{", ".join(facts)}}}'::text[]) AS fact
                WHERE {target}_id = $1 AND field = '' AND stated_before(fact, '', $2, $3) IS NOT NULL AND NOT EXISTS (
                    SELECT FROM cases_citation AS own
                    WHERE own.{target}_id = $1 AND own.field = fact AND own.source_id = whole.source_id)
            $sql$ USING OLD.id, to_jsonb(OLD), to_jsonb(NEW);
    """


def speaks_of_no_day_to_come(
    when: str, operation: pgtrigger.Operation
) -> pgtrigger.Trigger:
    """No source speaks of a day that has begun nowhere on Earth (UTC+14)."""
    return pgtrigger.Trigger(
        name=f"speaks_of_no_day_to_come_{when}",
        when=pgtrigger.After,
        operation=operation,
        condition=pgtrigger.Condition("NEW.as_of_earliest IS NOT NULL"),
        func="""
            IF NEW.as_of_earliest > (now() AT TIME ZONE 'UTC' + interval '14 hours')::date THEN
                RAISE check_violation USING CONSTRAINT = 'citation_as_of_is_past',
                    MESSAGE = 'as_of: a source speaks of no day that is still to come';
            END IF;
            RETURN NULL;
        """,
    )


def cited_before_visible(table: str) -> list[pgtrigger.Trigger]:
    """Nobody outside sees a case for which no source is named. Asked at the end of the
    transaction: fixtures bring citations last. That its last citation goes is no reason
    to refuse a withdrawal, so only widening is.
    """
    func = f"""
        IF EXISTS (SELECT FROM {table} WHERE id = NEW.id AND visibility <> 'internal')
            AND NOT EXISTS (SELECT FROM cases_citation WHERE root_id = NEW.id) THEN
            RAISE check_violation USING CONSTRAINT = '{UNCITED}',
                MESSAGE = 'visibility: a case without any citation cannot be made more visible';
        END IF;
        RETURN NULL;
    """
    wider = "visibility_rank(NEW.visibility) > visibility_rank(OLD.visibility)"
    return [
        pgtrigger.Trigger(
            name=f"cited_before_visible_{when}",
            when=pgtrigger.After,
            operation=operation,
            timing=pgtrigger.Deferred,
            condition=pgtrigger.Condition(condition),
            func=func,
        )
        for when, operation, condition in (
            ("at_first", pgtrigger.Insert, "NEW.visibility <> 'internal'"),
            ("later", pgtrigger.Update, wider),
        )
    ]


def mark_who_cites_the_copy() -> pgtrigger.Trigger:
    """For the links from sources to what they repeat: to repeat a retracted one changes
    what rests on the copy.
    """
    who_names = WHO_NAMES_A_SOURCE.format(
        id="COALESCE(NEW.from_source_id, OLD.from_source_id)"
    )
    return pgtrigger.Trigger(
        name="mark_who_cites_the_copy",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Delete,
        func=f"""
            INSERT INTO cases_mark (root_kind, root_id, withdrawal)
            SELECT DISTINCT root_kind, root_id, FALSE
            FROM ({who_names})
                AS referrer (root_kind, root_id)
            WHERE root_id IS NOT NULL;
            RETURN NULL;
        """,
    )


UNCITED = "case_is_cited_before_it_is_visible"
