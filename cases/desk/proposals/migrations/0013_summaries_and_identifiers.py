"""What partners may say of a person has a summary, in several languages, and other identifiers."""

import importlib

from django.db import migrations

guarded = importlib.import_module("cases.desk.proposals.migrations.0004_guarded")
offices = importlib.import_module("cases.desk.proposals.migrations.0011_offices_and_journeys")
before = importlib.import_module("cases.desk.proposals.migrations.0012_places_and_links")

# As tracker/contract/proposal_shape.py has it.
FACTS = {**offices.FACTS, "summary": "texts"}
PARTS = {**before.PARTS, "identifiers": {"scheme": "string", "value": "string"}}

_STRINGS = "        WHEN form = 'strings' AND"
TEXTS = f"""        WHEN form = 'texts' AND jsonb_typeof(said) = 'object'
            THEN (SELECT count(*) FROM jsonb_object_keys(said)) <= {guarded.MOST_ENTRIES} AND NOT EXISTS (
                SELECT FROM jsonb_each(said) AS entry (name, value)
                WHERE jsonb_typeof(value) <> 'string' OR length(value #>> '{{}}') > {guarded.LONGEST}
                OR length(name) > 40)
"""
VALUE_FITS = before.VALUE_FITS.replace(_STRINGS, TEXTS + _STRINGS)
FITS = before.FITS.replace(guarded._json(before.PARTS), guarded._json(PARTS)).replace(
    guarded._json(offices.FACTS), guarded._json(FACTS)
)


class Migration(migrations.Migration):
    dependencies = [("proposals", "0012_places_and_links")]
    operations = [
        migrations.RunSQL(VALUE_FITS, before.VALUE_FITS),
        migrations.RunSQL(FITS, before.FITS),
    ]
