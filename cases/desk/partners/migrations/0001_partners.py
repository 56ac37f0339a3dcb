"""Partners and their keys; and all that the partners' login learns of keys, and all that it may write: tracker/api/keys.py.

A cursor counts once it is presented and what it covers was sent to that key; and who calls a function brings the key
itself: whoever has the partners' login, and no key, touches nobody's cursor or limit.
"""

import cases.desk.partners.models
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid

from django.db import migrations, models

# The bodies are parsed here and now (BEGIN ATOMIC), so that no search path can turn their names to other tables.

# One row a key, for the minute that runs: not worth logging, and rightly forgotten after a crash.
RATE = """
CREATE UNLOGGED TABLE partners_key_rate (key_id uuid PRIMARY KEY, minute timestamptz NOT NULL, requests integer NOT NULL);
"""

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
    initial = True
    # Those of before 1.0, in one: docs/upgrading.md.
    replaces = [
        ("partners", "0001_keys"),
        ("partners", "0002_functions"),
        ("partners", "0003_sent_and_confirmed"),
        ("partners", "0004_created_by_database"),
    ]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, unique=True, verbose_name='name')),
                ('contact', models.TextField(blank=True, default='', help_text='whom to tell when a key leaks', verbose_name='contact')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='PartnersKey',
            fields=[
                ('prefix', models.CharField(editable=False, max_length=8, unique=True)),
                ('hashed_key', models.CharField(editable=False, max_length=150)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True, editable=False)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(help_text='such as “nightly copy”', max_length=50, verbose_name='what it is for')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='partners.organisation', verbose_name='organisation')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'read'), ('propose', 'propose')], max_length=10), default=cases.desk.partners.models.only_reading, size=None, verbose_name='may')),
                ('revoked', models.BooleanField(default=False, help_text='It is refused from now on. This cannot be undone.', verbose_name='revoked')),
                ('expiry_date', models.DateTimeField(blank=True, help_text='From then on it is refused. Without a date it never expires.', null=True, verbose_name='expires')),
                ('last_used_on', models.DateField(editable=False, null=True, verbose_name='last used on')),
                ('cursor', models.CharField(default='', editable=False, help_text='how far its copy has come', max_length=500, verbose_name='last cursor')),
                ('sent', models.CharField(default='', editable=False, max_length=500)),
            ],
            options={
                'verbose_name': 'key',
                'verbose_name_plural': 'keys',
                'db_table': 'partners_key',
                'ordering': ('-created',),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['read', 'propose']), models.Q(('scopes', []), _negated=True)), name='a_key_is_for_something', violation_error_message='A key is for reading, for proposing, or for both.'),
                ],
            },
        ),
        migrations.RunSQL(RATE, "DROP TABLE partners_key_rate"),
        migrations.RunSQL(HOLDER, "DROP FUNCTION partners_key_holder(text)"),
        migrations.RunSQL(BY_PREFIX, "DROP FUNCTION partners_key_by_prefix(text)"),
        migrations.RunSQL(USED, "DROP FUNCTION partners_key_used(text, text, text)"),
        migrations.RunSQL(COUNTED, "DROP FUNCTION partners_key_counted(text)"),
    ]
