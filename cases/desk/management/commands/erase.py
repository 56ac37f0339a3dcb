"""`manage.py erase`: history forgets what two people at the desk ordered.

It takes the owner's login.
"""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from cases.desk.erasing import orders
from cases.desk.erasing.erasable import Refused
from cases.desk.erasing.erasing import Found, erase, look, sweep
from cases.models import ErasureOrder, OrderState
from tracker.database import is_owner


class Command(BaseCommand):
    help = (
        "Erases what events of history say, and their copies in editions;"
        " their digests stay. It cannot be undone. Two people order it at the desk."
        " Without --order it lists what they ordered."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--order", type=int, metavar="NUMBER", help="what to do, as the desk says"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument(
            "--dry-run", action="store_true", help="only show what would go"
        )

    def handle(
        self, *, order: int | None, yes: bool, dry_run: bool, **_options: object
    ) -> None:
        if not is_owner():
            raise CommandError(
                _("Only the owner's login may erase: start it as manage.py erase.")
            )
        if order is None:
            self._list()
            return
        try:
            found = _find(order)
            self._show(found)
            if dry_run:
                return
            if not yes and not _is_confirmed():
                raise CommandError(_("Nothing was erased."))
            number = _erase(order, found)
        except Refused as error:
            raise CommandError(str(error)) from error
        sweep()
        self.stdout.write(
            _("Erased, by act %(number)s. Make a checkpoint now.") % {"number": number}
        )

    def _list(self) -> None:
        confirmed = ErasureOrder.objects.filter(state=OrderState.CONFIRMED)
        for order in confirmed.select_related("asked_by", "confirmed_by"):
            self.stdout.write(
                f"{order}: {order.asked_by}, {order.confirmed_by}: {order.reason}"
            )
        if not confirmed:
            self.stdout.write(_("No order is confirmed and not yet done."))

    def _show(self, found: Found) -> None:
        """Show fields and numbers. Values would stay on somebody's screen."""
        for event in found.doomed:
            fields = ", ".join(event.values) or _("reason")
            self.stdout.write(
                f"{event.table}:{event.number} {event.record_id} ({fields})"
            )
        for kept in found.files:
            self.stdout.write(f"{kept._meta.db_table}:{kept.pk} {kept.root_id}")
        for copy in found.pictures:
            self.stdout.write(f"{copy._meta.db_table}:{copy.pk} {copy.root_id}")
        tables = {event.table for event in found.doomed}
        self.stdout.write(
            _(
                "%(events)s events of %(tables)s tables,"
                " and copies in %(editions)s editions."
            )
            % {
                "events": len(found.doomed),
                "tables": len(tables),
                "editions": len(found.editions),
            }
        )


def _is_confirmed() -> bool:
    return input(_("This cannot be undone. Write “erase” to go on: ")) == "erase"


@transaction.atomic
def _find(order_id: int) -> Found:
    """The transaction ends before the question, so nobody waits for the answer.

    `_erase` looks for everything again.
    """
    return look(orders.check(orders.to_be_done(order_id)))


@transaction.atomic
def _erase(order_id: int, shown: Found) -> int:
    """The number of the act."""
    order = orders.to_be_done(order_id)
    found = look(orders.check(order))
    again = (found.doomed, found.files, found.pictures)
    if again != (shown.doomed, shown.files, shown.pictures):
        raise Refused(_("Somebody changed it in the meantime. Look at it again."))
    return erase(found, order).number
