"""Holding documents back as the database does it with a withdrawal, for tests of what
is shown meanwhile.
"""

from typing import Any

from django.db import connection

from tracker.audiences import Audience


def hold_back(audience: Audience, root: Any, *, everywhere: bool = True) -> None:
    """From this audience alone: whoever sees more goes on seeing it."""
    before, now = (2, 1) if audience.name == "public" else (1, -1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hold_back(%s::uuid, %s, %s, %s)", [root, before, now, everywhere]
        )


def let_go(audience: Audience) -> None:
    audience.held_model._default_manager.all().delete()
