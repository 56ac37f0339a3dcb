"""What partners may say of a sentence has more fields."""

import importlib

from django.db import migrations

guarded = importlib.import_module("cases.desk.proposals.migrations.0004_guarded")
before = importlib.import_module("cases.desk.proposals.migrations.0006_sightings")

# As tracker/contract/proposal_shape.py has it.
PARTS = {
    **before.PARTS,
    "sentences": {
        **before.PARTS["sentences"],
        "term_months_to": "number",
        "amount": "number",
        "currency": "string",
        "particulars_as_stated": "string",
    },
}

FITS = before.FITS.replace(guarded._json(before.PARTS), guarded._json(PARTS))


class Migration(migrations.Migration):
    dependencies = [("proposals", "0006_sightings")]
    operations = [migrations.RunSQL(FITS, before.FITS)]
