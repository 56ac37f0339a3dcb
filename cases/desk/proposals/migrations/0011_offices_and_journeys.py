"""What partners may say of a person and of an expulsion has more fields: an office or a
candidacy, from where the journey went, and where it ended.
"""

import importlib

from django.db import migrations

guarded = importlib.import_module("cases.desk.proposals.migrations.0004_guarded")
before = importlib.import_module("cases.desk.proposals.migrations.0010_places")

# As tracker/contract/proposal_shape.py has it.
FACTS = {**before.FACTS, "position": "string"}
PARTS = {
    **before.PARTS,
    "deportations": {
        **before.PARTS["deportations"],
        "from_place": "string",
        "to_place": "string",
    },
}

FITS = before.FITS.replace(guarded._json(before.PARTS), guarded._json(PARTS)).replace(
    guarded._json(before.FACTS), guarded._json(FACTS)
)


class Migration(migrations.Migration):
    dependencies = [("proposals", "0010_places")]
    operations = [migrations.RunSQL(FITS, before.FITS)]
