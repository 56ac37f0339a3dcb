"""Makes history forget, by the owner's login.

What events said goes, and their salt. Their digests stay.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection
from psycopg import sql

from cases.desk.erasing import copies, files, pictures
from cases.desk.erasing.erasable import KEPT, Doomed, What, find, root_column
from cases.desk.erasing.orders import what_of
from cases.history import digests, forgetting
from cases.models import (
    Edition,
    Erasure,
    ErasureOrder,
    KeptFile,
    OrderState,
    RedactedCopy,
)
from cases.publishing.gate import take_turn


@dataclass(frozen=True)
class Found:
    """What goes: events of history, their copies in editions, files, and redacted
    copies of files.
    """

    doomed: list[Doomed]
    editions: list[Edition]
    files: list[KeptFile]
    pictures: list[RedactedCopy]


def look(what: What) -> Found:
    """What would go. Call it in a transaction: it locks the records.

    Raises Refused.
    """
    kept = files.find(what)
    redacted = pictures.find(what)
    others = (files.TABLE, pictures.TABLE)
    events = tuple(event for event in what.events if event[0] not in others)
    doomed = find(replace(what, events=events), besides=bool(kept or redacted))
    return Found(doomed, copies.editions(copies.gone(doomed)), kept, redacted)


def erase(found: Found, order: ErasureOrder) -> Erasure:
    """Call it in the transaction in which it was found. It waits for the batch that is
    being published.

    The database refuses it if the order was not confirmed by a second person.
    """
    take_turn()  # the gate locks no record, so they may be locked before
    doomed, editions = found.doomed, found.editions
    what = what_of(order)
    events_by_table: dict[str, list[Doomed]] = defaultdict(list)
    for event in doomed:
        events_by_table[event.table].append(event)
    digests_by_table = {}
    for table, events in sorted(events_by_table.items()):
        digests_by_table[table] = _blank(events)
    act = Erasure.objects.create(
        requested_by=order.asked_by.get_username(),
        approved_by=order.confirmed_by.get_username(),
        reason=order.reason,
        order_number=order.pk,
        events=digests_by_table,
        editions=[edition.id for edition in editions],
    )
    for edition in editions:
        edition.snapshot.setdefault(copies.ERASED_BY, []).append(act.number)
        forgetting.change(
            Edition.objects.filter(pk=edition.pk),
            reason=act.reason,
            erasure=act.number,
            values={"snapshot": edition.snapshot},
        )
    copies.forget_elsewhere(doomed, what, act)
    order.state = OrderState.DONE
    order.containing = ""
    order.save(update_fields=["state", "containing"])
    pictures.erase(found.pictures, act)
    files.erase(found.files, act)
    return act


def _blank(events: Sequence[Doomed]) -> dict[str, list[str]]:
    """Blank events of one table.

    Returns two digests by number: of what the event was, and of what is left of it.
    """
    table, model = events[0].table, events[0].model
    numbers = [event.number for event in events]
    kept = KEPT | {root_column(model)}
    blanks = []
    for name in digests.columns()[table]:
        if not name.startswith("pgh_") and name not in kept:
            blanks.append(sql.SQL("{} = NULL").format(sql.Identifier(name)))
    with connection.cursor() as cursor:
        cursor.execute(digests.FORMATS)
        before = digests.of_events(cursor, table, numbers)
        cursor.execute(
            sql.SQL(
                "UPDATE {table} SET pgh_salt = NULL, {blanks}, pgh_context ="
                " CASE WHEN jsonb_typeof(pgh_context) = 'object'"
                " THEN pgh_context - 'reason' END"
                " WHERE pgh_id = ANY({numbers})"
            ).format(
                table=sql.Identifier(table),
                blanks=sql.SQL(", ").join(blanks),
                numbers=sql.Literal(numbers),
            )
        )
        after = digests.of_events(cursor, table, numbers)
    digests_by_number = {}
    for number in numbers:
        digests_by_number[str(number)] = [before[number], after[number]]
    return digests_by_number


def sweep() -> None:
    """PostgreSQL keeps the old rows until it is told to clean up.

    Do not call it within a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
