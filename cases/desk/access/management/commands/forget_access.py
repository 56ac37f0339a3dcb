"""`manage.py forget_access`: takes out of the access log what is older than it needs to
be. By the owner's login.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from cases.desk.access.forgetting import forget_older_than


class Command(BaseCommand):
    help = "Deletes what is older than ACCESS_LOG_DAYS from the access log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than", type=int, default=settings.ACCESS_LOG_DAYS, metavar="DAYS"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if (
            connection.settings_dict["USER"]
            != settings.DATABASE_LOGINS["owner"]["USER"]
        ):
            raise CommandError(
                _(
                    "Only the owner's login may forget: start it as manage.py forget_access."
                )
            )
        if options["older_than"] < 1:
            raise CommandError(_("Give at least one day."))
        gone = forget_older_than(options["older_than"])
        self.stdout.write(_("%(count)s entries deleted.") % {"count": gone})
