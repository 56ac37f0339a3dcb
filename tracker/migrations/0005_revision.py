"""One value that says of which state of what is published an answer is."""

from django.db import migrations, models

AUDIENCES = ("public", "partners")
TABLES = ("document", "span", "correction", "copy")

# A statement that writes no row of this audience raises nothing: else who sees less could tell by the number that
# something was written of what is hidden. What is held back raises nothing, either: it is written by whoever takes
# something back, who waits for nobody; so it is asked for itself (tracker/feed.py).
RAISE = """
CREATE FUNCTION revision_raised_{audience}() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM written) THEN
        UPDATE tracker_{audience}_feed SET revision = revision + 1;
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER raise_revision_on_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION revision_raised_{audience}();
CREATE TRIGGER raise_revision_on_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION revision_raised_{audience}();
CREATE TRIGGER raise_revision_on_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION revision_raised_{audience}();
"""
NO_TRIGGERS = """
DROP TRIGGER raise_revision_on_insert ON {table};
DROP TRIGGER raise_revision_on_update ON {table};
DROP TRIGGER raise_revision_on_delete ON {table};
"""


def raise_revision():
    for audience in AUDIENCES:
        made = RAISE.format(audience=audience)
        undone = ""
        for table in TABLES:
            names = {"audience": audience, "table": f"tracker_{audience}_{table}"}
            made += TRIGGERS.format(**names)
            undone += NO_TRIGGERS.format(**names)
        undone += f"DROP FUNCTION revision_raised_{audience}();"
        yield migrations.RunSQL(made, undone)


def renamed():
    for audience in AUDIENCES:
        name = f"{audience}feed"
        yield migrations.RenameField(name, "refreshed", "revision")
        help_text = "how often anything of this audience was written"
        field = models.BigIntegerField(db_default=0, help_text=help_text)
        yield migrations.AlterField(name, "revision", field)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0004_relay")]
    operations = [*renamed(), *raise_revision()]
