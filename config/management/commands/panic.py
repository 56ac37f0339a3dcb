"""`manage.py panic`: close the desk at once, while readers read on."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from cases.day import now
from cases.desk.partners.models import PartnersKey
from cases.desk.signin import emergency
from config import closed, logins
from tracker.database import is_owner


class Command(BaseCommand):
    help = (
        "Closes the desk at once: all sessions end, and nobody signs in. The public pages"
        " and what partners read go on, and so does the publisher. --over opens it again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--over", action="store_true", help="open the desk again")
        parser.add_argument(
            "--revoke-keys",
            action="store_true",
            help="and revoke all keys of partners, for good",
        )
        parser.add_argument("--by", required=True, metavar="NAME", help="who says so")
        parser.add_argument(
            "--reason", required=True, help="kept, for administrators to read"
        )

    def handle(
        self, *, over: bool, revoke_keys: bool, by: str, reason: str, **_options: object
    ) -> None:
        if not is_owner():
            raise CommandError(_("This needs the owner's login: DATABASE_LOGIN=owner."))
        if "desk" not in logins.logins_of_roles():
            raise CommandError(
                _(
                    "The desk has the owner's login here, and cannot be closed: stop the"
                    " web server. With the five logins it could (docs/operations.md,"
                    " “Database logins”)."
                )
            )
        told = f"{by}: {reason}"
        if over:
            self._open(told)
        else:
            self._close(told, revoke_keys)

    def _close(self, told: str, revoke_keys: bool) -> None:
        moment = now().isoformat(timespec="seconds")
        with transaction.atomic():
            closed.close(closed.DESK, f"{moment}, {told}")
            logins.give_rights("default")
        # Only now: whoever is signed in writes nothing any more, and holds no lock.
        emergency.end_all_sessions(told)
        self.stdout.write(
            _("The desk is closed, and all sessions have ended. Readers read on.")
        )
        if revoke_keys:
            PartnersKey.objects.filter(revoked=False).update(revoked=True)
            self.stdout.write(_("All keys of partners are revoked."))

    def _open(self, told: str) -> None:
        if not closed.why(closed.DESK):
            raise CommandError(_("The desk is open."))
        emergency.say_that_it_is_over(told)
        with transaction.atomic():
            closed.open_again(closed.DESK)
            logins.give_rights("default")
        self.stdout.write(_("The desk is open again: people sign in as before."))
