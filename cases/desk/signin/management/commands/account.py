"""The way in from the server, for when no administrator gets in any more."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.desk.signin import accounts

WAYS = {
    "link": accounts.link_for_new_password,
    "forget-second-factor": accounts.forget_second_factors,
    "lock": accounts.lock,
    "unlock": accounts.unlock,
    "end-sessions": accounts.end_all_sessions,
}


class Command(BaseCommand):
    help = "Lock or unlock an account, end its sessions, forget its second factor, or make a link for a new password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="of the account")
        parser.add_argument("act", choices=WAYS)
        parser.add_argument(
            "--reason", required=True, help="kept, for administrators to read"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        account = User.objects.filter(username=options["name"]).first()
        if account is None:
            raise CommandError(_("There is no account “%s”.") % options["name"])
        link = WAYS[options["act"]](account, by=None, reason=options["reason"])
        self.stdout.write(
            _("Open this at the address of the desk, within a day: %s") % link
            if link
            else _("Done.")
        )
