"""The triggers of the record, but for those that write history (history.py). What they are for: cases/triggers/."""

from cases.migrations.record.making import cited, triggers

CITED_BEFORE_VISIBLE_OF_RELEASEEVENT = """
        IF EXISTS (SELECT FROM cases_releaseevent WHERE id = NEW.id AND visibility <> 'internal')
            AND NOT EXISTS (SELECT FROM cases_citation WHERE root_id = NEW.id) THEN
            RAISE check_violation USING CONSTRAINT = 'case_is_cited_before_it_is_visible',
                MESSAGE = 'visibility: a case without any citation cannot be made more visible';
        END IF;
        RETURN NULL;
    """
KNOW_WHAT_IS_WITHHELD_OF_RELEASEEVENT = """
        FOR named, fact, who IN
            SELECT facts.key, kept.key, kept.value
            FROM cases_releaseevent AS root, jsonb_each(root.withheld) AS facts, jsonb_each_text(facts.value) AS kept
            WHERE root.id = NEW.id AND (TG_OP = 'INSERT'
                OR OLD.withheld -> facts.key ->> kept.key IS DISTINCT FROM kept.value)
        LOOP
            lists := NULL;
            IF named ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
                record := named::uuid;
                IF EXISTS (SELECT WHERE record = NEW.id) THEN lists := '{"title": false, "occurred_on": false, "brokered_by": false, "ground": false, "concessions": false, "exchange": false, "exchange_sides": true, "destinations": true, "from_place": false, "to_place": false, "passport_fate": false, "replacement_document": false, "document_issuer": false, "document_handed_over_by": false, "valid_identity_document": false, "may_return": false, "nationality_event": false, "summary": true}'; ELSIF EXISTS (SELECT FROM cases_citation AS part WHERE part.id = record AND root_id = NEW.id UNION ALL SELECT FROM cases_citationhistory AS part WHERE part.id = record AND root_id = NEW.id) THEN lists := '{"locator": false, "quote": false}';
                END IF;
            END IF;
            -- “field”, or “field:entry” of a list.
            IF COALESCE(who IN ('internal', 'partners') AND (lists ? fact
                OR ((lists ->> split_part(fact, ':', 1))::boolean AND split_part(fact, ':', 2) <> '')), FALSE) THEN
                CONTINUE;
            END IF;
            
            RAISE check_violation USING CONSTRAINT = 'withheld_means_facts_of_the_case',
                MESSAGE = 'withheld: a key means no fact of this case, or nobody who may still see it';
        END LOOP;
        RETURN NULL;
    """
KNOW_WHAT_IS_WITHHELD_OF_FACILITY = """
        FOR named, fact, who IN
            SELECT facts.key, kept.key, kept.value
            FROM cases_facility AS root, jsonb_each(root.withheld) AS facts, jsonb_each_text(facts.value) AS kept
            WHERE root.id = NEW.id AND (TG_OP = 'INSERT'
                OR OLD.withheld -> facts.key ->> kept.key IS DISTINCT FROM kept.value)
        LOOP
            lists := NULL;
            IF named ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
                record := named::uuid;
                IF EXISTS (SELECT WHERE record = NEW.id) THEN lists := '{"names": true, "place_kind": false, "country": false, "region": false, "official": false, "coordinates": false, "address_for_letters": false}'; ELSIF EXISTS (SELECT FROM cases_citation AS part WHERE part.id = record AND root_id = NEW.id UNION ALL SELECT FROM cases_citationhistory AS part WHERE part.id = record AND root_id = NEW.id) THEN lists := '{"locator": false, "quote": false}';
                END IF;
            END IF;
            -- “field”, or “field:entry” of a list.
            IF COALESCE(who IN ('internal', 'partners') AND (lists ? fact
                OR ((lists ->> split_part(fact, ':', 1))::boolean AND split_part(fact, ':', 2) <> '')), FALSE) THEN
                CONTINUE;
            END IF;
            
            RAISE check_violation USING CONSTRAINT = 'withheld_means_facts_of_the_case',
                MESSAGE = 'withheld: a key means no fact of this case, or nobody who may still see it';
        END LOOP;
        RETURN NULL;
    """
CITED_BEFORE_VISIBLE_OF_PRISONER = """
        IF EXISTS (SELECT FROM cases_prisoner WHERE id = NEW.id AND visibility <> 'internal')
            AND NOT EXISTS (SELECT FROM cases_citation WHERE root_id = NEW.id) THEN
            RAISE check_violation USING CONSTRAINT = 'case_is_cited_before_it_is_visible',
                MESSAGE = 'visibility: a case without any citation cannot be made more visible';
        END IF;
        RETURN NULL;
    """
KNOW_WHAT_IS_WITHHELD_OF_PRISONER = """
        FOR named, fact, who IN
            SELECT facts.key, kept.key, kept.value
            FROM cases_prisoner AS root, jsonb_each(root.withheld) AS facts, jsonb_each_text(facts.value) AS kept
            WHERE root.id = NEW.id AND (TG_OP = 'INSERT'
                OR OLD.withheld -> facts.key ->> kept.key IS DISTINCT FROM kept.value)
        LOOP
            lists := NULL;
            IF named ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
                record := named::uuid;
                IF EXISTS (SELECT WHERE record = NEW.id UNION ALL SELECT FROM cases_merge AS merge JOIN cases_prisoner AS other ON other.id IN (merge.kept_id, merge.merged_id) WHERE merge.state IN ('merged', 'undone') AND NEW.id IN (merge.kept_id, merge.merged_id) AND other.id = record) THEN lists := '{"sex": false, "born_on": false, "age_as_stated": false, "died_on": false, "death_in_custody": false, "executed": false, "cause_of_death_by_authorities": false, "cause_of_death_by_family": false, "citizenships": true, "stateless": false, "occupations": true, "affiliation": false, "position": false, "summary": true, "stated_end_of_term": false, "last_verified_on": false, "merged_from": true}'; ELSIF EXISTS (SELECT FROM cases_personname AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_personnamehistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"value": false, "name_kind": false, "language": false}'; ELSIF EXISTS (SELECT FROM cases_identifier AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_identifierhistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"scheme": false, "value": false, "owner_organisation": false}'; ELSIF EXISTS (SELECT FROM cases_recognition AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_recognitionhistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"organisation": false, "outcome": false, "category": false, "decided_on": false, "criteria": true, "reason": false}'; ELSIF EXISTS (SELECT FROM cases_designation AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_designationhistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"authority": false, "list_kind": false, "list_as_stated": false, "country": false, "from_on": false, "to_on": false}'; ELSIF EXISTS (SELECT FROM cases_personaldetail AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_personaldetailhistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"detail_kind": false, "since_on": false, "until_on": false, "detail": false, "told_as": false}'; ELSIF EXISTS (SELECT FROM cases_consent AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_consenthistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"given_by": false, "subject": false, "audience": false, "given_on": false, "given_how": false, "withdrawn_on": false, "personal_detail": false}'; ELSIF EXISTS (SELECT FROM cases_detention AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_detentionhistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"after": false, "started_on": false, "ended_on": false, "ground": false, "authority": false, "detaining_party": false, "arrest_country": false, "arrest_region": false, "arrest_place_as_stated": false, "term_days": false}'; ELSIF EXISTS (SELECT FROM cases_placement AS part JOIN cases_detention AS stands_in ON stands_in.id = detention_id WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_placementhistory AS part JOIN cases_detentionhistory AS stands_in ON stands_in.id = detention_id WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"detention": false, "facility": false, "place_kind": false, "country": false, "region": false, "place_as_stated": false, "from_on": false, "to_on": false, "transfer_reason": false, "conditions": true, "duration_as_stated": false}'; ELSIF EXISTS (SELECT FROM cases_detentionorder AS part JOIN cases_detention AS stands_in ON stands_in.id = detention_id WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_detentionorderhistory AS part JOIN cases_detentionhistory AS stands_in ON stands_in.id = detention_id WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"detention": false, "ordered_on": false, "from_on": false, "to_on": false, "authority": false}'; ELSIF EXISTS (SELECT FROM cases_charge AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_chargehistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"code": false, "article": false, "label_as_stated": false, "brought_on": false, "outcome": false}'; ELSIF EXISTS (SELECT FROM cases_chargedecision AS part JOIN cases_charge AS stands_in ON stands_in.id = charge_id WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_chargedecisionhistory AS part JOIN cases_chargehistory AS stands_in ON stands_in.id = charge_id WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"charge": false, "outcome": false, "decided_on": false, "instance": false, "authority": false}'; ELSIF EXISTS (SELECT FROM cases_sentence AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_sentencehistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"after": false, "punishment": false, "term_months": false, "term_months_to": false, "term_days": false, "term_as_stated": false, "amount": false, "currency": false, "particulars_as_stated": false, "court": false, "handed_down_on": false, "in_force_on": false, "in_absentia": false, "closed_hearing": false, "decision": false, "enforceable_months": false, "enforceable_days": false, "indeterminate": false, "hard_labour": false, "execution": false, "legal_force": false, "set_aside_on": false, "counted_from": false, "regime": false, "replaces": false, "adds_to": false, "runs": false, "charges": true}'; ELSIF EXISTS (SELECT FROM cases_furtherpunishment AS part JOIN cases_sentence AS stands_in ON stands_in.id = sentence_id WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_furtherpunishmenthistory AS part JOIN cases_sentencehistory AS stands_in ON stands_in.id = sentence_id WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"punishment": false, "term_months": false, "term_months_to": false, "term_days": false, "term_as_stated": false, "amount": false, "currency": false, "particulars_as_stated": false, "sentence": false}'; ELSIF EXISTS (SELECT FROM cases_release AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_releasehistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"after": false, "release_event": false, "released_on": false, "ground": false, "to_liberty": false, "ordered_on": false, "carried_out": false, "restrictions": true, "bail_amount": false, "bail_currency": false, "conditions": false, "revoked_on": false, "remaining_months": false, "remaining_days": false, "remaining_as_stated": false}'; ELSIF EXISTS (SELECT FROM cases_deportation AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_deportationhistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"after": false, "release": false, "deported_on": false, "outcome": false, "from_country": false, "to_country": false, "from_place": false, "to_place": false, "crossing": false, "coercion": false, "voluntary": false, "own_national": false, "passport_fate": false, "replacement_document": false, "document_issuer": false, "document_handed_over_by": false, "valid_identity_document": false, "may_return": false}'; ELSIF EXISTS (SELECT FROM cases_whereabouts AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_whereaboutshistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"after": false, "last_seen_on": false, "last_seen_where": false, "no_contact_since": false, "place_known": false}'; ELSIF EXISTS (SELECT FROM cases_sighting AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_sightinghistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"after": false, "heard_on": false, "how": false, "heard_where": false, "facility": false}'; ELSIF EXISTS (SELECT FROM cases_nationalitychange AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_nationalitychangehistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"country": false, "event": false, "happened_on": false}'; ELSIF EXISTS (SELECT FROM cases_prosecution AS part WHERE part.id = record AND prisoner_id = NEW.id UNION ALL SELECT FROM cases_prosecutionhistory AS part WHERE part.id = record AND prisoner_id = NEW.id) THEN lists := '{"court_case": false, "charges": true, "sentences": true}'; ELSIF EXISTS (SELECT FROM cases_citation AS part WHERE part.id = record AND root_id = NEW.id UNION ALL SELECT FROM cases_citationhistory AS part WHERE part.id = record AND root_id = NEW.id) THEN lists := '{"locator": false, "quote": false}';
                END IF;
            END IF;
            -- “field”, or “field:entry” of a list.
            IF COALESCE(who IN ('internal', 'partners') AND (lists ? fact
                OR ((lists ->> split_part(fact, ':', 1))::boolean AND split_part(fact, ':', 2) <> '')), FALSE) THEN
                CONTINUE;
            END IF;
            IF EXISTS (SELECT FROM cases_merge AS merge JOIN cases_prisoner AS other ON other.id IN (merge.kept_id, merge.merged_id) WHERE merge.state IN ('merged', 'undone') AND NEW.id IN (merge.kept_id, merge.merged_id) AND other.id <> NEW.id AND other.withheld -> named ->> fact = who) THEN
                CONTINUE;
            END IF;
            RAISE check_violation USING CONSTRAINT = 'withheld_means_facts_of_the_case',
                MESSAGE = 'withheld: a key means no fact of this case, or nobody who may still see it';
        END LOOP;
        RETURN NULL;
    """
SHOWN_PERSON_OF_PRISONER = """
        INSERT INTO cases_copydecision (copy_id, decision, cause, reason, decided_by_id, event)
        SELECT copy.id, 'withdrawn', 'person', '', acting_user()::integer, approval.event
        FROM cases_redactedcopy AS copy
        JOIN cases_copydecision AS approval ON approval.copy_id = copy.id AND approval.decision = 'approved'
        WHERE copy.people @> ARRAY[OLD.id]
        AND NOT EXISTS (
            SELECT FROM cases_copydecision AS made WHERE made.copy_id = copy.id AND made.decision = 'withdrawn'
        )
        AND NOT (
            copy.recognisable <> 'others' AND NOT EXISTS (
                SELECT FROM unnest(copy.people) AS shown (id) WHERE NOT EXISTS (
                    SELECT FROM cases_prisoner AS person WHERE person.id = shown.id AND (
                person.merged_into_id IS NULL AND NOT person.name_withheld
                AND visibility_rank(person.visibility) >= visibility_rank(copy.audience)
                AND COALESCE(person.case_taken_back, 0) <= COALESCE(person.case_returned, 0)
                AND COALESCE(person.name_taken_back, 0) <= COALESCE(person.name_returned, 0)
                AND EXISTS (
                    SELECT FROM cases_consent AS consent WHERE consent.prisoner_id = person.id
                    AND consent.subject = 'photo' AND consent.withdrawn_on IS NULL
                    AND consent.audience IN ('public', copy.audience)
                )
            )
                )
            )
        );
        RETURN NULL;
    """
NAMED_BY_NO_EVENT_OF_DETENTION = """
        IF NOT EXISTS (
            SELECT FROM cases_detention WHERE id = OLD.id AND prisoner_id = OLD.prisoner_id
        ) AND (EXISTS (SELECT FROM cases_detention WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sentence WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_release WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_deportation WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_whereabouts WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sighting WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id)) THEN
            RAISE check_violation USING CONSTRAINT = 'event_that_others_come_after_stays',
                MESSAGE = 'after: another event of the case is said to come after this one';
        END IF;
        RETURN NULL;"""
RUNS_IN_ORDER_OF_DETENTION = """
        IF EXISTS (
            SELECT FROM cases_detention AS event
            WHERE id = NEW.id AND after IS NOT NULL AND NOT (EXISTS (SELECT FROM cases_detention WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sentence WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_release WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_deportation WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_whereabouts WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sighting WHERE id = event.after AND prisoner_id = event.prisoner_id))
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'event_comes_after_one_of_its_case',
                MESSAGE = 'after: this is no event of the same case';
        END IF;
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT after FROM cases_detention WHERE id = NEW.id
                UNION
                SELECT link.earlier FROM earlier
                CROSS JOIN LATERAL (SELECT after FROM cases_detention WHERE id = earlier.id UNION ALL SELECT after FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT replaces_id FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT after FROM cases_release WHERE id = earlier.id UNION ALL SELECT after FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT release_id FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT after FROM cases_whereabouts WHERE id = earlier.id UNION ALL SELECT after FROM cases_sighting WHERE id = earlier.id) AS link (earlier)
                WHERE link.earlier IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'order_of_events_is_no_circle',
                MESSAGE = 'after: an order of events cannot run in a circle';
        END IF;
        RETURN NULL;"""
OUTCOME_SAID_ONCE_OF_CHARGE = """
        IF EXISTS (
            SELECT FROM cases_charge AS charge
            JOIN cases_chargedecision AS decision ON decision.charge_id = charge.id
            WHERE charge.id = NEW.id AND charge.outcome IS NOT NULL
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'charge_says_its_outcome_once',
                MESSAGE = 'outcome: where decisions say it, the charge itself does not';
        END IF;
        RETURN NULL;
    """
OUTCOME_SAID_ONCE_OF_CHARGEDECISION = """
        IF EXISTS (
            SELECT FROM cases_charge AS charge
            JOIN cases_chargedecision AS decision ON decision.charge_id = charge.id
            WHERE charge.id = NEW.charge_id AND charge.outcome IS NOT NULL
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'charge_says_its_outcome_once',
                MESSAGE = 'outcome: where decisions say it, the charge itself does not';
        END IF;
        RETURN NULL;
    """
ADDS_TO_IN_NO_CIRCLE_OF_SENTENCE = """
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT adds_to_id FROM cases_sentence WHERE id = NEW.id
                UNION
                SELECT named.id FROM cases_sentence AS sentence
                JOIN earlier ON sentence.id = earlier.id
                CROSS JOIN LATERAL unnest(ARRAY[sentence.replaces_id, sentence.adds_to_id]) AS named (id)
                WHERE named.id IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'sentence_is_in_no_circle',
                MESSAGE = 'adds_to: a sentence cannot lead back to itself through others';
        END IF;
        RETURN NULL;
    """
