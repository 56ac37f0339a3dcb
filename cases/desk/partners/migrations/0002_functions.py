"""All that the partners' login learns of keys, and all that it may write: see tracker/api/keys.py.

The bodies are parsed here and now (BEGIN ATOMIC), so that no search path can turn their names to other tables.
"""

from django.db import migrations

BY_PREFIX = """
CREATE FUNCTION partners_key_by_prefix(wanted text)
RETURNS TABLE (
    hashed_key text, id uuid, organisation uuid, scopes text[], last_used_on date, cursor text
)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT held.hashed_key::text, held.id, held.organisation_id, held.scopes::text[], held.last_used_on,
           held.cursor::text
    FROM partners_key AS held
    WHERE held.prefix = wanted AND NOT held.revoked
    AND (held.expiry_date IS NULL OR held.expiry_date > clock_timestamp());
END;
"""

USED = """
CREATE FUNCTION partners_key_used(which uuid, handed_out text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE partners_key
    SET last_used_on = (clock_timestamp() AT TIME ZONE 'UTC')::date, cursor = COALESCE(NULLIF(handed_out, ''), cursor)
    WHERE id = which;
END;
"""

# One row a key, for the minute that runs: not worth logging, and rightly forgotten after a crash.
RATE = """
CREATE UNLOGGED TABLE partners_key_rate (key_id uuid PRIMARY KEY, minute timestamptz NOT NULL, requests integer NOT NULL);
"""

COUNTED = """
CREATE FUNCTION partners_key_counted(which uuid) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    INSERT INTO partners_key_rate AS held (key_id, minute, requests)
    SELECT id, date_trunc('minute', clock_timestamp()), 1 FROM partners_key WHERE id = which
    ON CONFLICT (key_id) DO UPDATE SET
        requests = CASE WHEN held.minute = EXCLUDED.minute THEN held.requests + 1 ELSE 1 END, minute = EXCLUDED.minute
    RETURNING requests;
END;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_keys")]
    operations = [
        migrations.RunSQL(BY_PREFIX, "DROP FUNCTION partners_key_by_prefix(text)"),
        migrations.RunSQL(USED, "DROP FUNCTION partners_key_used(uuid, text)"),
        migrations.RunSQL(RATE, "DROP TABLE partners_key_rate"),
        migrations.RunSQL(COUNTED, "DROP FUNCTION partners_key_counted(uuid)"),
    ]
