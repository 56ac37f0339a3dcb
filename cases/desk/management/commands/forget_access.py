"""`manage.py forget_access`: deletes old entries of the access log, old drafts, and the
files of lists whose day has come.

Only the owner's login may do it.
"""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.desk.access.forgetting import forget_older_than
from cases.desk.drafts.forgetting import forget_old_drafts
from cases.desk.lists.forgetting import forget_files
from tracker.database import is_owner


class Command(BaseCommand):
    help = (
        "Deletes what is older than ACCESS_LOG_DAYS from the access log, drafts of more"
        " than a week, and the files of lists whose day has come."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than", type=int, default=settings.ACCESS_LOG_DAYS, metavar="DAYS"
        )

    def handle(self, *, older_than: int, **_options: object) -> None:
        if not is_owner():
            raise CommandError(
                _(
                    "Only the owner's login may forget:"
                    " start it as manage.py forget_access."
                )
            )
        if older_than < 1:
            raise CommandError(_("Give at least one day."))
        count = forget_older_than(older_than)
        self.stdout.write(_("%(count)s entries deleted.") % {"count": count})
        drafts = forget_old_drafts()
        self.stdout.write(_("%(count)s drafts deleted.") % {"count": drafts})
        files = forget_files()
        self.stdout.write(_("%(count)s files of lists deleted.") % {"count": files})
