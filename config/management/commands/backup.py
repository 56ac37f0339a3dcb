"""`manage.py backup`: everything in one encrypted file."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from config.backups import backing_up, drill, keys
from config.backups.archive import Unusable


class Command(BaseCommand):
    help = (
        "Makes one encrypted file of the database and the kept files, and deletes those"
        " that are old."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--into", type=Path, metavar="FOLDER", help="make a backup in this folder"
        )
        what.add_argument(
            "--new-key",
            type=Path,
            metavar="FILE",
            help="make a key that opens backups; its public half is printed",
        )
        what.add_argument(
            "--drill",
            action="store_true",
            help="make a backup, restore it into a database beside this one, compare, and"
            " drop that",
        )

    def handle(
        self,
        *,
        into: Path | None,
        new_key: Path | None,
        drill: bool,
        **_options: object,
    ) -> None:
        try:
            if new_key:
                self.stdout.write(_("Public key: %(key)s") % {"key": keys.new(new_key)})
            elif into:
                self._make(into)
            else:
                self._drill()
        except Unusable as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def _make(self, folder: Path) -> None:
        public = keys.public_keys(settings.BACKUP_KEYS)
        made = backing_up.make(folder, public, settings.BACKUP_DAYS)
        for path in made.deleted:
            self.stdout.write(_("%(file)s was old, and is deleted.") % {"file": path})
        self.stdout.write(
            _(
                "%(file)s: %(rows)s rows, %(files)s files."
                " Now take it to another building."
            )
            % {"file": made.path, "rows": made.rows, "files": made.files}
        )
        self._tell_lacking(made.lacking)

    def _drill(self) -> None:
        made = drill.run()
        self.stdout.write(
            _("%(rows)s rows and %(files)s files came back as they were.")
            % {"rows": made.rows, "files": made.files}
        )
        self._tell_lacking(made.lacking)

    def _tell_lacking(self, lacking: list[int]) -> None:
        if lacking:
            numbers = ", ".join(map(str, lacking))
            raise CommandError(
                _(
                    "These files are missing where they are kept, and in the backup:"
                    " %(numbers)s (manage.py files)."
                )
                % {"numbers": numbers}
            )
