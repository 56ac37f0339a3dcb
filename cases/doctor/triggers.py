"""The triggers that keep history, marks and promises: installed, as they are declared,
and switched on.
"""

from collections.abc import Iterable, Iterator

from django.db import connection
from django.utils.translation import gettext as _
from pgtrigger.core import INSTALLED
from pgtrigger.registry import registered

from cases.doctor.finding import Finding
from cases.triggers.published import (
    COUNTED,
    KEEP_PUBLICATIONS,
    PUBLISHED,
    RAISE_REVISION,
)

# Of those that PostgreSQL itself keeps, and pgtrigger does not know.
_SWITCHED_OFF = """
    SELECT wanted.name, trigger.name FROM unnest(%s::text[]) AS wanted (name),
        unnest(%s::text[]) AS trigger (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_trigger WHERE tgrelid = to_regclass(wanted.name)
        AND tgname = trigger.name AND tgenabled = 'O'
    )
"""


def examine() -> Iterator[Finding]:
    for table, trigger_name in _switched_off(PUBLISHED.values(), KEEP_PUBLICATIONS):
        words = _(
            "What is published in %(table)s is not kept for checkpoints: the trigger"
            " %(trigger)s is missing or switched off. Find out who did that."
        )
        yield Finding(words % {"table": table, "trigger": trigger_name})
    for table, trigger_name in _switched_off(COUNTED, RAISE_REVISION):
        words = _(
            "Readers may be told from memory what no longer stands in %(table)s: the"
            " trigger %(trigger)s is missing or switched off. Start the processes of"
            " readers with KEPT_ANSWERS_MB=0, and find out who did that."
        )
        yield Finding(words % {"table": table, "trigger": trigger_name})
    for model, trigger in registered():
        status, is_enabled = trigger.get_installation_status(model)
        if status == INSTALLED and is_enabled:
            continue
        words = _(
            "The trigger %(trigger)s of the table %(table)s is missing, changed or"
            " switched off. Find out who did that; then run manage.py pgtrigger"
            " install and manage.py migrate."
        )
        names = {"trigger": trigger.name, "table": model._meta.db_table}
        yield Finding(words % names)


def _switched_off(
    tables: Iterable[str], triggers: Iterable[str]
) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_SWITCHED_OFF, [list(tables), list(triggers)])
        found: list[tuple[str, str]] = cursor.fetchall()
        return found
