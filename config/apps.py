from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ConfigApp(AppConfig):
    """What holds the two halves together: the rights of the database logins, and the checks before going live."""

    name = "config"

    def ready(self) -> None:
        from config import checks, logins

        checks.register_checks()
        # The signal is sent once for each app with models: after the last one, every table is there.
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(logins.after_migrating, sender=last)