NAMED_BY_NO_EVENT_OF_SENTENCE = """
        IF NOT EXISTS (
            SELECT FROM cases_sentence WHERE id = OLD.id AND prisoner_id = OLD.prisoner_id
        ) AND (EXISTS (SELECT FROM cases_detention WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sentence WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_release WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_deportation WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_whereabouts WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sighting WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id)) THEN
            RAISE check_violation USING CONSTRAINT = 'event_that_others_come_after_stays',
                MESSAGE = 'after: another event of the case is said to come after this one';
        END IF;
        RETURN NULL;"""
REPLACES_IN_NO_CIRCLE_OF_SENTENCE = """
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT replaces_id FROM cases_sentence WHERE id = NEW.id
                UNION
                SELECT named.id FROM cases_sentence AS sentence
                JOIN earlier ON sentence.id = earlier.id
                CROSS JOIN LATERAL unnest(ARRAY[sentence.replaces_id, sentence.adds_to_id]) AS named (id)
                WHERE named.id IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'sentence_is_in_no_circle',
                MESSAGE = 'replaces: a sentence cannot lead back to itself through others';
        END IF;
        RETURN NULL;
    """
RUNS_IN_ORDER_OF_SENTENCE = """
        IF EXISTS (
            SELECT FROM cases_sentence AS event
            WHERE id = NEW.id AND after IS NOT NULL AND NOT (EXISTS (SELECT FROM cases_detention WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sentence WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_release WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_deportation WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_whereabouts WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sighting WHERE id = event.after AND prisoner_id = event.prisoner_id))
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'event_comes_after_one_of_its_case',
                MESSAGE = 'after: this is no event of the same case';
        END IF;
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT after FROM cases_sentence WHERE id = NEW.id
                UNION
                SELECT link.earlier FROM earlier
                CROSS JOIN LATERAL (SELECT after FROM cases_detention WHERE id = earlier.id UNION ALL SELECT after FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT replaces_id FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT after FROM cases_release WHERE id = earlier.id UNION ALL SELECT after FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT release_id FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT after FROM cases_whereabouts WHERE id = earlier.id UNION ALL SELECT after FROM cases_sighting WHERE id = earlier.id) AS link (earlier)
                WHERE link.earlier IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'order_of_events_is_no_circle',
                MESSAGE = 'after: an order of events cannot run in a circle';
        END IF;
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT replaces_id FROM cases_sentence WHERE id = NEW.id
                UNION
                SELECT link.earlier FROM earlier
                CROSS JOIN LATERAL (SELECT after FROM cases_detention WHERE id = earlier.id UNION ALL SELECT after FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT replaces_id FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT after FROM cases_release WHERE id = earlier.id UNION ALL SELECT after FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT release_id FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT after FROM cases_whereabouts WHERE id = earlier.id UNION ALL SELECT after FROM cases_sighting WHERE id = earlier.id) AS link (earlier)
                WHERE link.earlier IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'order_of_events_is_no_circle',
                MESSAGE = 'replaces: an order of events cannot run in a circle';
        END IF;
        RETURN NULL;"""
CITED_BEFORE_VISIBLE_OF_COURTCASE = """
        IF EXISTS (SELECT FROM cases_courtcase WHERE id = NEW.id AND visibility <> 'internal')
            AND NOT EXISTS (SELECT FROM cases_citation WHERE root_id = NEW.id) THEN
            RAISE check_violation USING CONSTRAINT = 'case_is_cited_before_it_is_visible',
                MESSAGE = 'visibility: a case without any citation cannot be made more visible';
        END IF;
        RETURN NULL;
    """
KNOW_WHAT_IS_WITHHELD_OF_COURTCASE = """
        FOR named, fact, who IN
            SELECT facts.key, kept.key, kept.value
            FROM cases_courtcase AS root, jsonb_each(root.withheld) AS facts, jsonb_each_text(facts.value) AS kept
            WHERE root.id = NEW.id AND (TG_OP = 'INSERT'
                OR OLD.withheld -> facts.key ->> kept.key IS DISTINCT FROM kept.value)
        LOOP
            lists := NULL;
            IF named ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
                record := named::uuid;
                IF EXISTS (SELECT WHERE record = NEW.id) THEN lists := '{"number": false, "court": false, "stage": false, "outcome": false}'; ELSIF EXISTS (SELECT FROM cases_hearing AS part WHERE part.id = record AND court_case_id = NEW.id UNION ALL SELECT FROM cases_hearinghistory AS part WHERE part.id = record AND court_case_id = NEW.id) THEN lists := '{"held_on": false, "what_happened": false, "closed_hearing": false, "judge": false, "prosecutor": false}'; ELSIF EXISTS (SELECT FROM cases_citation AS part WHERE part.id = record AND root_id = NEW.id UNION ALL SELECT FROM cases_citationhistory AS part WHERE part.id = record AND root_id = NEW.id) THEN lists := '{"locator": false, "quote": false}';
                END IF;
            END IF;
            -- “field”, or “field:entry” of a list.
            IF COALESCE(who IN ('internal', 'partners') AND (lists ? fact
                OR ((lists ->> split_part(fact, ':', 1))::boolean AND split_part(fact, ':', 2) <> '')), FALSE) THEN
                CONTINUE;
            END IF;
            
            RAISE check_violation USING CONSTRAINT = 'withheld_means_facts_of_the_case',
                MESSAGE = 'withheld: a key means no fact of this case, or nobody who may still see it';
        END LOOP;
        RETURN NULL;
    """
KNOW_WHAT_IS_WITHHELD_OF_SOURCE = """
        FOR named, fact, who IN
            SELECT facts.key, kept.key, kept.value
            FROM cases_source AS root, jsonb_each(root.withheld) AS facts, jsonb_each_text(facts.value) AS kept
            WHERE root.id = NEW.id AND (TG_OP = 'INSERT'
                OR OLD.withheld -> facts.key ->> kept.key IS DISTINCT FROM kept.value)
        LOOP
            lists := NULL;
            IF named ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
                record := named::uuid;
                IF EXISTS (SELECT WHERE record = NEW.id) THEN lists := '{"title": false, "source_kind": false, "publisher": false, "author": false, "url": false, "archived_url": false, "published_on": false, "accessed_on": false, "language": false, "file_name": false, "sha256": false, "copy_is_public": false, "relays": true, "text_is_whole": false, "public_label": false, "derived_from": true}'; ELSIF EXISTS (SELECT FROM cases_citation AS part WHERE part.id = record AND root_id = NEW.id UNION ALL SELECT FROM cases_citationhistory AS part WHERE part.id = record AND root_id = NEW.id) THEN lists := '{"locator": false, "quote": false}';
                END IF;
            END IF;
            -- “field”, or “field:entry” of a list.
            IF COALESCE(who IN ('internal', 'partners') AND (lists ? fact
                OR ((lists ->> split_part(fact, ':', 1))::boolean AND split_part(fact, ':', 2) <> '')), FALSE) THEN
                CONTINUE;
            END IF;
            
            RAISE check_violation USING CONSTRAINT = 'withheld_means_facts_of_the_case',
                MESSAGE = 'withheld: a key means no fact of this case, or nobody who may still see it';
        END LOOP;
        RETURN NULL;
    """
CITED_BEFORE_VISIBLE_OF_REPORTEDCOUNT = """
        IF EXISTS (SELECT FROM cases_reportedcount WHERE id = NEW.id AND visibility <> 'internal')
            AND NOT EXISTS (SELECT FROM cases_citation WHERE root_id = NEW.id) THEN
            RAISE check_violation USING CONSTRAINT = 'case_is_cited_before_it_is_visible',
                MESSAGE = 'visibility: a case without any citation cannot be made more visible';
        END IF;
        RETURN NULL;
    """
KNOW_WHAT_IS_WITHHELD_OF_REPORTEDCOUNT = """
        FOR named, fact, who IN
            SELECT facts.key, kept.key, kept.value
            FROM cases_reportedcount AS root, jsonb_each(root.withheld) AS facts, jsonb_each_text(facts.value) AS kept
            WHERE root.id = NEW.id AND (TG_OP = 'INSERT'
                OR OLD.withheld -> facts.key ->> kept.key IS DISTINCT FROM kept.value)
        LOOP
            lists := NULL;
            IF named ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
                record := named::uuid;
                IF EXISTS (SELECT WHERE record = NEW.id) THEN lists := '{"country": false, "of_group": false, "of_nationality": false, "among_them": true, "value": false, "value_as_stated": false, "qualifier": false, "lowest": false, "highest": false, "as_of": false, "claimant": false, "release_event": false, "court_case": false}'; ELSIF EXISTS (SELECT FROM cases_listedname AS part WHERE part.id = record AND reported_count_id = NEW.id UNION ALL SELECT FROM cases_listednamehistory AS part WHERE part.id = record AND reported_count_id = NEW.id) THEN lists := '{"line": false, "value": false, "said": false}'; ELSIF EXISTS (SELECT FROM cases_citation AS part WHERE part.id = record AND root_id = NEW.id UNION ALL SELECT FROM cases_citationhistory AS part WHERE part.id = record AND root_id = NEW.id) THEN lists := '{"locator": false, "quote": false}';
                END IF;
            END IF;
            -- “field”, or “field:entry” of a list.
            IF COALESCE(who IN ('internal', 'partners') AND (lists ? fact
                OR ((lists ->> split_part(fact, ':', 1))::boolean AND split_part(fact, ':', 2) <> '')), FALSE) THEN
                CONTINUE;
            END IF;
            
            RAISE check_violation USING CONSTRAINT = 'withheld_means_facts_of_the_case',
                MESSAGE = 'withheld: a key means no fact of this case, or nobody who may still see it';
        END LOOP;
        RETURN NULL;
    """
NAMED_BY_NO_EVENT_OF_RELEASE = """
        IF NOT EXISTS (
            SELECT FROM cases_release WHERE id = OLD.id AND prisoner_id = OLD.prisoner_id
        ) AND (EXISTS (SELECT FROM cases_detention WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sentence WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_release WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_deportation WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_whereabouts WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sighting WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id)) THEN
            RAISE check_violation USING CONSTRAINT = 'event_that_others_come_after_stays',
                MESSAGE = 'after: another event of the case is said to come after this one';
        END IF;
        RETURN NULL;"""
RUNS_IN_ORDER_OF_RELEASE = """
        IF EXISTS (
            SELECT FROM cases_release AS event
            WHERE id = NEW.id AND after IS NOT NULL AND NOT (EXISTS (SELECT FROM cases_detention WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sentence WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_release WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_deportation WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_whereabouts WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sighting WHERE id = event.after AND prisoner_id = event.prisoner_id))
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'event_comes_after_one_of_its_case',
                MESSAGE = 'after: this is no event of the same case';
        END IF;
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT after FROM cases_release WHERE id = NEW.id
                UNION
                SELECT link.earlier FROM earlier
                CROSS JOIN LATERAL (SELECT after FROM cases_detention WHERE id = earlier.id UNION ALL SELECT after FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT replaces_id FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT after FROM cases_release WHERE id = earlier.id UNION ALL SELECT after FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT release_id FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT after FROM cases_whereabouts WHERE id = earlier.id UNION ALL SELECT after FROM cases_sighting WHERE id = earlier.id) AS link (earlier)
                WHERE link.earlier IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'order_of_events_is_no_circle',
                MESSAGE = 'after: an order of events cannot run in a circle';
        END IF;
        RETURN NULL;"""
NAMED_BY_NO_EVENT_OF_DEPORTATION = """
        IF NOT EXISTS (
            SELECT FROM cases_deportation WHERE id = OLD.id AND prisoner_id = OLD.prisoner_id
        ) AND (EXISTS (SELECT FROM cases_detention WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sentence WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_release WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_deportation WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_whereabouts WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sighting WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id)) THEN
            RAISE check_violation USING CONSTRAINT = 'event_that_others_come_after_stays',
                MESSAGE = 'after: another event of the case is said to come after this one';
        END IF;
        RETURN NULL;"""
RUNS_IN_ORDER_OF_DEPORTATION = """
        IF EXISTS (
            SELECT FROM cases_deportation AS event
            WHERE id = NEW.id AND after IS NOT NULL AND NOT (EXISTS (SELECT FROM cases_detention WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sentence WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_release WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_deportation WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_whereabouts WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sighting WHERE id = event.after AND prisoner_id = event.prisoner_id))
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'event_comes_after_one_of_its_case',
                MESSAGE = 'after: this is no event of the same case';
        END IF;
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT after FROM cases_deportation WHERE id = NEW.id
                UNION
                SELECT link.earlier FROM earlier
                CROSS JOIN LATERAL (SELECT after FROM cases_detention WHERE id = earlier.id UNION ALL SELECT after FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT replaces_id FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT after FROM cases_release WHERE id = earlier.id UNION ALL SELECT after FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT release_id FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT after FROM cases_whereabouts WHERE id = earlier.id UNION ALL SELECT after FROM cases_sighting WHERE id = earlier.id) AS link (earlier)
                WHERE link.earlier IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'order_of_events_is_no_circle',
                MESSAGE = 'after: an order of events cannot run in a circle';
        END IF;
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT release_id FROM cases_deportation WHERE id = NEW.id
                UNION
                SELECT link.earlier FROM earlier
                CROSS JOIN LATERAL (SELECT after FROM cases_detention WHERE id = earlier.id UNION ALL SELECT after FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT replaces_id FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT after FROM cases_release WHERE id = earlier.id UNION ALL SELECT after FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT release_id FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT after FROM cases_whereabouts WHERE id = earlier.id UNION ALL SELECT after FROM cases_sighting WHERE id = earlier.id) AS link (earlier)
                WHERE link.earlier IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'order_of_events_is_no_circle',
                MESSAGE = 'release: an order of events cannot run in a circle';
        END IF;
        RETURN NULL;"""
NAMED_BY_NO_EVENT_OF_WHEREABOUTS = """
        IF NOT EXISTS (
            SELECT FROM cases_whereabouts WHERE id = OLD.id AND prisoner_id = OLD.prisoner_id
        ) AND (EXISTS (SELECT FROM cases_detention WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sentence WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_release WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_deportation WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_whereabouts WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sighting WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id)) THEN
            RAISE check_violation USING CONSTRAINT = 'event_that_others_come_after_stays',
                MESSAGE = 'after: another event of the case is said to come after this one';
        END IF;
        RETURN NULL;"""
RUNS_IN_ORDER_OF_WHEREABOUTS = """
        IF EXISTS (
            SELECT FROM cases_whereabouts AS event
            WHERE id = NEW.id AND after IS NOT NULL AND NOT (EXISTS (SELECT FROM cases_detention WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sentence WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_release WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_deportation WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_whereabouts WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sighting WHERE id = event.after AND prisoner_id = event.prisoner_id))
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'event_comes_after_one_of_its_case',
                MESSAGE = 'after: this is no event of the same case';
        END IF;
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT after FROM cases_whereabouts WHERE id = NEW.id
                UNION
                SELECT link.earlier FROM earlier
                CROSS JOIN LATERAL (SELECT after FROM cases_detention WHERE id = earlier.id UNION ALL SELECT after FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT replaces_id FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT after FROM cases_release WHERE id = earlier.id UNION ALL SELECT after FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT release_id FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT after FROM cases_whereabouts WHERE id = earlier.id UNION ALL SELECT after FROM cases_sighting WHERE id = earlier.id) AS link (earlier)
                WHERE link.earlier IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'order_of_events_is_no_circle',
                MESSAGE = 'after: an order of events cannot run in a circle';
        END IF;
        RETURN NULL;"""
NAMED_BY_NO_EVENT_OF_SIGHTING = """
        IF NOT EXISTS (
            SELECT FROM cases_sighting WHERE id = OLD.id AND prisoner_id = OLD.prisoner_id
        ) AND (EXISTS (SELECT FROM cases_detention WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sentence WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_release WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_deportation WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_whereabouts WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id) OR EXISTS (SELECT FROM cases_sighting WHERE prisoner_id = OLD.prisoner_id AND after = OLD.id)) THEN
            RAISE check_violation USING CONSTRAINT = 'event_that_others_come_after_stays',
                MESSAGE = 'after: another event of the case is said to come after this one';
        END IF;
        RETURN NULL;"""
