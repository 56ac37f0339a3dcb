"""EDTF dates in SQL, for generated columns and checks, and trigram search.

None of them raises: what is not a date has no bounds. None depends on the caller's search_path, which is empty while a
dump is restored: the first fixes its own, the bodies of the others (BEGIN ATOMIC) were bound when they were made.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

FUNCTIONS = r"""
-- The days that the text may mean; empty for what is no date. The rules are those of tracker/dates.py.
CREATE FUNCTION edtf_range(edtf text) RETURNS daterange
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
  ends text[] := ARRAY[edtf, edtf];
  part text[];
  month date;
  first date;
  after_last date;
BEGIN
  IF edtf LIKE '%/%' THEN
    ends := regexp_match(edtf, '^([-0-9?~%]*|\.\.)/([-0-9?~%]*|\.\.)$');
  ELSIF edtf LIKE '[%' THEN
    ends := regexp_match(edtf, '^\[([-0-9]*)\.\.([-0-9]*)\]$');
    IF '' <> ALL (ends) AND length(ends[1]) <> length(ends[2]) THEN
      RETURN 'empty';
    END IF;
  END IF;
  IF ends IS NULL OR ends <@ ARRAY['', '..'] THEN
    RETURN 'empty';
  END IF;
  FOR i IN 1..2 LOOP
    CONTINUE WHEN ends[i] IN ('', '..');
    part := regexp_match(ends[i], '^(?:([12][0-9]{3})(?:-(0[1-9]|1[0-2]|XX(?!-[0-9]))(?:-(0[1-9]|[12][0-9]|3[01]|XX))?)?'
                                  '|([12][0-9](?:[0-9]X|XX)))[?~%]?$');
    IF part IS NULL THEN
      RETURN 'empty';
    ELSIF part[4] IS NOT NULL THEN
      first := CASE i WHEN 1 THEN make_date(replace(part[4], 'X', '0')::int, 1, 1) ELSE first END;
      after_last := make_date(replace(part[4], 'X', '9')::int + 1, 1, 1);
    ELSIF part[2] IS NULL OR part[2] = 'XX' THEN
      first := CASE i WHEN 1 THEN make_date(part[1]::int, 1, 1) ELSE first END;
      after_last := make_date(part[1]::int + 1, 1, 1);
    ELSE
      month := make_date(part[1]::int, part[2]::int, 1);
      after_last := month + interval '1 month';
      IF part[3] <> 'XX' THEN
        IF month + part[3]::int > after_last THEN
          RETURN 'empty';
        END IF;
        month := month + part[3]::int - 1;
        after_last := month + 1;
      END IF;
      first := CASE i WHEN 1 THEN month ELSE first END;
    END IF;
    EXIT WHEN ends[1] = ends[2];
  END LOOP;
  IF ends[2] IN ('', '..') THEN
    after_last := NULL;
  END IF;
  RETURN CASE WHEN after_last <= first THEN 'empty' ELSE daterange(first, after_last) END;
END;
$$;

CREATE FUNCTION edtf_earliest(edtf text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT lower(edtf_range(edtf));
END;

CREATE FUNCTION edtf_latest(edtf text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT upper(edtf_range(edtf)) - 1;
END;

CREATE FUNCTION edtf_is_valid(edtf text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT NOT isempty(edtf_range(edtf));
END;
"""

NO_FUNCTIONS = """
DROP FUNCTION edtf_is_valid(text);
DROP FUNCTION edtf_latest(text);
DROP FUNCTION edtf_earliest(text);
DROP FUNCTION edtf_range(text);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    # Its search by trigrams needs the extension.
    run_before = [("tracker", "0001_documents")]
    operations = [
        TrigramExtension(),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
    ]
