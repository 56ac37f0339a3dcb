from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestsConfig(AppConfig):
    """Who asked for what, by when it is answered, and how it was. Only the desk has this
    installed; the gate and the publisher cannot read its tables.
    """

    name = "cases.desk.requests"
    label = "requests"
    verbose_name = _("Requests of people")
