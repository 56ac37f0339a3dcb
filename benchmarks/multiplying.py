"""Many rows of the record from few, in SQL: each copy has an id of its own, and belongs to
the copy of what the row belonged to.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models import BigAutoField, ForeignKey, Model, UUIDField

COPY_RECORD = """
    INSERT INTO {table} ({columns}) SELECT {copied}
    FROM {table} AS made CROSS JOIN generate_series(1, %s) AS copy,
    LATERAL jsonb_populate_record(
        NULL::{table}, to_jsonb(made) || jsonb_build_object({changes})
    ) AS copied
"""
WRITABLE = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
    WHERE table_name = %s AND table_schema = current_schema()
    AND is_generated = 'NEVER'
"""
NEW_ID = "md5({column}::text || copy)::uuid"


@contextmanager
def without_triggers(cursor: Any, model: type[Model]) -> Iterator[None]:
    """History and marks of copies are not what is measured."""
    table = model._meta.db_table
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def copy(
    cursor: Any,
    model: type[Model],
    copied: Sequence[type[Model]],
    copies: int,
    texts: Mapping[str, str] | None = None,
) -> None:
    """So many copies of each row. `copied` are all models that are copied; `texts` are
    columns of this one that a copy has otherwise, in SQL.
    """
    cursor.execute(WRITABLE, [model._meta.db_table])
    (columns,) = cursor.fetchone()
    cursor.execute(_statement(model, columns, copied, texts or {}), [copies])


def _statement(
    model: type[Model],
    columns: str,
    copied: Sequence[type[Model]],
    texts: Mapping[str, str],
) -> str:
    pairs = []
    for field in model._meta.concrete_fields:
        if isinstance(field, UUIDField | ForeignKey) and _is_new(field, copied):
            pairs.append(f"'{field.column}', {NEW_ID.format(column=field.column)}")
        elif isinstance(field, BigAutoField):
            sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
            pairs.append(f"'{field.column}', nextval({sequence})")
    for name, value in texts.items():
        pairs.append(f"'{name}', {value}")
    columns_of_copy = ", ".join(f"copied.{name}" for name in columns.split(", "))
    return COPY_RECORD.format(
        table=model._meta.db_table,
        columns=columns,
        copied=columns_of_copy,
        changes=", ".join(pairs),
    )


def _is_new(field: Any, copied: Sequence[type[Model]]) -> bool:
    """The record's own id, or that of another record that is copied."""
    if field.related_model is None:
        return field.primary_key or field.name == "root_id"
    return field.related_model in copied and field.name != "merged_into"
