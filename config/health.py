"""Whether a process lives, and whether it can answer: for who starts and watches it.

Neither tells of changes or withdrawals: whoever asked again and again would learn the
hour of each. docs/decisions/health.md
"""

from functools import cache

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse


def alive(request: HttpRequest) -> HttpResponse:
    """It asks no database: one that is away is no reason to start a process anew."""
    return _kept_nowhere(HttpResponse("ok\n", content_type="text/plain"))


def ready(request: HttpRequest) -> HttpResponse:
    """503 names what is missing: `database`, by one of this process's logins, or
    `migrations`.
    """
    missing = []
    if not all(_answers(alias) for alias in settings.DATABASES):
        missing.append("database")
    elif settings.DESK and _unapplied():
        missing.append("migrations")
    told = {"ready": not missing, "missing": missing}
    return _kept_nowhere(JsonResponse(told, status=503 if missing else 200))


def _answers(alias: str) -> bool:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _unapplied() -> bool:
    try:
        return not _expected() <= set(
            MigrationRecorder(connections["default"]).applied_migrations()
        )
    except DatabaseError:
        return True  # the desk's login reads nothing


@cache
def _expected() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
