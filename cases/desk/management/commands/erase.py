"""`manage.py erase`: history forgets a name.

It takes the owner's login, and two people.
"""

import argparse
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from cases.desk.erasing import copies
from cases.desk.erasing.erasable import Doomed, Refused, What, find
from cases.desk.erasing.erasing import Order, erase, sweep
from cases.models import Edition


class Command(BaseCommand):
    help = (
        "Erases what events of history say, and their copies in editions;"
        " their digests stay. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--case",
            type=UUID,
            metavar="ID",
            help="a case, source, facility, claimant, …",
        )
        what.add_argument(
            "--event",
            type=_event,
            nargs="+",
            default=[],
            metavar="TABLE:NUMBER",
            help="these events of history",
        )
        parser.add_argument(
            "--field", default="", help="with --case: only what was once in this field"
        )
        parser.add_argument(
            "--containing",
            default="",
            metavar="TEXT",
            help="with --case: only what contains it; “-” asks for it",
        )
        parser.add_argument("--requested-by", required=True, metavar="USERNAME")
        parser.add_argument("--approved-by", required=True, metavar="USERNAME")
        parser.add_argument(
            "--reason",
            required=True,
            help="is kept: do not repeat in it what is erased",
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument(
            "--dry-run", action="store_true", help="only show what would go"
        )

    def handle(
        self,
        *,
        case: UUID | None,
        event: list[tuple[str, int]],
        field: str,
        containing: str,
        requested_by: str,
        approved_by: str,
        reason: str,
        yes: bool,
        dry_run: bool,
        **_options: object,
    ) -> None:
        owner = settings.DATABASE_LOGINS["owner"]["USER"]
        if connection.settings_dict["USER"] != owner:
            raise CommandError(
                _("Only the owner's login may erase: start it as manage.py erase.")
            )
        if event and (field or containing):
            raise CommandError(_("--field and --containing go with --case."))
        if containing == "-":
            containing = input(_("Text: "))
        what = What(case=case, field=field, containing=containing, events=tuple(event))
        order = Order(requested_by, approved_by, reason)
        try:
            order.check(what)
            doomed, editions = _find(what)
            self._show(doomed, editions)
            if dry_run:
                return
            if not yes and not _is_confirmed():
                raise CommandError(_("Nothing was erased."))
            number = _erase(what, order, doomed)
        except Refused as error:
            raise CommandError(str(error)) from error
        sweep()
        self.stdout.write(
            _("Erased, by act %(number)s. Make a checkpoint now.") % {"number": number}
        )

    def _show(self, doomed: list[Doomed], editions: list[Edition]) -> None:
        """Show fields and numbers. Values would stay on somebody's screen."""
        for event in doomed:
            fields = ", ".join(event.values) or _("reason")
            self.stdout.write(
                f"{event.table}:{event.number} {event.record_id} ({fields})"
            )
        tables = {event.table for event in doomed}
        self.stdout.write(
            _(
                "%(events)s events of %(tables)s tables,"
                " and copies in %(editions)s editions."
            )
            % {"events": len(doomed), "tables": len(tables), "editions": len(editions)}
        )


def _is_confirmed() -> bool:
    return input(_("This cannot be undone. Write “erase” to go on: ")) == "erase"


@transaction.atomic
def _find(what: What) -> tuple[list[Doomed], list[Edition]]:
    """The transaction ends before the question, so nobody waits for the answer.

    `_erase` looks for everything again.
    """
    doomed = find(what)
    return doomed, copies.editions(copies.gone(doomed))


@transaction.atomic
def _erase(what: What, order: Order, shown: list[Doomed]) -> int:
    """The number of the act."""
    doomed, editions = _find(what)
    if doomed != shown:
        raise Refused(_("Somebody changed it in the meantime. Look at it again."))
    return erase(doomed, editions, what, order).number


def _event(text: str) -> tuple[str, int]:
    table, colon, number = text.partition(":")
    if not (table and colon and number.isdecimal()):
        raise argparse.ArgumentTypeError(
            _("write TABLE:NUMBER, such as cases_personnamehistory:42")
        )
    return table, int(number)
