"""`manage.py doctor`: examines the database; ends with 1 if something does not agree."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.doctor import Finding, examine
from config import doctor


class Command(BaseCommand):
    help = (
        "Says what does not agree: what is published with what was approved, history with"
        " the record, the rights of logins with what they need. Changes nothing, unless"
        " told to mend."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--mend",
            action="store_true",
            help="make anew what can be made from the record: documents and counters",
        )

    def handle(self, *, mend: bool, **_options: object) -> None:
        count = 0
        for words in doctor.examine():
            count += 1
            self.stdout.write(words)
        for finding in examine():
            count += not self._told(finding, mend)
        if count:
            raise CommandError(
                _("%(count)s findings are for a person to look at.") % {"count": count}
            )
        self.stdout.write(_("Everything agrees."))

    def _told(self, finding: Finding, mend: bool) -> bool:
        """Is it mended?"""
        self.stdout.write(finding.words)
        if not mend or finding.mend is None:
            return False
        finding.mend()
        self.stdout.write(_("Mended."))
        return True
