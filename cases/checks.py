"""Checks of the desk, run by `manage.py check --deploy --database default`."""

from collections.abc import Collection

from django.conf import settings
from django.core.checks import Error

from cases.history import proof


def who_acts_is_believed(
    databases: Collection[str] | None = None, **_: object
) -> list[Error]:
    """Whoever is signed in could save nothing."""
    if "default" not in (databases or ()) or settings.DATABASE_LOGIN != "desk":
        return []
    if not settings.ACTING_SECRET or proof.is_believed():
        return []
    return [
        Error(
            "The database knows another ACTING_SECRET than this process, or none.",
            hint="Run manage.py migrate with the ACTING_SECRET of the desk:"
            " docs/operations.md, “Who acts”.",
            id="cases.E001",
        )
    ]
