"""History: beside each table of the record one of events, which the database's triggers
write and nobody changes.

An event holds the record as the change left it (a deletion: as it was last), with who,
when and why in the same row. It holds ids and no references, so it outlives its subject
and whoever changed it. docs/decisions/history.md
"""

from typing import Any

import pghistory
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Func, Value
from django.utils.module_loading import import_string
from pghistory.models import Event

from cases.models.base import Part, Record, declared_links, declared_records
from cases.models.citation import Citation  # which names every other model
from cases.triggers.acting import PROVE_WHO
from cases.triggers.commits import NOTE_COMMIT


def _leads_to_case(model: type[models.Model]) -> str:
    """The field that leads from a record, or from a link between two, to its case."""
    if model is Citation:
        return "root_id"
    if issubclass(model, Part):
        return model.root_path.split("__")[0]
    if issubclass(model, Record):
        return "id"
    references = [field for field in model._meta.fields if field.is_relation]
    return references[0].name


# Every model of the record, links among them, and the field that leads to its case.
TRACKED: dict[type[models.Model], str] = {
    model: _leads_to_case(model) for model in (*declared_records(), *declared_links())
}
INTERNAL_NOTES = "internal_notes"
# Not kept: what says nothing of its own, and notes, where relatives' numbers land.
LEFT_OUT = {"version", "updated_at", INTERNAL_NOTES}

# The next number in the one order of all events.
ORDER = Func(
    Value("cases_history_order"),
    function="nextval",
    output_field=models.BigIntegerField(),
)
# Who connected, whatever the connection says of itself.
LOGIN = Func(function="SESSION_USER", template="%(function)s")
# As PostgreSQL numbers them; a copy of the database elsewhere begins anew.
TRANSACTION = Func(
    function="pg_current_xact_id",
    template="(%(function)s()::text::bigint)",
    output_field=models.BigIntegerField(),
)


class RecordEvent(Event):
    """`pgh_id` is one order for the events of all tables: a record's own events, and a
    case's, stand in it as they were committed, because a change draws its number with
    the lock on its case. Numbers of what was rolled back are missing.
    """

    pgh_id = models.BigIntegerField(primary_key=True, editable=False, db_default=ORDER)
    # So that nobody finds by trying what an erased event said, whose digest is kept.
    # NULL: erased.
    pgh_salt = models.UUIDField(null=True, editable=False, db_default=RandomUUID())
    pgh_login = models.CharField(max_length=63, editable=False, db_default=LOGIN)
    # `pgh_created_at` is the time of the statement. NULL in events of before, in which
    # it was that of the transaction.
    pgh_transaction = models.BigIntegerField(
        null=True, editable=False, db_default=TRANSACTION
    )

    database_rights = {"desk": "SELECT"}

    class Meta:
        abstract = True


class _OfKnownRoot(pghistory.AnyChange):
    """As AnyChange; nothing is an update before it has been an insert (see
    `_trackers`).
    """

    def resolve(self, model: type[models.Model]) -> str:
        return f"OLD.root_id IS NOT NULL AND ({super().resolve(model)})"


def _track(model: type[models.Model], root: str) -> None:
    columns = (model._meta.concrete_model or model)._meta.local_concrete_fields
    kept = [
        field
        for field in columns
        if field.name not in LEFT_OUT and not isinstance(field, models.GeneratedField)
    ]
    pghistory.track(
        *_trackers(model),
        fields=[],
        attrs={
            field.name: _as_kept(field, db_index=field.name in {"id", root})
            for field in kept
        },
        base_model=RecordEvent,
        model_name=f"{model.__name__}History",
        obj_field=None,
        context_field=pghistory.ContextJSONField(),
        context_id_field=pghistory.ContextUUIDField(),
        meta={
            "default_permissions": (),
            "ordering": ["pgh_id"],
            "triggers": [PROVE_WHO, NOTE_COMMIT],
        },
    )(model)


def _as_kept(field: models.Field, db_index: bool) -> models.Field:
    """A column for whatever stood there: no rule, no default, of a reference only the
    id. NULL where nothing stood, and where a field was not there yet, or its value is
    erased.
    """
    of = field.target_field if isinstance(field, models.ForeignKey) else field
    own: dict[str, Any] = {
        "null": not field.primary_key,
        "db_index": db_index,
        "db_column": field.column,
    }
    if isinstance(of, models.AutoField):
        return models.BigIntegerField(**own)
    _name, path, _args, options = of.deconstruct()
    kind = models.CharField if isinstance(of, models.CharField) else import_string(path)
    return kind(
        **own,
        **{
            name: options[name]
            for name in ("max_length", "base_field")
            if name in options
        },
    )


def _trackers(model: type[models.Model]) -> list[pghistory.Tracker]:
    """Row by row: by statement, a bulk change after a few single ones falls to some
    hundred rows a second.

    PostgreSQL fires triggers by name: “write…” comes after “touch_root”, so that an
    event draws its number with the lock on its case. A citation that is loaded before
    its record counts as inserted once its case is found.
    """
    changed, known_before, known_now = pghistory.AnyChange, None, None
    late: list[pghistory.Tracker] = []
    if any(field.name == "root_id" for field in model._meta.concrete_fields):
        changed = _OfKnownRoot
        known_before = pghistory.Condition("OLD.root_id IS NOT NULL")
        known_now = pghistory.Condition("NEW.root_id IS NOT NULL")
        found = pghistory.Condition("OLD.root_id IS NULL AND NEW.root_id IS NOT NULL")
        late = [
            pghistory.UpdateEvent(
                "insert", trigger_name="write_late_insert", condition=found
            )
        ]
    notes = (
        [
            pghistory.UpdateEvent(
                INTERNAL_NOTES,
                trigger_name="write_notes",
                condition=changed(INTERNAL_NOTES),
            )
        ]
        if issubclass(model, Record)
        else []
    )
    return [
        pghistory.InsertEvent(trigger_name="write_insert", condition=known_now),
        pghistory.UpdateEvent(trigger_name="write_update", condition=changed()),
        pghistory.DeleteEvent(trigger_name="write_delete", condition=known_before),
        *late,
        *notes,
    ]


for _model, _root in TRACKED.items():
    _track(_model, _root)
