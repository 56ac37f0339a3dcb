"""What partners may say of a short arrest, of sentences and of whereabouts has more fields."""

import importlib

from django.db import migrations

guarded = importlib.import_module("cases.desk.proposals.migrations.0004_guarded")

# As tracker/contract/proposal_shape.py has it.
PARTS = {
    **guarded.PARTS,
    "detentions": {**guarded.PARTS["detentions"], "term_days": "number"},
    "sentences": {
        **guarded.PARTS["sentences"],
        "execution": "string",
        "legal_force": "string",
        "set_aside_on": "string",
        "counted_from": "string",
        "runs": "string",
    },
    "whereabouts": {**guarded.PARTS["whereabouts"], "place_known": "string"},
}

BEFORE = guarded.FITS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
FITS = BEFORE.replace(guarded._json(guarded.PARTS), guarded._json(PARTS))


class Migration(migrations.Migration):
    dependencies = [("proposals", "0004_guarded")]
    operations = [migrations.RunSQL(FITS, BEFORE)]
