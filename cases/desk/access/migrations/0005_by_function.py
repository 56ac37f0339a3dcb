from django.db import migrations

# The desk's login adds lines by these alone, which run with the owner's rights: what was shown, and that somebody
# signed in, only for whoever acts (cases/history/proof.py); a failure for any account, because nobody acts yet.
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
SHOWN = f"""
CREATE FUNCTION access_shown(lines jsonb) RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
    person auth_user;
BEGIN
    SELECT * INTO person FROM auth_user WHERE id = acting_user()::integer;
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'a line of the access log is of whoever acts';
    END IF;
    INSERT INTO access_accessevent (user_id, username, act, kind, record_id, case_id, page, asked, rows, reason, request_id)
    SELECT person.id, person.username, line.act, line.kind, line.record_id, line.case_id, line.page, line.asked,
        line.rows, line.reason, line.request_id
    FROM jsonb_to_recordset(lines) AS line (
        act text, kind text, record_id text, case_id uuid, page text, asked text, rows integer, reason text,
        request_id text
    )
    WHERE line.act NOT IN ('signed_in', 'not_let_in');
    RETURN TRUE;
END $$;
REVOKE ALL ON FUNCTION access_shown(jsonb) FROM PUBLIC;
"""
SIGNED_IN = f"""
CREATE FUNCTION access_signed_in(request text) RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
    INSERT INTO access_accessevent (user_id, username, act, kind, record_id, page, asked, reason, request_id)
    SELECT id, username, 'signed_in', '', '', 'admin/account/', '', '', request
    FROM auth_user WHERE id = acting_user()::integer;
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'a line of the access log is of whoever acts';
    END IF;
    RETURN TRUE;
END $$;
REVOKE ALL ON FUNCTION access_signed_in(text) FROM PUBLIC;
"""
NOT_LET_IN = f"""
CREATE FUNCTION access_not_let_in(name text, request text) RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
    INSERT INTO access_accessevent (user_id, username, act, kind, record_id, page, asked, reason, request_id)
    SELECT id, username, 'not_let_in', '', '', 'admin/account/', '', '', request
    FROM auth_user WHERE username = name;
    RETURN TRUE;
END $$;
REVOKE ALL ON FUNCTION access_not_let_in(text, text) FROM PUBLIC;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0004_hours'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('cases', '0011_acting'),
    ]

    operations = [
        migrations.RunSQL(SHOWN, "DROP FUNCTION access_shown(jsonb)"),
        migrations.RunSQL(SIGNED_IN, "DROP FUNCTION access_signed_in(text)"),
        migrations.RunSQL(NOT_LET_IN, "DROP FUNCTION access_not_let_in(text, text)"),
    ]
