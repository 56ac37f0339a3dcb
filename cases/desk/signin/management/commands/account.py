"""`manage.py account`: the way in from the server when no administrator gets in."""

from collections.abc import Callable

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.desk.signin import accounts

ACTS: dict[str, Callable[..., str | None]] = {
    "link": accounts.link_for_new_password,
    "forget-second-factor": accounts.forget_second_factors,
    "lock": accounts.lock,
    "unlock": accounts.unlock,
    "end-sessions": accounts.end_all_sessions,
}


class Command(BaseCommand):
    help = (
        "Lock or unlock an account, end its sessions, forget its second factor,"
        " or make a link for a new password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="of the account")
        parser.add_argument("act", choices=ACTS)
        parser.add_argument(
            "--reason", required=True, help="kept, for administrators to read"
        )

    def handle(self, *, name: str, act: str, reason: str, **_options: object) -> None:
        account = User.objects.filter(username=name).first()
        if account is None:
            raise CommandError(_("There is no account “%s”.") % name)
        link = ACTS[act](account, by=None, reason=reason)
        if link:
            sentence = _("Open this at the address of the desk, within a day: %s")
            self.stdout.write(sentence % link)
        else:
            self.stdout.write(_("Done."))
