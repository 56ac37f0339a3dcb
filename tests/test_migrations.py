"""From 1.0 on, readers read on while migrations run (docs/decisions/migrations.md)."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation

from config.migrating import GONE
from config.table_locks import NotKnown, locked, statements, tables_of_readers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]

OF_1_0 = Path(__file__).parent / "stored/releases/1.0.0.sql.gz"
OURS = {"cases", "tracker", "partners", "proposals"}
NOTED = re.compile(r"\t?\(\d+, '(\w+)', '(\w+)', '\d{4}-")
# What takes a moment, whatever is in the table, and takes nothing away.
QUICK = re.compile(
    r'ALTER TABLE "\w+" (?:'
    r"ADD COLUMN (?!.*\b(?:UNIQUE|PRIMARY|CHECK|REFERENCES|GENERATED)\b)"
    r"(?!.*\bDEFAULT\b.*\()[^,]*(?:\([^)]*\))?[^,]*"
    r"|ADD CONSTRAINT .* NOT VALID"
    r'|ALTER COLUMN "\w+" DROP (?:DEFAULT|NOT NULL)'
    r")",
    re.S,
)


def keeps_readers_waiting(migration: Migration) -> list[str]:
    """What in it, after all that it stands on, does more than take a moment."""
    if not all(operation.reduces_to_sql for operation in migration.operations):
        return ["code of its own"]
    loader = MigrationLoader(connection)
    before = loader.project_state(migration.dependencies)
    return list(_slow(statements(migration, before)))


def _slow(told: str) -> Iterator[str]:
    of_readers = tables_of_readers()
    for statement in told.split(";\n"):
        bare = statement.strip().rstrip(";")
        try:
            is_of_readers = locked(bare) & of_readers
        except NotKnown:
            is_of_readers = {"?"}
        if is_of_readers and not QUICK.fullmatch(bare):
            yield bare


def after_1_0() -> list[tuple[str, str]]:
    """None as long as there is no 1.0."""
    if not OF_1_0.exists():
        return []
    noted = set(NOTED.findall(gzip.decompress(OF_1_0.read_bytes()).decode()))
    loader = MigrationLoader(None)
    return [
        key for key in loader.disk_migrations if key[0] in OURS and key not in noted
    ]


def test_every_migration_after_1_0_lets_readers_read_on() -> None:
    loader = MigrationLoader(None)
    slow = {}
    for key in after_1_0():
        if found := keeps_readers_waiting(loader.disk_migrations[key]):
            slow[key] = found
    assert slow == {}


def test_a_stored_release_tells_its_migrations() -> None:
    """So that the first migration after 1.0 is found."""
    path = OF_1_0.with_name("0.1.0.sql.gz")
    noted = set(NOTED.findall(gzip.decompress(path.read_bytes()).decode()))
    assert {("cases", "0005_own_countries"), ("tracker", "0003_counted_anew")} <= noted
    assert not {app for app, _name in noted} & GONE


def of_readers(*operations: Operation) -> list[str]:
    stands_on = MigrationLoader(None).graph.leaf_nodes("tracker")
    told = {"operations": list(operations), "dependencies": stands_on}
    later = type("Later", (Migration,), told)
    return keeps_readers_waiting(later("later", "tracker"))


def test_a_column_that_is_empty_may_come_to_a_table_of_readers() -> None:
    field = models.TextField(null=True)
    number = models.BigIntegerField(db_default=0)
    assert of_readers(migrations.AddField("publicdocument", "later", field)) == []
    assert of_readers(migrations.AddField("publicdocument", "later", number)) == []
    index = models.Index(fields=["seq"], name="later")
    assert of_readers(migrations.AddIndex("publicdocument", index)) == []


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("publicdocument", "sort_name"),
        migrations.RenameField("publicdocument", "sort_name", "name"),
        migrations.AlterField("publicdocument", "seq", models.TextField()),
        migrations.AddField(
            "publicdocument", "later", models.TextField(unique=True, null=True)
        ),
        migrations.AddConstraint(
            "publicdocument",
            models.CheckConstraint(condition=models.Q(seq__gt=0), name="later"),
        ),
        migrations.DeleteModel("publicspan"),
        migrations.RunSQL("LOCK TABLE tracker_public_document"),
        migrations.RunSQL("SELECT anything()"),
        migrations.RunPython(migrations.RunPython.noop),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_takes_long_or_takes_away_may_not(operation: Operation) -> None:
    assert len(of_readers(operation)) == 1
