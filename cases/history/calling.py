"""Functions of the database that write, and read, for whoever acts: tables that the
desk's login may not touch itself.
"""

from typing import Any

from django.db import connection


def call(function: str, *arguments: Any) -> None:
    """`function` with its placeholders, as in “access_shown(%s::jsonb)”."""
    ask(function, *arguments)


def ask(function: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """What the function answers. Nothing is said of who acts with a statement that
    begins with SELECT.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH called AS (SELECT * FROM {function}) SELECT * FROM called",  # noqa: S608
            arguments,
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
