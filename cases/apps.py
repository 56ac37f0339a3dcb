from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Record")

    def ready(self) -> None:
        from cases import triggered
        from cases.publishing import on_commit
        from cases.review import rule

        triggered.register()
        on_commit.connect()
        post_migrate.connect(rule.store, sender=self)
