from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ErasingConfig(AppConfig):
    """How history forgets: docs/decisions/checkpoints.md. It has no tables of its own."""

    name = "cases.desk.erasing"
    label = "erasing"
    verbose_name = _("Erasing")
