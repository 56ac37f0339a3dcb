"""What partners may say of a person has the court cases that they are in, by number and court."""

import importlib

from django.db import migrations

guarded = importlib.import_module("cases.desk.proposals.migrations.0004_guarded")
before = importlib.import_module("cases.desk.proposals.migrations.0013_summaries_and_identifiers")

FACTS = before.FACTS

# As tracker/contract/proposal_shape.py has it.
PARTS = {
    **before.PARTS,
    "prosecutions": {"number": "string", "court": "string", "charges": "numbers", "sentences": "numbers"},
}
FITS = before.FITS.replace(guarded._json(before.PARTS), guarded._json(PARTS))


class Migration(migrations.Migration):
    dependencies = [("proposals", "0013_summaries_and_identifiers")]
    operations = [migrations.RunSQL(FITS, before.FITS)]
