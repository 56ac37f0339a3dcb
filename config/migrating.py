"""Migrations in less time: on a new database, two thirds of it went into rendering.

A trigger that comes or goes changes nothing of how a model is rendered for migrations.
pgtrigger has the model rendered anew each time, with all that is related to it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

Forwards = Callable[[Any, str, ProjectState], None]


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
