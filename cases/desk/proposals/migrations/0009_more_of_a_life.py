"""What partners may say of recognitions, listings, sentences, releases, expulsions and
nationalities has more fields.
"""

import importlib

from django.db import migrations

guarded = importlib.import_module("cases.desk.proposals.migrations.0004_guarded")
before = importlib.import_module("cases.desk.proposals.migrations.0007_sentences")

# As tracker/contract/proposal_shape.py has it.
FACTS = {**guarded.FACTS, "executed": "string", "stateless": "string"}
PARTS = {
    **before.PARTS,
    "recognitions": {**before.PARTS["recognitions"], "category": "string"},
    "designations": {
        "authority": "string",
        "list_kind": "string",
        "list_as_stated": "string",
        "country": "string",
        "from_on": "string",
        "to_on": "string",
    },
    "sentences": {
        **before.PARTS["sentences"],
        "enforceable_months": "number",
        "enforceable_days": "number",
        "indeterminate": "string",
        "hard_labour": "string",
    },
    "releases": {
        **before.PARTS["releases"],
        "ordered_on": "string",
        "carried_out": "string",
        "restrictions": "strings",
        "bail_amount": "number",
        "bail_currency": "string",
        "revoked_on": "string",
    },
    "deportations": {**before.PARTS["deportations"], "voluntary": "string"},
    "nationality_changes": {
        "country": "string",
        "event": "string",
        "happened_on": "string",
    },
}

FITS = before.FITS.replace(guarded._json(before.PARTS), guarded._json(PARTS)).replace(
    guarded._json(guarded.FACTS), guarded._json(FACTS)
)


class Migration(migrations.Migration):
    dependencies = [("proposals", "0008_decided_by")]
    operations = [migrations.RunSQL(FITS, before.FITS)]
