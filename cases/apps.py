from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Record")

    def ready(self) -> None:
        from cases import checks, triggered
        from cases.history import proof
        from cases.named import seeing
        from cases.publishing import on_commit
        from cases.review import rule

        triggered.register()
        on_commit.connect()
        register(checks.who_acts_is_believed, Tags.database, deploy=True)
        register(checks.used_fields_are_fields)
        post_migrate.connect(rule.store, sender=self)
        post_migrate.connect(proof.store, sender=self)
        seeing.connect()
