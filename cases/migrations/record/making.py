"""What the tables and triggers of the record are made with.

It says the same for ever, as every migration does: it asks neither the models nor
cases/triggers/, which go on changing.
"""

import hashlib

import django.contrib.postgres.functions
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models
from pgtrigger.migrations import AddTrigger


def triggers(name, models, when, func, **more):
    """One for each of these models."""
    when, operation = when.split(" ", maxsplit=1)
    added = []
    for model in models:
        number = hashlib.sha1(f"cases.{model}:{name}".encode()).hexdigest()[:5]
        sql = pgtrigger.compiler.UpsertTriggerSql(
            pgid=f"pgtrigger_{name}_{number}",
            table=TABLES_OF_LINKS.get(model, f"cases_{model.lower()}"),
            when=when,
            operation=operation,
            func=func,
            **more,
        )
        trigger = pgtrigger.compiler.Trigger(name=name, sql=sql)
        added.append(AddTrigger(model_name=model.lower(), trigger=trigger))
    return added


# Of a many-to-many field; the model stands for it.
TABLES_OF_LINKS = {
    "SentenceCharge": "cases_sentence_charges",
    "ProsecutionCharge": "cases_prosecution_charges",
    "ProsecutionSentence": "cases_prosecution_sentences",
    "SourceDerivation": "cases_source_derived_from",
}


# --- History -------------------------------------------------------------------------

# Of each event, beside what it keeps of the record.
FIRST = [
    ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
    ("pgh_label", models.TextField(help_text="The event label.")),
    (
        "pgh_id",
        models.BigIntegerField(
            db_default=models.Func(
                models.Value("cases_history_order"),
                function="nextval",
                output_field=models.BigIntegerField(),
            ),
            editable=False,
            primary_key=True,
            serialize=False,
        ),
    ),
    (
        "pgh_salt",
        models.UUIDField(
            db_default=django.contrib.postgres.functions.RandomUUID(),
            editable=False,
            null=True,
        ),
    ),
    (
        "pgh_login",
        models.CharField(
            db_default=models.Func(
                function="SESSION_USER", template="%(function)s"
            ),
            editable=False,
            max_length=63,
        ),
    ),
    (
        "pgh_transaction",
        models.BigIntegerField(
            db_default=models.Func(
                function="pg_current_xact_id",
                output_field=models.BigIntegerField(),
                template="(%(function)s()::text::bigint)",
            ),
            editable=False,
            null=True,
        ),
    ),
]
LAST = [
    ("pgh_context", pghistory.utils.JSONField(null=True)),
    ("pgh_context_id", models.UUIDField(null=True)),
]
# What the database itself writes into an event; all else is of the record.
WRITTEN = {
    "pgh_context": "COALESCE(NULLIF(CURRENT_SETTING('pghistory.context_metadata', TRUE), ''), NULL)::JSONB",
    "pgh_context_id": "COALESCE(NULLIF(CURRENT_SETTING('pghistory.context_id', TRUE), ''), NULL)::UUID",
    "pgh_created_at": "statement_timestamp()",
}
PROVE_WHO = "NEW.pgh_context := acting_proved(NEW.pgh_context); RETURN NEW;"
NOTE_COMMIT = """
        IF NOT EXISTS (
            SELECT FROM cases_commit
            WHERE transaction = pg_current_xact_id()::text::bigint AND number IS NULL
        ) THEN
            INSERT INTO cases_commit (first_event) VALUES (NEW.pgh_id);
        END IF;
        RETURN NULL;
    """


def history(model, kept):
    return migrations.CreateModel(
        name=f"{model}History",
        fields=[*FIRST, *kept.items(), *LAST],
        options={"ordering": ["pgh_id"], "abstract": False, "default_permissions": ()},
    )


