from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    """Comments, the diary, who works on which case. Only the desk has this installed;
    the gate and the publisher cannot read its tables.
    """

    name = "cases.desk.casework"
    label = "casework"
    verbose_name = _("Work on cases")
