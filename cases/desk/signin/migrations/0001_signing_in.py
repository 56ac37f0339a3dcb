"""Second factors, locks and what was done to accounts."""

import django.contrib.auth.models
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import uuid

from cases.migrating import Together
from django.conf import settings
from django.db import migrations, models

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
    initial = True
    # Those of before 1.0, in one: docs/upgrading.md.
    replaces = [
        ("signin", "0001_accounts"),
        ("signin", "0002_factor_shown"),
        ("signin", "0003_superusers"),
        ("signin", "0004_by_function"),
        ("signin", "0005_salt"),
        ("signin", "0006_own_language"),
        ("signin", "0007_hour_of_database"),
        ("signin", "0008_any_language"),
    ]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cases", "0002_record"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        Together([
            migrations.CreateModel(
                name='GuardedAccount',
                fields=[
                ],
                options={
                    'proxy': True,
                    'default_permissions': (),
                    'indexes': [],
                    'constraints': [],
                },
                bases=('auth.user',),
                managers=[('objects', django.contrib.auth.models.UserManager())],
            ),
            migrations.CreateModel(
                name='AccountEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('salt', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False)),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                    ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                    ('account_name', models.CharField(max_length=150, verbose_name='account')),
                    ('act', models.CharField(choices=[('locked', 'locked, and sessions ended'), ('unlocked', 'unlocked'), ('sessions_ended', 'sessions ended'), ('factors_forgotten', 'second factors forgotten'), ('link_made', 'link for a new password made'), ('password_changed', 'password changed'), ('factor_added', 'second factor added'), ('factor_removed', 'second factor removed'), ('desk_closed', 'desk closed, and sessions ended'), ('desk_opened', 'desk opened again'), ('codes_made', 'recovery codes made anew')], max_length=20, verbose_name='what')),
                    ('by_name', models.CharField(max_length=150, verbose_name='by')),
                    ('reason', models.TextField(blank=True, default='', verbose_name='reason')),
                ],
                options={
                    'verbose_name': 'act on an account',
                    'verbose_name_plural': 'acts on accounts',
                    'ordering': ['-pk'],
                    'default_permissions': ['view'],
                },
            ),
            migrations.CreateModel(
                name='FactorShown',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='OwnLanguage',
                fields=[
                    ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='account')),
                    ('language', models.CharField(max_length=10, verbose_name='language')),
                ],
                options={
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='Counted',
                fields=[
                    ('key', models.CharField(max_length=255, primary_key=True, serialize=False)),
                    ('value', models.TextField()),
                    ('expires', models.DateTimeField(db_index=True)),
                ],
                options={
                    'default_permissions': (),
                },
            ),
        ]),
        Together([
            pgtrigger.migrations.AddTrigger(
                model_name='guardedaccount',
                trigger=pgtrigger.compiler.Trigger(name='owner_makes_superusers', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.is_superuser)', func="\n        IF (TG_OP = 'INSERT' OR NOT OLD.is_superuser) AND NOT pg_has_role(session_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN\n            RAISE insufficient_privilege USING MESSAGE = 'only the owner''s login makes a superuser';\n        END IF;\n        RETURN NEW;\n    ", operation='INSERT OR UPDATE', pgid='pgtrigger_owner_makes_superusers_8f7c5', table='auth_user', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='accountevent',
                trigger=pgtrigger.compiler.Trigger(name='stamp_hour', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF NOT pg_has_role(session_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN\n            NEW.at := statement_timestamp();\n        END IF;\n        RETURN NEW;\n    ", operation='INSERT', pgid='pgtrigger_stamp_hour_b620e', table='signin_accountevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='ownlanguage',
                trigger=pgtrigger.compiler.Trigger(name='named_is_who_acts', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user), (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN\n            RETURN NEW;\n        END IF;\n        \n        IF NEW.account_id IS NOT NULL\n            AND (TG_OP = 'INSERT' OR NEW.account_id IS DISTINCT FROM OLD.account_id)\n            AND acting_user() IS DISTINCT FROM NEW.account_id::text THEN\n            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',\n                CONSTRAINT = 'named_is_who_acts';\n        END IF;\n        RETURN NEW;\n    ", operation='INSERT OR UPDATE', pgid='pgtrigger_named_is_who_acts_17fe4', table='signin_ownlanguage', when='BEFORE')),
            ),
        ]),
        migrations.RunSQL(ACT, "DROP FUNCTION account_act(integer, text, text)"),
        migrations.RunSQL(FACTOR_SHOWN, "DROP FUNCTION account_factor_shown(uuid)"),
    ]
