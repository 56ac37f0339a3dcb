"""What happens at the end of a transaction, without ending the test's own."""

from django.db import connection


def committed() -> None:
    """Ask what the database asks when a transaction is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
