"""What partners may say of detentions has more fields: who holds the person, and where
they were taken.
"""

import importlib

from django.db import migrations

guarded = importlib.import_module("cases.desk.proposals.migrations.0004_guarded")
before = importlib.import_module("cases.desk.proposals.migrations.0009_more_of_a_life")

# As tracker/contract/proposal_shape.py has it.
FACTS = before.FACTS
PARTS = {
    **before.PARTS,
    "detentions": {
        **before.PARTS["detentions"],
        "detaining_party": "string",
        "arrest_country": "string",
        "arrest_region": "string",
        "arrest_place_as_stated": "string",
    },
}

FITS = before.FITS.replace(guarded._json(before.PARTS), guarded._json(PARTS))


class Migration(migrations.Migration):
    dependencies = [("proposals", "0009_more_of_a_life")]
    operations = [migrations.RunSQL(FITS, before.FITS)]
