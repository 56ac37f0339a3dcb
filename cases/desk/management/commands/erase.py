"""`manage.py erase`: history forgets a name. By the owner's login, and never by one
person alone.
"""

import argparse
from collections import Counter
from typing import Any
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
    help = "Erases what events of history say, and their copies in editions; their digests stay. It cannot be undone."

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

    def handle(self, *args: Any, **options: Any) -> None:
        if (
            connection.settings_dict["USER"]
            != settings.DATABASE_LOGINS["owner"]["USER"]
        ):
            raise CommandError(
                _("Only the owner's login may erase: start it as manage.py erase.")
            )
        if options["event"] and (options["field"] or options["containing"]):
            raise CommandError(_("--field and --containing go with --case."))
        text = options["containing"]
        what = What(
            case=options["case"],
            field=options["field"],
            containing=input(_("Text: ")) if text == "-" else text,
            events=tuple(options["event"]),
        )
        order = Order(
            options["requested_by"], options["approved_by"], options["reason"]
        )
        try:
            order.check(what)
            shown = self._show(*_find(what))
            if options["dry_run"]:
                return
            if (
                not options["yes"]
                and input(_("This cannot be undone. Write “erase” to go on: "))
                != "erase"
            ):
                raise CommandError(_("Nothing was erased."))
            number = _erase(what, order, shown)
        except Refused as error:
            raise CommandError(str(error)) from error
        sweep()
        self.stdout.write(
            _("Erased, by act %(number)s. Make a checkpoint now.") % {"number": number}
        )

    def _show(self, doomed: list[Doomed], editions: list[Edition]) -> list[Doomed]:
        """Fields and numbers, never the values: they would stay on somebody's screen."""
        for event in doomed:
            fields = ", ".join(event.values) or _("reason")
            self.stdout.write(
                f"{event.table}:{event.number} {event.record_id} ({fields})"
            )
        counts = Counter(event.table for event in doomed)
        self.stdout.write(
            _(
                "%(events)s events of %(tables)s tables, and copies in %(editions)s editions."
            )
            % {"events": len(doomed), "tables": len(counts), "editions": len(editions)}
        )
        return doomed


@transaction.atomic
def _find(what: What) -> tuple[list[Doomed], list[Edition]]:
    """Nobody waits while the question is read: what was found is looked for again when
    it is answered.
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


def _event(given: str) -> tuple[str, int]:
    table, colon, number = given.partition(":")
    if not (table and colon and number.isdecimal()):
        raise argparse.ArgumentTypeError(
            _("write TABLE:NUMBER, such as cases_personnamehistory:42")
        )
    return table, int(number)
