"""`manage.py checkpoint`: makes tamper evidence, and checks history by it.

It only reads the database.
"""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.history import checkpoints, digests, verification


class Command(BaseCommand):
    help = (
        "Makes the next signed checkpoint of history in a folder,"
        " or checks history by the ones there are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--into",
            type=Path,
            metavar="FOLDER",
            help="make the next checkpoint in this folder",
        )
        what.add_argument(
            "--verify",
            type=Path,
            nargs="+",
            metavar="FILE",
            help="check by these files, or folders",
        )
        what.add_argument(
            "--new-key",
            type=Path,
            metavar="FILE",
            help="make a key; its public half is printed",
        )
        parser.add_argument(
            "--public-key",
            action="append",
            default=[],
            metavar="KEY",
            help="with --verify: who may have signed",
        )
        parser.add_argument(
            "--patience",
            type=float,
            default=60.0,
            metavar="SECONDS",
            help="how long to wait, with --into, for changes that were begun before;"
            " nobody waits for us",
        )

    def handle(
        self,
        *,
        into: Path | None,
        verify: list[Path] | None,
        new_key: Path | None,
        public_key: list[str],
        patience: float,
        **_options: object,
    ) -> None:
        try:
            if new_key:
                key = checkpoints.new_key(new_key)
                self.stdout.write(_("Public key: %(key)s") % {"key": key})
            elif into:
                self._make(into, patience)
            else:
                self._verify(verify or [], {key.lower() for key in public_key})
        except (checkpoints.Unusable, digests.StillBusy) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def _make(self, folder: Path, patience: float) -> None:
        if not settings.CHECKPOINT_KEY_FILE:
            raise CommandError(
                _(
                    "CHECKPOINT_KEY_FILE is not set:"
                    " the file with the key to sign with (--new-key)."
                )
            )
        key = checkpoints.load_key(Path(settings.CHECKPOINT_KEY_FILE))
        if not folder.is_dir():
            raise CommandError(_("%(folder)s is not a folder.") % {"folder": folder})
        earlier = checkpoints.in_folder(folder)
        previous = None
        if earlier:
            previous = checkpoints.read(earlier[-1])
        ends = checkpoints.settled(patience)
        with digests.one_snapshot():
            checkpoint = checkpoints.make(previous, ends)
        path = checkpoints.write(checkpoint, folder, key)
        self.stdout.write(
            _(
                "%(file)s: %(events)s events, up to number %(last)s."
                " Now take it out of the building."
            )
            % {"file": path.name, "events": checkpoint.events, "last": checkpoint.last}
        )

    def _verify(self, files_and_folders: list[Path], keys: set[str]) -> None:
        paths: list[Path] = []
        for path in files_and_folders:
            if path.is_dir():
                paths += checkpoints.in_folder(path)
            else:
                paths.append(path)
        if not paths:
            raise CommandError(_("There is no checkpoint there."))
        report = verification.verify(paths, keys)
        for sentence in (*report.erased, *report.forgotten):
            self.stdout.write(sentence)
        if not keys:
            self._show_keys(report)
        if report.findings:
            raise CommandError(
                "\n".join([_("History is not as it was:"), *report.findings])
            )
        self.stdout.write(
            _("%(events)s events, up to number %(last)s, are as they were.")
            % {"events": report.events, "last": report.last}
        )
        self.stdout.write(
            _(
                "So are what is published, and %(entries)s entries: editions, answers"
                " of reviewers, acts on accounts, the access log."
            )
            % {"entries": report.entries}
        )

    def _show_keys(self, report: verification.Report) -> None:
        self.stdout.write(
            _("Signed by whoever has the key to: %(keys)s")
            % {"keys": ", ".join(sorted(report.keys))}
        )
