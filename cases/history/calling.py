"""Functions of the database that write for whoever acts: tables that the desk's login
may not write itself.
"""

from typing import Any

from django.db import connection


def call(function: str, *arguments: Any) -> None:
    """`function` with its placeholders, as in “access_shown(%s::jsonb)”. Nothing is said
    of who acts with a statement that begins with SELECT.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH called AS (SELECT * FROM {function} AS done) SELECT FROM called",  # noqa: S608
            arguments,
        )
