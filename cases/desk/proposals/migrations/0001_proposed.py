"""What partners propose; and all that the partners' login can do with it: tracker/proposals.py calls these."""

import cases.models.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import json
import pgtrigger.compiler
import pgtrigger.migrations
import uuid

from django.conf import settings
from django.db import migrations, models

# Each takes the key itself, as the partner sent it, and compares its hash: whoever has the login, and no key, is told
# nothing. The function that stores proposals looks at what it stores: what the partners' login writes past the API can
# neither break a page of the desk nor fill its queue.
#
# The bodies are parsed here and now (BEGIN ATOMIC), so that no search path can turn their names to other tables.

# As tracker/contract/proposal_shape.py has it. A shape within a shape is one of a list of such records.
FACTS = {
    "sex": "string",
    "born_on": "string",
    "age_as_stated": "number",
    "died_on": "string",
    "death_in_custody": "string",
    "cause_of_death_by_authorities": "string",
    "cause_of_death_by_family": "string",
    "citizenships": "strings",
    "occupations": "strings",
    "affiliation": "string",
    "stated_end_of_term": "string",
    "executed": "string",
    "stateless": "string",
    "position": "string",
    "summary": "texts",
}
PARTS = {
    "names": {
        "value": "string",
        "name_kind": "string",
        "language": "string",
    },
    "recognitions": {
        "organisation": "string",
        "outcome": "string",
        "decided_on": "string",
        "criteria": "strings",
        "reason": "string",
        "category": "string",
    },
    "detentions": {
        "started_on": "string",
        "ended_on": "string",
        "ground": "string",
        "authority": "string",
        "term_days": "number",
        "detaining_party": "string",
        "arrest_country": "string",
        "arrest_region": "string",
        "arrest_place_as_stated": "string",
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
    "charges": {
        "code": "string",
        "article": "string",
        "label_as_stated": "string",
        "brought_on": "string",
        "outcome": "string",
    },
    "sentences": {
        "court": "string",
        "handed_down_on": "string",
        "in_force_on": "string",
        "in_absentia": "boolean",
        "closed_hearing": "string",
        "decision": "string",
        "punishment": "string",
        "term_months": "number",
        "term_days": "number",
        "term_as_stated": "string",
        "regime": "string",
        "execution": "string",
        "legal_force": "string",
        "set_aside_on": "string",
        "counted_from": "string",
        "runs": "string",
        "term_months_to": "number",
        "amount": "number",
        "currency": "string",
        "particulars_as_stated": "string",
        "enforceable_months": "number",
        "enforceable_days": "number",
        "indeterminate": "string",
        "hard_labour": "string",
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
    "releases": {
        "released_on": "string",
        "ground": "string",
        "to_liberty": "string",
        "conditions": "string",
        "remaining_months": "number",
        "remaining_days": "number",
        "remaining_as_stated": "string",
        "ordered_on": "string",
        "carried_out": "string",
        "restrictions": "strings",
        "bail_amount": "number",
        "bail_currency": "string",
        "revoked_on": "string",
    },
    "deportations": {
        "deported_on": "string",
        "outcome": "string",
        "from_country": "string",
        "to_country": "string",
        "crossing": "string",
        "coercion": "string",
        "own_national": "string",
        "passport_fate": "string",
        "replacement_document": "string",
        "document_issuer": "string",
        "document_handed_over_by": "string",
        "valid_identity_document": "string",
        "may_return": "string",
        "voluntary": "string",
        "from_place": "string",
        "to_place": "string",
    },
    "whereabouts": {
        "last_seen_on": "string",
        "last_seen_where": "string",
        "no_contact_since": "string",
        "place_known": "string",
    },
    "sightings": {
        "heard_on": "string",
        "how": "string",
        "heard_where": "string",
    },
    "designations": {
        "authority": "string",
        "list_kind": "string",
        "list_as_stated": "string",
        "country": "string",
        "from_on": "string",
        "to_on": "string",
    },
    "nationality_changes": {
        "country": "string",
        "event": "string",
        "happened_on": "string",
    },
    "identifiers": {
        "scheme": "string",
        "value": "string",
    },
}
SOURCE = {
    "title": "string",
    "url": "string",
    "publisher": "string",
    "author": "string",
    "published_on": "string",
    "language": "string",
}
MOST_ROWS, MOST_ENTRIES, LONGEST, MOST_WAITING = 500, 50, 5_000, 5_000


def _json(value: object) -> str:
    return f"'{json.dumps(value)}'::jsonb"


# Runs with the rights of the functions below, which ask it; nobody else could read the table.
HOLDER = """
CREATE FUNCTION partners_proposals_holder(presented text) RETURNS TABLE (key_id uuid, organisation_id uuid)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT held.id, held.organisation_id
    FROM partners_key AS held
    WHERE held.prefix = split_part(presented, '.', 1)
    AND held.hashed_key = 'sha512$$' || encode(sha512(convert_to(presented, 'UTF8')), 'hex')
    AND NOT held.revoked AND (held.expiry_date IS NULL OR held.expiry_date > clock_timestamp())
    AND 'propose' = ANY(held.scopes);
END;
"""

REFUSE = """
CREATE FUNCTION partners_proposals_refuse(code text, why text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RAISE EXCEPTION '%', why USING ERRCODE = code; END $$;
"""

VALUE_FITS = f"""
CREATE FUNCTION partners_proposal_value_fits(said jsonb, form text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT COALESCE(CASE
        WHEN form = 'string' THEN jsonb_typeof(said) = 'string' AND length(said #>> '{{}}') <= {LONGEST}
        WHEN form = 'boolean' THEN jsonb_typeof(said) = 'boolean'
        WHEN form = 'number' AND jsonb_typeof(said) = 'number'
            THEN said::numeric BETWEEN 0 AND 2147483647 AND said::numeric = trunc(said::numeric)
        WHEN form = 'numbers' AND jsonb_typeof(said) = 'array'
            THEN jsonb_array_length(said) <= {MOST_ENTRIES} AND NOT EXISTS (
                SELECT FROM jsonb_array_elements(said) AS entry
                WHERE NOT CASE WHEN jsonb_typeof(entry) = 'number'
                    THEN entry::numeric BETWEEN 0 AND {MOST_ENTRIES - 1} AND entry::numeric = trunc(entry::numeric)
                    ELSE FALSE END)
        WHEN form = 'texts' AND jsonb_typeof(said) = 'object'
            THEN (SELECT count(*) FROM jsonb_object_keys(said)) <= {MOST_ENTRIES} AND NOT EXISTS (
                SELECT FROM jsonb_each(said) AS entry (name, value)
                WHERE jsonb_typeof(value) <> 'string' OR length(value #>> '{{}}') > {LONGEST}
                OR length(name) > 40)
        WHEN form = 'strings' AND jsonb_typeof(said) = 'array'
            THEN jsonb_array_length(said) <= {MOST_ENTRIES} AND NOT EXISTS (
                SELECT FROM jsonb_array_elements(said) AS entry
                WHERE jsonb_typeof(entry) <> 'string' OR length(entry #>> '{{}}') > {LONGEST})
    END, FALSE);
END;
"""

RECORD_FITS = """
CREATE FUNCTION partners_proposal_record_fits(said jsonb, shape jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT COALESCE(jsonb_typeof(said) = 'object' AND NOT EXISTS (
        SELECT FROM jsonb_each(CASE WHEN jsonb_typeof(said) = 'object' THEN said END) AS field (name, value)
        WHERE NOT partners_proposal_value_fits(value, shape ->> name)
    ), FALSE);
END;
"""

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
                THEN jsonb_array_length(value) <= {MOST_ENTRIES} AND NOT EXISTS (
                    SELECT FROM jsonb_array_elements(value) AS part
                    WHERE NOT partners_proposal_record_fits(part, shape -> name))
            ELSE FALSE
        END
    ), FALSE);
