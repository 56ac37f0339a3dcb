"""Who saw what, the functions that add to it, and the admin's own log."""

import django.contrib.admin.models
import django.contrib.postgres.functions
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations

from cases.migrating import Together
from django.db import migrations, models

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
    initial = True
    # Those of before 1.0, in one: docs/upgrading.md.
    replaces = [
        ("access", "0001_log"),
        ("access", "0002_signing_in"),
        ("access", "0003_changed"),
        ("access", "0004_hours"),
        ("access", "0005_by_function"),
        ("access", "0006_salt"),
        ("access", "0007_admin_log"),
    ]
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cases", "0002_record"),
    ]
    operations = [
        Together([
            migrations.CreateModel(
                name='AdminLine',
                fields=[
                ],
                options={
                    'proxy': True,
                    'default_permissions': (),
                    'indexes': [],
                    'constraints': [],
                },
                bases=('admin.logentry',),
                managers=[('objects', django.contrib.admin.models.LogEntryManager())],
            ),
            migrations.CreateModel(
                name='AccessEvent',
                fields=[
                    ('salt', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False)),
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                    ('user_id', models.IntegerField(verbose_name='number of the account')),
                    ('username', models.CharField(max_length=150, verbose_name='who')),
                    ('act', models.CharField(choices=[('read', 'read'), ('history', 'read the history'), ('list', 'listed'), ('search', 'searched'), ('export', 'exported'), ('pack', 'made an evidence pack'), ('changed', 'changed, and was shown it'), ('signed_in', 'signed in'), ('not_let_in', 'tried to sign in and failed')], max_length=10, verbose_name='what')),
                    ('kind', models.CharField(blank=True, max_length=60, verbose_name='kind of record')),
                    ('record_id', models.CharField(blank=True, max_length=60, verbose_name='record')),
                    ('case_id', models.UUIDField(help_text='That the record belongs to.', null=True, verbose_name='case')),
                    ('page', models.CharField(help_text='Its address, without ids.', max_length=200, verbose_name='page')),
                    ('asked', models.TextField(blank=True, help_text='The words searched, and the filters.', verbose_name='asked for')),
                    ('rows', models.PositiveIntegerField(help_text='How many the answer showed.', null=True, verbose_name='rows')),
                    ('reason', models.TextField(blank=True, help_text='Given for an export or an evidence pack.', verbose_name='reason')),
                    ('request_id', models.CharField(blank=True, help_text='As in the proxy’s log.', max_length=100, verbose_name='request')),
                ],
                options={
                    'verbose_name': 'entry of the access log',
                    'verbose_name_plural': 'access log',
                    'ordering': ['-at', '-id'],
                    'permissions': [
                        ('export_records', 'May export lists'),
                    ],
                    'default_permissions': ['view'],
                    'indexes': [
                        models.Index(fields=['at'], name='access_by_time'),
                        models.Index(fields=['username', 'at'], name='access_by_person'),
                        models.Index(fields=['case_id'], name='access_by_case'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(models.Q(('act', 'export'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='an_export_has_a_reason', violation_error_message='Reason: say what the export is for.'),
                    ],
                },
            ),
        ]),
        Together([
            pgtrigger.migrations.AddTrigger(
                model_name='adminline',
                trigger=pgtrigger.compiler.Trigger(name='named_is_who_acts', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user), (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN\n            RETURN NEW;\n        END IF;\n        \n        IF NEW.user_id IS NOT NULL\n            AND (TG_OP = 'INSERT' OR NEW.user_id IS DISTINCT FROM OLD.user_id)\n            AND acting_user() IS DISTINCT FROM NEW.user_id::text THEN\n            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',\n                CONSTRAINT = 'named_is_who_acts';\n        END IF;\n        RETURN NEW;\n    ", operation='INSERT OR UPDATE', pgid='pgtrigger_named_is_who_acts_3e22d', table='django_admin_log', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='accessevent',
                trigger=pgtrigger.compiler.Trigger(name='stamp_hour', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF NOT pg_has_role(session_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN\n            NEW.at := statement_timestamp();\n        END IF;\n        RETURN NEW;\n    ", operation='INSERT', pgid='pgtrigger_stamp_hour_bd2fe', table='access_accessevent', when='BEFORE')),
            ),
        ]),
        migrations.RunSQL(SHOWN, "DROP FUNCTION access_shown(jsonb)"),
        migrations.RunSQL(SIGNED_IN, "DROP FUNCTION access_signed_in(text)"),
        migrations.RunSQL(NOT_LET_IN, "DROP FUNCTION access_not_let_in(text, text)"),
    ]
