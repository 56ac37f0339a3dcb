"""Bringing a list in: its file is kept, its columns are matched, its rows are read."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.day import today
from cases.desk.lists import totals
from cases.desk.lists.models import List, Row, RowState, SavedPlan
from cases.desk.lists.plan import Plan, as_json, from_json, suggested
from cases.desk.lists.rows import ListRow, rows_of
from cases.desk.lists.table import Table, Unreadable, read_table
from cases.desk.proposals.writing import Refused
from cases.history import acting

AT_ONCE = 500  # rows that are stored in one statement


def keep_until() -> date:
    return today() + timedelta(days=settings.LIST_FILE_DAYS)


def neutral_title() -> str:
    month = date_format(today(), "YEAR_MONTH_FORMAT")
    return _("A list, %(month)s") % {"month": month}


def brought_before(owner: str, content: bytes) -> List | None:
    """The very same file of the same owner."""
    sha256 = hashlib.sha256(content).hexdigest()
    same = List.objects.defer("content").filter(owner=owner, sha256=sha256)
    return same.order_by("-brought_at").first()


def keep(in_list: List, content: bytes, filename: str, *, by: Any) -> List:
    in_list.content = content
    in_list.filename = filename[:300]
    in_list.sha256 = hashlib.sha256(content).hexdigest()
    in_list.brought_by = by
    with acting(user=by):
        in_list.save(force_insert=True)
    return in_list


def table_of(in_list: List) -> Table:
    """Raises Unreadable."""
    kept = List.objects.values_list("content", "filename").get(pk=in_list.pk)
    content, filename = kept
    if content is None:
        raise Unreadable(_("The file of this list has been deleted."))
    return read_table(bytes(content), filename)


def first_plan(in_list: List, table: Table) -> Plan:
    """What the owner's last list of the same columns was read by, or else what the
    columns suggest.
    """
    before = List.objects.filter(owner=in_list.owner).exclude(plan=None)
    plans = before.exclude(pk=in_list.pk).order_by("-brought_at")
    for value in plans.values_list("plan", flat=True)[:1]:
        plan = from_json(value)
        if set(plan.columns) == set(table.columns):
            return plan
    return suggested(table)


def save_plan(name: str, plan: Plan, *, by: Any) -> None:
    """In place of one that has this name."""
    with acting(user=by):
        SavedPlan.objects.update_or_create(
            name=name, defaults={"plan": as_json(plan), "saved_by": by}
        )


@transaction.atomic
def expect_anew(
    in_list: List,
    *,
    rows: int | None = None,
    totals_said: Sequence[dict[str, Any]] = (),
    most: int | None = None,
) -> None:
    """Of a file that was brought in before: what is said now, in place of what was said
    then. Once a row was decided, that stands.
    """
    if not in_list.can_be_read_anew:
        return
    if rows is not None:
        in_list.expected_rows = rows
    if most is not None:
        in_list.most_quarantined = most
    if totals_said:
        in_list.expected_totals = list(totals_said)
        if in_list.rows.exists():
            plan = from_json(in_list.plan)
            in_list.expected_totals = _counted(in_list, table_of(in_list), plan)
    in_list.save(update_fields=["expected_rows", "most_quarantined", "expected_totals"])


def _counted(in_list: List, table: Table, plan: Plan) -> list[dict[str, Any]]:
    expected = totals.from_json(in_list.expected_totals)
    return totals.as_json(totals.counted(expected, table, plan))


@transaction.atomic
def read_rows(in_list: List, table: Table, plan: Plan) -> None:
    """In place of what was read before. Raises Refused once a row was decided."""
    List.objects.select_for_update().defer("content").get(pk=in_list.pk)
    if in_list.rows.exclude(state=RowState.WAITING).exists():
        raise Refused(_("Rows of this list were decided: it can be read no more."))
    in_list.rows.all().delete()
    in_list.plan = as_json(plan)
    in_list.expected_totals = _counted(in_list, table, plan)
    in_list.save(update_fields=["plan", "expected_totals"])
    rows = rows_of(table, plan)
    while several := list(islice(rows, AT_ONCE)):
        Row.objects.bulk_create(_stored(in_list, several))


def _stored(in_list: List, rows: Iterable[ListRow]) -> list[Row]:
    stored = []
    for row in rows:
        cells = []
        for cell in row.cells:
            cells.append(
                {
                    "column": cell.column,
                    "text": cell.text,
                    "reason": cell.reason,
                    "code": cell.code,
                }
            )
        stored.append(
            Row(
                in_list=in_list,
                owner=in_list.owner,
                number=row.number,
                identifier=row.identifier,
                identity=identity_of(row),
                content=row.content,
                columns=row.columns,
                stated=row.stated,
                cells=cells,
                cells_read=len(set(row.columns.values())),
                said_source=row.source,
                source_address=row.address,
                confidential=row.confidential,
            )
        )
    return stored


def identity_of(row: ListRow) -> str:
    """Of a list without identifiers: the names with what is said of the birth."""
    if row.identifier:
        return row.identifier
    said = [name["value"] for name in row.content.get("names", [])]
    for field in ("born_on", "age_as_stated"):
        if field in row.content:
            said.append(str(row.content[field]))
    return "; ".join(said)[:500]
