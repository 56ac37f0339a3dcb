from django.apps import AppConfig, apps
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate


class ConfigApp(AppConfig):
    """Gives the database logins their rights, and checks a site before it goes live."""

    name = "config"

    def ready(self) -> None:
        from config import checks

        checks.register_checks()
        if not apps.is_installed("cases"):
            return  # this process has no tables to make
        from config import logins, migrating, prerequisites

        migrating.render_no_triggers()
        register(migrating.older_ones_are_complete, Tags.database)

        # Both signals are sent once for each app with models. We listen before the
        # first of them and after the last.
        with_models = [app for app in apps.get_app_configs() if app.models_module]
        pre_migrate.connect(prerequisites.before_migrating, sender=with_models[0])
        post_migrate.connect(logins.after_migrating, sender=with_models[-1])
        post_migrate.connect(migrating.note_release, sender=with_models[-1])
