"""The functions of the record: those that its tables and checks call, and those that stand on its tables."""

from django.db import migrations

# ISO 3166-1 alpha-2, as django-countries 9.1 lists it, and Kosovo (config/settings.py); tests hold the two together.
COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT "
    "BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH "
    "ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT "
    "HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
    "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI "
    "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG "
    "SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG "
    "UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK"
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

# One for all tables of events: cases/models/history.py. And one for commits: cases/triggers/commits.py.
SEQUENCES = "CREATE SEQUENCE cases_history_order; CREATE SEQUENCE cases_commit_number"

# Whoever has a login of the database says by a setting of the session who acts. A name counts only with an HMAC over
# the person, the session and until when it is good (RFC 2104, SHA-256: PostgreSQL has no function for it). Its keys are
# read with the owner's rights, and by nobody else.
PROVED = r"""
CREATE FUNCTION acting_proved(said jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    secret cases_actingsecret;
    is_proved boolean := FALSE;
BEGIN
    IF jsonb_typeof(said) <> 'object' THEN
        RETURN said;
    END IF;
    IF said ?| '{user,username}' THEN
        SELECT * INTO secret FROM cases_actingsecret;
        IF said ->> 'proof' = encode(sha256(secret.outer_pad || sha256(secret.inner_pad || convert_to(
            (said ->> 'user') || E'\n' || (said ->> 'session') || E'\n' || (said ->> 'until')
            || E'\n' || (said ->> 'username'), 'UTF8'))), 'hex')
        THEN
            -- A session that was given no number has no currval(): it is refused, too.
            is_proved := extract(epoch FROM statement_timestamp()) <= (said ->> 'until')::bigint
                AND (said ->> 'session')::bigint = currval('cases_acting_session');
        END IF;
        IF NOT is_proved THEN
            IF NOT pg_has_role(session_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
                RAISE insufficient_privilege USING MESSAGE = 'who acts is not proved',
                    HINT = 'Is ACTING_SECRET the one with which manage.py migrate ran?';
            END IF;
            said := said - '{user,username}'::text[];
        END IF;
    END IF;
    RETURN said - '{proof,session,until}'::text[];
END $$;
REVOKE ALL ON FUNCTION acting_proved(jsonb) FROM PUBLIC;
"""
WHO_ACTS = """
CREATE FUNCTION acting_user() RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT acting_proved(NULLIF(current_setting('pghistory.context_metadata', TRUE), '')::jsonb) ->> 'user'
$$;
REVOKE ALL ON FUNCTION acting_user() FROM PUBLIC;
"""
# A number for this session, which no other one ever gets; and until when, by the clock of the database, a proof with it
# is good.
SESSION = """
CREATE SEQUENCE cases_acting_session;
CREATE FUNCTION acting_session(OUT number bigint, OUT until bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT nextval('cases_acting_session'), extract(epoch FROM statement_timestamp())::bigint + 600
$$;
REVOKE ALL ON FUNCTION acting_session() FROM PUBLIC;
"""

# The desk's login may not write editions. The trigger on them asks who approves; this gives the next number, and does
# nothing else. It runs with the owner's rights, and may be called as config/logins.py says.
#
# Saving may approve the case in the same moment, by the publisher: whoever comes second
# waits for the first, and takes the number after it.
STORE = """
CREATE FUNCTION edition_store(
    kind text, root uuid, approved_version integer, up_to bigint, what jsonb, approver integer, why text, told text,
    earliest date, OUT edition_id bigint, OUT edition_number integer, OUT approved timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    LOOP
        INSERT INTO cases_edition
            (root_kind, root_id, number, version, event, snapshot, approved_by_id, reason, public_reason, not_before)
        SELECT kind, root, 1 + COALESCE((SELECT max(number) FROM cases_edition WHERE root_kind = kind AND root_id = root), 0),
            approved_version, up_to, what, approver, why, told, earliest
        ON CONFLICT (root_kind, root_id, number) DO NOTHING
        RETURNING id, number, approved_at INTO edition_id, edition_number, approved;
        EXIT WHEN FOUND;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION edition_store(text, uuid, integer, bigint, jsonb, integer, text, text, date) FROM PUBLIC;
"""

# Who alone sees a case; nobody in it: everyone does.
NAMED_ON = """
CREATE FUNCTION public.cases_named_on(a_case uuid) RETURNS int[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT COALESCE((
        SELECT staff FROM public.cases_namedstaff
        WHERE case_id = a_case ORDER BY id DESC LIMIT 1
    ), '{}')
$$
"""
# The cases that whoever reads does not see: cases/named/seeing.py says who that is.
NOT_SEEN = """
CREATE FUNCTION public.cases_not_seen() RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT COALESCE(array_agg(case_id), '{}') FROM (
        SELECT DISTINCT ON (case_id) case_id, staff FROM public.cases_namedstaff
        ORDER BY case_id, id DESC
    ) AS latest
    WHERE staff <> '{}'
    AND NULLIF(current_setting('tracker.reader', true), '')::int = ANY (staff) IS NOT TRUE
$$
"""

