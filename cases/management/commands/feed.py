"""`manage.py feed`: how far publishing has come, and a new beginning for all copies."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils.translation import gettext as _

from cases.publishing import epochs, renew_epochs


class Command(BaseCommand):
    help = (
        "Tells each audience's epoch and newest number."
        " With --new-epoch, all copies begin anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--new-epoch",
            action="store_true",
            help="after restoring a backup, and after going back to an older release:"
            " every copy is read anew",
        )

    def handle(self, *, new_epoch: bool, **_options: object) -> None:
        if new_epoch:
            try:
                renew_epochs()
            except OperationalError as error:  # most likely the lock
                raise CommandError(
                    _(
                        "Somebody is publishing just now."
                        " Nothing was changed; try again."
                    )
                ) from error
        for audience, epoch, number in epochs.told():
            self.stdout.write(
                _("%(audience)s: epoch %(epoch)s, newest number %(number)s")
                % {"audience": audience, "epoch": epoch, "number": number}
            )
