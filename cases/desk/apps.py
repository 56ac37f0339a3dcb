from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    """Where staff work: the admin's pages, the editorial API and what guards them. It
    has no tables of its own.
    """

    name = "cases.desk"
    label = "desk"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from cases.desk import roles

        roles.connect()
