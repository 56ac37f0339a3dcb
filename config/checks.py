"""What `manage.py check --deploy` holds against the settings, beside Django's own checks."""

from itertools import combinations
from typing import Any

from django.conf import settings
from django.core.checks import Error, register


def register_checks() -> None:
    register(logins_differ, deploy=True)


def logins_differ(**_: Any) -> list[Error]:
    """The boundary between what is public and what is not is drawn between logins."""
    logins = {role: database["USER"] for role, database in settings.DATABASE_LOGINS.items()}
    return [
        Error(
            f"The roles “{one}” and “{other}” use the same database login “{logins[one]}”.",
            hint="Give each of the four a login of its own: docs/operations.md, “Database logins”.",
            id="config.E001",
        )
        for one, other in combinations(logins, 2)
        if logins[one] == logins[other]
    ]
