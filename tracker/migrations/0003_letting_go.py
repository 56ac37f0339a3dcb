from django.db import migrations, models

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


def passed_by():
    return models.BigIntegerField(
        null=True,
        help_text="its document cannot be written; until it is, the feed goes on without it: this was its number",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("tracker", "0002_held"),
    ]

    operations = [
        migrations.AddField(model_name="partnersheld", name="passed_by", field=passed_by()),
        migrations.AddField(model_name="publicheld", name="passed_by", field=passed_by()),
        migrations.RunSQL(LET_GO_OF, "DROP FUNCTION let_go_of(uuid, bigint)"),
    ]
