"""What the database takes no longer, and may hold from before."""

from typing import Any

from django.db import connection

from cases.models.withheld import Withheld
from tests.roles import acting_as


def withheld_as_before(case: Any, withheld: Withheld) -> None:
    """Keys that mean no fact: from before the database refused them, or of a field that
    was renamed since.
    """
    table = case._meta.db_table
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass"
            " AND tgname LIKE 'pgtrigger_know_what_is_withheld%%'",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
        connection.check_constraints()
        for name in names:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        type(case)._base_manager.filter(pk=case.pk).update(withheld=withheld)
        connection.check_constraints()
        for name in names:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
