"""What proves who acts: is it stored, and is it the one that the desk has?

Only a process with ACTING_SECRET can tell the second. The desk's `check --deploy` does.
"""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from cases.doctor.finding import Finding
from cases.history import proof
from cases.models import ActingSecret


def examine() -> Iterator[Finding]:
    if not ActingSecret.objects.values_list("id").exists():
        yield Finding(
            _(
                "The database has no ACTING_SECRET: whoever is signed in can save"
                " nothing. Run manage.py migrate with the ACTING_SECRET of the desk."
            )
        )
    elif settings.ACTING_SECRET and not proof.is_believed():
        yield Finding(
            _(
                "The ACTING_SECRET of this process is not the one that the database has:"
                " whoever is signed in can save nothing. Find out which one is right;"
                " then run manage.py migrate with it."
            )
        )
