"""A claimant whom many cases name is held back in one statement, and what is held back is found in its turn."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('cases', '0007_told_without_name'),
        ('tracker', '0007_held_of_many'),  # the trigger calls hold_back_each()
    ]
    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='claimant',
            name='mark_referrers',
        ),
        migrations.AddIndex(
            model_name='mark',
            index=models.Index(condition=models.Q(('held__isnull', False)), fields=['id'], name='mark_held_in_turn'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claimant',
            trigger=pgtrigger.compiler.Trigger(name='mark_referrers', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (NEW.visibility, NEW.name, NEW.role, NEW.role_as_stated, NEW.protected_pseudonym) IS DISTINCT FROM (OLD.visibility, OLD.name, OLD.role, OLD.role_as_stated, OLD.protected_pseudonym) THEN\n                INSERT INTO cases_mark (root_kind, root_id, withdrawal)\n                SELECT DISTINCT root_kind, root_id, visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)\n                FROM (SELECT root_kind, root_id FROM cases_citation WHERE claimant_id = NEW.id UNION ALL SELECT 'reported_count', id FROM cases_reportedcount WHERE claimant_id = NEW.id) AS referrer (root_kind, root_id);\n                IF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN\n                    PERFORM hold_back_each(\n                        ARRAY(SELECT root_id FROM (SELECT root_kind, root_id FROM cases_citation WHERE claimant_id = NEW.id UNION ALL SELECT 'reported_count', id FROM cases_reportedcount WHERE claimant_id = NEW.id) AS referrer (root_kind, root_id)),\n                        visibility_rank(OLD.visibility), visibility_rank(NEW.visibility));\n                END IF;\n            END IF;\n            RETURN NEW;\n        ", hash='69e1f086018cb1caaf69fd51dc730b324cf72fc1', operation='UPDATE', pgid='pgtrigger_mark_referrers_ab7dc', table='cases_claimant', when='AFTER')),
        ),
    ]
