from django.db import migrations


# What is written is kept when the statement ends, all rows of it together; what is taken out is asked for when the
# transaction ends, for the gate takes a document out and puts it in again. A number covers what a digest covers, so
# where the number is another one, no digest of what was before is made. The functions run with the owner's rights:
# nobody else writes here. Of what is served every column is in the digest, as in cases/triggers/published.py.
TABLES = {"public": "tracker_public_document", "partners": "tracker_partners_document"}
DIGEST = """sha256(convert_to(json_build_array({salt}, document.id, document.kind, document.parent, document.seq,
    document.changed_on, document.merged_into, document.document)::text, 'UTF8'))"""
KEEP = """
DROP TRIGGER keep_publications ON {table};
DROP FUNCTION publication_kept_{audience}();
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


def keep_publications():
    operations = []
    for audience, table in TABLES.items():
        sql = KEEP.format(
            audience=audience,
            table=table,
            old_digest=DIGEST.format(salt="latest.salt"),
            new_digest=DIGEST.format(salt="document.new_salt"),
        )
        operations.append(migrations.RunSQL(sql, migrations.RunSQL.noop))
    return operations


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0030_start_page"),
        ("tracker", "0003_letting_go"),
    ]

    operations = keep_publications()
