from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackerConfig(AppConfig):
    name = "tracker"
    verbose_name = _("Published tracker")

    def ready(self) -> None:
        from tracker import ids  # noqa: F401 (addresses read ids by it)
