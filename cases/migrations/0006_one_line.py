"""Texts of one line hold no line end and nothing that cannot be seen, of whatever kind. What
has stood there before is cleaned: a line end becomes a space, the rest goes.
"""

from django.db import migrations
from django.db.models import BooleanField, F, Func, Q

from cases.migrating import Together
from cases.models.fields import FieldCheck

WITHOUT_SPACES = (
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1980-\u19ff\u1a20-\u1aaf"
    r"\ua9e0-\ua9ff\uaa60-\uaa7f]"
)
UNSEEN = (
    r"[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2065-\u206f\u3164\uffa0"
    r"\ufff9-\ufffb\U000e0000-\U000e007f]"
    r"|[\u00ad\u2060-\u2064\ufeff]"
    rf"|(?<!{WITHOUT_SPACES})\u200b|\u200b(?!{WITHOUT_SPACES})"
)
IS_ONE_LINE = f"""
CREATE FUNCTION is_one_line(said text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT said !~ '{UNSEEN}';
END;
"""
LINE_ENDS = r"[\t\n\v\f\r\u0085\u2028\u2029]+"

# The kinds of record, each with its texts of one line.
TEXTS = {
    "charge": "code article label_as_stated",
    "chargedecision": "authority",
    "citation": "field item locator",
    "claimant": "name role_as_stated",
    "consent": "given_by given_how",
    "courtcase": "number court",
    "deportation": "from_place to_place crossing coercion replacement_document document_issuer document_handed_over_by",
    "designation": "authority list_as_stated",
    "detention": "authority arrest_region arrest_place_as_stated",
    "detentionorder": "authority",
    "facility": "region coordinates",
    "furtherpunishment": "term_as_stated currency particulars_as_stated",
    "hearing": "judge prosecutor",
    "identifier": "scheme value owner_organisation",
    "listedname": "value said",
    "personaldetail": "told_as",
    "personname": "value language",
    "placement": "region place_as_stated duration_as_stated",
    "prisoner": "affiliation position",
    "recognition": "organisation category",
    "release": "bail_currency remaining_as_stated",
    "releaseevent": "title brokered_by from_place to_place replacement_document document_issuer document_handed_over_by",
    "reportedcount": "value_as_stated",
    "sentence": "term_as_stated currency particulars_as_stated court",
    "sighting": "heard_where",
    "source": "title publisher author url archived_url language file_name sha256 public_label",
    "whereabouts": "last_seen_where",
}


def clean(cursor):
    """What the database asks at the end of a transaction it is asked now: a table cannot
    be altered while a question waits.
    """
    for kind, texts in TEXTS.items():
        for text in texts.split():
            cursor.execute(
                f"UPDATE cases_{kind} SET {text} = regexp_replace("
                f"regexp_replace({text}, '{LINE_ENDS}', ' ', 'g'), '{UNSEEN}', '', 'g')"
                f" WHERE NOT is_one_line({text})"
            )
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _clean(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        clean(cursor)


def _rule(kind, texts):
    conditions = []
    for text in texts.split():
        asked = Func(F(text), function="is_one_line", output_field=BooleanField())
        conditions.append(asked)
    rule = FieldCheck(
        condition=Q(*conditions),
        name=f"{kind}_texts_are_one_line",
        violation_error_message="Write each text on one line, without signs that cannot be seen.",
    )
    return migrations.AddConstraint(model_name=kind, constraint=rule)


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_own_countries")]
    operations = [
        migrations.RunSQL(IS_ONE_LINE, "DROP FUNCTION is_one_line(text)"),
        migrations.RunPython(_clean, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name="personname", name="personname_value_is_one_line_that_is_seen"
        ),
        Together([_rule(kind, texts) for kind, texts in TEXTS.items()]),
    ]
