"""`manage.py restore`: from a backup to a site again."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from config.backups import archive, keys, restoring
from config.backups.archive import Unusable


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty database. Readers are kept out until --open:"
        " what was withdrawn or erased since the backup is there again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE")
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="the private key"
        )
        parser.add_argument(
            "--check", action="store_true", help="only read it through; change nothing"
        )
        parser.add_argument(
            "--open",
            action="store_true",
            help="let readers in: what was taken back since the backup is taken back",
        )
        parser.add_argument(
            "--checkpoints",
            type=Path,
            metavar="FOLDER",
            help="verify history by the checkpoints there",
        )
        parser.add_argument(
            "--public-key",
            action="append",
            default=[],
            metavar="KEY",
            help="with --checkpoints: who may have signed",
        )

    def handle(
        self,
        *,
        file: Path | None,
        identity: Path | None,
        check: bool,
        open: bool,
        checkpoints: Path | None,
        public_key: list[str],
        **_options: object,
    ) -> None:
        if not (file and identity) and not (open and not file):
            raise CommandError(_("Give the file and --identity, or --open."))
        try:
            if file and identity and check:
                self._check(file, identity)
            elif file and identity:
                self._restore(file, identity, may_open=open)
                self._verify(checkpoints, public_key)
            if open and not check:
                self._open()
            elif not check:
                self._tell_what_is_left()
        except Unusable as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def _check(self, file: Path, identity: Path) -> None:
        about = archive.look_through(file, keys.private_keys(identity))
        self.stdout.write(restoring.is_whole(about))

    def _restore(self, file: Path, identity: Path, *, may_open: bool) -> None:
        identities = keys.private_keys(identity)
        for sentence in restoring.restore(file, identities, may_open=may_open):
            self.stdout.write(sentence)

    def _tell_what_is_left(self) -> None:
        self.stdout.write(
            _(
                "Readers are kept out. At the desk, withdraw and erase again what was"
                " withdrawn and erased since the backup. Then run: manage.py restore"
                " --open"
            )
        )

    def _verify(self, checkpoints: Path | None, public_keys: list[str]) -> None:
        if checkpoints:
            call_command("checkpoint", verify=[checkpoints], public_key=public_keys)
        else:
            self.stdout.write(
                _("History is not verified: that takes checkpoints (--checkpoints).")
            )

    def _open(self) -> None:
        moment = restoring.open_to_readers()
        if not moment:
            raise CommandError(
                _("Readers are not kept out: nothing was restored here.")
            )
        self.stdout.write(
            _("Readers are let in again. Restored was the backup of %(moment)s.")
            % {"moment": moment}
        )
