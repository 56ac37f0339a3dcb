"""Django's own `makemigrations`. Here, triggers are added after all that they name."""

from collections.abc import Sequence
from typing import Any

from django.core.management.commands import makemigrations
from django.db.migrations.operations.base import Operation
from pgtrigger.migrations import AddTrigger


def triggers_last(operations: Sequence[Operation]) -> list[Operation]:
    """Else a reference to a new kind would be added after the triggers that look at
    it.
    """
    return sorted(operations, key=lambda operation: isinstance(operation, AddTrigger))


class Command(makemigrations.Command):
    def write_migration_files(
        self, changes: dict[str, Any], *args: Any, **kwargs: Any
    ) -> None:
        for migrations in changes.values():
            for migration in migrations:
                migration.operations = triggers_last(migration.operations)
        super().write_migration_files(changes, *args, **kwargs)
