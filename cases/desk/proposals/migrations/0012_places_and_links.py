"""What partners may say has parts within parts: where somebody was held during a detention, what a sentence orders
besides. And links: on which charges a sentence is, and to which one it adds, by their places in the row.
"""

import importlib

from django.db import migrations

guarded = importlib.import_module("cases.desk.proposals.migrations.0004_guarded")
before = importlib.import_module("cases.desk.proposals.migrations.0011_offices_and_journeys")

# As tracker/contract/proposal_shape.py has it. A shape within a shape is one of a list of such records.
PARTS = {
    **before.PARTS,
    "detentions": {
        **before.PARTS["detentions"],
        "placements": {
            "place_kind": "string",
            "country": "string",
            "region": "string",
            "place_as_stated": "string",
            "from_on": "string",
            "to_on": "string",
            "transfer_reason": "string",
            "conditions": "strings",
            "duration_as_stated": "string",
        },
    },
    "sentences": {
        **before.PARTS["sentences"],
        "charges": "numbers",
        "adds_to": "number",
        "further_punishments": {
            "punishment": "string",
            "term_months": "number",
            "term_months_to": "number",
            "term_days": "number",
            "term_as_stated": "string",
            "amount": "number",
            "currency": "string",
            "particulars_as_stated": "string",
        },
    },
}

_STRINGS = "        WHEN form = 'strings' AND"
NUMBERS = f"""        WHEN form = 'numbers' AND jsonb_typeof(said) = 'array'
            THEN jsonb_array_length(said) <= {guarded.MOST_ENTRIES} AND NOT EXISTS (
                SELECT FROM jsonb_array_elements(said) AS entry
                WHERE NOT CASE WHEN jsonb_typeof(entry) = 'number'
                    THEN entry::numeric BETWEEN 0 AND {guarded.MOST_ENTRIES - 1} AND entry::numeric = trunc(entry::numeric)
                    ELSE FALSE END)
"""
OLD_VALUE_FITS = guarded.VALUE_FITS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
VALUE_FITS = OLD_VALUE_FITS.replace(_STRINGS, NUMBERS + _STRINGS)

PART_FITS = f"""
CREATE FUNCTION partners_proposal_part_fits(said jsonb, shape jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT COALESCE(jsonb_typeof(said) = 'object' AND NOT EXISTS (
        SELECT FROM jsonb_each(CASE WHEN jsonb_typeof(said) = 'object' THEN said END) AS field (name, value)
        WHERE NOT CASE
            WHEN jsonb_typeof(shape -> name) IS DISTINCT FROM 'object'
                THEN partners_proposal_value_fits(value, shape ->> name)
            WHEN jsonb_typeof(value) = 'array'
                THEN jsonb_array_length(value) <= {guarded.MOST_ENTRIES} AND NOT EXISTS (
                    SELECT FROM jsonb_array_elements(value) AS part
                    WHERE NOT partners_proposal_record_fits(part, shape -> name))
            ELSE FALSE
        END
    ), FALSE);
END;
"""

_A_PART = "partners_proposal_record_fits(part, "
FITS = before.FITS.replace(guarded._json(before.PARTS), guarded._json(PARTS)).replace(
    _A_PART, "partners_proposal_part_fits(part, "
)


class Migration(migrations.Migration):
    dependencies = [("proposals", "0011_offices_and_journeys")]
    operations = [
        migrations.RunSQL(VALUE_FITS, OLD_VALUE_FITS),
        migrations.RunSQL(PART_FITS, "DROP FUNCTION partners_proposal_part_fits(jsonb, jsonb)"),
        migrations.RunSQL(FITS, before.FITS),
    ]
