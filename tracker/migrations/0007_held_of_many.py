"""Many documents are held back at once, by one call."""

from django.db import migrations

# As hold_back() of 0001_documents, for what does not stand in the documents by its id: each that shows it is held
# back by itself. A call for each of 20,000 took longer than all else in the withdrawal.
_HOLD_BACK_EACH = """
    INSERT INTO {table} (root, everywhere, transaction)
    SELECT DISTINCT new.root, FALSE, txid_current() FROM unnest(held_roots) AS new (root)
    WHERE seen_before >= {rank} AND seen_now < {rank} AND NOT EXISTS (
        SELECT FROM {table} AS held WHERE held.root = new.root AND held.transaction = txid_current()
    );
"""
HOLD_BACK_EACH = f"""
CREATE FUNCTION hold_back_each(held_roots uuid[], seen_before integer, seen_now integer) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
{_HOLD_BACK_EACH.format(table="tracker_public_held", rank=2)}
{_HOLD_BACK_EACH.format(table="tracker_partners_held", rank=1)}
END;
"""
# Where there is a record, config/logins.py gives it to who may. Relays and replicas have none.
FOR_NOBODY = """
REVOKE ALL ON FUNCTION hold_back_each(uuid[], integer, integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION hold_back(uuid, integer, integer, boolean, integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION let_go_of(uuid, bigint) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("tracker", "0006_days_as_ranges")]
    operations = [
        migrations.RunSQL(HOLD_BACK_EACH, "DROP FUNCTION hold_back_each(uuid[], integer, integer)"),
        migrations.RunSQL(FOR_NOBODY, migrations.RunSQL.noop),
    ]