RUNS_IN_ORDER_OF_SIGHTING = """
        IF EXISTS (
            SELECT FROM cases_sighting AS event
            WHERE id = NEW.id AND after IS NOT NULL AND NOT (EXISTS (SELECT FROM cases_detention WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sentence WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_release WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_deportation WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_whereabouts WHERE id = event.after AND prisoner_id = event.prisoner_id) OR EXISTS (SELECT FROM cases_sighting WHERE id = event.after AND prisoner_id = event.prisoner_id))
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'event_comes_after_one_of_its_case',
                MESSAGE = 'after: this is no event of the same case';
        END IF;
        IF EXISTS (
            WITH RECURSIVE earlier (id) AS (
                SELECT after FROM cases_sighting WHERE id = NEW.id
                UNION
                SELECT link.earlier FROM earlier
                CROSS JOIN LATERAL (SELECT after FROM cases_detention WHERE id = earlier.id UNION ALL SELECT after FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT replaces_id FROM cases_sentence WHERE id = earlier.id UNION ALL SELECT after FROM cases_release WHERE id = earlier.id UNION ALL SELECT after FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT release_id FROM cases_deportation WHERE id = earlier.id UNION ALL SELECT after FROM cases_whereabouts WHERE id = earlier.id UNION ALL SELECT after FROM cases_sighting WHERE id = earlier.id) AS link (earlier)
                WHERE link.earlier IS NOT NULL
            )
            SELECT FROM earlier WHERE id = NEW.id
        ) THEN
            RAISE check_violation USING CONSTRAINT = 'order_of_events_is_no_circle',
                MESSAGE = 'after: an order of events cannot run in a circle';
        END IF;
        RETURN NULL;"""
QUOTE_NAMES_NOBODY_OF_CITATION = r"""
            IF EXISTS (
                SELECT FROM cases_claimant
                WHERE (role IN ('relative', 'lawyer', 'witness') OR protected_pseudonym)
                AND (id = NEW.claimant_id OR trim(name) ~ '\s')
                AND position(' ' || trim(regexp_replace(lower(name), '[^[:alnum:]]+', ' ', 'g')) || ' ' IN (' ' || regexp_replace(lower(NEW.quote), '[^[:alnum:]]+', ' ', 'g') || ' ')) > 0
            ) OR EXISTS (
                SELECT FROM cases_personname AS name
                JOIN cases_prisoner AS prisoner ON prisoner.id = name.prisoner_id
                WHERE prisoner.id = NEW.root_id AND prisoner.name_withheld
                AND position(' ' || trim(regexp_replace(lower(name.value), '[^[:alnum:]]+', ' ', 'g')) || ' ' IN (' ' || regexp_replace(lower(NEW.quote), '[^[:alnum:]]+', ' ', 'g') || ' ')) > 0
            ) THEN
                RAISE check_violation USING CONSTRAINT = 'quote_names_nobody_kept_back',
                    MESSAGE = 'quote: it holds a name that is not published';
            END IF;
            RETURN NULL;
        """
SPEAKS_OF_NO_DAY_TO_COME_OF_CITATION = """
            IF NEW.as_of_earliest > (now() AT TIME ZONE 'UTC' + interval '14 hours')::date THEN
                RAISE check_violation USING CONSTRAINT = 'citation_as_of_is_past',
                    MESSAGE = 'as_of: a source speaks of no day that is still to come';
            END IF;
            RETURN NULL;
        """

CITED = [
    *cited('Charge', 'charge_id', ['article', 'brought_on', 'code', 'label_as_stated', 'outcome']),
    *cited('Consent', 'consent_id', ['audience', 'given_by', 'given_how', 'given_on', 'personal_detail_id', 'subject', 'withdrawn_on']),
    *cited('Deportation', 'deportation_id', ['after', 'coercion', 'crossing', 'deported_on', 'document_handed_over_by', 'document_issuer', 'from_country', 'from_place', 'may_return', 'outcome', 'own_national', 'passport_fate', 'release_id', 'replacement_document', 'to_country', 'to_place', 'valid_identity_document', 'voluntary']),
    *cited('Prisoner', 'prisoner_id', ['affiliation', 'age_as_stated', 'born_on', 'cause_of_death_by_authorities', 'cause_of_death_by_family', 'citizenships', 'death_in_custody', 'died_on', 'executed', 'last_verified_on', 'occupations', 'position', 'sex', 'stated_end_of_term', 'stateless', 'summary']),
    *cited('Detention', 'detention_id', ['after', 'arrest_country', 'arrest_place_as_stated', 'arrest_region', 'authority', 'detaining_party', 'ended_on', 'ground', 'started_on', 'term_days']),
    *cited('Facility', 'facility_id', ['address_for_letters', 'coordinates', 'country', 'names', 'official', 'place_kind', 'region']),
    *cited('Identifier', 'identifier_id', ['owner_organisation', 'scheme', 'value']),
    *cited('PersonName', 'person_name_id', ['language', 'name_kind', 'value']),
    *cited('Placement', 'placement_id', ['conditions', 'country', 'detention_id', 'duration_as_stated', 'facility_id', 'from_on', 'place_as_stated', 'place_kind', 'region', 'to_on', 'transfer_reason']),
    *cited('Recognition', 'recognition_id', ['category', 'criteria', 'decided_on', 'organisation', 'outcome', 'reason']),
    *cited('Release', 'release_id', ['after', 'bail_amount', 'bail_currency', 'carried_out', 'conditions', 'ground', 'ordered_on', 'release_event_id', 'released_on', 'remaining_as_stated', 'remaining_days', 'remaining_months', 'restrictions', 'revoked_on', 'to_liberty']),
    *cited('ReleaseEvent', 'release_event_id', ['brokered_by', 'concessions', 'destinations', 'document_handed_over_by', 'document_issuer', 'exchange', 'exchange_sides', 'from_place', 'ground', 'may_return', 'nationality_event', 'occurred_on', 'passport_fate', 'replacement_document', 'summary', 'title', 'to_place', 'valid_identity_document']),
    *cited('ReportedCount', 'reported_count_id', ['among_them', 'as_of', 'claimant_id', 'country', 'court_case_id', 'highest', 'lowest', 'measure', 'of_group', 'of_nationality', 'qualifier', 'release_event_id', 'value', 'value_as_stated'], """
            EXECUTE $sql$
                INSERT INTO cases_citation (id, internal_notes, item, root_kind, reported_count_id, source_id, locator, quote, as_of, still_so, claimant_id, hedge, credibility, visibility,
                    field, states)
                SELECT gen_random_uuid(), '', '', root_kind, reported_count_id, source_id, locator, quote, as_of, still_so, claimant_id, hedge, credibility, visibility,
                    fact, stated_before(fact, '', $2, $3)
                FROM cases_citation AS whole, unnest('{measure, country, of_group, of_nationality, among_them, value, value_as_stated, qualifier, lowest, highest, as_of, claimant, release_event, court_case}'::text[]) AS fact
                WHERE reported_count_id = $1 AND field = '' AND stated_before(fact, '', $2, $3) IS NOT NULL AND NOT EXISTS (
                    SELECT FROM cases_citation AS own
                    WHERE own.reported_count_id = $1 AND own.field = fact AND own.source_id = whole.source_id)
            $sql$ USING OLD.id, to_jsonb(OLD), to_jsonb(NEW);
    """),
    *cited('Sentence', 'sentence_id', ['adds_to_id', 'after', 'amount', 'closed_hearing', 'counted_from', 'court', 'currency', 'decision', 'enforceable_days', 'enforceable_months', 'execution', 'handed_down_on', 'hard_labour', 'in_absentia', 'in_force_on', 'indeterminate', 'legal_force', 'particulars_as_stated', 'punishment', 'regime', 'replaces_id', 'runs', 'set_aside_on', 'term_as_stated', 'term_days', 'term_months', 'term_months_to']),
    *cited('Source', 'about_source_id', ['accessed_on', 'archived_url', 'author', 'copy_is_public', 'file_name', 'language', 'public_label', 'published_on', 'publisher', 'relays', 'sha256', 'source_kind', 'standing', 'text_is_whole', 'title', 'url']),
    *cited('Whereabouts', 'whereabouts_id', ['after', 'last_seen_on', 'last_seen_where', 'no_contact_since', 'place_known']),
    *cited('Sighting', 'sighting_id', ['after', 'facility_id', 'heard_on', 'heard_where', 'how']),
    *cited('FurtherPunishment', 'further_punishment_id', ['amount', 'currency', 'particulars_as_stated', 'punishment', 'sentence_id', 'term_as_stated', 'term_days', 'term_months', 'term_months_to']),
    *cited('Designation', 'designation_id', ['authority', 'country', 'from_on', 'list_as_stated', 'list_kind', 'to_on']),
    *cited('PersonalDetail', 'personal_detail_id', ['detail', 'detail_kind', 'since_on', 'told_as', 'until_on']),
    *cited('NationalityChange', 'nationality_change_id', ['country', 'event', 'happened_on']),
    *cited('DetentionOrder', 'detention_order_id', ['authority', 'detention_id', 'from_on', 'ordered_on', 'to_on']),
    *cited('CourtCase', 'court_case_id', ['court', 'number', 'outcome', 'stage']),
    *cited('Hearing', 'hearing_id', ['closed_hearing', 'held_on', 'judge', 'prosecutor', 'what_happened']),
    *cited('Prosecution', 'prosecution_id', ['court_case_id']),
    *cited('ChargeDecision', 'charge_decision_id', ['authority', 'charge_id', 'decided_on', 'instance', 'outcome']),
    *cited('ListedName', 'listed_name_id', ['line', 'said', 'value']),
]

