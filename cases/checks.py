"""Checks of the desk, run by `manage.py check --deploy --database default`."""

from collections.abc import Collection

from django.conf import settings
from django.core.checks import Error
from django.db import connection

from cases.history import proof


def who_acts_is_believed(
    databases: Collection[str] | None = None, **_: object
) -> list[Error]:
    """Whoever is signed in could save nothing."""
    if "default" not in (databases or ()) or settings.DATABASE_LOGIN != "desk":
        return []
    if not settings.ACTING_SECRET or not _is_migrated() or proof.is_believed():
        return []
    return [
        Error(
            "The database knows another ACTING_SECRET than this process, or none.",
            hint="Run manage.py migrate with the ACTING_SECRET of the desk:"
            " docs/operations.md, “Who acts”.",
            id="cases.E001",
        )
    ]


def _is_migrated() -> bool:
    """Before, nobody can act: `migrate` stores the secret."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('acting_session()') IS NOT NULL")
        return bool(cursor.fetchone()[0])
