"""`manage.py metrics`: figures for Prometheus, on a port of their own."""

import time

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from prometheus_client import start_http_server

from config.figures import registry


class Command(BaseCommand):
    help = (
        "Serves figures for Prometheus until it is stopped, on this machine alone unless"
        " told otherwise. They tell when something was taken back: show them to nobody."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=9464)
        parser.add_argument("--address", default="127.0.0.1")

    def handle(self, *, port: int, address: str, **_options: object) -> None:
        start_http_server(port, address, registry())
        self.stdout.write(
            _("Figures at http://%(address)s:%(port)s/metrics")
            % {"address": address, "port": port}
        )
        while True:
            time.sleep(3600)
