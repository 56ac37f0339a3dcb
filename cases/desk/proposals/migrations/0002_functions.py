"""All that the partners' login can do with proposals: tracker/proposals.py calls these.

Each takes the key itself, as the partner sent it, and compares its hash: whoever has the login, and no key, is told
nothing. The bodies are parsed here and now (BEGIN ATOMIC), so that no search path can turn their names to other tables.
"""

from django.db import migrations

# Runs with the rights of the functions below, which ask it; nobody else could read the table.
HOLDER = """
CREATE FUNCTION partners_proposals_holder(presented text) RETURNS TABLE (key_id uuid, organisation_id uuid)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT held.id, held.organisation_id
    FROM partners_key AS held
    WHERE held.prefix = split_part(presented, '.', 1)
    AND held.hashed_key = 'sha512$$' || encode(sha512(convert_to(presented, 'UTF8')), 'hex')
    AND NOT held.revoked AND (held.expiry_date IS NULL OR held.expiry_date > clock_timestamp())
    AND 'propose' = ANY(held.scopes);
END;
"""

# One organisation at a time: each statement after the lock sees what the one before it has committed.
HAND_IN = """
CREATE FUNCTION partners_proposals_hand_in(presented text, given jsonb) RETURNS TABLE (place integer, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(hashtextextended('proposals of ' || holder.organisation_id::text, 0))
    FROM partners_proposals_holder(presented) AS holder;

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
        SELECT last.content FROM proposals_proposal AS last
        WHERE last.organisation_id = holder.organisation_id AND last.identifier = one.identifier
        ORDER BY last.number DESC LIMIT 1
    );

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

# What it was accepted as is told once partners may see that case, and of a case that was merged the one that it became.
FATES = """
CREATE FUNCTION partners_proposals_fates(
    presented text, ids uuid[], states text[], of_identifier text, below bigint, above bigint, most integer
) RETURNS TABLE (
    number bigint, id uuid, identifier text, state text, received_at timestamptz, decided_on date, accepted_as uuid,
    reason text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT kept.number, kept.id, kept.identifier::text, kept.state::text, kept.received_at,
        (kept.decided_at AT TIME ZONE 'UTC')::date, shown.id, kept.reason
    FROM partners_proposals_holder(presented) AS holder
    JOIN proposals_proposal AS kept ON kept.organisation_id = holder.organisation_id
    LEFT JOIN tracker_partners_document AS gone ON gone.id = kept.accepted_as_id AND gone.document IS NULL
    LEFT JOIN tracker_partners_document AS shown
        ON shown.id = COALESCE(gone.merged_into, kept.accepted_as_id) AND shown.document IS NOT NULL
    WHERE (ids IS NULL OR kept.id = ANY(ids)) AND (states IS NULL OR kept.state = ANY(states))
    AND (of_identifier IS NULL OR kept.identifier = of_identifier)
    AND (below IS NULL OR kept.number < below) AND (above IS NULL OR kept.number > above)
    ORDER BY CASE WHEN above IS NOT NULL THEN kept.number END, kept.number DESC
    LIMIT most;
END;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0001_proposals"),
        ("partners", "0002_functions"),
        ("tracker", "0001_published"),
    ]
    operations = [
        migrations.RunSQL(HOLDER, "DROP FUNCTION partners_proposals_holder(text)"),
        migrations.RunSQL(HAND_IN, "DROP FUNCTION partners_proposals_hand_in(text, jsonb)"),
        migrations.RunSQL(
            FATES, "DROP FUNCTION partners_proposals_fates(text, uuid[], text[], text, bigint, bigint, integer)"
        ),
    ]
