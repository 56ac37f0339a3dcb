"""What is published, for each audience, and what is held back of it."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid

from django.db import migrations, models

# Called by the triggers of the record, with the owner's rights: nobody else can hold anything back. A rank is that of
# visibility_rank(); -1 is seen by nobody. What is written is a row more, so that nobody waits for anybody. It is
# written once a transaction: to delete a case deletes all its parts.
#
# The body is parsed here and now (BEGIN ATOMIC), so that no search path can turn its names to other tables.
_HOLD_BACK = """
    INSERT INTO {table} (root, everywhere, transaction, waits_until)
    SELECT held_root, is_everywhere, txid_current(),
        CASE WHEN seconds > 0 THEN clock_timestamp() + make_interval(secs => seconds) END
    WHERE seen_before >= {rank} AND seen_now < {rank} AND NOT EXISTS (
        SELECT FROM {table} AS held WHERE held.root = held_root AND held.transaction = txid_current()
        AND (held.everywhere OR NOT is_everywhere)
    );
"""
HOLD_BACK = f"""
CREATE FUNCTION hold_back(
    held_root uuid, seen_before integer, seen_now integer, is_everywhere boolean, seconds integer DEFAULT 0
) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
{_HOLD_BACK.format(table="tracker_public_held", rank=2)}
{_HOLD_BACK.format(table="tracker_partners_held", rank=1)}
END;
"""

# The desk holds a source back before it withdraws it, and lets go of that row in the end:
# held_first in cases/publishing/holding.py. What a withdrawal itself holds back waits for
# nothing (waits_until is null), and only the gate lets go of it.
_LET_GO_OF = """
    DELETE FROM {table} AS held
    WHERE held.root = held_root AND held.transaction = of_transaction
    AND held.waits_until IS NOT NULL;
