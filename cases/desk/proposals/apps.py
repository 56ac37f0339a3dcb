from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ProposalsConfig(AppConfig):
    """What partners hand in, and what the desk decides of it. Only the desk has this
    installed; the API that takes proposals in asks `tracker/proposals.py`.
    """

    name = "cases.desk.proposals"
    label = "proposals"
    verbose_name = _("Proposals")

    def ready(self) -> None:
        from cases.desk.proposals import form

        post_migrate.connect(form.store, sender=self)