TRIGGERS = [
    *CITED,
    *triggers(
        'cited_before_visible_at_first',
        ['ReleaseEvent'],
        'AFTER INSERT',
        CITED_BEFORE_VISIBLE_OF_RELEASEEVENT,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition="WHEN (NEW.visibility <> 'internal')",
    ),
    *triggers(
        'cited_before_visible_later',
        ['ReleaseEvent'],
        'AFTER UPDATE',
        CITED_BEFORE_VISIBLE_OF_RELEASEEVENT,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (visibility_rank(NEW.visibility) > visibility_rank(OLD.visibility))',
    ),
    *triggers(
        'know_what_is_withheld_at_first',
        ['ReleaseEvent'],
        'AFTER INSERT',
        KNOW_WHAT_IS_WITHHELD_OF_RELEASEEVENT,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition="WHEN (NEW.withheld <> '{}')",
    ),
    *triggers(
        'know_what_is_withheld_later',
        ['ReleaseEvent'],
        'AFTER UPDATE',
        KNOW_WHAT_IS_WITHHELD_OF_RELEASEEVENT,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.withheld IS DISTINCT FROM OLD.withheld)',
    ),
    *triggers(
        'mark',
        ['ReleaseEvent'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                IF TG_OP = 'DELETE' THEN
                    INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('release_event', OLD.id, TRUE);
                    PERFORM hold_back(OLD.id, visibility_rank(OLD.visibility), -1, TRUE);
                    RETURN OLD;
                END IF;
                IF TG_OP = 'UPDATE' THEN
                    PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), TRUE);
                    IF NOT OLD.withheld @> NEW.withheld OR (FALSE) THEN
                        PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), -1, FALSE);
                    END IF;
                END IF;
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                VALUES ('release_event', NEW.id, TG_OP = 'UPDATE'
                    AND (visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                        OR NOT OLD.withheld @> NEW.withheld OR (FALSE)));
                RETURN NEW;
            """,
    ),
    *triggers(
        'mark_referrers',
        ['ReleaseEvent'],
        'AFTER UPDATE',
        """
            IF NEW.visibility IS DISTINCT FROM OLD.visibility THEN
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                SELECT DISTINCT root_kind, root_id, visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                FROM (SELECT 'prisoner', prisoner_id FROM cases_release WHERE release_event_id = NEW.id UNION ALL SELECT 'reported_count', id FROM cases_reportedcount WHERE release_event_id = NEW.id) AS referrer (root_kind, root_id);
            END IF;
            RETURN NEW;
        """,
    ),
    *triggers(
        'raise_version',
        ['ReleaseEvent', 'Facility', 'Prisoner', 'CourtCase', 'Source', 'Claimant', 'ReportedCount'],
        'BEFORE UPDATE',
        """IF NEW.id <> OLD.id THEN RAISE check_violation USING MESSAGE = 'the id of a record never changes'; END IF; NEW.version := OLD.version + 1; NEW.updated_at := now(); RETURN NEW;""",
    ),
    *triggers(
        'know_what_is_withheld_at_first',
        ['Facility'],
        'AFTER INSERT',
        KNOW_WHAT_IS_WITHHELD_OF_FACILITY,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition="WHEN (NEW.withheld <> '{}')",
    ),
    *triggers(
        'know_what_is_withheld_later',
        ['Facility'],
        'AFTER UPDATE',
        KNOW_WHAT_IS_WITHHELD_OF_FACILITY,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.withheld IS DISTINCT FROM OLD.withheld)',
    ),
    *triggers(
        'mark',
        ['Facility'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                IF TG_OP = 'DELETE' THEN
                    INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('facility', OLD.id, TRUE);
                    PERFORM hold_back(OLD.id, visibility_rank(OLD.visibility), -1, TRUE);
                    RETURN OLD;
                END IF;
                IF TG_OP = 'UPDATE' THEN
                    PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), TRUE);
                    IF NOT OLD.withheld @> NEW.withheld OR (FALSE) THEN
                        PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), -1, FALSE);
                    END IF;
                END IF;
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                VALUES ('facility', NEW.id, TG_OP = 'UPDATE'
                    AND (visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                        OR NOT OLD.withheld @> NEW.withheld OR (FALSE)));
                RETURN NEW;
            """,
    ),
    *triggers(
        'mark_referrers',
        ['Facility'],
        'AFTER UPDATE',
        """
            IF NEW.visibility IS DISTINCT FROM OLD.visibility THEN
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                SELECT DISTINCT root_kind, root_id, visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                FROM (SELECT 'prisoner', prisoner_id FROM cases_placement JOIN cases_detention ON cases_detention.id = detention_id WHERE facility_id = NEW.id UNION ALL SELECT 'prisoner', prisoner_id FROM cases_sighting WHERE facility_id = NEW.id) AS referrer (root_kind, root_id);
            END IF;
            RETURN NEW;
        """,
    ),
    *triggers(
        'cited_before_visible_at_first',
        ['Prisoner'],
        'AFTER INSERT',
        CITED_BEFORE_VISIBLE_OF_PRISONER,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition="WHEN (NEW.visibility <> 'internal')",
    ),
    *triggers(
        'cited_before_visible_later',
        ['Prisoner'],
        'AFTER UPDATE',
        CITED_BEFORE_VISIBLE_OF_PRISONER,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (visibility_rank(NEW.visibility) > visibility_rank(OLD.visibility))',
    ),
    *triggers(
        'cut_relatives',
        ['Prisoner'],
        'BEFORE DELETE',
        """
        UPDATE cases_consent SET related_case_id = NULL WHERE related_case_id = OLD.id;
        RETURN OLD;
    """,
    ),
    *triggers(
        'end_relatives',
        ['Prisoner'],
        'AFTER UPDATE OF "merged_into_id"',
        """
        UPDATE cases_consent SET is_over = TRUE WHERE related_case_id = NEW.id AND NOT is_over;
        RETURN NULL;
    """,
        condition='WHEN (OLD.merged_into_id IS NULL AND NEW.merged_into_id IS NOT NULL)',
    ),
    *triggers(
        'hold_what_was_taken_back',
        ['Prisoner'],
        'BEFORE INSERT OR UPDATE',
        r"""
        IF TG_OP = 'INSERT' THEN
            NEW.case_returned := NULL;
            NEW.case_taken_back := GREATEST(NEW.case_taken_back, (
                SELECT max(case_taken_back) FROM cases_prisonerhistory WHERE id = NEW.id));
        ELSE
            IF OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NULL AND EXISTS (
                SELECT FROM cases_prisoner AS kept WHERE id = OLD.merged_into_id
                AND COALESCE(kept.case_taken_back, 0) > COALESCE(kept.case_returned, 0)
            ) THEN
                NEW.case_taken_back := COALESCE(NEW.case_taken_back, 0) + 1;
            END IF;
            IF COALESCE(NEW.case_taken_back, 0) < COALESCE(OLD.case_taken_back, 0) THEN
                RAISE check_violation USING MESSAGE = 'what was taken back stays counted',
                    CONSTRAINT = 'prisoner_case_stays_taken_back';
            END IF;
            IF NEW.case_returned IS DISTINCT FROM OLD.case_returned AND (
                NEW.case_returned IS DISTINCT FROM NEW.case_taken_back OR NOT (
                    acting_user() IS NOT NULL AND acting_user() NOT IN (
                        SELECT COALESCE(who, '') FROM (
                            SELECT DISTINCT ON (case_taken_back) pgh_context->>'user' AS who
                            FROM cases_prisonerhistory
                            WHERE id = NEW.id AND case_taken_back > COALESCE(OLD.case_returned, 0)
                            ORDER BY case_taken_back, pgh_id
                        ) AS hiding
                    )
                )
            ) THEN
                RAISE check_violation USING MESSAGE = 'a case that was hidden returns by somebody other than those who hid it',
                    CONSTRAINT = 'prisoner_case_returns_by_somebody_else';
            END IF;
        END IF;
        IF TG_OP = 'INSERT' THEN
            NEW.name_returned := NULL;
            NEW.name_taken_back := GREATEST(NEW.name_taken_back, (
                SELECT max(name_taken_back) FROM cases_prisonerhistory WHERE id = NEW.id));
        ELSE
            IF OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NULL AND EXISTS (
                SELECT FROM cases_prisoner AS kept WHERE id = OLD.merged_into_id
                AND COALESCE(kept.name_taken_back, 0) > COALESCE(kept.name_returned, 0)
            ) THEN
                NEW.name_taken_back := COALESCE(NEW.name_taken_back, 0) + 1;
            END IF;
            IF COALESCE(NEW.name_taken_back, 0) < COALESCE(OLD.name_taken_back, 0) THEN
                RAISE check_violation USING MESSAGE = 'what was taken back stays counted',
                    CONSTRAINT = 'prisoner_name_stays_taken_back';
            END IF;
            IF NEW.name_returned IS DISTINCT FROM OLD.name_returned AND (
                NEW.name_returned IS DISTINCT FROM NEW.name_taken_back OR NOT EXISTS (
                    SELECT FROM cases_consent AS consent
                    WHERE prisoner_id = NEW.id AND subject = 'name' AND withdrawn_on IS NULL
                    AND after_taken_back = NEW.name_taken_back
                    AND given_on IS NOT NULL AND given_by !~ '^\s*$' AND given_how !~ '^\s*$'
                    AND (
                        SELECT bool_and((pgh_context->>'user') <> (
                            acting_user()
                        ) AND pgh_context->>'user' IS NOT NULL)
                        FROM cases_consenthistory AS event WHERE event.id = consent.id
                    )
                )
            ) THEN
                RAISE check_violation USING MESSAGE = 'nothing returns without a new consent (its day, who gave it, how) that somebody else has entered',
                    CONSTRAINT = 'prisoner_name_returns_by_a_new_consent';
            END IF;
        END IF;
        IF TG_OP = 'INSERT' THEN
            NEW.story_returned := NULL;
            NEW.story_taken_back := GREATEST(NEW.story_taken_back, (
                SELECT max(story_taken_back) FROM cases_prisonerhistory WHERE id = NEW.id));
        ELSE
            IF OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NULL AND EXISTS (
                SELECT FROM cases_prisoner AS kept WHERE id = OLD.merged_into_id
                AND COALESCE(kept.story_taken_back, 0) > COALESCE(kept.story_returned, 0)
            ) THEN
                NEW.story_taken_back := COALESCE(NEW.story_taken_back, 0) + 1;
            END IF;
            IF COALESCE(NEW.story_taken_back, 0) < COALESCE(OLD.story_taken_back, 0) THEN
                RAISE check_violation USING MESSAGE = 'what was taken back stays counted',
                    CONSTRAINT = 'prisoner_story_stays_taken_back';
            END IF;
            IF NEW.story_returned IS DISTINCT FROM OLD.story_returned AND (
                NEW.story_returned IS DISTINCT FROM NEW.story_taken_back OR NOT EXISTS (
                    SELECT FROM cases_consent AS consent
                    WHERE prisoner_id = NEW.id AND subject = 'story' AND withdrawn_on IS NULL
                    AND after_taken_back = NEW.story_taken_back
                    AND given_on IS NOT NULL AND given_by !~ '^\s*$' AND given_how !~ '^\s*$'
                    AND (
                        SELECT bool_and((pgh_context->>'user') <> (
                            acting_user()
                        ) AND pgh_context->>'user' IS NOT NULL)
                        FROM cases_consenthistory AS event WHERE event.id = consent.id
                    )
                )
            ) THEN
                RAISE check_violation USING MESSAGE = 'nothing returns without a new consent (its day, who gave it, how) that somebody else has entered',
                    CONSTRAINT = 'prisoner_story_returns_by_a_new_consent';
            END IF;
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'keep_merged',
        ['Prisoner'],
        'BEFORE UPDATE',
        "RAISE check_violation USING MESSAGE = 'this case was merged into another';",
        condition="""WHEN (OLD.merged_into_id = NEW.merged_into_id AND visibility_rank(NEW.visibility) >= visibility_rank(OLD.visibility) AND NEW.case_taken_back IS NOT DISTINCT FROM OLD.case_taken_back)""",
    ),
    *triggers(
        'keep_named_apart',
        ['Prisoner'],
        'BEFORE UPDATE',
        """
        IF public.cases_named_on(NEW.id) <> '{}' OR public.cases_named_on(NEW.merged_into_id) <> '{}' THEN
            RAISE check_violation USING MESSAGE = 'a case open to named staff only is not merged',
                CONSTRAINT = 'named_case_stays_apart';
        END IF;
        RETURN NEW;
    """,
        condition='WHEN (NEW.merged_into_id IS NOT NULL AND OLD.merged_into_id IS NULL)',
    ),
    *triggers(
        'know_what_is_withheld_at_first',
        ['Prisoner'],
        'AFTER INSERT',
        KNOW_WHAT_IS_WITHHELD_OF_PRISONER,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition="WHEN (NEW.withheld <> '{}')",
    ),
    *triggers(
        'know_what_is_withheld_later',
        ['Prisoner'],
        'AFTER UPDATE',
        KNOW_WHAT_IS_WITHHELD_OF_PRISONER,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.withheld IS DISTINCT FROM OLD.withheld)',
    ),
    *triggers(
        'leave_others',
        ['Prisoner'],
        'AFTER UPDATE OF "merged_into_id", "name_withheld", "case_taken_back", "name_taken_back", "withheld"',
        """
            PERFORM hold_back(id, 2, GREATEST(-1, 1), FALSE) FROM public.tracker_public_document
            WHERE (kind = 'court_case' OR kind = 'prisoner' AND id IS DISTINCT FROM OLD.merged_into_id) AND document IS NOT NULL AND named @> ARRAY[OLD.id];
            PERFORM hold_back(id, 1, GREATEST(-1, 0), FALSE) FROM public.tracker_partners_document
            WHERE (kind = 'court_case' OR kind = 'prisoner' AND id IS DISTINCT FROM OLD.merged_into_id) AND document IS NOT NULL AND named @> ARRAY[OLD.id];
        RETURN NULL;
    """,
        condition="""WHEN (NOT OLD.withheld @> NEW.withheld OR (NEW.merged_into_id, NEW.name_withheld, NEW.case_taken_back, NEW.name_taken_back) IS DISTINCT FROM (OLD.merged_into_id, OLD.name_withheld, OLD.case_taken_back, OLD.name_taken_back))""",
    ),
    *triggers(
        'mark',
        ['Prisoner'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                IF TG_OP = 'DELETE' THEN
                    INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', OLD.id, TRUE);
                    PERFORM hold_back(OLD.id, visibility_rank(OLD.visibility), -1, TRUE);
                    RETURN OLD;
                END IF;
                IF TG_OP = 'UPDATE' THEN
                    PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), TRUE);
                    IF NOT OLD.withheld @> NEW.withheld OR (NEW.name_withheld AND NOT OLD.name_withheld OR NEW.name_taken_back IS DISTINCT FROM OLD.name_taken_back OR NEW.story_taken_back IS DISTINCT FROM OLD.story_taken_back OR NEW.case_taken_back IS DISTINCT FROM OLD.case_taken_back) THEN
                        PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), -1, FALSE);
                    END IF;
                END IF;
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                VALUES ('prisoner', NEW.id, TG_OP = 'UPDATE'
                    AND (visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                        OR NOT OLD.withheld @> NEW.withheld OR (NEW.name_withheld AND NOT OLD.name_withheld OR NEW.name_taken_back IS DISTINCT FROM OLD.name_taken_back OR NEW.story_taken_back IS DISTINCT FROM OLD.story_taken_back OR NEW.case_taken_back IS DISTINCT FROM OLD.case_taken_back)));
                RETURN NEW;
            """,
    ),
    *triggers(
        'mark_referrers',
        ['Prisoner'],
        'AFTER UPDATE',
        """
            IF (NEW.visibility, NEW.case_taken_back, NEW.case_returned) IS DISTINCT FROM (OLD.visibility, OLD.case_taken_back, OLD.case_returned) THEN
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                SELECT DISTINCT root_kind, root_id, visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                FROM (SELECT 'prisoner', id FROM cases_prisoner WHERE merged_into_id = NEW.id UNION ALL SELECT 'prisoner', merged_into_id FROM cases_prisoner WHERE id = NEW.id AND merged_into_id IS NOT NULL) AS referrer (root_kind, root_id);
            END IF;
            RETURN NEW;
        """,
    ),
    *triggers(
        'merge_what_was_taken_back',
        ['Prisoner'],
        'AFTER UPDATE',
        """
        IF NEW.name_taken_back > 0 THEN
            UPDATE cases_prisoner SET name_taken_back = COALESCE(cases_prisoner.name_taken_back, 0) + 1 WHERE id = NEW.merged_into_id;
        END IF;
        IF NEW.story_taken_back > 0 THEN
            UPDATE cases_prisoner SET story_taken_back = COALESCE(cases_prisoner.story_taken_back, 0) + 1 WHERE id = NEW.merged_into_id;
        END IF;
        IF COALESCE(NEW.case_taken_back, 0) > COALESCE(NEW.case_returned, 0) THEN
            UPDATE cases_prisoner SET case_taken_back = COALESCE(cases_prisoner.case_taken_back, 0) + 1 WHERE id = NEW.merged_into_id;
        END IF;
        RETURN NULL;
    """,
        condition='WHEN (OLD.merged_into_id IS NULL AND NEW.merged_into_id IS NOT NULL)',
    ),
    *triggers(
        'shown_person_goes',
        ['Prisoner'],
        'AFTER UPDATE OF "visibility", "merged_into_id", "name_withheld", "case_taken_back", "name_taken_back"',
        SHOWN_PERSON_OF_PRISONER,
    ),
    *triggers(
        'shown_person_is_deleted',
        ['Prisoner'],
        'AFTER DELETE',
        SHOWN_PERSON_OF_PRISONER,
    ),
    *triggers(
        'touch_merged_into',
        ['Prisoner'],
        'AFTER UPDATE',
        """
                UPDATE cases_prisoner SET version = version WHERE id IN (OLD.merged_into_id, NEW.merged_into_id);
                RETURN NULL;
            """,
        condition='WHEN (NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id)',
    ),
    *triggers(
        'stamp',
        ['PersonName', 'Identifier', 'Recognition', 'Designation', 'PersonalDetail', 'Consent', 'Detention', 'Placement', 'DetentionOrder', 'Charge', 'ChargeDecision', 'Sentence', 'FurtherPunishment', 'Hearing', 'Prosecution', 'ListedName', 'NationalityChange', 'Release', 'Deportation', 'Whereabouts', 'Sighting', 'Citation'],
        'BEFORE UPDATE',
        """IF NEW.id <> OLD.id THEN RAISE check_violation USING MESSAGE = 'the id of a record never changes'; END IF; NEW.updated_at := now(); RETURN NEW;""",
    ),
    *triggers(
        'touch_root',
        ['PersonName', 'Identifier', 'Recognition', 'Designation', 'PersonalDetail', 'Detention', 'Charge', 'Sentence', 'Prosecution', 'NationalityChange', 'Release', 'Deportation', 'Whereabouts', 'Sighting'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                -- What led to its root may be deleted before it, with a mark of its own.
                IF TG_OP <> 'INSERT' AND OLD.prisoner_id IS NOT NULL THEN
                    EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING OLD.prisoner_id;
                    IF TG_OP = 'DELETE' OR NEW.prisoner_id IS DISTINCT FROM OLD.prisoner_id OR (FALSE) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', OLD.prisoner_id, TRUE);
                        PERFORM hold_back(OLD.prisoner_id, visibility_rank(OLD.visibility), -1, FALSE);
                    ELSIF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', OLD.prisoner_id, TRUE);
                        PERFORM hold_back(OLD.prisoner_id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), FALSE);
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.prisoner_id IS DISTINCT FROM OLD.prisoner_id) THEN
                    EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING NEW.prisoner_id;
                END IF;
                IF TG_OP = 'UPDATE' AND NEW.prisoner_id IS DISTINCT FROM OLD.prisoner_id THEN
                    EXECUTE 'UPDATE cases_citation SET root_id = NULL WHERE root_id = $1 AND ($2 IN (
        person_name_id, identifier_id, recognition_id, designation_id, personal_detail_id, consent_id, detention_id,
        placement_id, detention_order_id, charge_id, charge_decision_id, sentence_id, further_punishment_id, release_id,
        deportation_id, whereabouts_id, sighting_id, nationality_change_id, prosecution_id
    ) OR placement_id IN (SELECT id FROM cases_placement WHERE detention_id = $2) OR detention_order_id IN (SELECT id FROM cases_detentionorder WHERE detention_id = $2) OR charge_decision_id IN (SELECT id FROM cases_chargedecision WHERE charge_id = $2) OR further_punishment_id IN (SELECT id FROM cases_furtherpunishment WHERE sentence_id = $2))' USING OLD.prisoner_id, NEW.id;
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
    ),
    *triggers(
        'given_once',
        ['Identifier'],
        'BEFORE INSERT OR UPDATE OF "scheme", "value", "owner_organisation", "prisoner_id"',
        r"""
        PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(E'\x01', NEW.scheme, NEW.value, NEW.owner_organisation), 0));
        IF EXISTS (
            SELECT FROM cases_identifier AS other
            WHERE (other.scheme, other.value, other.owner_organisation)
                = (NEW.scheme, NEW.value, NEW.owner_organisation)
            AND other.id <> NEW.id
            AND (other.prisoner_id = NEW.prisoner_id
                OR public.cases_named_on(other.prisoner_id) = '{}'
                AND public.cases_named_on(NEW.prisoner_id) = '{}')
        ) THEN 
    RAISE unique_violation USING CONSTRAINT = 'identifier_is_unique',
        MESSAGE = 'this identifier is already given to a case'
; END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'told_otherwise',
        ['PersonalDetail'],
        'AFTER UPDATE OF "detail_kind", "told_as"',
        """
        UPDATE cases_consent SET is_over = TRUE WHERE personal_detail_id = NEW.id AND NOT is_over;
        RETURN NULL;
    """,
        condition='WHEN (OLD.detail_kind <> NEW.detail_kind OR OLD.told_as IS DISTINCT FROM NEW.told_as)',
    ),
    *triggers(
        'end_consent',
        ['Consent'],
        'BEFORE INSERT OR UPDATE',
        """
        IF TG_OP = 'INSERT' THEN
            NEW.is_over := NEW.subject IN ('health', 'origin', 'relatives', 'birthday', 'search_engines') AND EXISTS (
                SELECT FROM cases_consenthistory WHERE id = NEW.id);
        ELSE
            NEW.is_over := OLD.is_over OR (OLD.subject IN ('health', 'origin', 'relatives', 'birthday', 'search_engines') AND (
                OLD.withdrawn_on IS NOT NULL AND NEW.withdrawn_on IS NULL
                OR (NEW.subject, NEW.audience) <> (OLD.subject, OLD.audience)
                OR OLD.personal_detail_id IS NOT NULL
                    AND NEW.personal_detail_id IS DISTINCT FROM OLD.personal_detail_id
                OR OLD.related_case_id IS NOT NULL
                    AND NEW.related_case_id IS DISTINCT FROM OLD.related_case_id
                OR NEW.is_over));
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'keep_named_unrelated',
        ['Consent'],
        'BEFORE INSERT OR UPDATE OF "related_case_id"',
        """
        PERFORM FROM cases_prisoner WHERE id = NEW.related_case_id FOR SHARE;
        IF public.cases_named_on(NEW.related_case_id) <> '{}' THEN
            RAISE check_violation USING MESSAGE = 'a case open to named staff only is not related',
                CONSTRAINT = 'named_case_is_not_related';
        END IF;
        RETURN NEW;
    """,
        condition='WHEN (NEW.related_case_id IS NOT NULL)',
    ),
    *triggers(
        'leave_relative',
        ['Consent'],
        'AFTER UPDATE OR DELETE',
        """
        stays := FALSE;
        IF TG_OP = 'UPDATE' THEN
            stays := (NEW.prisoner_id, NEW.related_case_id, NEW.is_over, NEW.withdrawn_on)
                IS NOT DISTINCT FROM (OLD.prisoner_id, OLD.related_case_id, OLD.is_over, OLD.withdrawn_on);
        END IF;
        IF NOT stays THEN
            PERFORM hold_back(id, 2, GREATEST(-1, 1), FALSE) FROM public.tracker_public_document
            WHERE kind = 'prisoner' AND id = OLD.related_case_id AND document IS NOT NULL AND named @> ARRAY[OLD.prisoner_id];
            PERFORM hold_back(id, 1, GREATEST(-1, 0), FALSE) FROM public.tracker_partners_document
            WHERE kind = 'prisoner' AND id = OLD.related_case_id AND document IS NOT NULL AND named @> ARRAY[OLD.prisoner_id];
        END IF;
        RETURN NULL;
    """,
        declare='DECLARE stays boolean;',
        condition='WHEN (OLD.related_case_id IS NOT NULL)',
    ),
    *triggers(
        'number_consent',
        ['Consent'],
        'BEFORE INSERT OR UPDATE',
        """
        IF TG_OP = 'UPDATE' THEN
            NEW.after_taken_back := CASE WHEN (NEW.prisoner_id, NEW.subject) = (OLD.prisoner_id, OLD.subject)
                THEN OLD.after_taken_back END;
        ELSIF EXISTS (SELECT FROM cases_consenthistory WHERE id = NEW.id) THEN
            NEW.after_taken_back := NULL;
        ELSE
            NEW.after_taken_back := (
                SELECT NULLIF(CASE NEW.subject WHEN 'name' THEN COALESCE(prisoner.name_taken_back, 0) WHEN 'story' THEN COALESCE(prisoner.story_taken_back, 0) END, 0) FROM cases_prisoner AS prisoner
                WHERE id = NEW.prisoner_id
            );
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'photo_consent_goes',
        ['Consent'],
        'AFTER UPDATE OR DELETE',
        """
        INSERT INTO cases_copydecision (copy_id, decision, cause, reason, decided_by_id, event)
        SELECT copy.id, 'withdrawn', 'person', '', acting_user()::integer, approval.event
        FROM cases_redactedcopy AS copy
        JOIN cases_copydecision AS approval ON approval.copy_id = copy.id AND approval.decision = 'approved'
        WHERE copy.people @> ARRAY[OLD.prisoner_id]
        AND NOT EXISTS (
            SELECT FROM cases_copydecision AS made WHERE made.copy_id = copy.id AND made.decision = 'withdrawn'
        )
        AND NOT (
            copy.recognisable <> 'others' AND NOT EXISTS (
                SELECT FROM unnest(copy.people) AS shown (id) WHERE NOT EXISTS (
                    SELECT FROM cases_prisoner AS person WHERE person.id = shown.id AND (
                person.merged_into_id IS NULL AND NOT person.name_withheld
                AND visibility_rank(person.visibility) >= visibility_rank(copy.audience)
                AND COALESCE(person.case_taken_back, 0) <= COALESCE(person.case_returned, 0)
                AND COALESCE(person.name_taken_back, 0) <= COALESCE(person.name_returned, 0)
                AND EXISTS (
                    SELECT FROM cases_consent AS consent WHERE consent.prisoner_id = person.id
                    AND consent.subject = 'photo' AND consent.withdrawn_on IS NULL
                    AND consent.audience IN ('public', copy.audience)
                )
            )
                )
            )
        );
        RETURN NULL;
    """,
        condition="WHEN (OLD.subject = 'photo')",
    ),
    *triggers(
        'remember_withdrawal',
        ['Consent'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
        IF TG_OP <> 'DELETE' AND NEW.subject = 'name' AND NEW.withdrawn_on IS NOT NULL AND (
            TG_OP = 'INSERT' OR OLD.withdrawn_on IS NULL OR OLD.subject <> NEW.subject
            OR (OLD.prisoner_id <> NEW.prisoner_id AND EXISTS (
                SELECT FROM cases_prisoner AS before WHERE id = OLD.prisoner_id AND COALESCE(before.name_taken_back, 0) > COALESCE(before.name_returned, 0)))
        ) THEN
            UPDATE cases_prisoner SET name_taken_back = COALESCE(cases_prisoner.name_taken_back, 0) + 1 WHERE id = NEW.prisoner_id;
        ELSIF TG_OP <> 'INSERT' AND OLD.subject = 'name' AND OLD.withdrawn_on IS NULL AND (
            TG_OP = 'DELETE' OR (NEW.subject, NEW.audience) <> (OLD.subject, OLD.audience)
        ) THEN
            UPDATE cases_prisoner SET name_taken_back = COALESCE(cases_prisoner.name_taken_back, 0) + 1 WHERE id = OLD.prisoner_id AND name_returned = name_taken_back;
        END IF;
        IF TG_OP <> 'DELETE' AND NEW.subject = 'story' AND NEW.withdrawn_on IS NOT NULL AND (
            TG_OP = 'INSERT' OR OLD.withdrawn_on IS NULL OR OLD.subject <> NEW.subject
            OR (OLD.prisoner_id <> NEW.prisoner_id AND EXISTS (
                SELECT FROM cases_prisoner AS before WHERE id = OLD.prisoner_id AND COALESCE(before.story_taken_back, 0) > COALESCE(before.story_returned, 0)))
        ) THEN
            UPDATE cases_prisoner SET story_taken_back = COALESCE(cases_prisoner.story_taken_back, 0) + 1 WHERE id = NEW.prisoner_id;
        ELSIF TG_OP <> 'INSERT' AND OLD.subject = 'story' AND OLD.withdrawn_on IS NULL AND (
            TG_OP = 'DELETE' OR (NEW.subject, NEW.audience) <> (OLD.subject, OLD.audience)
        ) THEN
            UPDATE cases_prisoner SET story_taken_back = COALESCE(cases_prisoner.story_taken_back, 0) + 1 WHERE id = OLD.prisoner_id AND story_returned = story_taken_back;
        END IF;
        RETURN NULL;
    """,
    ),
    *triggers(
        'touch_root',
        ['Consent'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                -- What led to its root may be deleted before it, with a mark of its own.
                IF TG_OP <> 'INSERT' AND OLD.prisoner_id IS NOT NULL THEN
                    EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING OLD.prisoner_id;
                    IF TG_OP = 'DELETE' OR NEW.prisoner_id IS DISTINCT FROM OLD.prisoner_id OR (NEW.withdrawn_on IS NOT NULL AND OLD.withdrawn_on IS NULL OR NEW.is_over AND NOT OLD.is_over) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', OLD.prisoner_id, TRUE);
                        PERFORM hold_back(OLD.prisoner_id, visibility_rank(OLD.visibility), -1, FALSE);
                    ELSIF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', OLD.prisoner_id, TRUE);
                        PERFORM hold_back(OLD.prisoner_id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), FALSE);
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.prisoner_id IS DISTINCT FROM OLD.prisoner_id) THEN
                    EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING NEW.prisoner_id;
                END IF;
                IF TG_OP = 'UPDATE' AND NEW.prisoner_id IS DISTINCT FROM OLD.prisoner_id THEN
                    EXECUTE 'UPDATE cases_citation SET root_id = NULL WHERE root_id = $1 AND ($2 IN (
        person_name_id, identifier_id, recognition_id, designation_id, personal_detail_id, consent_id, detention_id,
        placement_id, detention_order_id, charge_id, charge_decision_id, sentence_id, further_punishment_id, release_id,
        deportation_id, whereabouts_id, sighting_id, nationality_change_id, prosecution_id
    ) OR placement_id IN (SELECT id FROM cases_placement WHERE detention_id = $2) OR detention_order_id IN (SELECT id FROM cases_detentionorder WHERE detention_id = $2) OR charge_decision_id IN (SELECT id FROM cases_chargedecision WHERE charge_id = $2) OR further_punishment_id IN (SELECT id FROM cases_furtherpunishment WHERE sentence_id = $2))' USING OLD.prisoner_id, NEW.id;
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
    ),
    *triggers(
        'named_by_no_event',
        ['Detention'],
        'AFTER DELETE',
        NAMED_BY_NO_EVENT_OF_DETENTION,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
    ),
    *triggers(
        'named_by_no_event_elsewhere',
        ['Detention'],
        'AFTER UPDATE OF "prisoner_id"',
        NAMED_BY_NO_EVENT_OF_DETENTION,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (OLD.prisoner_id IS DISTINCT FROM NEW.prisoner_id)',
    ),
    *triggers(
        'runs_in_order_at_first',
        ['Detention'],
        'AFTER INSERT',
        RUNS_IN_ORDER_OF_DETENTION,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL)',
    ),
    *triggers(
        'runs_in_order_later',
        ['Detention'],
        'AFTER UPDATE OF "after", "prisoner_id"',
        RUNS_IN_ORDER_OF_DETENTION,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL)',
    ),
    *triggers(
        'touch_root',
        ['Placement', 'DetentionOrder'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                -- What led to its root may be deleted before it, with a mark of its own.
                IF TG_OP <> 'INSERT' AND (SELECT prisoner_id FROM cases_detention WHERE id = OLD.detention_id) IS NOT NULL THEN
                    EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING (SELECT prisoner_id FROM cases_detention WHERE id = OLD.detention_id);
                    IF TG_OP = 'DELETE' OR (SELECT prisoner_id FROM cases_detention WHERE id = NEW.detention_id) IS DISTINCT FROM (SELECT prisoner_id FROM cases_detention WHERE id = OLD.detention_id) OR (FALSE) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', (SELECT prisoner_id FROM cases_detention WHERE id = OLD.detention_id), TRUE);
                        PERFORM hold_back((SELECT prisoner_id FROM cases_detention WHERE id = OLD.detention_id), visibility_rank(OLD.visibility), -1, FALSE);
                    ELSIF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', (SELECT prisoner_id FROM cases_detention WHERE id = OLD.detention_id), TRUE);
                        PERFORM hold_back((SELECT prisoner_id FROM cases_detention WHERE id = OLD.detention_id), visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), FALSE);
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND (SELECT prisoner_id FROM cases_detention WHERE id = NEW.detention_id) IS DISTINCT FROM (SELECT prisoner_id FROM cases_detention WHERE id = OLD.detention_id)) THEN
                    EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING (SELECT prisoner_id FROM cases_detention WHERE id = NEW.detention_id);
                END IF;
                IF TG_OP = 'UPDATE' AND (SELECT prisoner_id FROM cases_detention WHERE id = NEW.detention_id) IS DISTINCT FROM (SELECT prisoner_id FROM cases_detention WHERE id = OLD.detention_id) THEN
                    EXECUTE 'UPDATE cases_citation SET root_id = NULL WHERE root_id = $1 AND ($2 IN (
        person_name_id, identifier_id, recognition_id, designation_id, personal_detail_id, consent_id, detention_id,
        placement_id, detention_order_id, charge_id, charge_decision_id, sentence_id, further_punishment_id, release_id,
        deportation_id, whereabouts_id, sighting_id, nationality_change_id, prosecution_id
    ) OR placement_id IN (SELECT id FROM cases_placement WHERE detention_id = $2) OR detention_order_id IN (SELECT id FROM cases_detentionorder WHERE detention_id = $2) OR charge_decision_id IN (SELECT id FROM cases_chargedecision WHERE charge_id = $2) OR further_punishment_id IN (SELECT id FROM cases_furtherpunishment WHERE sentence_id = $2))' USING (SELECT prisoner_id FROM cases_detention WHERE id = OLD.detention_id), NEW.id;
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
    ),
    *triggers(
        'outcome_said_once_at_first',
        ['Charge'],
        'AFTER INSERT',
        OUTCOME_SAID_ONCE_OF_CHARGE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.outcome IS NOT NULL)',
    ),
    *triggers(
        'outcome_said_once_later',
        ['Charge'],
        'AFTER UPDATE OF "outcome"',
        OUTCOME_SAID_ONCE_OF_CHARGE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.outcome IS NOT NULL)',
    ),
    *triggers(
        'outcome_said_once_at_first',
        ['ChargeDecision'],
        'AFTER INSERT',
        OUTCOME_SAID_ONCE_OF_CHARGEDECISION,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
    ),
    *triggers(
        'outcome_said_once_later',
        ['ChargeDecision'],
        'AFTER UPDATE OF "charge_id"',
        OUTCOME_SAID_ONCE_OF_CHARGEDECISION,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
    ),
    *triggers(
        'touch_root',
        ['ChargeDecision'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                -- What led to its root may be deleted before it, with a mark of its own.
                IF TG_OP <> 'INSERT' AND (SELECT prisoner_id FROM cases_charge WHERE id = OLD.charge_id) IS NOT NULL THEN
                    EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING (SELECT prisoner_id FROM cases_charge WHERE id = OLD.charge_id);
                    IF TG_OP = 'DELETE' OR (SELECT prisoner_id FROM cases_charge WHERE id = NEW.charge_id) IS DISTINCT FROM (SELECT prisoner_id FROM cases_charge WHERE id = OLD.charge_id) OR (FALSE) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', (SELECT prisoner_id FROM cases_charge WHERE id = OLD.charge_id), TRUE);
                        PERFORM hold_back((SELECT prisoner_id FROM cases_charge WHERE id = OLD.charge_id), visibility_rank(OLD.visibility), -1, FALSE);
                    ELSIF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', (SELECT prisoner_id FROM cases_charge WHERE id = OLD.charge_id), TRUE);
                        PERFORM hold_back((SELECT prisoner_id FROM cases_charge WHERE id = OLD.charge_id), visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), FALSE);
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND (SELECT prisoner_id FROM cases_charge WHERE id = NEW.charge_id) IS DISTINCT FROM (SELECT prisoner_id FROM cases_charge WHERE id = OLD.charge_id)) THEN
                    EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING (SELECT prisoner_id FROM cases_charge WHERE id = NEW.charge_id);
                END IF;
                IF TG_OP = 'UPDATE' AND (SELECT prisoner_id FROM cases_charge WHERE id = NEW.charge_id) IS DISTINCT FROM (SELECT prisoner_id FROM cases_charge WHERE id = OLD.charge_id) THEN
                    EXECUTE 'UPDATE cases_citation SET root_id = NULL WHERE root_id = $1 AND ($2 IN (
        person_name_id, identifier_id, recognition_id, designation_id, personal_detail_id, consent_id, detention_id,
        placement_id, detention_order_id, charge_id, charge_decision_id, sentence_id, further_punishment_id, release_id,
        deportation_id, whereabouts_id, sighting_id, nationality_change_id, prosecution_id
    ) OR placement_id IN (SELECT id FROM cases_placement WHERE detention_id = $2) OR detention_order_id IN (SELECT id FROM cases_detentionorder WHERE detention_id = $2) OR charge_decision_id IN (SELECT id FROM cases_chargedecision WHERE charge_id = $2) OR further_punishment_id IN (SELECT id FROM cases_furtherpunishment WHERE sentence_id = $2))' USING (SELECT prisoner_id FROM cases_charge WHERE id = OLD.charge_id), NEW.id;
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
    ),
    *triggers(
        'adds_to_in_no_circle_at_first',
        ['Sentence'],
        'AFTER INSERT',
        ADDS_TO_IN_NO_CIRCLE_OF_SENTENCE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.adds_to_id IS NOT NULL)',
    ),
    *triggers(
        'adds_to_in_no_circle_later',
        ['Sentence'],
        'AFTER UPDATE OF "adds_to_id"',
        ADDS_TO_IN_NO_CIRCLE_OF_SENTENCE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.adds_to_id IS NOT NULL)',
    ),
    *triggers(
        'named_by_no_event',
        ['Sentence'],
        'AFTER DELETE',
        NAMED_BY_NO_EVENT_OF_SENTENCE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
    ),
    *triggers(
        'named_by_no_event_elsewhere',
        ['Sentence'],
        'AFTER UPDATE OF "prisoner_id"',
        NAMED_BY_NO_EVENT_OF_SENTENCE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (OLD.prisoner_id IS DISTINCT FROM NEW.prisoner_id)',
    ),
    *triggers(
        'replaces_in_no_circle_at_first',
        ['Sentence'],
        'AFTER INSERT',
        REPLACES_IN_NO_CIRCLE_OF_SENTENCE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.replaces_id IS NOT NULL)',
    ),
    *triggers(
        'replaces_in_no_circle_later',
        ['Sentence'],
        'AFTER UPDATE OF "replaces_id"',
        REPLACES_IN_NO_CIRCLE_OF_SENTENCE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.replaces_id IS NOT NULL)',
    ),
    *triggers(
        'runs_in_order_at_first',
        ['Sentence'],
        'AFTER INSERT',
        RUNS_IN_ORDER_OF_SENTENCE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL OR NEW.replaces_id IS NOT NULL)',
    ),
    *triggers(
        'runs_in_order_later',
        ['Sentence'],
        'AFTER UPDATE OF "after", "replaces_id", "prisoner_id"',
        RUNS_IN_ORDER_OF_SENTENCE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL OR NEW.replaces_id IS NOT NULL)',
    ),
    *triggers(
        'touch_root',
        ['FurtherPunishment'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                -- What led to its root may be deleted before it, with a mark of its own.
                IF TG_OP <> 'INSERT' AND (SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id) IS NOT NULL THEN
                    EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING (SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id);
                    IF TG_OP = 'DELETE' OR (SELECT prisoner_id FROM cases_sentence WHERE id = NEW.sentence_id) IS DISTINCT FROM (SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id) OR (FALSE) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', (SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id), TRUE);
                        PERFORM hold_back((SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id), visibility_rank(OLD.visibility), -1, FALSE);
                    ELSIF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('prisoner', (SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id), TRUE);
                        PERFORM hold_back((SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id), visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), FALSE);
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND (SELECT prisoner_id FROM cases_sentence WHERE id = NEW.sentence_id) IS DISTINCT FROM (SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id)) THEN
                    EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING (SELECT prisoner_id FROM cases_sentence WHERE id = NEW.sentence_id);
                END IF;
                IF TG_OP = 'UPDATE' AND (SELECT prisoner_id FROM cases_sentence WHERE id = NEW.sentence_id) IS DISTINCT FROM (SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id) THEN
                    EXECUTE 'UPDATE cases_citation SET root_id = NULL WHERE root_id = $1 AND ($2 IN (
        person_name_id, identifier_id, recognition_id, designation_id, personal_detail_id, consent_id, detention_id,
        placement_id, detention_order_id, charge_id, charge_decision_id, sentence_id, further_punishment_id, release_id,
        deportation_id, whereabouts_id, sighting_id, nationality_change_id, prosecution_id
    ) OR placement_id IN (SELECT id FROM cases_placement WHERE detention_id = $2) OR detention_order_id IN (SELECT id FROM cases_detentionorder WHERE detention_id = $2) OR charge_decision_id IN (SELECT id FROM cases_chargedecision WHERE charge_id = $2) OR further_punishment_id IN (SELECT id FROM cases_furtherpunishment WHERE sentence_id = $2))' USING (SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id), NEW.id;
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
    ),
    *triggers(
        'touch_root',
        ['SentenceCharge'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
            IF TG_OP <> 'INSERT' THEN EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING (SELECT prisoner_id FROM cases_sentence WHERE id = OLD.sentence_id); END IF;
            IF TG_OP <> 'DELETE' THEN EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING (SELECT prisoner_id FROM cases_sentence WHERE id = NEW.sentence_id); END IF;
            RETURN COALESCE(NEW, OLD);
        """,
    ),
    *triggers(
        'cited_before_visible_at_first',
        ['CourtCase'],
        'AFTER INSERT',
        CITED_BEFORE_VISIBLE_OF_COURTCASE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition="WHEN (NEW.visibility <> 'internal')",
    ),
    *triggers(
        'cited_before_visible_later',
        ['CourtCase'],
        'AFTER UPDATE',
        CITED_BEFORE_VISIBLE_OF_COURTCASE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (visibility_rank(NEW.visibility) > visibility_rank(OLD.visibility))',
    ),
    *triggers(
        'know_what_is_withheld_at_first',
        ['CourtCase'],
        'AFTER INSERT',
        KNOW_WHAT_IS_WITHHELD_OF_COURTCASE,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition="WHEN (NEW.withheld <> '{}')",
    ),
    *triggers(
        'know_what_is_withheld_later',
        ['CourtCase'],
        'AFTER UPDATE',
        KNOW_WHAT_IS_WITHHELD_OF_COURTCASE,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.withheld IS DISTINCT FROM OLD.withheld)',
    ),
    *triggers(
        'mark',
        ['CourtCase'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                IF TG_OP = 'DELETE' THEN
                    INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('court_case', OLD.id, TRUE);
                    PERFORM hold_back(OLD.id, visibility_rank(OLD.visibility), -1, TRUE);
                    RETURN OLD;
                END IF;
                IF TG_OP = 'UPDATE' THEN
                    PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), TRUE);
                    IF NOT OLD.withheld @> NEW.withheld OR (FALSE) THEN
                        PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), -1, FALSE);
                    END IF;
                END IF;
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                VALUES ('court_case', NEW.id, TG_OP = 'UPDATE'
                    AND (visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                        OR NOT OLD.withheld @> NEW.withheld OR (FALSE)));
                RETURN NEW;
            """,
    ),
    *triggers(
        'mark_referrers',
        ['CourtCase'],
        'AFTER UPDATE',
        """
            IF NEW.visibility IS DISTINCT FROM OLD.visibility THEN
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                SELECT DISTINCT root_kind, root_id, visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                FROM (SELECT 'prisoner', prisoner_id FROM cases_prosecution WHERE court_case_id = NEW.id UNION ALL SELECT 'reported_count', id FROM cases_reportedcount WHERE court_case_id = NEW.id) AS referrer (root_kind, root_id);
            END IF;
            RETURN NEW;
        """,
    ),
    *triggers(
        'touch_root',
        ['Hearing'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                -- What led to its root may be deleted before it, with a mark of its own.
                IF TG_OP <> 'INSERT' AND OLD.court_case_id IS NOT NULL THEN
                    EXECUTE 'UPDATE cases_courtcase SET version = version WHERE id = $1' USING OLD.court_case_id;
                    IF TG_OP = 'DELETE' OR NEW.court_case_id IS DISTINCT FROM OLD.court_case_id OR (FALSE) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('court_case', OLD.court_case_id, TRUE);
                        PERFORM hold_back(OLD.court_case_id, visibility_rank(OLD.visibility), -1, FALSE);
                    ELSIF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('court_case', OLD.court_case_id, TRUE);
                        PERFORM hold_back(OLD.court_case_id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), FALSE);
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.court_case_id IS DISTINCT FROM OLD.court_case_id) THEN
                    EXECUTE 'UPDATE cases_courtcase SET version = version WHERE id = $1' USING NEW.court_case_id;
                END IF;
                IF TG_OP = 'UPDATE' AND NEW.court_case_id IS DISTINCT FROM OLD.court_case_id THEN
                    EXECUTE 'UPDATE cases_citation SET root_id = NULL WHERE root_id = $1 AND ($2 IN (
        hearing_id
    ))' USING OLD.court_case_id, NEW.id;
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
    ),
    *triggers(
        'leave_court_case',
        ['Prosecution'],
        'AFTER UPDATE OR DELETE',
        """
        seen_now := -1;
        IF TG_OP = 'UPDATE' THEN
            IF (NEW.prisoner_id, NEW.court_case_id) = (OLD.prisoner_id, OLD.court_case_id) THEN
                seen_now := visibility_rank(NEW.visibility);
            END IF;
        END IF;
        IF seen_now < visibility_rank(OLD.visibility) THEN
            PERFORM hold_back(id, 2, GREATEST(seen_now, 1), FALSE) FROM public.tracker_public_document
            WHERE kind = 'court_case' AND id = OLD.court_case_id AND document IS NOT NULL AND named @> ARRAY[OLD.prisoner_id];
            PERFORM hold_back(id, 1, GREATEST(seen_now, 0), FALSE) FROM public.tracker_partners_document
            WHERE kind = 'court_case' AND id = OLD.court_case_id AND document IS NOT NULL AND named @> ARRAY[OLD.prisoner_id];
        END IF;
        RETURN NULL;
    """,
        declare='DECLARE seen_now integer;',
    ),
    *triggers(
        'touch_root',
        ['ProsecutionCharge', 'ProsecutionSentence'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
            IF TG_OP <> 'INSERT' THEN EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING (SELECT prisoner_id FROM cases_prosecution WHERE id = OLD.prosecution_id); END IF;
            IF TG_OP <> 'DELETE' THEN EXECUTE 'UPDATE cases_prisoner SET version = version WHERE id = $1' USING (SELECT prisoner_id FROM cases_prosecution WHERE id = NEW.prosecution_id); END IF;
            RETURN COALESCE(NEW, OLD);
        """,
    ),
    *triggers(
        'know_what_is_withheld_at_first',
        ['Source'],
        'AFTER INSERT',
        KNOW_WHAT_IS_WITHHELD_OF_SOURCE,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition="WHEN (NEW.withheld <> '{}')",
    ),
    *triggers(
        'know_what_is_withheld_later',
        ['Source'],
        'AFTER UPDATE',
        KNOW_WHAT_IS_WITHHELD_OF_SOURCE,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.withheld IS DISTINCT FROM OLD.withheld)',
    ),
    *triggers(
        'mark',
        ['Source'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                IF TG_OP = 'DELETE' THEN
                    INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('source', OLD.id, TRUE);
                    PERFORM hold_back(OLD.id, visibility_rank(OLD.visibility), -1, TRUE);
                    RETURN OLD;
                END IF;
                IF TG_OP = 'UPDATE' THEN
                    PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), TRUE);
                    IF NOT OLD.withheld @> NEW.withheld OR (NEW.standing = 'retracted' AND OLD.standing <> 'retracted') THEN
                        PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), -1, FALSE);
                    END IF;
                END IF;
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                VALUES ('source', NEW.id, TG_OP = 'UPDATE'
                    AND (visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                        OR NOT OLD.withheld @> NEW.withheld OR (NEW.standing = 'retracted' AND OLD.standing <> 'retracted')));
                RETURN NEW;
            """,
    ),
    *triggers(
        'mark_referrers',
        ['Source'],
        'AFTER UPDATE',
        """
            IF (NEW.visibility, NEW.standing, NEW.public_label, NEW.relays, NEW.publisher) IS DISTINCT FROM (OLD.visibility, OLD.standing, OLD.public_label, OLD.relays, OLD.publisher) THEN
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                SELECT DISTINCT root_kind, root_id, visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                FROM (WITH RECURSIVE told (id) AS (SELECT id FROM cases_source WHERE id = NEW.id UNION SELECT from_source_id FROM cases_source_derived_from JOIN told ON to_source_id = told.id) SELECT root_kind, root_id FROM cases_citation JOIN told ON source_id = told.id WHERE root_id IS NOT NULL UNION ALL SELECT 'source', from_source_id FROM cases_source_derived_from WHERE to_source_id = NEW.id) AS referrer (root_kind, root_id);
            END IF;
            RETURN NEW;
        """,
    ),
    *triggers(
        'mark_who_cites_the_copy',
        ['SourceDerivation'],
        'AFTER INSERT OR DELETE',
        """
            INSERT INTO cases_mark (root_kind, root_id, withdrawal)
            SELECT DISTINCT root_kind, root_id, FALSE
            FROM (WITH RECURSIVE told (id) AS (SELECT id FROM cases_source WHERE id = COALESCE(NEW.from_source_id, OLD.from_source_id) UNION SELECT from_source_id FROM cases_source_derived_from JOIN told ON to_source_id = told.id) SELECT root_kind, root_id FROM cases_citation JOIN told ON source_id = told.id WHERE root_id IS NOT NULL UNION ALL SELECT 'source', from_source_id FROM cases_source_derived_from WHERE to_source_id = COALESCE(NEW.from_source_id, OLD.from_source_id))
                AS referrer (root_kind, root_id)
            WHERE root_id IS NOT NULL;
            RETURN NULL;
        """,
    ),
    *triggers(
        'touch_root',
        ['SourceDerivation'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
            IF TG_OP <> 'INSERT' THEN EXECUTE 'UPDATE cases_source SET version = version WHERE id = $1' USING OLD.from_source_id; END IF;
            IF TG_OP <> 'DELETE' THEN EXECUTE 'UPDATE cases_source SET version = version WHERE id = $1' USING NEW.from_source_id; END IF;
            RETURN COALESCE(NEW, OLD);
        """,
    ),
    *triggers(
        'mark_referrers',
        ['Claimant'],
        'AFTER UPDATE',
        """
            IF (NEW.visibility, NEW.name, NEW.role, NEW.role_as_stated, NEW.protected_pseudonym) IS DISTINCT FROM (OLD.visibility, OLD.name, OLD.role, OLD.role_as_stated, OLD.protected_pseudonym) THEN
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                SELECT DISTINCT root_kind, root_id, visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                FROM (SELECT root_kind, root_id FROM cases_citation WHERE claimant_id = NEW.id UNION ALL SELECT 'reported_count', id FROM cases_reportedcount WHERE claimant_id = NEW.id) AS referrer (root_kind, root_id);
                IF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                    PERFORM hold_back(root_id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), FALSE)
                    FROM (SELECT root_kind, root_id FROM cases_citation WHERE claimant_id = NEW.id UNION ALL SELECT 'reported_count', id FROM cases_reportedcount WHERE claimant_id = NEW.id) AS referrer (root_kind, root_id);
                END IF;
            END IF;
            RETURN NEW;
        """,
    ),
    *triggers(
        'cited_before_visible_at_first',
        ['ReportedCount'],
        'AFTER INSERT',
        CITED_BEFORE_VISIBLE_OF_REPORTEDCOUNT,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition="WHEN (NEW.visibility <> 'internal')",
    ),
    *triggers(
        'cited_before_visible_later',
        ['ReportedCount'],
        'AFTER UPDATE',
        CITED_BEFORE_VISIBLE_OF_REPORTEDCOUNT,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (visibility_rank(NEW.visibility) > visibility_rank(OLD.visibility))',
    ),
    *triggers(
        'know_what_is_withheld_at_first',
        ['ReportedCount'],
        'AFTER INSERT',
        KNOW_WHAT_IS_WITHHELD_OF_REPORTEDCOUNT,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition="WHEN (NEW.withheld <> '{}')",
    ),
    *triggers(
        'know_what_is_withheld_later',
        ['ReportedCount'],
        'AFTER UPDATE',
        KNOW_WHAT_IS_WITHHELD_OF_REPORTEDCOUNT,
        declare='DECLARE named text; fact text; who text; record uuid; lists jsonb;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.withheld IS DISTINCT FROM OLD.withheld)',
    ),
    *triggers(
        'mark',
        ['ReportedCount'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                IF TG_OP = 'DELETE' THEN
                    INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('reported_count', OLD.id, TRUE);
                    PERFORM hold_back(OLD.id, visibility_rank(OLD.visibility), -1, TRUE);
                    RETURN OLD;
                END IF;
                IF TG_OP = 'UPDATE' THEN
                    PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), TRUE);
                    IF NOT OLD.withheld @> NEW.withheld OR (FALSE) THEN
                        PERFORM hold_back(NEW.id, visibility_rank(OLD.visibility), -1, FALSE);
                    END IF;
                END IF;
                INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                VALUES ('reported_count', NEW.id, TG_OP = 'UPDATE'
                    AND (visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)
                        OR NOT OLD.withheld @> NEW.withheld OR (FALSE)));
                RETURN NEW;
            """,
    ),
    *triggers(
        'touch_root',
        ['ListedName'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                -- What led to its root may be deleted before it, with a mark of its own.
                IF TG_OP <> 'INSERT' AND OLD.reported_count_id IS NOT NULL THEN
                    EXECUTE 'UPDATE cases_reportedcount SET version = version WHERE id = $1' USING OLD.reported_count_id;
                    IF TG_OP = 'DELETE' OR NEW.reported_count_id IS DISTINCT FROM OLD.reported_count_id OR (FALSE) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('reported_count', OLD.reported_count_id, TRUE);
                        PERFORM hold_back(OLD.reported_count_id, visibility_rank(OLD.visibility), -1, FALSE);
                    ELSIF visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal) VALUES ('reported_count', OLD.reported_count_id, TRUE);
                        PERFORM hold_back(OLD.reported_count_id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), FALSE);
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.reported_count_id IS DISTINCT FROM OLD.reported_count_id) THEN
                    EXECUTE 'UPDATE cases_reportedcount SET version = version WHERE id = $1' USING NEW.reported_count_id;
                END IF;
                IF TG_OP = 'UPDATE' AND NEW.reported_count_id IS DISTINCT FROM OLD.reported_count_id THEN
                    EXECUTE 'UPDATE cases_citation SET root_id = NULL WHERE root_id = $1 AND ($2 IN (
        listed_name_id
    ))' USING OLD.reported_count_id, NEW.id;
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
    ),
    *triggers(
        'named_by_no_event',
        ['Release'],
        'AFTER DELETE',
        NAMED_BY_NO_EVENT_OF_RELEASE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
    ),
    *triggers(
        'named_by_no_event_elsewhere',
        ['Release'],
        'AFTER UPDATE OF "prisoner_id"',
        NAMED_BY_NO_EVENT_OF_RELEASE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (OLD.prisoner_id IS DISTINCT FROM NEW.prisoner_id)',
    ),
    *triggers(
        'runs_in_order_at_first',
        ['Release'],
        'AFTER INSERT',
        RUNS_IN_ORDER_OF_RELEASE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL)',
    ),
    *triggers(
        'runs_in_order_later',
        ['Release'],
        'AFTER UPDATE OF "after", "prisoner_id"',
        RUNS_IN_ORDER_OF_RELEASE,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL)',
    ),
    *triggers(
        'named_by_no_event',
        ['Deportation'],
        'AFTER DELETE',
        NAMED_BY_NO_EVENT_OF_DEPORTATION,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
    ),
    *triggers(
        'named_by_no_event_elsewhere',
        ['Deportation'],
        'AFTER UPDATE OF "prisoner_id"',
        NAMED_BY_NO_EVENT_OF_DEPORTATION,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (OLD.prisoner_id IS DISTINCT FROM NEW.prisoner_id)',
    ),
    *triggers(
        'runs_in_order_at_first',
        ['Deportation'],
        'AFTER INSERT',
        RUNS_IN_ORDER_OF_DEPORTATION,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL OR NEW.release_id IS NOT NULL)',
    ),
    *triggers(
        'runs_in_order_later',
        ['Deportation'],
        'AFTER UPDATE OF "after", "release_id", "prisoner_id"',
        RUNS_IN_ORDER_OF_DEPORTATION,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL OR NEW.release_id IS NOT NULL)',
    ),
    *triggers(
        'named_by_no_event',
        ['Whereabouts'],
        'AFTER DELETE',
        NAMED_BY_NO_EVENT_OF_WHEREABOUTS,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
    ),
    *triggers(
        'named_by_no_event_elsewhere',
        ['Whereabouts'],
        'AFTER UPDATE OF "prisoner_id"',
        NAMED_BY_NO_EVENT_OF_WHEREABOUTS,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (OLD.prisoner_id IS DISTINCT FROM NEW.prisoner_id)',
    ),
    *triggers(
        'runs_in_order_at_first',
        ['Whereabouts'],
        'AFTER INSERT',
        RUNS_IN_ORDER_OF_WHEREABOUTS,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL)',
    ),
    *triggers(
        'runs_in_order_later',
        ['Whereabouts'],
        'AFTER UPDATE OF "after", "prisoner_id"',
        RUNS_IN_ORDER_OF_WHEREABOUTS,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL)',
    ),
    *triggers(
        'named_by_no_event',
        ['Sighting'],
        'AFTER DELETE',
        NAMED_BY_NO_EVENT_OF_SIGHTING,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
    ),
    *triggers(
        'named_by_no_event_elsewhere',
        ['Sighting'],
        'AFTER UPDATE OF "prisoner_id"',
        NAMED_BY_NO_EVENT_OF_SIGHTING,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (OLD.prisoner_id IS DISTINCT FROM NEW.prisoner_id)',
    ),
    *triggers(
        'runs_in_order_at_first',
        ['Sighting'],
        'AFTER INSERT',
        RUNS_IN_ORDER_OF_SIGHTING,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL)',
    ),
    *triggers(
        'runs_in_order_later',
        ['Sighting'],
        'AFTER UPDATE OF "after", "prisoner_id"',
        RUNS_IN_ORDER_OF_SIGHTING,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.after IS NOT NULL)',
    ),
    *triggers(
        'find_root',
        ['Citation'],
        'AFTER INSERT OR UPDATE',
        """
                UPDATE cases_citation SET root_id = NULL WHERE id = NEW.id AND root_id IS NULL;
                IF EXISTS (SELECT FROM cases_citation WHERE id = NEW.id AND root_id IS NULL) THEN
                    RAISE foreign_key_violation USING MESSAGE = 'the record that a citation is of does not exist';
                END IF;
                RETURN NULL;
            """,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.root_id IS NULL)',
    ),
    *triggers(
        'quote_names_nobody_at_first',
        ['Citation'],
        'AFTER INSERT',
        QUOTE_NAMES_NOBODY_OF_CITATION,
        condition="WHEN (NEW.quote <> '')",
    ),
    *triggers(
        'quote_names_nobody_later',
        ['Citation'],
        'AFTER UPDATE OF "quote", "claimant_id"',
        QUOTE_NAMES_NOBODY_OF_CITATION,
        condition="WHEN (NEW.quote <> '')",
    ),
    *triggers(
        'set_root',
        ['Citation'],
        'BEFORE INSERT OR UPDATE',
        """
                IF NEW.prisoner_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; NEW.root_id := NEW.prisoner_id; ELSIF NEW.court_case_id IS NOT NULL THEN NEW.root_kind := 'court_case'; NEW.root_id := NEW.court_case_id; ELSIF NEW.release_event_id IS NOT NULL THEN NEW.root_kind := 'release_event'; NEW.root_id := NEW.release_event_id; ELSIF NEW.facility_id IS NOT NULL THEN NEW.root_kind := 'facility'; NEW.root_id := NEW.facility_id; ELSIF NEW.reported_count_id IS NOT NULL THEN NEW.root_kind := 'reported_count'; NEW.root_id := NEW.reported_count_id; ELSIF NEW.about_source_id IS NOT NULL THEN NEW.root_kind := 'source'; NEW.root_id := NEW.about_source_id; ELSIF NEW.person_name_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_personname WHERE id = $1' INTO NEW.root_id USING NEW.person_name_id; ELSIF NEW.identifier_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_identifier WHERE id = $1' INTO NEW.root_id USING NEW.identifier_id; ELSIF NEW.recognition_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_recognition WHERE id = $1' INTO NEW.root_id USING NEW.recognition_id; ELSIF NEW.designation_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_designation WHERE id = $1' INTO NEW.root_id USING NEW.designation_id; ELSIF NEW.personal_detail_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_personaldetail WHERE id = $1' INTO NEW.root_id USING NEW.personal_detail_id; ELSIF NEW.consent_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_consent WHERE id = $1' INTO NEW.root_id USING NEW.consent_id; ELSIF NEW.detention_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_detention WHERE id = $1' INTO NEW.root_id USING NEW.detention_id; ELSIF NEW.charge_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_charge WHERE id = $1' INTO NEW.root_id USING NEW.charge_id; ELSIF NEW.sentence_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_sentence WHERE id = $1' INTO NEW.root_id USING NEW.sentence_id; ELSIF NEW.release_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_release WHERE id = $1' INTO NEW.root_id USING NEW.release_id; ELSIF NEW.deportation_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_deportation WHERE id = $1' INTO NEW.root_id USING NEW.deportation_id; ELSIF NEW.whereabouts_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_whereabouts WHERE id = $1' INTO NEW.root_id USING NEW.whereabouts_id; ELSIF NEW.sighting_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_sighting WHERE id = $1' INTO NEW.root_id USING NEW.sighting_id; ELSIF NEW.nationality_change_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_nationalitychange WHERE id = $1' INTO NEW.root_id USING NEW.nationality_change_id; ELSIF NEW.prosecution_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_prosecution WHERE id = $1' INTO NEW.root_id USING NEW.prosecution_id; ELSIF NEW.hearing_id IS NOT NULL THEN NEW.root_kind := 'court_case'; EXECUTE 'SELECT court_case_id FROM cases_hearing WHERE id = $1' INTO NEW.root_id USING NEW.hearing_id; ELSIF NEW.listed_name_id IS NOT NULL THEN NEW.root_kind := 'reported_count'; EXECUTE 'SELECT reported_count_id FROM cases_listedname WHERE id = $1' INTO NEW.root_id USING NEW.listed_name_id; ELSIF NEW.placement_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_placement JOIN cases_detention ON cases_detention.id = detention_id WHERE cases_placement.id = $1' INTO NEW.root_id USING NEW.placement_id; ELSIF NEW.detention_order_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_detentionorder JOIN cases_detention ON cases_detention.id = detention_id WHERE cases_detentionorder.id = $1' INTO NEW.root_id USING NEW.detention_order_id; ELSIF NEW.charge_decision_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_chargedecision JOIN cases_charge ON cases_charge.id = charge_id WHERE cases_chargedecision.id = $1' INTO NEW.root_id USING NEW.charge_decision_id; ELSIF NEW.further_punishment_id IS NOT NULL THEN NEW.root_kind := 'prisoner'; EXECUTE 'SELECT prisoner_id FROM cases_furtherpunishment JOIN cases_sentence ON cases_sentence.id = sentence_id WHERE cases_furtherpunishment.id = $1' INTO NEW.root_id USING NEW.further_punishment_id;
                ELSE RAISE check_violation USING MESSAGE = 'a citation is of exactly one record',
                    CONSTRAINT = 'citation_is_of_exactly_one_record';
                END IF;
                -- Its history is found by its case: pointed at nothing, it would leave that unseen.
                IF TG_OP = 'UPDATE' AND NEW.root_id IS DISTINCT FROM OLD.root_id AND OLD.root_id IS NOT NULL THEN
                    EXECUTE format('SELECT id FROM %I WHERE id = $1', 'cases_' || replace(NEW.root_kind, '_', ''))
                        INTO there USING NEW.root_id;
                    IF there IS NULL THEN
                        RAISE foreign_key_violation USING MESSAGE = 'the record that a citation is of does not exist';
                    END IF;
                END IF;
                RETURN NEW;
            """,
        declare='DECLARE there uuid;',
    ),
    *triggers(
        'speaks_of_no_day_to_come_at_first',
        ['Citation'],
        'AFTER INSERT',
        SPEAKS_OF_NO_DAY_TO_COME_OF_CITATION,
        condition='WHEN (NEW.as_of_earliest IS NOT NULL)',
    ),
    *triggers(
        'speaks_of_no_day_to_come_later',
        ['Citation'],
        'AFTER UPDATE OF "as_of"',
        SPEAKS_OF_NO_DAY_TO_COME_OF_CITATION,
        condition='WHEN (NEW.as_of_earliest IS NOT NULL)',
    ),
    *triggers(
        'touch_root',
        ['Citation'],
        'AFTER INSERT OR UPDATE OR DELETE',
        """
                IF TG_OP <> 'INSERT' THEN
                    EXECUTE format('UPDATE %I SET version = version WHERE id = $1', 'cases_' || replace(OLD.root_kind, '_', '')) USING OLD.root_id;
                    IF OLD.root_id IS NOT NULL AND (TG_OP = 'DELETE' OR NEW.root_id IS DISTINCT FROM OLD.root_id
                        OR visibility_rank(NEW.visibility) < visibility_rank(OLD.visibility)) THEN
                        INSERT INTO cases_mark (root_kind, root_id, withdrawal)
                        VALUES (OLD.root_kind, OLD.root_id, TRUE);
                        IF TG_OP = 'DELETE' OR NEW.root_id IS DISTINCT FROM OLD.root_id THEN
                            PERFORM hold_back(OLD.root_id, visibility_rank(OLD.visibility), -1, FALSE);
                        ELSE
                            PERFORM hold_back(OLD.root_id, visibility_rank(OLD.visibility), visibility_rank(NEW.visibility), FALSE);
                        END IF;
                    END IF;
                END IF;
                IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.root_id IS DISTINCT FROM OLD.root_id) THEN
                    EXECUTE format('UPDATE %I SET version = version WHERE id = $1', 'cases_' || replace(NEW.root_kind, '_', '')) USING NEW.root_id;
                END IF;
                RETURN COALESCE(NEW, OLD);
            """,
    ),
    *triggers(
        'stamp_hour',
        ['Forgotten'],
        'BEFORE INSERT',
        """
        IF NOT pg_has_role(session_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            NEW.at := statement_timestamp();
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'let_locks_be_taken',
        ['Commit'],
        'AFTER INSERT',
        'UPDATE cases_commit SET at = at WHERE id = NEW.id; RETURN NULL;',
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
    ),
    *triggers(
        'take_a_number',
        ['Commit'],
        'AFTER UPDATE',
        """
                LOCK TABLE cases_committurn IN EXCLUSIVE MODE;
                UPDATE cases_commit SET number = nextval('cases_commit_number'),
                    last_event = currval('cases_history_order'), at = clock_timestamp()
                WHERE id = NEW.id;
                RETURN NULL;
            """,
        constraint='CONSTRAINT',
        timing='DEFERRABLE INITIALLY DEFERRED',
        condition='WHEN (NEW.number IS NULL)',
    ),
    *triggers(
        'named_is_who_acts',
        ['RedactedCopy', 'KeptFile'],
        'BEFORE INSERT OR UPDATE',
        """
        IF pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user), (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            RETURN NEW;
        END IF;
        
        IF NEW.added_by_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.added_by_id IS DISTINCT FROM OLD.added_by_id)
            AND acting_user() IS DISTINCT FROM NEW.added_by_id::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'stamp_hour',
        ['RedactedCopy', 'KeptFile'],
        'BEFORE INSERT',
        """
        IF NOT pg_has_role(session_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            NEW.added_at := statement_timestamp();
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'ask_who_is_shown',
        ['CopyDecision'],
        'BEFORE INSERT',
        """
        IF EXISTS (SELECT FROM cases_copydecision WHERE copy_id = NEW.copy_id AND decision = 'withdrawn') THEN
            RAISE check_violation USING MESSAGE = 'what was withdrawn does not return',
                CONSTRAINT = 'copy_that_was_withdrawn_stays_so';
        END IF;
        IF NOT EXISTS (
            SELECT FROM cases_redactedcopy AS copy
            WHERE copy.id = NEW.copy_id AND copy.content IS NOT NULL AND (
            copy.recognisable <> 'others' AND NOT EXISTS (
                SELECT FROM unnest(copy.people) AS shown (id) WHERE NOT EXISTS (
                    SELECT FROM cases_prisoner AS person WHERE person.id = shown.id AND (
                person.merged_into_id IS NULL AND NOT person.name_withheld
                AND visibility_rank(person.visibility) >= visibility_rank(copy.audience)
                AND COALESCE(person.case_taken_back, 0) <= COALESCE(person.case_returned, 0)
                AND COALESCE(person.name_taken_back, 0) <= COALESCE(person.name_returned, 0)
                AND EXISTS (
                    SELECT FROM cases_consent AS consent WHERE consent.prisoner_id = person.id
                    AND consent.subject = 'photo' AND consent.withdrawn_on IS NULL
                    AND consent.audience IN ('public', copy.audience)
                )
            )
                )
            )
        )
        ) THEN
            RAISE check_violation USING MESSAGE = 'not everybody who can be recognised allows it',
                CONSTRAINT = 'copy_shows_those_who_allow_it';
        END IF;
        RETURN NEW;
    """,
        condition="WHEN (NEW.decision = 'approved')",
    ),
    *triggers(
        'mark_source',
        ['CopyDecision'],
        'AFTER INSERT',
        """
        SELECT * INTO copy FROM cases_redactedcopy WHERE id = NEW.copy_id;
        IF NOT EXISTS (SELECT FROM cases_copydecision WHERE copy_id = copy.id AND decision = 'approved') THEN
            RETURN NULL;
        END IF;
        IF NEW.decision = 'withdrawn' THEN
            PERFORM hold_back(copy.root_id, visibility_rank(copy.audience), -1, FALSE);
        END IF;
        INSERT INTO cases_mark (root_kind, root_id, withdrawal)
        VALUES ('source', copy.root_id, NEW.decision = 'withdrawn');
        RETURN NULL;
    """,
        declare='DECLARE copy cases_redactedcopy;',
    ),
    *triggers(
        'named_is_who_acts',
        ['CopyDecision', 'NameStays'],
        'BEFORE INSERT OR UPDATE',
        """
        IF pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user), (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            RETURN NEW;
        END IF;
        
        IF NEW.decided_by_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id)
            AND acting_user() IS DISTINCT FROM NEW.decided_by_id::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'somebody_approves',
        ['CopyDecision'],
        'BEFORE INSERT',
        """
    login := COALESCE(NULLIF(current_setting('role'), 'none'), session_user);
    IF pg_has_role(login, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    IF NEW.decided_by_id IS NOT NULL AND NOT has_table_privilege(login, 'cases_prisoner', 'UPDATE') THEN
        RAISE insufficient_privilege USING MESSAGE = 'this login approves nothing';
    END IF;
    SELECT * INTO rule FROM cases_reviewrule;
    IF rule.saving_approves THEN
        RETURN NEW;
    END IF;
    IF NEW.decided_by_id IS NULL THEN
        RAISE check_violation USING MESSAGE = 'somebody has to approve: review is required', CONSTRAINT = 'edition_is_approved_by_somebody';
    END IF;
    IF acting_user() IS DISTINCT FROM NEW.decided_by_id::text THEN
        RAISE check_violation USING MESSAGE = 'whoever approves must be the one who acts', CONSTRAINT = 'edition_is_approved_by_who_acts';
    END IF;
    IF NOT EXISTS (
        SELECT FROM auth_user AS person
        WHERE person.id = NEW.decided_by_id AND person.is_active AND person.is_staff
        AND (person.is_superuser OR EXISTS (
            SELECT FROM auth_permission AS permission
            JOIN django_content_type AS kind ON kind.id = permission.content_type_id
            WHERE kind.app_label = 'cases' AND permission.codename = 'approve_case' AND (
                EXISTS (SELECT FROM auth_user_user_permissions AS given
                    WHERE given.user_id = person.id AND given.permission_id = permission.id)
                OR EXISTS (SELECT FROM auth_user_groups AS member
                    JOIN auth_group_permissions AS given ON given.group_id = member.group_id
                    WHERE member.user_id = person.id AND given.permission_id = permission.id))))
    ) THEN
        RAISE check_violation USING MESSAGE = 'this person may not approve', CONSTRAINT = 'edition_is_approved_by_a_reviewer';
    END IF;
    IF rule.second_factor AND NOT (
        EXISTS (SELECT FROM signin_factorshown WHERE account_id = NEW.decided_by_id
            AND at BETWEEN clock_timestamp() - interval '12 hours' AND clock_timestamp())
        AND EXISTS (SELECT FROM mfa_authenticator
            WHERE user_id = NEW.decided_by_id AND type IN ('totp', 'webauthn'))
    ) THEN
        RAISE check_violation USING MESSAGE = 'it takes a session that showed its second factor', CONSTRAINT = 'edition_is_approved_with_a_second_factor';
    END IF;
    IF rule.approve_own_changes THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM cases_redactedcopy WHERE id = NEW.copy_id AND added_by_id = NEW.decided_by_id) THEN
        RAISE check_violation USING MESSAGE = 'whoever added it leaves its approval to somebody else', CONSTRAINT = 'edition_is_approved_by_a_second_person';
    END IF;
    RETURN NEW;
""",
        declare='DECLARE login name; rule cases_reviewrule;',
        condition="WHEN (NEW.decision = 'approved')",
    ),
    *triggers(
        'stamp_hour',
        ['CopyDecision', 'NameStays'],
        'BEFORE INSERT',
        """
        IF NOT pg_has_role(session_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            NEW.decided_at := statement_timestamp();
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'keep_the_order',
        ['ErasureOrder'],
        'BEFORE INSERT OR UPDATE',
        """
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' OR (NEW.confirmed_by_id, NEW.confirmed_factor, NEW.confirmed_at, NEW.closed_by_id)
            IS DISTINCT FROM (NULL::integer, NULL::uuid, NULL::timestamptz, NULL::integer) THEN
            RAISE EXCEPTION 'An order begins as asked.' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
        SELECT FROM signin_factorshown AS shown
        JOIN auth_user AS person ON person.id = shown.account_id
        WHERE shown.id = NEW.asked_factor AND person.id = NEW.asked_by_id
        AND person.is_active AND person.is_staff
        AND shown.at BETWEEN clock_timestamp() - interval '12 hours' AND clock_timestamp()
        AND EXISTS (SELECT FROM mfa_authenticator
            WHERE user_id = person.id AND type IN ('totp', 'webauthn'))
    ) THEN
            RAISE EXCEPTION 'It takes a session that showed its second factor. Sign out, and sign in with it.' USING ERRCODE = 'check_violation';
        END IF;
        NEW.asked_at := clock_timestamp();
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW."case", NEW.field, NEW.events, NEW.reason, NEW.asked_by_id, NEW.asked_factor, NEW.asked_at)
        IS DISTINCT FROM
        (OLD.id, OLD."case", OLD.field, OLD.events, OLD.reason, OLD.asked_by_id, OLD.asked_factor, OLD.asked_at)
        OR (NEW.containing <> OLD.containing AND NOT (NEW.containing = '' AND NEW.state IN ('done', 'taken_back')))
        OR OLD.state IN ('done', 'taken_back') THEN
        RAISE EXCEPTION 'An order is not altered. Take it back, and ask anew.' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'asked' AND NEW.state = 'confirmed' THEN
        IF NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id = NEW.asked_by_id THEN
            RAISE EXCEPTION 'A second person must confirm it.' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
        SELECT FROM signin_factorshown AS shown
        JOIN auth_user AS person ON person.id = shown.account_id
        WHERE shown.id = NEW.confirmed_factor AND person.id = NEW.confirmed_by_id
        AND person.is_active AND person.is_staff
        AND shown.at BETWEEN clock_timestamp() - interval '12 hours' AND clock_timestamp()
        AND EXISTS (SELECT FROM mfa_authenticator
            WHERE user_id = person.id AND type IN ('totp', 'webauthn'))
    ) THEN
            RAISE EXCEPTION 'It takes a session that showed its second factor. Sign out, and sign in with it.' USING ERRCODE = 'check_violation';
        END IF;
        NEW.confirmed_at := clock_timestamp();
        RETURN NEW;
    END IF;
    IF (NEW.confirmed_by_id, NEW.confirmed_factor, NEW.confirmed_at)
        IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_factor, OLD.confirmed_at) THEN
        RAISE EXCEPTION 'An order is not altered. Take it back, and ask anew.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'taken_back' AND NEW.closed_by_id IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'confirmed' AND NEW.state = 'done'
        AND EXISTS (SELECT FROM cases_erasure WHERE order_number = NEW.id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'An order is confirmed by a second person before it is done.' USING ERRCODE = 'check_violation';
""",
    ),
    *triggers(
        'named_is_who_acts',
        ['ErasureOrder'],
        'BEFORE INSERT OR UPDATE',
        """
        IF pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user), (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            RETURN NEW;
        END IF;
        
        IF NEW.asked_by_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.asked_by_id IS DISTINCT FROM OLD.asked_by_id)
            AND acting_user() IS DISTINCT FROM NEW.asked_by_id::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;
        IF NEW.confirmed_by_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id)
            AND acting_user() IS DISTINCT FROM NEW.confirmed_by_id::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;
        IF NEW.closed_by_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.closed_by_id IS DISTINCT FROM OLD.closed_by_id)
            AND acting_user() IS DISTINCT FROM NEW.closed_by_id::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'needs_an_order',
        ['Erasure'],
        'BEFORE INSERT',
        """
    IF NOT EXISTS (
        SELECT FROM cases_erasureorder AS asked
        JOIN auth_user AS one ON one.id = asked.asked_by_id
        JOIN auth_user AS other ON other.id = asked.confirmed_by_id
        WHERE asked.id = NEW.order_number AND asked.state = 'confirmed' AND asked.reason = NEW.reason
        AND one.username = NEW.requested_by AND one.is_active AND one.is_staff
        AND other.username = NEW.approved_by AND other.is_active AND other.is_staff
    ) THEN
        RAISE EXCEPTION 'Erasing takes an order that a second person confirmed at the desk.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
""",
    ),
    *triggers(
        'named_is_who_acts',
        ['EvidencePack'],
        'BEFORE INSERT OR UPDATE',
        """
        IF pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user), (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            RETURN NEW;
        END IF;
        
        IF NEW.made_by_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.made_by_id IS DISTINCT FROM OLD.made_by_id)
            AND acting_user() IS DISTINCT FROM NEW.made_by_id::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'call_publisher',
        ['Mark'],
        'AFTER INSERT',
        'NOTIFY tracker_marks; RETURN NULL;',
        level='STATEMENT',
    ),
    *triggers(
        'somebody_approves',
        ['Edition'],
        'BEFORE INSERT',
        """
    login := COALESCE(NULLIF(current_setting('role'), 'none'), session_user);
    IF pg_has_role(login, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    IF NEW.approved_by_id IS NOT NULL AND NOT has_table_privilege(login, 'cases_prisoner', 'UPDATE') THEN
        RAISE insufficient_privilege USING MESSAGE = 'this login approves nothing';
    END IF;
    SELECT * INTO rule FROM cases_reviewrule;
    IF rule.saving_approves THEN
        RETURN NEW;
    END IF;
    IF NEW.approved_by_id IS NULL THEN
        RAISE check_violation USING MESSAGE = 'somebody has to approve: review is required', CONSTRAINT = 'edition_is_approved_by_somebody';
    END IF;
    IF acting_user() IS DISTINCT FROM NEW.approved_by_id::text THEN
        RAISE check_violation USING MESSAGE = 'whoever approves must be the one who acts', CONSTRAINT = 'edition_is_approved_by_who_acts';
    END IF;
    IF NOT EXISTS (
        SELECT FROM auth_user AS person
        WHERE person.id = NEW.approved_by_id AND person.is_active AND person.is_staff
        AND (person.is_superuser OR EXISTS (
            SELECT FROM auth_permission AS permission
            JOIN django_content_type AS kind ON kind.id = permission.content_type_id
            WHERE kind.app_label = 'cases' AND permission.codename = 'approve_case' AND (
                EXISTS (SELECT FROM auth_user_user_permissions AS given
                    WHERE given.user_id = person.id AND given.permission_id = permission.id)
                OR EXISTS (SELECT FROM auth_user_groups AS member
                    JOIN auth_group_permissions AS given ON given.group_id = member.group_id
                    WHERE member.user_id = person.id AND given.permission_id = permission.id))))
    ) THEN
        RAISE check_violation USING MESSAGE = 'this person may not approve', CONSTRAINT = 'edition_is_approved_by_a_reviewer';
    END IF;
    IF rule.second_factor AND NOT (
        EXISTS (SELECT FROM signin_factorshown WHERE account_id = NEW.approved_by_id
            AND at BETWEEN clock_timestamp() - interval '12 hours' AND clock_timestamp())
        AND EXISTS (SELECT FROM mfa_authenticator
            WHERE user_id = NEW.approved_by_id AND type IN ('totp', 'webauthn'))
    ) THEN
        RAISE check_violation USING MESSAGE = 'it takes a session that showed its second factor', CONSTRAINT = 'edition_is_approved_with_a_second_factor';
    END IF;
    IF rule.approve_own_changes THEN
        RETURN NEW;
    END IF;
    request := NULLIF(current_setting('pghistory.context_id', TRUE), '')::uuid;
    since := COALESCE((
        SELECT event FROM cases_edition WHERE root_kind = NEW.root_kind AND root_id = NEW.root_id
        ORDER BY number DESC LIMIT 1
    ), 0);
    IF NEW.root_kind = 'source' AND (EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_sourcehistory
                WHERE id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_citationhistory
                WHERE root_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_sourcederivationhistory
                WHERE from_source_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        )) THEN
        RAISE check_violation USING MESSAGE = 'whoever changed it leaves its approval to somebody else', CONSTRAINT = 'edition_is_approved_by_a_second_person';
    END IF;
    IF NEW.root_kind = 'facility' AND (EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_facilityhistory
                WHERE id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_citationhistory
                WHERE root_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        )) THEN
        RAISE check_violation USING MESSAGE = 'whoever changed it leaves its approval to somebody else', CONSTRAINT = 'edition_is_approved_by_a_second_person';
    END IF;
    IF NEW.root_kind = 'release_event' AND (EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_releaseeventhistory
                WHERE id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_citationhistory
                WHERE root_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        )) THEN
        RAISE check_violation USING MESSAGE = 'whoever changed it leaves its approval to somebody else', CONSTRAINT = 'edition_is_approved_by_a_second_person';
    END IF;
    IF NEW.root_kind = 'court_case' AND (EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_courtcasehistory
                WHERE id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_hearinghistory
                WHERE court_case_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_citationhistory
                WHERE root_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        )) THEN
        RAISE check_violation USING MESSAGE = 'whoever changed it leaves its approval to somebody else', CONSTRAINT = 'edition_is_approved_by_a_second_person';
    END IF;
    IF NEW.root_kind = 'reported_count' AND (EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_reportedcounthistory
                WHERE id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_listednamehistory
                WHERE reported_count_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_citationhistory
                WHERE root_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        )) THEN
        RAISE check_violation USING MESSAGE = 'whoever changed it leaves its approval to somebody else', CONSTRAINT = 'edition_is_approved_by_a_second_person';
    END IF;
    IF NEW.root_kind = 'prisoner' AND (EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_prisonerhistory
                WHERE id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_personnamehistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_identifierhistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_recognitionhistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_designationhistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_personaldetailhistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_consenthistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_detentionhistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_placementhistory
                WHERE detention_id = ANY (ARRAY(SELECT id FROM cases_detentionhistory WHERE prisoner_id = NEW.root_id)) AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_detentionorderhistory
                WHERE detention_id = ANY (ARRAY(SELECT id FROM cases_detentionhistory WHERE prisoner_id = NEW.root_id)) AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_chargehistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_chargedecisionhistory
                WHERE charge_id = ANY (ARRAY(SELECT id FROM cases_chargehistory WHERE prisoner_id = NEW.root_id)) AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_sentencehistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_furtherpunishmenthistory
                WHERE sentence_id = ANY (ARRAY(SELECT id FROM cases_sentencehistory WHERE prisoner_id = NEW.root_id)) AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_releasehistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_deportationhistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_whereaboutshistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_sightinghistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_nationalitychangehistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_prosecutionhistory
                WHERE prisoner_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_citationhistory
                WHERE root_id = NEW.root_id AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_sentencechargehistory
                WHERE sentence_id = ANY (ARRAY(SELECT id FROM cases_sentencehistory WHERE prisoner_id = NEW.root_id)) AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_prosecutionchargehistory
                WHERE prosecution_id = ANY (ARRAY(SELECT id FROM cases_prosecutionhistory WHERE prisoner_id = NEW.root_id)) AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        ) OR EXISTS (
            SELECT FROM (
                SELECT pgh_context, pgh_context_id FROM cases_prosecutionsentencehistory
                WHERE prosecution_id = ANY (ARRAY(SELECT id FROM cases_prosecutionhistory WHERE prisoner_id = NEW.root_id)) AND pgh_id > since
                AND pgh_label <> 'internal_notes' OFFSET 0
            ) AS event
            WHERE pgh_context ->> 'user' = NEW.approved_by_id::text
            AND pgh_context_id IS DISTINCT FROM request
        )) THEN
        RAISE check_violation USING MESSAGE = 'whoever changed it leaves its approval to somebody else', CONSTRAINT = 'edition_is_approved_by_a_second_person';
    END IF;
    RETURN NEW;
