"""Django's own `loaddata`, whose changes say in the history where they come from."""

from typing import Any

from django.core.management.commands import loaddata

from cases.history import acting


class Command(loaddata.Command):
    def handle(self, *fixture_labels: Any, **options: Any) -> None:
        with acting(page="manage.py loaddata"):
            super().handle(*fixture_labels, **options)
