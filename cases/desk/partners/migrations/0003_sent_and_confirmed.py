"""A cursor counts once it is presented and what it covers was sent to that key; and who calls a function brings the key
itself: whoever has the partners' login, and no key, touches nobody's cursor or limit.

The bodies are parsed here and now (BEGIN ATOMIC), so that no search path can turn their names to other tables.
"""

import importlib

from django.db import migrations, models

before = importlib.import_module("cases.desk.partners.migrations.0002_functions")

# Runs with the rights of the functions below, which ask it; nobody else could read the table.
HOLDER = """
CREATE FUNCTION partners_key_holder(presented text) RETURNS uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT held.id FROM partners_key AS held
    WHERE held.prefix = split_part(presented, '.', 1)
    AND held.hashed_key = 'sha512$$' || encode(sha512(convert_to(presented, 'UTF8')), 'hex')
    AND NOT held.revoked AND (held.expiry_date IS NULL OR held.expiry_date > clock_timestamp());
END;
"""

BY_PREFIX = """
CREATE FUNCTION partners_key_by_prefix(wanted text)
RETURNS TABLE (
    hashed_key text, id uuid, organisation uuid, scopes text[], last_used_on date, cursor text, sent text
)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT held.hashed_key::text, held.id, held.organisation_id, held.scopes::text[], held.last_used_on,
           held.cursor::text, held.sent::text
    FROM partners_key AS held
    WHERE held.prefix = wanted AND NOT held.revoked
    AND (held.expiry_date IS NULL OR held.expiry_date > clock_timestamp());
END;
"""

USED = """
CREATE FUNCTION partners_key_used(presented text, confirmed_now text, sent_now text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE partners_key
    SET last_used_on = (clock_timestamp() AT TIME ZONE 'UTC')::date, cursor = confirmed_now, sent = sent_now
    WHERE id = partners_key_holder(presented);
END;
"""

COUNTED = """
CREATE FUNCTION partners_key_counted(presented text) RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    INSERT INTO partners_key_rate AS held (key_id, minute, requests)
    SELECT id, date_trunc('minute', clock_timestamp()), 1 FROM partners_key WHERE id = partners_key_holder(presented)
    ON CONFLICT (key_id) DO UPDATE SET
        requests = CASE WHEN held.minute = EXCLUDED.minute THEN held.requests + 1 ELSE 1 END, minute = EXCLUDED.minute
    RETURNING requests;
END;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_functions")]
    operations = [
        migrations.AddField(
            model_name="partnerskey",
            name="sent",
            field=models.CharField(default="", editable=False, max_length=500),
        ),
        migrations.RunSQL("UPDATE partners_key SET sent = cursor", migrations.RunSQL.noop),
        migrations.RunSQL("DROP FUNCTION partners_key_by_prefix(text)", before.BY_PREFIX),
        migrations.RunSQL("DROP FUNCTION partners_key_used(uuid, text)", before.USED),
        migrations.RunSQL("DROP FUNCTION partners_key_counted(uuid)", before.COUNTED),
        migrations.RunSQL(HOLDER, "DROP FUNCTION partners_key_holder(text)"),
        migrations.RunSQL(BY_PREFIX, "DROP FUNCTION partners_key_by_prefix(text)"),
        migrations.RunSQL(USED, "DROP FUNCTION partners_key_used(text, text, text)"),
        migrations.RunSQL(COUNTED, "DROP FUNCTION partners_key_counted(text)"),
    ]
