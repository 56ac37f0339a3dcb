"""Codes that ISO 3166-1 leaves to its users may stand for a country: which, the organisation's file says."""

from django.db import migrations

from cases.migrations.record.functions import COUNTRIES

# AA, QM to QZ, XA to XZ, ZZ; XK is among the others already.
LEFT_TO_USERS = (
    "AA QM QN QO QP QQ QR QS QT QU QV QW QX QY QZ XA XB XC XD XE XF XG XH XI XJ XL XM XN XO XP XQ XR XS XT XU XV XW XX "
    "XY XZ ZZ"
)

EXIST = """
CREATE OR REPLACE FUNCTION countries_exist(codes text[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT codes <@ string_to_array('{codes}', ' ');
END;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_more_codes")]
    operations = [
        migrations.RunSQL(EXIST.format(codes=f"{COUNTRIES} {LEFT_TO_USERS}"), EXIST.format(codes=COUNTRIES)),
    ]
