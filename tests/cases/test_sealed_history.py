"""History that was sealed once stays verifiable: its columns are only added, and each
checkpoint is read by its format's number. docs/decisions/checkpoints.md
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField
from django.db.migrations.state import ProjectState
from psycopg import sql

from cases.history import checkpoints, digests, ledgers
from cases.history.digests import Columns
from tests import factories as make
from tests.cases.test_checkpoints import Folder, folder, new_key  # noqa: F401

Logins = Callable[[str], psycopg.Connection[Any]]

STORED = Path(__file__).parents[1] / "stored"
KEY = "60d89d2d8e658d19754da88e0a84bd11404379afb2c5f60db9d1a889d2ecd1de"
ONLY_ADD = (
    "Checkpoints that were made before cover it and could not be verified any more. "
    "Leave the column of history as it is and add a new one, which is NULL in the "
    "events there are: docs/decisions/checkpoints.md, “A migration of the tables”."
)


# --- Columns are only added --------------------------------------------------------------------------------------


def types_in_database(table: str) -> dict[str, str]:
    """Without lengths: a longer column holds the same texts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_every_column_of_history_that_was_ever_released_is_there_with_its_type() -> (
    None
):
    stored = json.loads((STORED / "history-columns.json").read_text())
    for table, columns in stored.items():
        there = types_in_database(table)
        for column, kind in columns.items():
            assert there.get(column) == kind, (
                f"{table}.{column} was of the type “{kind}” and is now"
                f" “{there.get(column, 'gone')}”. {ONLY_ADD}"
            )


