from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListsConfig(AppConfig):
    """Whole lists that somebody at the desk brings in: read, compared with the record,
    accepted row by row or all at once.
    """

    name = "cases.desk.lists"
    label = "lists"
    verbose_name = _("Lists")
