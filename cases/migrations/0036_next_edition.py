import importlib

from django.db import migrations

# Saving may approve the case in the same moment, by the publisher: whoever comes second
# waits for the first, and takes the number after it.
STORE = """
CREATE OR REPLACE FUNCTION edition_store(
    kind text, root uuid, approved_version integer, up_to bigint, what jsonb, approver integer, why text, told text,
    earliest date, OUT edition_id bigint, OUT edition_number integer, OUT approved timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    LOOP
        INSERT INTO cases_edition
            (root_kind, root_id, number, version, event, snapshot, approved_by_id, reason, public_reason, not_before)
        SELECT kind, root, 1 + COALESCE((SELECT max(number) FROM cases_edition WHERE root_kind = kind AND root_id = root), 0),
            approved_version, up_to, what, approver, why, told, earliest
        ON CONFLICT (root_kind, root_id, number) DO NOTHING
        RETURNING id, number, approved_at INTO edition_id, edition_number, approved;
        EXIT WHEN FOUND;
    END LOOP;
END $$;
"""
BEFORE = importlib.import_module("cases.migrations.0012_approving").STORE


class Migration(migrations.Migration):
    dependencies = [("cases", "0035_kept_names")]
    operations = [
        migrations.RunSQL(
            STORE, BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        )
    ]
