"""`manage.py forget_access`: all that goes by itself at the desk. It deletes old entries
of the access log, old drafts, the files of lists whose day has come, what was said in
proposals that were decided long ago, and who asked something of us that was answered
long ago.

Only the owner's login may do it.
"""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.desk.access.forgetting import forget_older_than
from cases.desk.drafts.forgetting import forget_old_drafts
from cases.desk.lists.forgetting import forget_files
from cases.desk.proposals.forgetting import forget_decided_proposals
from cases.desk.requests.forgetting import forget_contacts
from tracker.database import is_owner


class Command(BaseCommand):
    help = (
        "Deletes what is older than ACCESS_LOG_DAYS from the access log, drafts that are"
        " older than DRAFT_DAYS, the files of lists whose day has come, what partners"
        " said in proposals that were decided more than PROPOSAL_DAYS ago, and the"
        " contacts of requests that were answered more than REQUEST_CONTACT_DAYS ago."
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
        proposals = forget_decided_proposals()
        self.stdout.write(_("%(count)s proposals emptied.") % {"count": proposals})
        contacts = forget_contacts()
        told = _("Contacts of %(count)s requests deleted.") % {"count": contacts}
        self.stdout.write(told)
