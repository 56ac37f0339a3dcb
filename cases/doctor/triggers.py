"""The triggers that keep history, marks and promises: installed, as they are declared,
and switched on.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from pgtrigger.core import INSTALLED
from pgtrigger.registry import registered

from cases.doctor.finding import Finding


def examine() -> Iterator[Finding]:
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