END;
"""

FITS = f"""
CREATE FUNCTION partners_proposal_fits(said jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT COALESCE(jsonb_typeof(said) = 'object' AND NOT EXISTS (
        SELECT FROM jsonb_each(CASE WHEN jsonb_typeof(said) = 'object' THEN said END) AS field (name, value)
        WHERE NOT CASE
            WHEN {_json(FACTS)} ? name THEN partners_proposal_value_fits(value, {_json(FACTS)} ->> name)
            WHEN name = 'source' THEN partners_proposal_record_fits(value, {_json(SOURCE)})
            WHEN {_json(PARTS)} ? name AND jsonb_typeof(value) = 'array'
                THEN jsonb_array_length(value) <= {MOST_ENTRIES} AND NOT EXISTS (
                    SELECT FROM jsonb_array_elements(value) AS part
                    WHERE NOT partners_proposal_part_fits(part, {_json(PARTS)} -> name))
            ELSE FALSE
        END
    ), FALSE);
END;
"""

# One organisation at a time: each statement after the lock sees what the one before it has committed.
HAND_IN = f"""
CREATE FUNCTION partners_proposals_hand_in(presented text, given jsonb)
RETURNS TABLE (place integer, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT pg_advisory_xact_lock(hashtextextended('proposals of ' || holder.organisation_id::text, 0))
    FROM partners_proposals_holder(presented) AS holder;

    SELECT partners_proposals_refuse('PT400', 'What is handed in has not the form of proposals.')
    WHERE jsonb_typeof(given) IS DISTINCT FROM 'array'
    OR jsonb_array_length(CASE WHEN jsonb_typeof(given) = 'array' THEN given END) > {MOST_ROWS}
    OR EXISTS (
        SELECT FROM jsonb_to_recordset(CASE WHEN jsonb_typeof(given) = 'array' THEN given ELSE '[]' END)
            AS one (identifier text, content jsonb)
        WHERE NOT COALESCE(length(identifier) BETWEEN 1 AND 200, FALSE)
        OR NOT COALESCE(content <> '{{}}'::jsonb AND partners_proposal_fits(content), FALSE)
    );

    UPDATE proposals_proposal AS older SET state = 'superseded', decided_at = clock_timestamp()
    FROM partners_proposals_holder(presented) AS holder,
        jsonb_to_recordset(given) AS one (identifier text, content jsonb)
    WHERE older.organisation_id = holder.organisation_id AND older.identifier = one.identifier
    AND older.state = 'received' AND older.content <> one.content;

    INSERT INTO proposals_proposal (id, organisation_id, key_id, number, identifier, content, received_at, state)
    SELECT one.id, holder.organisation_id, holder.key_id, row_number() OVER (ORDER BY one.place) + (
            SELECT COALESCE(max(number), 0) FROM proposals_proposal AS older
            WHERE older.organisation_id = holder.organisation_id
        ), one.identifier, one.content, clock_timestamp(), 'received'
    FROM partners_proposals_holder(presented) AS holder,
        jsonb_to_recordset(given) AS one (place integer, id uuid, identifier text, content jsonb)
    WHERE one.content IS DISTINCT FROM (
        SELECT CASE WHEN last.state <> 'withdrawn' THEN last.content END FROM proposals_proposal AS last
        WHERE last.organisation_id = holder.organisation_id AND last.identifier = one.identifier
        ORDER BY last.number DESC LIMIT 1
    );

    SELECT partners_proposals_refuse('PT409', 'Too many proposals of this organisation wait.')
    FROM partners_proposals_holder(presented) AS holder
    WHERE (
        SELECT count(*) FROM proposals_proposal AS kept
        WHERE kept.organisation_id = holder.organisation_id AND kept.state = 'received'
    ) > {MOST_WAITING};

    SELECT one.place, last.id
    FROM partners_proposals_holder(presented) AS holder,
        jsonb_to_recordset(given) AS one (place integer, identifier text),
        LATERAL (
            SELECT kept.id FROM proposals_proposal AS kept
            WHERE kept.organisation_id = holder.organisation_id AND kept.identifier = one.identifier
            ORDER BY kept.number DESC LIMIT 1
        ) AS last;
END;
"""

WITHDRAW = """
CREATE FUNCTION partners_proposals_withdraw(presented text, which uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE proposals_proposal AS kept SET state = 'withdrawn', decided_at = clock_timestamp()
    FROM partners_proposals_holder(presented) AS holder
    WHERE kept.organisation_id = holder.organisation_id AND kept.id = which AND kept.state = 'received';
END;
"""

# What it was accepted as is told once partners may see that case, and of a case that was merged the one that it became.
FATES = """
CREATE FUNCTION partners_proposals_fates(
    presented text, ids uuid[], states text[], of_identifier text, below bigint, above bigint, most integer
) RETURNS TABLE (
    number bigint, id uuid, identifier text, state text, received_at timestamptz, decided_on date, accepted_as uuid,
    reason text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT kept.number, kept.id, kept.identifier::text, kept.state::text, kept.received_at,
        (kept.decided_at AT TIME ZONE 'UTC')::date, shown.id, kept.reason
    FROM partners_proposals_holder(presented) AS holder
    JOIN proposals_proposal AS kept ON kept.organisation_id = holder.organisation_id
    LEFT JOIN tracker_partners_document AS gone ON gone.id = kept.accepted_as_id AND gone.document IS NULL
    LEFT JOIN tracker_partners_document AS shown
        ON shown.id = COALESCE(gone.merged_into, kept.accepted_as_id) AND shown.document IS NOT NULL
    WHERE (ids IS NULL OR kept.id = ANY(ids)) AND (states IS NULL OR kept.state = ANY(states))
    AND (of_identifier IS NULL OR kept.identifier = of_identifier)
    AND (below IS NULL OR kept.number < below) AND (above IS NULL OR kept.number > above)
    ORDER BY CASE WHEN above IS NOT NULL THEN kept.number END, kept.number DESC
    LIMIT most;
END;
"""


class Migration(migrations.Migration):
    initial = True
    # Those of before 1.0, in one: docs/upgrading.md.
    replaces = [
        ("proposals", "0001_proposals"),
        ("proposals", "0002_functions"),
        ("proposals", "0003_withdrawn"),
        ("proposals", "0004_guarded"),
        ("proposals", "0005_more_facts"),
        ("proposals", "0006_sightings"),
        ("proposals", "0007_sentences"),
        ("proposals", "0008_decided_by"),
        ("proposals", "0009_more_of_a_life"),
        ("proposals", "0010_places"),
        ("proposals", "0011_offices_and_journeys"),
        ("proposals", "0012_places_and_links"),
        ("proposals", "0013_summaries_and_identifiers"),
    ]
    dependencies = [
        ("cases", "0002_record"),
        ("partners", "0001_partners"),
        ("tracker", "0001_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='partners.organisation', verbose_name='organisation')),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partnerskey', verbose_name='handed in with the key')),
                ('number', models.PositiveBigIntegerField(help_text="Of this organisation's, from 1.", verbose_name='number')),
                ('identifier', models.CharField(max_length=200, verbose_name='their identifier')),
                ('content', models.JSONField(verbose_name='what they say')),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='received')),
                ('state', models.CharField(default='received', max_length=40, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('reason', models.TextField(blank=True, db_default='', verbose_name='what the partner is told')),
                ('accepted_as', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.prisoner', verbose_name='accepted as')),
                ('source', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.source', verbose_name='its source')),
            ],
            options={
                'verbose_name': 'proposal',
                'verbose_name_plural': 'proposals',
                'ordering': ['-received_at', 'organisation', '-number'],
                'permissions': [
                    ('decide_proposal', 'May accept and reject what partners propose'),
                ],
                'default_permissions': ('view',),
                'indexes': [
                    models.Index(fields=['organisation', 'identifier', '-number'], name='proposal_last_of_identifier'),
                    models.Index(fields=['state', '-received_at'], name='proposal_queue'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('organisation', 'number'), name='proposal_numbers_are_unique'),
                    models.UniqueConstraint(condition=models.Q(('state', 'received')), fields=('organisation', 'identifier'), name='proposal_waits_once_for_an_identifier', violation_error_message='Their identifier: another proposal of it waits to be decided.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'received')), models.Q(models.Q(('state', 'received'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='proposal_is_decided_at_a_time', violation_error_message='Decided: a proposal that waits has not been decided.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('accepted_as__isnull', False), ('state', 'accepted')), models.Q(models.Q(('state', 'accepted'), _negated=True), ('accepted_as__isnull', True)), _connector='OR'), name='proposal_is_accepted_as_a_case', violation_error_message='Accepted as: name the case that it was accepted as, and only then.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'rejected'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='proposal_is_rejected_for_a_reason', violation_error_message='What the partner is told: say why it is rejected.'),
                    cases.models.fields.FieldCheck(condition=models.Q(('state__isnull', True), ('state__in', ['received', 'accepted', 'rejected', 'superseded', 'withdrawn']), _connector='OR'), name='proposal_state_is_a_known_code', violation_error_message='This is not one of the known codes.'),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proposal',
            trigger=pgtrigger.compiler.Trigger(name='decided_stays_decided', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state <> 'received' AND ((NEW.state, NEW.reason, NEW.decided_at, NEW.accepted_as_id, NEW.identifier)\n    IS DISTINCT FROM (OLD.state, OLD.reason, OLD.decided_at, OLD.accepted_as_id, OLD.identifier)\n    OR NEW.decided_by_id <> OLD.decided_by_id OR (NEW.decided_by_id IS NOT NULL AND OLD.decided_by_id IS NULL)))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", operation='UPDATE', pgid='pgtrigger_decided_stays_decided_eede7', table='proposals_proposal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proposal',
            trigger=pgtrigger.compiler.Trigger(name='named_is_who_acts', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user), (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN\n            RETURN NEW;\n        END IF;\n        \n        IF NEW.decided_by_id IS NOT NULL\n            AND (TG_OP = 'INSERT' OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id)\n            AND acting_user() IS DISTINCT FROM NEW.decided_by_id::text THEN\n            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',\n                CONSTRAINT = 'named_is_who_acts';\n        END IF;\n        RETURN NEW;\n    ", operation='INSERT OR UPDATE', pgid='pgtrigger_named_is_who_acts_c29c8', table='proposals_proposal', when='BEFORE')),
        ),
        migrations.RunSQL(HOLDER, "DROP FUNCTION partners_proposals_holder(text)"),
        migrations.RunSQL(REFUSE, "DROP FUNCTION partners_proposals_refuse(text, text)"),
        migrations.RunSQL(VALUE_FITS, "DROP FUNCTION partners_proposal_value_fits(jsonb, text)"),
        migrations.RunSQL(RECORD_FITS, "DROP FUNCTION partners_proposal_record_fits(jsonb, jsonb)"),
        migrations.RunSQL(PART_FITS, "DROP FUNCTION partners_proposal_part_fits(jsonb, jsonb)"),
        migrations.RunSQL(FITS, "DROP FUNCTION partners_proposal_fits(jsonb)"),
        migrations.RunSQL(HAND_IN, "DROP FUNCTION partners_proposals_hand_in(text, jsonb)"),
        migrations.RunSQL(WITHDRAW, "DROP FUNCTION partners_proposals_withdraw(text, uuid)"),
        migrations.RunSQL(
            FATES, "DROP FUNCTION partners_proposals_fates(text, uuid[], text[], text, bigint, bigint, integer)"
        ),
    ]