def writes_history(model, kept, once=None):
    """`once`: a column; until it is filled, the record is not there yet."""
    columns = [kept[name].db_column for name in sorted(kept)]
    changed = f"({differs(columns)})" if once else differs(columns)
    if model in TABLES_OF_LINKS:
        changed = "OLD.* IS DISTINCT FROM NEW.*"
    ways = [
        ("write_insert", "INSERT", "insert", ""),
        ("write_update", "UPDATE", "update", changed),
        ("write_delete", "DELETE", "delete", ""),
    ]
    if model not in TABLES_OF_LINKS:
        # That they changed; what they say is never kept.
        ways.append(("write_notes", "UPDATE", "internal_notes", differs(["internal_notes"])))
    written = []
    for name, operation, said, condition in ways:
        if once:
            row = "NEW" if operation == "INSERT" else "OLD"
            is_there = f"{row}.{once} IS NOT NULL"
            condition = f"{is_there} AND ({condition})" if condition else is_there
        func = written_as(model, columns, said)
        written += triggers(name, [model], f"AFTER {operation}", func, **when(condition))
    if once:
        filled = f"OLD.{once} IS NULL AND NEW.{once} IS NOT NULL"
        func = written_as(model, columns, "insert")
        written += triggers("write_late_insert", [model], "AFTER UPDATE", func, **when(filled))
    written += triggers(
        "prove_who",
        [f"{model}History"],
        "BEFORE INSERT",
        PROVE_WHO,
        condition="WHEN (NEW.pgh_context IS NOT NULL)",
    )
    written += triggers("note_commit", [f"{model}History"], "AFTER INSERT", NOTE_COMMIT)
    return written


def differs(columns):
    return " OR ".join(f'OLD."{column}" IS DISTINCT FROM (NEW."{column}")' for column in columns)


def when(condition):
    return {"condition": f"WHEN ({condition})"} if condition else {}


def written_as(model, columns, said):
    row = "OLD" if said == "delete" else "NEW"
    values = {column: f'{row}."{column}"' for column in columns}
    values |= {**WRITTEN, "pgh_label": f"'{said}'"}
    named = ", ".join(f'"{column}"' for column in sorted(values))
    given = ", ".join(values[column] for column in sorted(values))
    return f'INSERT INTO "cases_{model.lower()}history" ({named}) VALUES ({given}); RETURN NULL;'


# --- What citations state ------------------------------------------------------------

STATES = """
            EXECUTE $sql$
                UPDATE cases_citation SET states = stated_before(field, item, $2, $3)
                WHERE {target} = $1 AND states IS NULL AND stated_before(field, item, $2, $3) IS NOT NULL
            $sql$ USING OLD.id, to_jsonb(OLD), to_jsonb(NEW);
            {besides}
            RETURN NULL;
        """
GOES_ALONG = """
            EXECUTE $sql$
                DELETE FROM cases_citation AS citation
                WHERE {target} = $1 AND hedge <> 'denied'
                AND states = stated_before(field, item, $2, $3)
                AND CASE WHEN item <> '' THEN NOT jsonb_exists($4 -> field, item)
    ELSE COALESCE($4 -> field, $4 -> (field || '_id'), 'null') IN ('null', '""', '[]', '{{}}') END AND NOT EXISTS (
    SELECT FROM cases_edition AS edition WHERE edition.root_id = citation.root_id
    AND edition.event >= (
        SELECT COALESCE(min(made.pgh_id), 0) FROM cases_citationhistory AS made
        WHERE made.id = citation.id
    )
)
            $sql$ USING OLD.id, to_jsonb(OLD), to_jsonb(NEW),
                (SELECT to_jsonb(stored) FROM {table} AS stored WHERE id = OLD.id);
            RETURN NULL;
        """


def cited(model, target, facts, besides=""):
    """Sources go on stating what they stated when one of these facts changes.

    `target` is the column of the citation; `besides` is done in the same moment.
    """
    names = {"target": target, "table": f"cases_{model.lower()}", "besides": besides}
    changed = when(differs(facts))
    return [
        *triggers(
            "keep_what_sources_said",
            [model],
            "AFTER UPDATE",
            STATES.format(**names),
            **changed,
        ),
        *triggers(
            "take_its_citation_along",
            [model],
            "AFTER UPDATE",
            GOES_ALONG.format(**names),
            constraint="CONSTRAINT",
            timing="DEFERRABLE INITIALLY DEFERRED",
            **changed,
        ),
    ]
