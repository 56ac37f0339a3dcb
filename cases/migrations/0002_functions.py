"""What the triggers and checks of the record call, and the numbers of history's events."""

from django.db import migrations

# ISO 3166-1 alpha-2, as django-countries 9.1 lists it; tests hold the two together.
COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT "
    "BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH "
    "ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT "
    "HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
    "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI "
    "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG "
    "SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG "
    "UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)

FUNCTIONS = f"""
CREATE FUNCTION visibility_rank(visibility text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE visibility WHEN 'internal' THEN 0 WHEN 'partners' THEN 1 ELSE 2 END;
END;

CREATE FUNCTION countries_exist(codes text[]) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT codes <@ string_to_array('{COUNTRIES}', ' ');
END;
"""

# What a citation of this field stated when the record was as in `was`, if `now` says something else; NULL if not, or if
# nothing stood there. Records are rows as JSON, a foreign key under its column. Of a list, one entry goes or stays.
STATED_BEFORE = """
CREATE FUNCTION stated_before(field text, item text, was jsonb, now jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE
    WHEN item <> '' AND jsonb_exists(was -> field, item) AND NOT jsonb_exists(now -> field, item) THEN to_jsonb(item)
    WHEN item = '' AND before NOT IN ('null', '""', '[]', '{}') AND before IS DISTINCT FROM after THEN before
  END
  FROM (
    SELECT COALESCE(was -> field, was -> (field || '_id')), COALESCE(now -> field, now -> (field || '_id'))
  ) AS value (before, after);
END;
"""

# One for all tables of events: cases/models/history.py.
SEQUENCE = "CREATE SEQUENCE cases_history_order"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_dates")]
    operations = [
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION countries_exist(text[]); DROP FUNCTION visibility_rank(text);"),
        migrations.RunSQL(STATED_BEFORE, "DROP FUNCTION stated_before(text, text, jsonb, jsonb)"),
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE cases_history_order"),
    ]
