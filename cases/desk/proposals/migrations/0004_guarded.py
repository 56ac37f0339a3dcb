"""The function that stores proposals looks at what it stores: what the partners' login writes past the API can neither
break a page of the desk nor fill its queue. And a partner takes back what still waits.

The bodies are parsed here and now (BEGIN ATOMIC), so that no search path can turn their names to other tables.
"""

import importlib
import json

from django.db import migrations

before = importlib.import_module("cases.desk.proposals.migrations.0002_functions")

# As tracker/contract/proposal_shape.py has it.
FACTS = {
    "sex": "string",
    "born_on": "string",
    "age_as_stated": "number",
    "died_on": "string",
    "death_in_custody": "string",
    "cause_of_death_by_authorities": "string",
    "cause_of_death_by_family": "string",
    "citizenships": "strings",
    "occupations": "strings",
    "affiliation": "string",
    "stated_end_of_term": "string",
}
PARTS = {
    "names": {
        "value": "string",
        "name_kind": "string",
        "language": "string",
    },
    "recognitions": {
        "organisation": "string",
        "outcome": "string",
        "decided_on": "string",
        "criteria": "strings",
        "reason": "string",
    },
    "detentions": {
        "started_on": "string",
        "ended_on": "string",
        "ground": "string",
        "authority": "string",
    },
    "charges": {
        "code": "string",
        "article": "string",
        "label_as_stated": "string",
        "brought_on": "string",
        "outcome": "string",
    },
    "sentences": {
        "court": "string",
        "handed_down_on": "string",
        "in_force_on": "string",
        "in_absentia": "boolean",
        "closed_hearing": "string",
        "decision": "string",
        "punishment": "string",
        "term_months": "number",
        "term_days": "number",
        "term_as_stated": "string",
        "regime": "string",
    },
    "releases": {
        "released_on": "string",
        "ground": "string",
        "to_liberty": "string",
        "conditions": "string",
        "remaining_months": "number",
        "remaining_days": "number",
        "remaining_as_stated": "string",
    },
    "deportations": {
        "deported_on": "string",
        "outcome": "string",
        "from_country": "string",
        "to_country": "string",
        "crossing": "string",
        "coercion": "string",
        "own_national": "string",
        "passport_fate": "string",
        "replacement_document": "string",
        "document_issuer": "string",
        "document_handed_over_by": "string",
        "valid_identity_document": "string",
        "may_return": "string",
    },
    "whereabouts": {
        "last_seen_on": "string",
        "last_seen_where": "string",
        "no_contact_since": "string",
    },
}
SOURCE = {
    "title": "string",
    "url": "string",
    "publisher": "string",
    "author": "string",
    "published_on": "string",
    "language": "string",
}
MOST_ROWS, MOST_ENTRIES, LONGEST, MOST_WAITING = 500, 50, 5_000, 5_000


def _json(value: object) -> str:
    return f"'{json.dumps(value)}'::jsonb"


REFUSE = """
CREATE FUNCTION partners_proposals_refuse(code text, why text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RAISE EXCEPTION '%', why USING ERRCODE = code; END $$;
"""

VALUE_FITS = f"""
CREATE FUNCTION partners_proposal_value_fits(said jsonb, form text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT COALESCE(CASE
        WHEN form = 'string' THEN jsonb_typeof(said) = 'string' AND length(said #>> '{{}}') <= {LONGEST}
        WHEN form = 'boolean' THEN jsonb_typeof(said) = 'boolean'
        WHEN form = 'number' AND jsonb_typeof(said) = 'number'
            THEN said::numeric BETWEEN 0 AND 2147483647 AND said::numeric = trunc(said::numeric)
        WHEN form = 'strings' AND jsonb_typeof(said) = 'array'
            THEN jsonb_array_length(said) <= {MOST_ENTRIES} AND NOT EXISTS (
                SELECT FROM jsonb_array_elements(said) AS entry
                WHERE jsonb_typeof(entry) <> 'string' OR length(entry #>> '{{}}') > {LONGEST})
    END, FALSE);
END;
"""

RECORD_FITS = """
CREATE FUNCTION partners_proposal_record_fits(said jsonb, shape jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT COALESCE(jsonb_typeof(said) = 'object' AND NOT EXISTS (
        SELECT FROM jsonb_each(CASE WHEN jsonb_typeof(said) = 'object' THEN said END) AS field (name, value)
        WHERE NOT partners_proposal_value_fits(value, shape ->> name)
    ), FALSE);
END;
"""

