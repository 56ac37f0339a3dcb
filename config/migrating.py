"""Migrations in less time: on a new database, most of it went into rendering models.

A trigger that comes or goes changes nothing of how a model is rendered for migrations.
pgtrigger has the model rendered anew each time, with all that is related to it.
"""

from collections.abc import Callable, Collection, Iterable
from functools import wraps
from typing import Any

from django.core.checks import Error
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from config import closed
from tracker.database import is_owner
from tracker.versions import RELEASE

Forwards = Callable[[Any, str, ProjectState], None]


# Apps that were there once: their migrations stay noted where they ran.
GONE = {"rest_framework_api_key"}


def render_no_triggers() -> None:
    for operation in (AddTrigger, RemoveTrigger):
        forwards = _as_rendered(operation.state_forwards)
        operation.state_forwards = forwards  # type: ignore[assignment, method-assign]


def _as_rendered(state_forwards: Forwards) -> Forwards:
    @wraps(state_forwards)
    def forwards(operation: Any, app_label: str, state: ProjectState) -> None:
        # A state renders its models when they are first asked for, and keeps them here.
        rendered = state.__dict__.pop("apps", None)
        state_forwards(operation, app_label, state)
        if rendered is not None:
            state.__dict__["apps"] = rendered

    return forwards


def older_ones_are_complete(
    databases: Collection[str] | None = None, **_: object
) -> list[Error]:
    """Where migrations were put together into one, a database has all of them or none.
    Django's own words for it name neither the reason nor the way out.
    """
    errors = []
    for alias in databases or ():
        if not is_owner(alias):
            continue
        loader = MigrationLoader(connections[alias])
        for migration in loader.replacements.values():
            missing = [
                key
                for key in migration.replaces
                if key not in loader.applied_migrations
            ]
            if 0 < len(missing) < len(migration.replaces):
                app, name = missing[0]
                errors.append(
                    Error(
                        f"This database is too old for this release: it lacks the"
                        f" migration {name} of {app}, which is now part of"
                        f" {migration.name}.",
                        hint="Run manage.py migrate of the last release that has it,"
                        " then that of this one: docs/upgrading.md, “Migrations that"
                        " were put together”.",
                        id="config.E008",
                    )
                )
    return errors


def unknown(using: str) -> list[str]:
    """Migrations of this database that are not of this release, as “app.name”."""
    applied = MigrationRecorder(connections[using]).applied_migrations()
    return not_of_this_release(f"{app}.{name}" for app, name in applied)


def not_of_this_release(migrations: Iterable[str]) -> list[str]:
    """Of these, each as “app.name”. Those that were put together are known."""
    known: set[str] = set()
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        for known_app, known_name in [(app, name), *migration.replaces]:
            known.add(f"{known_app}.{known_name}")
    return sorted(
        migration
        for migration in set(migrations) - known
        if migration.partition(".")[0] not in GONE
    )


def note_release(using: str, plan: list[object] | None = None, **_: object) -> None:
    """In the comment of the database, as what is closed is. `plan` is None after
    `flush`.
    """
    if plan is not None and is_owner(using):
        closed.close(closed.MIGRATED, RELEASE, using)
