"""Django's own `loaddata`. Here, history says where its changes come from."""

from django.core.management.commands import loaddata

from cases.history import acting


class Command(loaddata.Command):
    def handle(self, *fixture_labels: str, **options: object) -> None:
        with acting(page="manage.py loaddata"):
            super().handle(*fixture_labels, **options)
