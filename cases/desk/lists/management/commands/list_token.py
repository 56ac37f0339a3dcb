"""`manage.py list_token NAME`: a token by which a program hands in lists, and the account
that it acts as. Shown once.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.desk.lists import door
from cases.desk.lists.models import ListToken


class Command(BaseCommand):
    help = (
        "Makes a token for lists, and the account that it acts as; for the same account"
        " again, in place of the one before. With --revoke, it is refused from now on."
        " Only the owner's login may do this."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", help="the name that the log of access has")
        parser.add_argument("--days", type=int, default=90, help="how long it holds")
        parser.add_argument("--revoke", action="store_true")

    def handle(self, *, account: str, days: int, revoke: bool, **_said: Any) -> None:
        if revoke:
            token = ListToken.objects.filter(account__username=account)
            if not token.update(revoked=True):
                raise CommandError(
                    _("The account %(name)s has no token.") % {"name": account}
                )
            return
        if not 1 <= days <= 366:
            raise CommandError(_("A token holds for 1 to 366 days."))
        try:
            self.stdout.write(door.make(account, days=days))
        except door.CannotMake as refused:
            raise CommandError(str(refused)) from refused
