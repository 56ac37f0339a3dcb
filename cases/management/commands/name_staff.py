"""`manage.py name_staff CASE --to anna --reason …`: who alone sees a case at the desk.

For whoever runs the machine: where nobody who is named may sign in any more.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.named import CannotName, open_to


class Command(BaseCommand):
    help = "Names the accounts that alone see a case at the desk. History keeps it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", type=UUID, help="the id of the case")
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--to", nargs="+", metavar="USERNAME", help="to these alone")
        who.add_argument(
            "--everyone", action="store_true", help="to all who may view cases"
        )
        parser.add_argument("--reason", required=True)

    def handle(self, *, case: UUID, reason: str, **options: Any) -> None:
        names = set(options["to"] or [])
        staff = list(User.objects.filter(username__in=names))
        unknown = names - {person.username for person in staff}
        if unknown:
            words = _("There is no account %(names)s.")
            raise CommandError(words % {"names": ", ".join(sorted(unknown))})
        try:
            with transaction.atomic():
                open_to(case, staff, by=None, reason=reason)
        except (CannotName, IntegrityError) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(_("Kept."))
