"""`manage.py upgrade`: what an upgrade will do, and then the owner's part of it."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from config import upgrading
from config.upgrading import Foreseen

WAITS = 1
REFUSED = 2


class Command(BaseCommand):
    help = (
        "Says what an upgrade to this release will do to this database, and does what"
        " takes the owner's login: a backup, the tables, the static files. Ends with 1"
        " if --check finds that something waits, with 2 if this release must not go"
        " onto this database."
    )
    # `check --deploy` asks after the upgrade; and `foresee` says itself what is too old.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only say it; change nothing"
        )
        parser.add_argument(
            "--backups",
            type=Path,
            metavar="FOLDER",
            help="where the backups are: one of the last two hours is asked for",
        )
        parser.add_argument(
            "--without-backup", action="store_true", help="there is one elsewhere"
        )

    def handle(
        self,
        *,
        check: bool,
        backups: Path | None,
        without_backup: bool,
        **_options: object,
    ) -> None:
        foreseen = upgrading.foresee(backups)
        self._tell(foreseen)
        if foreseen.refusals:
            raise CommandError(
                _("This release must not go onto this database."), returncode=REFUSED
            )
        if check:
            if foreseen.waiting:
                raise CommandError(_("An upgrade waits."), returncode=WAITS)
            self.stdout.write(_("Nothing waits."))
            return
        self._upgrade(backups, without_backup)

    def _tell(self, foreseen: Foreseen) -> None:
        for sentence in (*foreseen.refusals, *foreseen.waiting):
            self.stdout.write(f"- {sentence}")
        if foreseen.known:
            self.stdout.write(_("Before you begin:"))
        for sentence in foreseen.known:
            self.stdout.write(f"- {sentence}")

    def _upgrade(self, backups: Path | None, without_backup: bool) -> None:
        at_work = upgrading.at_work()
        if at_work:
            raise CommandError(
                _("Nothing was changed: first stop what uses these logins: %(logins)s.")
                % {"logins": ", ".join(at_work)}
            )
        if not without_backup and not (backups and upgrading.is_backed_up(backups)):
            raise CommandError(
                _(
                    "Nothing was changed: first make a backup, by the release that was"
                    " here, and say with --backups FOLDER where it is. Or say"
                    " --without-backup."
                )
            )
        call_command("migrate", interactive=False, stdout=self.stdout)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(
            _(
                "Tables, rights and static files are those of this release. By the"
                " publisher's login: read manage.py statuses. Then start the publisher"
                " and the web servers, and run manage.py publish --all and manage.py"
                " doctor."
            )
        )