""",
        declare='DECLARE login name; rule cases_reviewrule; since bigint; request uuid;',
    ),
    *triggers(
        'named_is_who_acts',
        ['Merge'],
        'BEFORE INSERT OR UPDATE',
        """
        IF pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user), (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            RETURN NEW;
        END IF;
        
        IF NEW.proposed_by_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.proposed_by_id IS DISTINCT FROM OLD.proposed_by_id)
            AND acting_user() IS DISTINCT FROM NEW.proposed_by_id::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;
        IF NEW.ended_by_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.ended_by_id IS DISTINCT FROM OLD.ended_by_id)
            AND acting_user() IS DISTINCT FROM NEW.ended_by_id::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'may_be_named',
        ['NamedStaff'],
        'BEFORE INSERT',
        r"""
        IF COALESCE(current_setting('tracker.reader', true), '') <> ''
            AND NEW.case_id = ANY (public.cases_not_seen()) THEN
            RAISE check_violation USING MESSAGE = 'there is no such case';
        END IF;
        IF NEW.staff = '{}' THEN
            FOR number IN SELECT * FROM cases_identifier WHERE prisoner_id = NEW.case_id LOOP
                PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(E'\x01', number.scheme, number.value, number.owner_organisation), 0));
                IF EXISTS (
                    SELECT FROM cases_identifier AS other
                    WHERE (other.scheme, other.value, other.owner_organisation)
                        = (number.scheme, number.value, number.owner_organisation)
                    AND other.prisoner_id <> NEW.case_id
                    AND public.cases_named_on(other.prisoner_id) = '{}'
                ) THEN 
    RAISE unique_violation USING CONSTRAINT = 'identifier_is_unique',
        MESSAGE = 'this identifier is already given to a case'
; END IF;
            END LOOP;
            RETURN NEW;
        END IF;
        PERFORM FROM cases_prisoner WHERE id = NEW.case_id FOR UPDATE;
        IF NOT EXISTS (
            SELECT FROM auth_user WHERE id = ANY (NEW.staff) AND is_active AND is_staff
        ) THEN
            RAISE check_violation USING MESSAGE = 'somebody must be left who may see this case',
                CONSTRAINT = 'somebody_sees_the_case';
        END IF;
        IF EXISTS (
            SELECT FROM cases_prisoner WHERE merged_into_id IS NOT NULL AND NEW.case_id IN (id, merged_into_id)
        ) OR EXISTS (
            SELECT FROM cases_merge WHERE state = 'proposed' AND NEW.case_id IN (kept_id, merged_id)
        ) THEN
            RAISE check_violation USING MESSAGE = 'a case open to named staff only is not merged',
                CONSTRAINT = 'named_case_stays_apart';
        END IF;
        IF EXISTS (
            SELECT FROM cases_consent WHERE related_case_id = NEW.case_id
            AND prisoner_id <> ALL (public.cases_not_seen())
        ) THEN
            RAISE check_violation USING MESSAGE = 'a consent in another case names this case',
                CONSTRAINT = 'named_case_is_not_related';
        END IF;
        RETURN NEW;
        """,
        declare='DECLARE number record;',
    ),
    *triggers(
        'named_is_who_acts',
        ['NamedStaff'],
        'BEFORE INSERT OR UPDATE',
        """
        IF pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user), (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            RETURN NEW;
        END IF;
        
        IF NEW.named_by_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.named_by_id IS DISTINCT FROM OLD.named_by_id)
            AND acting_user() IS DISTINCT FROM NEW.named_by_id::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'stamp_hour',
        ['NamedStaff'],
        'BEFORE INSERT',
        """
        IF NOT pg_has_role(session_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            NEW.named_at := statement_timestamp();
        END IF;
        RETURN NEW;
    """,
    ),
    *triggers(
        'named_is_who_acts',
        ['SentBack'],
        'BEFORE INSERT OR UPDATE',
        """
        IF pg_has_role(COALESCE(NULLIF(current_setting('role'), 'none'), session_user), (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
            RETURN NEW;
        END IF;
        
        IF NEW.sent_by_id IS NOT NULL
            AND (TG_OP = 'INSERT' OR NEW.sent_by_id IS DISTINCT FROM OLD.sent_by_id)
            AND acting_user() IS DISTINCT FROM NEW.sent_by_id::text THEN
            RAISE check_violation USING MESSAGE = 'whoever is named must be the one who acts',
                CONSTRAINT = 'named_is_who_acts';
        END IF;
        RETURN NEW;
    """,
    ),
]
