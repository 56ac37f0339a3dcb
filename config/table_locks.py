"""Which statements of a migration keep readers waiting: they lock a table so that nobody
reads it until the migration has ended.
"""

import re
from collections.abc import Iterator, Sequence

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from config import logins

# Partners ask these by functions that run with their owner's rights.
OF_PARTNERS = ("partners_", "proposals_")
_NAME = r'(?:"?\w+"?\.)?"?(?P<name>\w+)"?'
_IF = r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"
# What takes ACCESS EXCLUSIVE on the table that it names.
_EXCLUSIVE = re.compile(
    rf"(?:ALTER\s+TABLE\s+{_IF}(?:ONLY\s+)?|DROP\s+TABLE\s+{_IF}"
    rf"|TRUNCATE\s+(?:TABLE\s+)?|LOCK\s+(?:TABLE\s+)?"
    rf"|DROP\s+TRIGGER\s+{_IF}\S+\s+ON\s+)(?!ALL\b){_NAME}(?P<does>[^,]*)",
    re.I,
)
_OF_AN_INDEX = re.compile(rf"DROP\s+INDEX\s+{_IF}(?!CONCURRENTLY){_NAME}[^,]*", re.I)
# Of ALTER TABLE, what lets others read on.
_MILD = re.compile(
    r"\s*(?:VALIDATE\s+CONSTRAINT|(?:ENABLE|DISABLE)\s+TRIGGER"
    r"|ADD\s+CONSTRAINT\s+\S+\s+FOREIGN\s+KEY"
    r"|ALTER\s+(?:COLUMN\s+)?\S+\s+SET\s+STATISTICS)\b",
    re.I,
)
# What lets others read every table.
_MILD_ONES = re.compile(
    r"(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:UNIQUE\s+)?(?:TABLE|INDEX|FUNCTION|TRIGGER"
    r"|CONSTRAINT\s+TRIGGER|EXTENSION|SEQUENCE|VIEW|TYPE|AGGREGATE)"
    r"|ALTER\s+(?:INDEX|SEQUENCE|FUNCTION)"
    r"|DROP\s+(?:FUNCTION|SEQUENCE|VIEW|TYPE)(?!.*\bCASCADE)"
    r"|INSERT|UPDATE|DELETE|COMMENT|GRANT|REVOKE|SET)\b",
    re.I | re.S,
)
# Bodies of functions, texts and comments.
_LEFT_OUT = re.compile(
    r"(\$\w*\$).*?\1|'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|\bBEGIN\s+ATOMIC\b.*?\bEND\b",
    re.S | re.I,
)
_TABLE_OF_INDEX = """
    SELECT indrelid::regclass::text FROM pg_index WHERE indexrelid = to_regclass(%s)
"""
_BOUND_BY_KEYS = """
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND to_regclass(%s) IN (conrelid, confrelid)
"""


class NotKnown(Exception):
    """What it locks cannot be told before it runs."""


def tables_of_readers() -> set[str]:
    """Of the tables that there are, those that the public or partners need."""
    declared = logins.declared_rights()
    needed = set()
    for table in connection.introspection.table_names():
        is_read = any(
            "SELECT" in logins.rights(role, table, declared)
            for role in logins.AUDIENCE_TABLES
        )
        if is_read or table.startswith(OF_PARTNERS):
            needed.add(table)
    return needed


def locked(statements: str) -> set[str]:
    """The tables that these statements lock for everybody. Raises NotKnown."""
    tables: set[str] = set()
    for statement in _LEFT_OUT.sub(" ", statements).split(";"):
        tables |= _locked_by_one(statement.strip())
    return tables


def _locked_by_one(statement: str) -> set[str]:
    exclusive = _EXCLUSIVE.match(statement)
    if exclusive:
        name, does = exclusive["name"], exclusive["does"]
        is_whole = exclusive.end() == len(statement)
        if is_whole and _MILD.match(does):
            return set()
        if not is_whole and not statement.upper().startswith("ALTER"):
            raise NotKnown  # several tables
        if "DROP" in statement.upper():
            return {name, *_bound(name)}
        return {name}
    of_an_index = _OF_AN_INDEX.fullmatch(statement)
    if of_an_index:
        return _table_of_index(of_an_index["name"])
    if statement and not _MILD_ONES.match(statement):
        raise NotKnown
    return set()


def _bound(table: str) -> set[str]:
    """With a table or a column a key may go, and with the key its triggers elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(_BOUND_BY_KEYS, [f'"{table}"'])
        return {name.strip('"') for row in cursor.fetchall() for name in row}


def _table_of_index(name: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLE_OF_INDEX, [f'"{name}"'])
        return {table.strip('"') for (table,) in cursor.fetchall()}


def locked_by(
    plan: list[Migration], executor: MigrationExecutor
) -> Iterator[tuple[Migration, set[str] | None]]:
    """Each migration, with the tables that it locks; None where it is not known.

    Its statements are written down and not run: the database refuses whatever one of
    them would write by itself.
    """
    loader = executor.loader
    applied = [key for key in loader.applied_migrations if key in loader.graph.nodes]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        state: ProjectState | None = loader.project_state(applied)
        for migration in plan:
            tables: set[str] | None = None
            if state and not _runs_code(migration.operations):
                try:
                    with transaction.atomic():
                        tables = locked(statements(migration, state))
                except Exception:  # whatever it is: then it is not known
                    state = None
            else:
                state = None
            yield migration, tables
        transaction.set_rollback(True)


def statements(migration: Migration, state: ProjectState) -> str:
    """Changes `state` as the migration does."""
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(state, editor, collect_sql=True)
    return ";\n".join(editor.collected_sql)


def _runs_code(operations: Sequence[Operation]) -> bool:
    for operation in operations:
        inner = getattr(operation, "operations", None)
        inner = inner or getattr(operation, "database_operations", None)
        if not operation.reduces_to_sql or (inner and _runs_code(inner)):
            return True
    return False
