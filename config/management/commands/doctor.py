"""`manage.py doctor`: examines the database; ends with 1 if something does not agree."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from config import replication


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
        if settings.IS_RELAY:
            count += self._count(replication.examine())
        else:
            count += self._of_the_record(mend)
        if count:
            raise CommandError(
                _("%(count)s findings are for a person to look at.") % {"count": count}
            )
        self.stdout.write(_("Everything agrees."))

    def _of_the_record(self, mend: bool) -> int:
        # Here, because a relay has no such app.
        from cases.doctor import examine
        from config import doctor

        count = self._count(doctor.examine())
        for finding in examine():
            count += not self._told(finding, mend)
        return count

    def _count(self, sentences: Iterator[str]) -> int:
        count = 0
        for words in sentences:
            count += 1
            self.stdout.write(words)
        return count

    def _told(self, finding: Any, mend: bool) -> bool:
        """Is it mended?"""
        self.stdout.write(finding.words)
        if not mend or finding.mend is None:
            return False
        finding.mend()
        self.stdout.write(_("Mended."))
        return True
