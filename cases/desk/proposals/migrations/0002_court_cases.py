"""What partners may say of a person has the court cases that they are in, by number and court."""

import importlib

from django.db import migrations

before = importlib.import_module("cases.desk.proposals.migrations.0001_proposed")

# As tracker/contract/proposal_shape.py has it.
PARTS = {
    **before.PARTS,
    "prosecutions": {"number": "string", "court": "string", "charges": "numbers", "sentences": "numbers"},
}
BEFORE = before.FITS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
FITS = BEFORE.replace(before._json(before.PARTS), before._json(PARTS))


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_proposed")]
    operations = [migrations.RunSQL(FITS, BEFORE)]
