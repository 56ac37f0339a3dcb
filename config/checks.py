"""What `manage.py check --deploy` holds against the settings, beside Django's own checks."""

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.core.checks import Error, register


def register_checks() -> None:
    register(logins_differ, deploy=True)


def logins_differ(**_: Any) -> list[Error]:
    """The boundary between what is public and what is not is drawn between logins."""
    roles_of: dict[str, list[str]] = defaultdict(list)
    for role, database in settings.DATABASE_LOGINS.items():
        roles_of[database["USER"]].append(settings.DATABASE_VARIABLES[role])
    return [
        Error(
            f"{' and '.join(variables)} use the same login “{login}”.",
            hint="Give each of the four a login of its own: docs/operations.md, “Database logins”.",
            id="config.E001",
        )
        for login, variables in roles_of.items()
        if len(variables) > 1
    ]
