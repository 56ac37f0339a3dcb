from django.db import migrations

# The desk's login notes acts on accounts by these alone, which run with the owner's rights: in the name of whoever acts
# (cases/history/proof.py), or in nobody's, as the command line does; a second factor only for whoever acts.
DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
ACT = f"""
CREATE FUNCTION account_act(account integer, done text, why text) RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
    by_whom text := acting_user();
BEGIN
    INSERT INTO signin_accountevent (at, account_id, account_name, act, by_name, reason)
    SELECT statement_timestamp(), person.id, person.username, done,
        COALESCE(actor.username, 'manage.py account'), why
    FROM auth_user AS person LEFT JOIN auth_user AS actor ON actor.id = by_whom::integer
    WHERE person.id = account AND (by_whom IS NULL OR actor.id IS NOT NULL);
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'there is no such account';
    END IF;
    RETURN TRUE;
END $$;
REVOKE ALL ON FUNCTION account_act(integer, text, text) FROM PUBLIC;
"""
FACTOR_SHOWN = f"""
CREATE FUNCTION account_factor_shown(shown uuid) RETURNS boolean LANGUAGE plpgsql {DEFINER} AS $$
DECLARE
    by_whom text := acting_user();
BEGIN
    IF by_whom IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'a second factor is shown by whoever acts';
    END IF;
    INSERT INTO signin_factorshown (id, account_id, at) VALUES (shown, by_whom::integer, statement_timestamp());
    RETURN TRUE;
END $$;
REVOKE ALL ON FUNCTION account_factor_shown(uuid) FROM PUBLIC;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('signin', '0003_superusers'),
        ('cases', '0011_acting'),
    ]

    operations = [
        migrations.RunSQL(ACT, "DROP FUNCTION account_act(integer, text, text)"),
        migrations.RunSQL(FACTOR_SHOWN, "DROP FUNCTION account_factor_shown(uuid)"),
    ]