"""
LET_GO_OF = f"""
CREATE FUNCTION let_go_of(held_root uuid, of_transaction bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
{_LET_GO_OF.format(table="tracker_public_held")}
{_LET_GO_OF.format(table="tracker_partners_held")}
END;
"""


class Migration(migrations.Migration):
    initial = True
    # Those of before 1.0, in one: docs/upgrading.md.
    replaces = [
        ("tracker", "0001_published"),
        ("tracker", "0002_held"),
        ("tracker", "0003_letting_go"),
        ("tracker", "0004_copies"),
        ("tracker", "0005_officials"),
    ]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name='PublicDocument',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('parent', models.UUIDField(help_text='the prisoner that a sentence or a deportation belongs to', null=True)),
                ('seq', models.BigIntegerField(help_text='the number of its last change; a part has that of its parent')),
                ('changed_on', models.DateField(help_text='the day of that change; the hour would tell too much')),
                ('document', models.TextField(help_text='the bytes served', null=True)),
                ('merged_into', models.UUIDField(null=True)),
                ('facts', models.JSONField(default=dict, help_text='what is filtered for equality: {field: [values]}')),
                ('named', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, help_text='the ids of other documents that it names: tracker/held.py', size=None)),
                ('search_key', models.TextField(default='', help_text='tracker/names.py')),
                ('sort_name', models.TextField(null=True)),
                ('sort_date', models.DateField(null=True)),
                ('sort_number', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'tracker_public_document',
                'abstract': False,
                'indexes': [
                    django.contrib.postgres.indexes.GinIndex(fields=['facts'], name='publicdocument_facts', opclasses=['jsonb_path_ops']),
                    django.contrib.postgres.indexes.GinIndex(fields=['named'], name='publicdocument_named'),
                    django.contrib.postgres.indexes.GinIndex(fields=['search_key'], name='publicdocument_search', opclasses=['gin_trgm_ops']),
                    models.Index(fields=['kind', 'sort_name', 'id'], name='publicdocument_name'),
                    models.Index(fields=['kind', 'sort_date', 'id'], name='publicdocument_date'),
                    models.Index(fields=['kind', 'sort_number', 'id'], name='publicdocument_size'),
                    models.Index(fields=['kind', 'seq', 'id'], name='publicdocument_seq'),
                    models.Index(condition=models.Q(('parent__isnull', False)), fields=['parent'], name='publicdocument_parent'),
                    models.Index(condition=models.Q(('document__isnull', True)), fields=['changed_on'], name='publicdocument_gone'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('parent__isnull', True)), fields=('seq',), name='publicdocument_number'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PartnersDocument',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('parent', models.UUIDField(help_text='the prisoner that a sentence or a deportation belongs to', null=True)),
                ('seq', models.BigIntegerField(help_text='the number of its last change; a part has that of its parent')),
                ('changed_on', models.DateField(help_text='the day of that change; the hour would tell too much')),
                ('document', models.TextField(help_text='the bytes served', null=True)),
                ('merged_into', models.UUIDField(null=True)),
                ('facts', models.JSONField(default=dict, help_text='what is filtered for equality: {field: [values]}')),
                ('named', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, help_text='the ids of other documents that it names: tracker/held.py', size=None)),
                ('search_key', models.TextField(default='', help_text='tracker/names.py')),
                ('sort_name', models.TextField(null=True)),
                ('sort_date', models.DateField(null=True)),
                ('sort_number', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'tracker_partners_document',
                'abstract': False,
                'indexes': [
                    django.contrib.postgres.indexes.GinIndex(fields=['facts'], name='partnersdocument_facts', opclasses=['jsonb_path_ops']),
                    django.contrib.postgres.indexes.GinIndex(fields=['named'], name='partnersdocument_named'),
                    django.contrib.postgres.indexes.GinIndex(fields=['search_key'], name='partnersdocument_search', opclasses=['gin_trgm_ops']),
                    models.Index(fields=['kind', 'sort_name', 'id'], name='partnersdocument_name'),
                    models.Index(fields=['kind', 'sort_date', 'id'], name='partnersdocument_date'),
                    models.Index(fields=['kind', 'sort_number', 'id'], name='partnersdocument_size'),
                    models.Index(fields=['kind', 'seq', 'id'], name='partnersdocument_seq'),
                    models.Index(condition=models.Q(('parent__isnull', False)), fields=['parent'], name='partnersdocument_parent'),
                    models.Index(condition=models.Q(('document__isnull', True)), fields=['changed_on'], name='partnersdocument_gone'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('parent__isnull', True)), fields=('seq',), name='partnersdocument_number'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PublicSpan',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('fact', models.CharField(help_text='status, or the name of a date field', max_length=40)),
                ('value', models.CharField(default='', help_text='the code of the status', max_length=40)),
                ('first_day', models.DateField(null=True)),
                ('last_day', models.DateField(help_text='included', null=True)),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spans', to='tracker.publicdocument')),
            ],
            options={
                'db_table': 'tracker_public_span',
                'abstract': False,
                'indexes': [
                    models.Index(fields=['fact', 'value', 'last_day', 'first_day'], name='publicspan_fact'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PartnersSpan',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('fact', models.CharField(help_text='status, or the name of a date field', max_length=40)),
                ('value', models.CharField(default='', help_text='the code of the status', max_length=40)),
                ('first_day', models.DateField(null=True)),
                ('last_day', models.DateField(help_text='included', null=True)),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spans', to='tracker.partnersdocument')),
            ],
            options={
                'db_table': 'tracker_partners_span',
                'abstract': False,
                'indexes': [
                    models.Index(fields=['fact', 'value', 'last_day', 'first_day'], name='partnersspan_fact'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PublicCorrection',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('corrected_on', models.DateField()),
                ('record_kind', models.CharField(max_length=40)),
                ('record_id', models.UUIDField()),
                ('change', models.CharField(max_length=10)),
                ('field', models.CharField(default='', max_length=60)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('reason', models.TextField(default='', help_text='the public reason, given with the approval')),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='tracker.publicdocument')),
            ],
            options={
                'db_table': 'tracker_public_correction',
                'ordering': ['-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PartnersCorrection',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('corrected_on', models.DateField()),
                ('record_kind', models.CharField(max_length=40)),
                ('record_id', models.UUIDField()),
                ('change', models.CharField(max_length=10)),
                ('field', models.CharField(default='', max_length=60)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('reason', models.TextField(default='', help_text='the public reason, given with the approval')),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='tracker.partnersdocument')),
            ],
            options={
                'db_table': 'tracker_partners_correction',
                'ordering': ['-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PublicFeed',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('last_seq', models.BigIntegerField(default=0)),
                ('epoch', models.UUIDField(default=uuid.uuid4)),
                ('pruned_seq', models.BigIntegerField(default=0, help_text='the highest number of a tombstone that was deleted since')),
                ('digests', models.JSONField(default=dict, help_text='{kind: [count, sum]}: tracker/digests.py')),
                ('life', models.TextField(default='', help_text='the database that these numbers were drawn in')),
                ('contract', models.PositiveIntegerField(help_text='of the documents: tracker/versions.py', null=True)),
                ('tells_officials', models.BooleanField(default=False, help_text='the setting that the documents were written under')),
            ],
            options={
                'db_table': 'tracker_public_feed',
                'abstract': False,
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('id', 1)), name='publicfeed_is_one_row'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PartnersFeed',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('last_seq', models.BigIntegerField(default=0)),
                ('epoch', models.UUIDField(default=uuid.uuid4)),
                ('pruned_seq', models.BigIntegerField(default=0, help_text='the highest number of a tombstone that was deleted since')),
                ('digests', models.JSONField(default=dict, help_text='{kind: [count, sum]}: tracker/digests.py')),
                ('life', models.TextField(default='', help_text='the database that these numbers were drawn in')),
                ('contract', models.PositiveIntegerField(help_text='of the documents: tracker/versions.py', null=True)),
                ('tells_officials', models.BooleanField(default=False, help_text='the setting that the documents were written under')),
            ],
            options={
                'db_table': 'tracker_partners_feed',
                'abstract': False,
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('id', 1)), name='partnersfeed_is_one_row'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PublicHeld',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), primary_key=True, serialize=False)),
                ('root', models.UUIDField(db_index=True)),
                ('everywhere', models.BooleanField()),
                ('transaction', models.BigIntegerField(help_text='the one that took it back')),
                ('is_marked', models.BooleanField(db_default=False, help_text='has the gate marked what has to be rendered?')),
                ('held_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('waits_until', models.DateTimeField(help_text='until then the withdrawal itself is under way', null=True)),
                ('passed_by', models.BigIntegerField(help_text='its document cannot be written; until it is, the feed goes on without it: this was its number', null=True)),
            ],
            options={
                'db_table': 'tracker_public_held',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PartnersHeld',
            fields=[
                ('id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), primary_key=True, serialize=False)),
                ('root', models.UUIDField(db_index=True)),
                ('everywhere', models.BooleanField()),
                ('transaction', models.BigIntegerField(help_text='the one that took it back')),
                ('is_marked', models.BooleanField(db_default=False, help_text='has the gate marked what has to be rendered?')),
                ('held_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('waits_until', models.DateTimeField(help_text='until then the withdrawal itself is under way', null=True)),
                ('passed_by', models.BigIntegerField(help_text='its document cannot be written; until it is, the feed goes on without it: this was its number', null=True)),
            ],
            options={
                'db_table': 'tracker_partners_held',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PublicCopy',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('of', models.UUIDField(db_index=True, help_text='the source')),
                ('media_type', models.CharField(max_length=40)),
                ('content', models.BinaryField()),
            ],
            options={
                'db_table': 'tracker_public_copy',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PartnersCopy',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('of', models.UUIDField(db_index=True, help_text='the source')),
                ('media_type', models.CharField(max_length=40)),
                ('content', models.BinaryField()),
            ],
            options={
                'db_table': 'tracker_partners_copy',
                'abstract': False,
            },
        ),
        migrations.RunSQL(HOLD_BACK, "DROP FUNCTION hold_back(uuid, integer, integer, boolean, integer)"),
        migrations.RunSQL(LET_GO_OF, "DROP FUNCTION let_go_of(uuid, bigint)"),
    ]
