from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DraftsConfig(AppConfig):
    """What was typed and not saved yet. Only the desk has this installed, and even its
    login reads a draft by a function alone, for its author.
    """

    name = "cases.desk.drafts"
    label = "drafts"
    verbose_name = _("Drafts")
