"""Making history forget, by the owner's login: what events said and their salt go,
their digests stay.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from cases.desk.erasing import copies
from cases.desk.erasing.erasable import KEPT, Doomed, Refused, What, root_column
from cases.history import digests
from cases.models import Edition, Erasure


@dataclass(frozen=True)
class Order:
    """Who asked, who agreed (names of two different members of staff), and why."""

    requested_by: str
    approved_by: str
    reason: str

    def check(self, what: What) -> None:
        if not self.reason.strip():
            raise Refused(_("Reason: say why."))
        if what.containing and what.containing.casefold() in self.reason.casefold():
            raise Refused(
                _("Reason: it repeats what is to be erased, and would itself be kept.")
            )
        if self.requested_by == self.approved_by:
            raise Refused(_("Approved by: a second person must approve it."))
        staff = get_user_model()._default_manager.filter(is_staff=True, is_active=True)
        for name in (self.requested_by, self.approved_by):
            if not staff.filter(username=name).exists():
                raise Refused(_("“%(name)s” is no member of staff.") % {"name": name})


def erase(
    doomed: Sequence[Doomed], editions: Sequence[Edition], what: What, order: Order
) -> Erasure:
    """In one transaction with what found them."""
    by_table: dict[str, list[Doomed]] = defaultdict(list)
    for event in doomed:
        by_table[event.table].append(event)
    act = Erasure.objects.create(
        requested_by=order.requested_by,
        approved_by=order.approved_by,
        reason=order.reason,
        events={table: _blank(events) for table, events in sorted(by_table.items())},
        editions=[edition.id for edition in editions],
    )
    for edition in editions:
        edition.snapshot["erased_by"] = [
            *edition.snapshot.get("erased_by", []),
            act.number,
        ]
        edition.save(update_fields=["snapshot"])
    copies.forget_elsewhere(doomed, what)
    return act


def _blank(events: Sequence[Doomed]) -> dict[str, list[str]]:
    """Of one table; returns by number the digest that each had, and that of what is
    left.
    """
    table, model = events[0].table, events[0].model
    numbers = [event.number for event in events]
    kept = KEPT | {root_column(model)}
    said = [
        name
        for name in digests.columns()[table]
        if not name.startswith("pgh_") and name not in kept
    ]
    with connection.cursor() as cursor:
        cursor.execute(digests.FORMATS)
        was = digests.of_events(cursor, table, numbers)
        cursor.execute(
            sql.SQL(
                "UPDATE {table} SET pgh_salt = NULL, {blank}, pgh_context ="
                " CASE WHEN jsonb_typeof(pgh_context) = 'object' THEN pgh_context - 'reason' END"
                " WHERE pgh_id = ANY({numbers})"
            ).format(
                table=sql.Identifier(table),
                blank=sql.SQL(", ").join(
                    sql.SQL("{} = NULL").format(sql.Identifier(name)) for name in said
                ),
                numbers=sql.Literal(numbers),
            )
        )
        left = digests.of_events(cursor, table, numbers)
    return {str(number): [was[number], left[number]] for number in numbers}


def sweep() -> None:
    """PostgreSQL keeps the old rows until it is told to clean up. Not within a
    transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