# What is written is kept when the statement ends, all rows of it together; what is taken out is asked for when the
# transaction ends, for the gate takes a document out and puts it in again. A number covers what a digest covers, so
# where the number is another one, no digest of what was before is made. The functions run with the owner's rights:
# nobody else writes here. Of what is served every column is in the digest, as in cases/triggers/published.py.
TABLES = {"public": "tracker_public_document", "partners": "tracker_partners_document"}
DIGEST = """sha256(convert_to(json_build_array({salt}, document.id, document.kind, document.parent, document.seq,
    document.changed_on, document.merged_into, document.document)::text, 'UTF8'))"""
KEEP = """
CREATE FUNCTION publication_kept_{audience}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO cases_publication (audience, document, number, salt, digest)
    SELECT '{audience}', document.id, document.seq, document.new_salt, {new_digest}
    FROM (SELECT gen_random_uuid() AS new_salt, written.* FROM written OFFSET 0) AS document
    LEFT JOIN LATERAL (
        SELECT * FROM cases_publication AS publication
        WHERE publication.document = document.id AND audience = '{audience}' ORDER BY publication.id DESC LIMIT 1
    ) AS latest ON TRUE
    WHERE latest.digest IS NULL OR latest.number <> document.seq OR latest.digest <> {old_digest};
    RETURN NULL;
END $$;
CREATE FUNCTION publication_gone_{audience}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    latest cases_publication;
BEGIN
    IF EXISTS (SELECT FROM {table} AS document WHERE document.id = OLD.id) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO latest FROM cases_publication AS publication
    WHERE publication.document = OLD.id AND audience = '{audience}' ORDER BY publication.id DESC LIMIT 1;
    IF latest.digest IS NOT NULL THEN
        INSERT INTO cases_publication (audience, document, number) VALUES ('{audience}', OLD.id, latest.number);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION publication_kept_{audience}() FROM PUBLIC;
REVOKE ALL ON FUNCTION publication_gone_{audience}() FROM PUBLIC;
CREATE TRIGGER keep_publications AFTER INSERT ON {table} REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION publication_kept_{audience}();
CREATE TRIGGER keep_changed_publications AFTER UPDATE ON {table} REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION publication_kept_{audience}();
CREATE CONSTRAINT TRIGGER keep_gone_publications AFTER DELETE ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION publication_gone_{audience}();
"""
NOT_KEPT = """
DROP TRIGGER keep_publications ON {table};
DROP TRIGGER keep_changed_publications ON {table};
DROP TRIGGER keep_gone_publications ON {table};
DROP FUNCTION publication_kept_{audience}();
DROP FUNCTION publication_gone_{audience}();
"""


def keep_publications():
    for audience, table in TABLES.items():
        sql = KEEP.format(
            audience=audience,
            table=table,
            old_digest=DIGEST.format(salt="latest.salt"),
            new_digest=DIGEST.format(salt="document.new_salt"),
        )
        yield migrations.RunSQL(sql, NOT_KEPT.format(audience=audience, table=table))


BEFORE_TABLES = [
    migrations.RunSQL(FUNCTIONS, "DROP FUNCTION countries_exist(text[]); DROP FUNCTION visibility_rank(text);"),
    migrations.RunSQL(STATED_BEFORE, "DROP FUNCTION stated_before(text, text, jsonb, jsonb)"),
    migrations.RunSQL(SEQUENCES, "DROP SEQUENCE cases_commit_number; DROP SEQUENCE cases_history_order"),
]
AFTER_TABLES = [
    migrations.RunSQL(PROVED, "DROP FUNCTION acting_proved(jsonb)"),
    migrations.RunSQL(WHO_ACTS, "DROP FUNCTION acting_user()"),
    migrations.RunSQL(SESSION, "DROP FUNCTION acting_session(); DROP SEQUENCE cases_acting_session"),
    migrations.RunSQL(
        STORE, "DROP FUNCTION edition_store(text, uuid, integer, bigint, jsonb, integer, text, text, date)"
    ),
    migrations.RunSQL(NAMED_ON, "DROP FUNCTION public.cases_named_on"),
    migrations.RunSQL(NOT_SEEN, "DROP FUNCTION public.cases_not_seen"),
    *keep_publications(),
]
