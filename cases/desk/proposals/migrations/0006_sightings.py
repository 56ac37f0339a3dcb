"""Partners may say that somebody was heard of or seen."""

import importlib

from django.db import migrations

before = importlib.import_module("cases.desk.proposals.migrations.0005_more_facts")

# As tracker/contract/proposal_shape.py has it.
PARTS = {
    **before.PARTS,
    "sightings": {"heard_on": "string", "how": "string", "heard_where": "string"},
}

FITS = before.FITS.replace(
    before.guarded._json(before.PARTS), before.guarded._json(PARTS)
)


class Migration(migrations.Migration):
    dependencies = [("proposals", "0005_more_facts")]
    operations = [migrations.RunSQL(FITS, before.FITS)]
