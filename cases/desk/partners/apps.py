from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Who may see what partners may see. Only the desk has this installed.

    The read API asks `tracker/api/keys.py`.
    """

    name = "cases.desk.partners"
    label = "partners"
    verbose_name = _("Partners")
