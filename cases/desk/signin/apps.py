from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignInConfig(AppConfig):
    """Who gets to the desk, by django-allauth: docs/decisions/sign-in.md.

    Only the desk has this installed.
    """

    name = "cases.desk.signin"
    label = "signin"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from cases.desk.signin import language, own_acts

        own_acts.connect()
        language.connect()