FITS = f"""
CREATE FUNCTION partners_proposal_fits(said jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT COALESCE(jsonb_typeof(said) = 'object' AND NOT EXISTS (
        SELECT FROM jsonb_each(CASE WHEN jsonb_typeof(said) = 'object' THEN said END) AS field (name, value)
        WHERE NOT CASE
            WHEN {_json(FACTS)} ? name THEN partners_proposal_value_fits(value, {_json(FACTS)} ->> name)
            WHEN name = 'source' THEN partners_proposal_record_fits(value, {_json(SOURCE)})
            WHEN {_json(PARTS)} ? name AND jsonb_typeof(value) = 'array'
                THEN jsonb_array_length(value) <= {MOST_ENTRIES} AND NOT EXISTS (
                    SELECT FROM jsonb_array_elements(value) AS part
                    WHERE NOT partners_proposal_record_fits(part, {_json(PARTS)} -> name))
            ELSE FALSE
        END
    ), FALSE);
END;
"""

# One organisation at a time: each statement after the lock sees what the one before it has committed.
HAND_IN = f"""
CREATE OR REPLACE FUNCTION partners_proposals_hand_in(presented text, given jsonb)
RETURNS TABLE (place integer, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(hashtextextended('proposals of ' || holder.organisation_id::text, 0))
    FROM partners_proposals_holder(presented) AS holder;

    SELECT partners_proposals_refuse('PT400', 'What is handed in has not the form of proposals.')
    WHERE jsonb_typeof(given) IS DISTINCT FROM 'array'
    OR jsonb_array_length(CASE WHEN jsonb_typeof(given) = 'array' THEN given END) > {MOST_ROWS}
    OR EXISTS (
        SELECT FROM jsonb_to_recordset(CASE WHEN jsonb_typeof(given) = 'array' THEN given ELSE '[]' END)
            AS one (identifier text, content jsonb)
        WHERE NOT COALESCE(length(identifier) BETWEEN 1 AND 200, FALSE)
        OR NOT COALESCE(content <> '{{}}'::jsonb AND partners_proposal_fits(content), FALSE)
    );

    UPDATE proposals_proposal AS older SET state = 'superseded', decided_at = clock_timestamp()
    FROM partners_proposals_holder(presented) AS holder,
        jsonb_to_recordset(given) AS one (identifier text, content jsonb)
    WHERE older.organisation_id = holder.organisation_id AND older.identifier = one.identifier
    AND older.state = 'received' AND older.content <> one.content;

    INSERT INTO proposals_proposal (id, organisation_id, key_id, number, identifier, content, received_at, state)
    SELECT one.id, holder.organisation_id, holder.key_id, row_number() OVER (ORDER BY one.place) + (
            SELECT COALESCE(max(number), 0) FROM proposals_proposal AS older
            WHERE older.organisation_id = holder.organisation_id
        ), one.identifier, one.content, clock_timestamp(), 'received'
    FROM partners_proposals_holder(presented) AS holder,
        jsonb_to_recordset(given) AS one (place integer, id uuid, identifier text, content jsonb)
    WHERE one.content IS DISTINCT FROM (
        SELECT CASE WHEN last.state <> 'withdrawn' THEN last.content END FROM proposals_proposal AS last
        WHERE last.organisation_id = holder.organisation_id AND last.identifier = one.identifier
        ORDER BY last.number DESC LIMIT 1
    );

    SELECT partners_proposals_refuse('PT409', 'Too many proposals of this organisation wait.')
    FROM partners_proposals_holder(presented) AS holder
    WHERE (
        SELECT count(*) FROM proposals_proposal AS kept
        WHERE kept.organisation_id = holder.organisation_id AND kept.state = 'received'
    ) > {MOST_WAITING};

    SELECT one.place, last.id
    FROM partners_proposals_holder(presented) AS holder,
        jsonb_to_recordset(given) AS one (place integer, identifier text),
        LATERAL (
            SELECT kept.id FROM proposals_proposal AS kept
            WHERE kept.organisation_id = holder.organisation_id AND kept.identifier = one.identifier
            ORDER BY kept.number DESC LIMIT 1
        ) AS last;
END;
"""

WITHDRAW = """
CREATE FUNCTION partners_proposals_withdraw(presented text, which uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE proposals_proposal AS kept SET state = 'withdrawn', decided_at = clock_timestamp()
    FROM partners_proposals_holder(presented) AS holder
    WHERE kept.organisation_id = holder.organisation_id AND kept.id = which AND kept.state = 'received';
END;
"""


class Migration(migrations.Migration):
    dependencies = [("proposals", "0003_withdrawn")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION partners_proposals_refuse(text, text)"),
        migrations.RunSQL(VALUE_FITS, "DROP FUNCTION partners_proposal_value_fits(jsonb, text)"),
        migrations.RunSQL(RECORD_FITS, "DROP FUNCTION partners_proposal_record_fits(jsonb, jsonb)"),
        migrations.RunSQL(FITS, "DROP FUNCTION partners_proposal_fits(jsonb)"),
        migrations.RunSQL(HAND_IN, before.HAND_IN.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
        migrations.RunSQL(WITHDRAW, "DROP FUNCTION partners_proposals_withdraw(text, uuid)"),
    ]
