from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Who looked at what: docs/decisions/insiders.md. Only the desk installs this."""

    name = "cases.desk.access"
    label = "access"
    verbose_name = _("Who looked at what")

    def ready(self) -> None:
        from cases.desk.access import signing_in

        signing_in.connect()
