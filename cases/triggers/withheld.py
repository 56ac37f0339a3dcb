"""What the database does by itself so that a key of `withheld` means a fact, whoever
writes: a slip of the pen would withhold something else than was meant.
"""

import json
from collections.abc import Mapping

import pgtrigger

from tracker.contract.vocabulary import NarrowedVisibility

MEANS_NO_FACT = "withheld_means_facts_of_the_case"


def withheld_is_known(
    table: str, records: Mapping[str, Mapping[str, bool]], handed_over: str
) -> list[pgtrigger.Trigger]:
    """Asked at the end of the transaction: fixtures bring parts last. Only of what was
    added: what stood before may mean a field that was renamed.

    `records`: by SQL that finds a record of the case NEW.id by its id, `record`, its
    fields; True: a list, of which entries can be withheld. `handed_over` is SQL for
    what stands so in a case that this one was merged with.
    """
    func = _func(table, records, handed_over)
    declared = [
        ("named", "text"),
        ("fact", "text"),
        ("who", "text"),
        ("record", "uuid"),
        ("lists", "jsonb"),
    ]
    return [
        pgtrigger.Trigger(
            name=f"know_what_is_withheld_{when}",
            when=pgtrigger.After,
            operation=operation,
            timing=pgtrigger.Deferred,
            condition=pgtrigger.Condition(condition),
            declare=declared,
            func=func,
        )
        for when, operation, condition in (
            ("at_first", pgtrigger.Insert, "NEW.withheld <> '{}'"),
            (
                "later",
                pgtrigger.Update,
                "NEW.withheld IS DISTINCT FROM OLD.withheld",
            ),
        )
    ]


def _func(
    table: str, records: Mapping[str, Mapping[str, bool]], handed_over: str
) -> str:
    found = " ELS".join(
        f"IF EXISTS ({query}) THEN lists := '{json.dumps(fields)}';"
        for query, fields in records.items()
    )
    known = ", ".join(f"'{who}'" for who in NarrowedVisibility.values)
    return f"""
        FOR named, fact, who IN
            SELECT facts.key, kept.key, kept.value
            FROM {table} AS root, jsonb_each(root.withheld) AS facts, jsonb_each_text(facts.value) AS kept
            WHERE root.id = NEW.id AND (TG_OP = 'INSERT'
                OR OLD.withheld -> facts.key ->> kept.key IS DISTINCT FROM kept.value)
        LOOP
            lists := NULL;
            IF named ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' THEN
                record := named::uuid;
                {found}
                END IF;
            END IF;
            -- “field”, or “field:entry” of a list.
            IF COALESCE(who IN ({known}) AND (lists ? fact
                OR ((lists ->> split_part(fact, ':', 1))::boolean AND split_part(fact, ':', 2) <> '')), FALSE) THEN
                CONTINUE;
            END IF;
            {handed_over}
            RAISE check_violation USING CONSTRAINT = '{MEANS_NO_FACT}',
                MESSAGE = 'withheld: a key means no fact of this case, or nobody who may still see it';
        END LOOP;
        RETURN NULL;
    """  # noqa: S608 - only our own words


# Whoever merges two cases, or parts them, withholds of one what was withheld of the
# other: cases/merging/.
_MERGED_WITH = (
    "SELECT FROM cases_merge AS merge JOIN cases_prisoner AS other ON other.id IN (merge.kept_id, merge.merged_id)"
    " WHERE merge.state IN ('merged', 'undone') AND NEW.id IN (merge.kept_id, merge.merged_id)"
)
MERGED_CASE = f"{_MERGED_WITH} AND other.id = record"
HANDED_OVER = (
    f"IF EXISTS ({_MERGED_WITH} AND other.id <> NEW.id"
    " AND other.withheld -> named ->> fact = who) THEN\n"
    "                CONTINUE;\n"
    "            END IF;"
)
