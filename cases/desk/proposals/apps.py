from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProposalsConfig(AppConfig):
    """What partners hand in, and what the desk decides of it. Only the desk has this
    installed; the API that takes proposals in asks `tracker/proposals.py`.
    """

    name = "cases.desk.proposals"
    label = "proposals"
    verbose_name = _("Proposals")