@pytest.mark.django_db
def test_what_history_keeps_of_the_record_is_null_where_nothing_was_written() -> None:
    """So that a column that is added says nothing of the events there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE table_name LIKE 'cases\\_%history' AND column_name <> 'id'"
            " AND column_name NOT LIKE 'pgh\\_%'"
            " AND (is_nullable = 'NO' OR column_default IS NOT NULL)"
        )
        wrong = [name for (name,) in cursor.fetchall()]
    assert wrong == [], "A column of history has no default and may be NULL."


# Erasures are in the order of events; the others are sealed by day.
LEDGERS = {"erasure", *(model._meta.model_name for model in ledgers.models().values())}


def history_in(state: ProjectState) -> dict[str, dict[str, str]]:
    """The types of columns, by model, as far as the migrations have come."""
    tables = {}
    for (app, name), model in state.models.items():
        if name in LEDGERS or (app == "cases" and name.endswith("history")):
            tables[name] = {
                field.db_column or column: kind_of(field)
                for column, field in model.fields.items()
            }
    return tables


def kind_of(field: models.Field) -> str:
    if isinstance(field, models.ForeignKey):
        return "reference"
    return re.sub(r"\(\d+\)", "", field.db_type(connection) or "")


def test_no_migration_renames_retypes_or_drops_a_column_of_history() -> None:
    loader = MigrationLoader(None)
    state = ProjectState()
    before: dict[str, dict[str, str]] = {}
    for key in plan(loader):
        loader.graph.nodes[key].mutate_state(state, preserve=False)
        now = history_in(state)
        for name, columns in before.items():
            for column, kind in columns.items():
                assert now.get(name, {}).get(column) == kind, (
                    f"Migration {key[1]} changes {name}.{column}. {ONLY_ADD}"
                )
        before = now
    assert "sentencehistory" in before


def test_no_migration_fills_a_column_of_history_in_the_events_there_are() -> None:
    """A value in an old event changes its digest. What is added to a table that is there
    has no default; it may get one in a step of its own.
    """
    loader = MigrationLoader(None)
    filled = []
    for key in plan(loader):
        for operation in loader.disk_migrations[key].operations:
            if not isinstance(operation, AddField):
                continue
            model_name = operation.model_name.lower()
            if operation.name == "salt":
                continue  # with it a ledger begins to be sealed
            if model_name.endswith("history") or model_name in LEDGERS:
                field = operation.field
                if field.has_default() or field.has_db_default() or not field.null:
                    filled.append((key[1], operation.model_name, operation.name))
    assert filled == []


def plan(loader: MigrationLoader) -> list[tuple[str, str]]:
    steps: list[tuple[str, str]] = []
    for app in ("cases", "access", "signin"):
        (last,) = loader.graph.leaf_nodes(app)
        for step in loader.graph.forwards_plan(last):
            if step not in steps:
                steps.append(step)
    return steps


@contextmanager
def one_more_column(owner: psycopg.Connection[Any]) -> Iterator[Callable[[], Columns]]:
    """In every table of history, as after a migration that adds one; yields what the
    models then list.
    """
    tables = digests.columns()
    more = {table: [*names, "added_later"] for table, names in tables.items()}
    change = sql.SQL("ALTER TABLE {} ADD COLUMN added_later varchar(10) NULL")
    back = sql.SQL("ALTER TABLE {} DROP COLUMN IF EXISTS added_later")
    try:
        for table in tables:
            owner.execute(change.format(sql.Identifier(table)))
        yield lambda: more
    finally:
        for table in tables:
            owner.execute(back.format(sql.Identifier(table)))


def last_sentence(owner: psycopg.Connection[Any]) -> int:
    """The number of its event."""
    event = owner.execute("SELECT max(pgh_id) FROM cases_sentencehistory").fetchone()
    assert event
    return int(event[0])


@pytest.mark.django_db(transaction=True)
def test_a_column_that_is_added_breaks_no_checkpoint_and_is_covered_by_the_next(
    logins: Logins,
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner = logins("owner")
    make.make_sentence(make.make_prisoner("Ales Example"))
    folder.make()
    old = last_sentence(owner)
    with one_more_column(owner) as columns:
        monkeypatch.setattr(digests, "columns", columns)
        assert "3 events" in folder.verify("--public-key", folder.public_key)
        owner.execute(
            "INSERT INTO cases_sentencehistory"
            " (pgh_created_at, pgh_label, id, punishment, added_later)"
            " SELECT pgh_created_at, 'update', id, punishment, 'yes'"
            " FROM cases_sentencehistory"
        )
        new = last_sentence(owner)
        folder.make()
        assert "4 events" in folder.verify("--public-key", folder.public_key)

        write = "UPDATE cases_sentencehistory SET added_later = %s WHERE pgh_id = %s"
        owner.execute(write, ["no", new])
        (finding,) = folder.findings()
        assert finding.startswith("checkpoint-000002.json, block 1 ")
        owner.execute(write, ["yes", new])
        owner.execute(write, ["yes", old])
        (finding,) = folder.findings()
        assert finding.startswith("checkpoint-000001.json, block 1 ")


# --- What was sealed before --------------------------------------------------------------------------------------


@pytest.fixture
def sealed(logins: Logins, tmp_path: Path) -> Folder:
    """Two checkpoints of format 1 with their events in the database. Between the two a
    name was erased. Each table has an event, and each column a value in one.
    """
    owner = logins("owner")
    path = tmp_path / "stored"
    shutil.copytree(STORED / "checkpoints-1", path)
    tables = json.loads((path / "events.json").read_text())
    (path / "events.json").unlink()
    for table, content in tables.items():
        columns, rows = content["columns"], content["rows"]
        if table != "cases_erasure":  # they are of before it was kept
            columns = [*columns, "pgh_transaction"]
            rows = [[*row, None] for row in rows]
        statement = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        )
        # As a backup brings them back: they are of before there were orders to erase,
        # and before commits had numbers.
        switched = sql.SQL("ALTER TABLE {table} {switch} TRIGGER USER")
        named = {"table": sql.Identifier(table)}
        owner.execute(switched.format(switch=sql.SQL("DISABLE"), **named))
        try:
            with owner.cursor() as cursor, cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        finally:
            owner.execute(switched.format(switch=sql.SQL("ENABLE"), **named))
    return Folder(path, KEY)


@pytest.mark.django_db(transaction=True)
def test_checkpoints_of_format_1_are_verified_for_ever(sealed: Folder) -> None:
    said = sealed.verify("--public-key", KEY)
    assert "36 events, up to number 55, are as they were." in said
    assert "Erased: cases_personnamehistory 23, cases_personnamehistory 24" in said


@pytest.mark.django_db(transaction=True)
def test_checkpoints_of_format_1_are_verified_after_columns_were_added(
    sealed: Folder, logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    with one_more_column(logins("owner")) as columns:
        monkeypatch.setattr(digests, "columns", columns)
        assert "36 events" in sealed.verify("--public-key", KEY)


@pytest.mark.django_db(transaction=True)
def test_the_stored_events_have_a_value_in_every_column_that_was_sealed(
    sealed: Folder, logins: Logins
) -> None:
    """So that no column can change its meaning unseen by the tests above."""
    owner = logins("owner")
    covered = json.loads(sealed.files()[0].read_text())["columns"]
    for table, columns in covered.items():
        for column in columns:
            count = sql.SQL("SELECT count({}) FROM {}").format(
                sql.Identifier(column), sql.Identifier(table)
            )
            values = owner.execute(count).fetchone()
            assert values, f"{table}.{column}"
            assert values[0] > 0, f"{table}.{column}"


@pytest.mark.django_db(transaction=True)
def test_the_next_checkpoint_goes_on_from_one_of_format_1(
    sealed: Folder, settings: Any, tmp_path: Path, logins: Logins
) -> None:
    settings.CHECKPOINT_KEY_FILE = str(tmp_path / "key.pem")
    key = new_key(tmp_path / "key.pem")
    logins("owner").execute("SELECT setval('cases_history_order', 1000)")
    make.make_claimant("After the second")
    assert sealed.make().name == "checkpoint-000003.json"
    keys = ("--public-key", KEY, "--public-key", key)
    assert "37 events" in sealed.verify(*keys)


@pytest.mark.django_db(transaction=True)
def test_tampering_with_what_was_sealed_in_format_1_is_found(
    sealed: Folder, logins: Logins
) -> None:
    logins("owner").execute(
        "UPDATE cases_sentencehistory SET term_months = 61 WHERE term_months = 60"
    )
    (finding,) = sealed.findings("--public-key", KEY)
    assert "checkpoint-000001.json, block 1 " in finding
    assert "cases_sentencehistory: as many events as there were" in finding


# --- A number, and its reader ------------------------------------------------------------------------------------


def test_a_file_is_read_by_the_reader_of_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "checkpoint-000001.json"
    path.write_text('{"format": 77, "all": "else"}')
    with pytest.raises(checkpoints.Unusable, match="format that this version does not"):
        checkpoints.read(path)

    read: list[Any] = []
    monkeypatch.setitem(checkpoints.READERS, 77, lambda *given: read.append(given))
    checkpoints.read(path)
    ((name, written, content),) = read
    assert (name, written) == (path.name, path.read_bytes())
    assert content == {"format": 77, "all": "else"}


@pytest.mark.parametrize("content", ["{}", '{"format": []}', '{"format": 1}', "[1]"])
def test_what_is_no_checkpoint_is_not_read(content: str, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint-000001.json"
    path.write_text(content)
    with pytest.raises(checkpoints.Unusable, match="cannot be read as a checkpoint"):
        checkpoints.read(path)


def test_the_format_that_is_written_has_a_reader() -> None:
    assert checkpoints.FORMAT in checkpoints.READERS
