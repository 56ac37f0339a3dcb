"""Accepting rows of a list: one, or many in batches. A batch is accepted as a whole or
not at all, so whoever was interrupted goes on with what still waits.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Func, IntegerField, QuerySet, Sum
from django.utils.translation import gettext as _

from cases.day import now
from cases.desk.admin.refusals import sentence
from cases.desk.lists.comparing import Known, OfList, decisions
from cases.desk.lists.models import List, Row, RowState
from cases.desk.lists.totals import from_json, missed
from cases.desk.proposals.comparing import compared
from cases.desk.proposals.writing import (
    Decisions,
    Refused,
    Saving,
    SavingTogether,
    write,
)
from cases.history import acting
from cases.kept import language_of_the_record
from cases.locking import lock
from cases.models import Prisoner

AT_ONCE = 100  # rows of a batch


@dataclass(frozen=True)
class Counted:
    rows: int
    cells: int
    quarantined: int

    @property
    def percent(self) -> int:
        """Rounded up: one cell is more than none."""
        return -(-100 * self.quarantined // max(self.cells, 1))


def counted(in_list: List) -> Counted:
    """`cells`: those in mapped columns that say anything."""
    length = Func(
        F("cells"), function="jsonb_array_length", output_field=IntegerField()
    )
    sums = in_list.rows.aggregate(read=Sum("cells_read"), quarantined=Sum(length))
    cells = (sums["read"] or 0) + (sums["quarantined"] or 0)
    return Counted(in_list.rows.count(), cells, sums["quarantined"] or 0)


def hindrances(in_list: List) -> list[str]:
    """Why nothing of the list can be accepted."""
    told = counted(in_list)
    sentences = []
    if in_list.expected_rows not in (None, told.rows):
        sentence = _("The list has %(rows)s rows; you expected %(expected)s.")
        words = {"rows": told.rows, "expected": in_list.expected_rows}
        sentences.append(sentence % words)
    sentences += missed(from_json(in_list.expected_totals))
    if told.quarantined * 100 > in_list.most_quarantined * told.cells:
        sentence = _(
            "%(percent)s %% of the cells cannot be read; you allowed %(most)s %%."
        )
        words = {"percent": told.percent, "most": in_list.most_quarantined}
        sentences.append(sentence % words)
    return sentences


def accept(rows: QuerySet[Row], *, by: Any, reason: str = "") -> Iterable[int]:
    """As a whole, those that wait. Yields after each batch how many were accepted.

    Raises Refused, with the rows that are the reason.
    """
    while True:
        waiting = rows.filter(state=RowState.WAITING)
        batch = list(waiting.order_by("number").values_list("pk", flat=True)[:AT_ONCE])
        if not batch:
            return
        yield accept_batch(batch, by=by, reason=reason)


def accept_batch(row_ids: Sequence[int], *, by: Any, reason: str = "") -> int:
    """Where the database refuses something of what is written together, each row is
    tried by itself, to say which one it is.
    """
    try:
        return _accept_together(row_ids, by, reason)
    except (IntegrityError, DataError) as error:
        return _accept_each(row_ids, by, reason, sentence(error))


@transaction.atomic
def _accept_together(row_ids: Sequence[int], by: Any, reason: str) -> int:
    saving = SavingTogether()
    rows = _locked_to_accept(row_ids)
    problems = []
    met: set[str] = set()
    with _writing(rows, by, reason) as in_list:
        known = Known(rows)
        for row in rows:
            of_row = known
            if row.identity in met:
                saving.flush()  # twice in the list: the second finds the first's case
                of_row = Known([row])
            met.add(row.identity)
            problems += _accepted_as_a_whole(row, in_list, saving, of_row)
        if problems:
            raise Refused(*problems)
        saving.flush()
        _decided(rows, RowState.ACCEPTED, by)
    return len(rows)


@transaction.atomic
def _accept_each(row_ids: Sequence[int], by: Any, reason: str, told: str) -> int:
    rows = _locked_to_accept(row_ids)
    problems = []
    with _writing(rows, by, reason) as in_list:
        for row in rows:
            try:
                with transaction.atomic():
                    problems += _accepted_as_a_whole(
                        row, in_list, Saving(), Known([row])
                    )
            except (IntegrityError, DataError) as error:
                problems.append(f"{row}: {sentence(error)}")
        raise Refused(*(problems or [told]))


def _accepted_as_a_whole(
    row: Row, in_list: List, saving: Saving, known: Known
) -> list[str]:
    """Returns what is wrong with it."""
    case = known.case(row)
    if case is not None and known.repeats(row):
        row.accepted_as = case
        return []
    if case is not None:
        lock(Prisoner, case.pk)
        case.refresh_from_db()
    try:
        if case is None:
            _write(row, in_list, None, decisions(row, None), saving)
        else:
            _write(row, in_list, case, decisions(row, case, known), Saving())
    except Refused as refused:
        return [f"{row}: {' '.join(refused.sentences)}"]
    return []


@transaction.atomic
def accept_one(
    row_id: int,
    case: Prisoner | None,
    decided: Decisions,
    *,
    by: Any,
    reason: str = "",
) -> Row:
    """Field by field, into a case that the caller has locked, or as a new one."""
    rows = _locked_to_accept([row_id])
    if not rows:
        raise Refused(_("This row was decided after you had opened it."))
    (row,) = rows
    with _writing(rows, by, reason) as in_list:
        _write(row, in_list, case, decided, Saving())
        _decided(rows, RowState.ACCEPTED, by)
    return row


@transaction.atomic
def leave_out(row_ids: Sequence[int], *, by: Any) -> int:
    rows = _locked(row_ids)
    with acting(user=by):
        _decided(rows, RowState.LEFT_OUT, by)
    return len(rows)


def _locked(row_ids: Sequence[int]) -> list[Row]:
    """Those that still wait."""
    waiting = Row.objects.filter(pk__in=row_ids, state=RowState.WAITING)
    return list(waiting.select_for_update().order_by("number"))


def _locked_to_accept(row_ids: Sequence[int]) -> list[Row]:
    rows = _locked(row_ids)
    for list_id in {row.in_list_id for row in rows}:
        refusing = hindrances(List.objects.defer("content").get(pk=list_id))
        if refusing:
            raise Refused(*refusing)
    return rows


@contextmanager
def _writing(rows: Sequence[Row], by: Any, reason: str) -> Iterator[List]:
    """Rows of one list."""
    (list_id,) = {row.in_list_id for row in rows}
    in_list = List.objects.defer("content").get(pk=list_id)
    with acting(user=by, reason=because(in_list, reason)), language_of_the_record():
        yield in_list


def _write(
    row: Row,
    in_list: List,
    case: Prisoner | None,
    decided: Decisions,
    saving: Saving,
) -> None:
    if not row.is_sound:
        raise Refused(_("it cannot be read."))
    row.in_list = in_list
    handed_in = OfList(row)
    if case is None or any(decided.values()):
        proposed = compared(handed_in, case)
        writing = write(handed_in, case, proposed, decided, saving)
        case = writing.case
        if writing.source is not None and in_list.source_id is None:
            in_list.source = writing.source
            in_list.save(update_fields=["source"])
    row.accepted_as = case


def gone(in_list: List) -> QuerySet[Row]:
    """Of the owner's list before, whom this one does not name. What that means, a
    person decides.
    """
    before = (
        List.objects.filter(owner=in_list.owner, brought_at__lt=in_list.brought_at)
        .exclude(pk=in_list.pk)
        .order_by("-brought_at")
        .values("pk")[:1]
    )
    named = Row.objects.filter(in_list=in_list).exclude(identity="")
    missing = Row.objects.filter(in_list__in=before, state=RowState.ACCEPTED)
    return missing.exclude(identity__in=named.values("identity")).order_by("number")


def because(in_list: List, reason: str) -> str:
    """The reason in the history of each case: it names the very file."""
    sentence = f"{in_list.title}, SHA-256 {in_list.sha256}"
    if reason.strip():
        sentence = f"{reason.strip()} ({sentence})"
    return sentence


def _decided(rows: Sequence[Row], state: RowState, by: Any) -> None:
    decided_at = now()
    for row in rows:
        row.state, row.decided_by, row.decided_at = state, by, decided_at
    fields = ["state", "accepted_as", "decided_by", "decided_at"]
    Row.objects.bulk_update(rows, fields)
