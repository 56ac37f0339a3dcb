"""Open ends as days, so that an index answers by ranges; and since when anything happened to somebody."""

import datetime
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


# As tracker/contract/facts.py computes it of each document.
BEGUN = """
INSERT INTO tracker_{audience}_span (of_id, fact, value, first_day)
SELECT document.id, 'begun', '', CASE WHEN bool_and(span.first_day IS NOT NULL) THEN min(span.first_day) END
FROM tracker_{audience}_document AS document LEFT JOIN tracker_{audience}_span AS span
ON span.of_id = document.id AND span.fact IN (
    'died_on', 'detained_on', 'sentenced_on', 'released_on', 'deported_on', 'last_seen_on'
)
WHERE document.kind = 'prisoner' AND document.document IS NOT NULL
-- On a replica these rows come from the relay, with its ids.
AND NOT EXISTS (SELECT FROM pg_subscription_rel WHERE srrelid = 'tracker_{audience}_span'::regclass)
GROUP BY document.id;
"""
NOT_BEGUN = "DELETE FROM tracker_{audience}_span WHERE fact = 'begun';"


def begun():
    for audience in ("public", "partners"):
        made, undone = BEGUN.format(audience=audience), NOT_BEGUN.format(audience=audience)
        yield migrations.RunSQL(made, undone)


class Migration(migrations.Migration):

    dependencies = [
        ('tracker', '0005_revision'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='partnersspan',
            name='partnersspan_fact',
        ),
        migrations.RemoveIndex(
            model_name='publicspan',
            name='publicspan_fact',
        ),
        migrations.AddField(
            model_name='partnersspan',
            name='from_day',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('first_day', models.Value(datetime.date(1, 1, 1))), help_text='first_day, or the first day that there is', output_field=models.DateField()),
        ),
        migrations.AddField(
            model_name='partnersspan',
            name='until_day',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('last_day', models.Value(datetime.date(9999, 12, 31))), help_text='last_day, or the last day that there is', output_field=models.DateField()),
        ),
        migrations.AddField(
            model_name='publicspan',
            name='from_day',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('first_day', models.Value(datetime.date(1, 1, 1))), help_text='first_day, or the first day that there is', output_field=models.DateField()),
        ),
        migrations.AddField(
            model_name='publicspan',
            name='until_day',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('last_day', models.Value(datetime.date(9999, 12, 31))), help_text='last_day, or the last day that there is', output_field=models.DateField()),
        ),
        migrations.AddIndex(
            model_name='partnersspan',
            index=models.Index(fields=['fact', 'value', 'until_day', 'from_day'], include=('of',), name='partnersspan_days'),
        ),
        migrations.AddIndex(
            model_name='publicspan',
            index=models.Index(fields=['fact', 'value', 'until_day', 'from_day'], include=('of',), name='publicspan_days'),
        ),
        migrations.AlterField(
            model_name='partnersspan',
            name='of',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='spans', to='tracker.partnersdocument'),
        ),
        migrations.AlterField(
            model_name='publicspan',
            name='of',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='spans', to='tracker.publicdocument'),
        ),
        migrations.AddIndex(
            model_name='partnersspan',
            index=models.Index(fields=['of', 'fact', 'value', 'until_day', 'from_day'], name='partnersspan_of'),
        ),
        migrations.AddIndex(
            model_name='partnersspan',
            index=models.Index(condition=models.Q(('fact', 'begun')), fields=['from_day'], include=('value', 'of'), name='partnersspan_begun'),
        ),
        migrations.AddIndex(
            model_name='publicspan',
            index=models.Index(fields=['of', 'fact', 'value', 'until_day', 'from_day'], name='publicspan_of'),
        ),
        migrations.AddIndex(
            model_name='publicspan',
            index=models.Index(condition=models.Q(('fact', 'begun')), fields=['from_day'], include=('value', 'of'), name='publicspan_begun'),
        ),
        *begun(),  # last: no table is altered while rows wait for their foreign keys
    ]
