"""What the pages of a list show of its rows: how many there are of each kind, and what
each says.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, When
from django.utils.translation import gettext as _

from cases.desk.lists.accepting import gone
from cases.desk.lists.comparing import OfList, decisions
from cases.desk.lists.models import List, Row, RowState, Verdict
from cases.desk.proposals.comparing import Compared, compared
from cases.desk.proposals.writing import LEAVE, NOTE, TAKE
from cases.models import Prisoner
from cases.telling_apart import Person, told_apart

GONE, QUARANTINE = "gone", "quarantine"


@dataclass(frozen=True)
class Kind:
    """Rows that can be looked at together."""

    code: str
    label: str
    count: int
    waits: bool


@dataclass(frozen=True)
class Unread:
    """So many cells of a column that could not be read, for one reason."""

    column: str
    code: str
    reason: str
    count: int


@dataclass(frozen=True)
class ShownRow:
    row: Row
    lines: list[tuple[str, str]]
    person: Person | None


def has_rows_that_wait() -> Exists:
    """Asked of a list."""
    rows = Row.objects.filter(in_list=OuterRef("pk"), state=RowState.WAITING)
    return Exists(rows)


def kinds(in_list: List) -> list[Kind]:
    """Those that have rows."""
    counted: Counter[str] = Counter()
    by_state = in_list.rows.order_by().values_list("state", "verdict")
    for state, verdict, count in by_state.annotate(count=Count("pk")):
        counted[verdict if state == RowState.WAITING else state] += count
    found = []
    for choices, waits in ((Verdict, True), (RowState, False)):
        for code, label in choices.choices:
            if counted[code]:
                found.append(Kind(code, str(label), counted[code], waits))
    others = (
        (QUARANTINE, _("with cells that could not be read"), quarantined(in_list)),
        (GONE, _("gone: in their list before, and not in this one"), gone(in_list)),
    )
    for code, label, rows in others:
        count = rows.count()
        if count:
            found.append(Kind(code, label, count, False))
    return found


def rows_of_kind(in_list: List, code: str) -> QuerySet[Row]:
    """All, if nothing is called so: then what says nothing new comes last, and next month
    the changes are seen first.
    """
    rows: QuerySet[Row] = in_list.rows.order_by("number")
    if code == GONE:
        return gone(in_list)
    if code == QUARANTINE:
        return quarantined(in_list)
    if code in Verdict.values:
        return rows.filter(state=RowState.WAITING, verdict=code)
    if code in RowState.values:
        return rows.filter(state=code)
    says_nothing_new = Case(When(verdict=Verdict.SAME, then=1), default=0)
    return rows.order_by(says_nothing_new, "number")


def quarantined(in_list: List) -> QuerySet[Row]:
    rows: QuerySet[Row] = in_list.rows.exclude(cells=[]).order_by("number")
    return rows


def unread(in_list: List) -> list[Unread]:
    """The most frequent first."""
    counted: Counter[tuple[str, str]] = Counter()
    reasons: dict[tuple[str, str], str] = {}
    for cells in quarantined(in_list).values_list("cells", flat=True).iterator():
        for cell in cells:
            kind = cell["column"], cell["code"]
            counted[kind] += 1
            reasons.setdefault(kind, cell["reason"])
    found = []
    for (column, code), count in counted.most_common():
        found.append(Unread(column, code, reasons[column, code], count))
    return found


def shown(rows: Iterable[Row]) -> list[ShownRow]:
    rows = list(rows)
    people = _people(rows)
    told = []
    for row in rows:
        person = people.get(row.accepted_as_id or row.found_id)
        told.append(ShownRow(row, list(_lines(row, person)), person))
    return told


def _people(rows: Iterable[Row]) -> dict[UUID | None, Person]:
    ids = []
    for row in rows:
        case_id = row.accepted_as_id or row.found_id
        if case_id:
            ids.append(case_id)
    return {person.pk: person for person in told_apart(ids)}


def _lines(row: Row, person: Person | None) -> Iterator[tuple[str, str]]:
    """What it says; of a case that is known, only what is new."""
    if not row.is_sound:
        return
    if row.verdict != Verdict.DIFFERS or not row.waits or person is None:
        proposed = compared(OfList(row), None)
        for fact in proposed.facts:
            yield fact.label, fact.words[1]
        for part in proposed.parts:
            yield part.label, _in_one_line(part.lines)
        return
    yield from changes(row, person.case)


def changes(row: Row, case: Prisoner) -> Iterator[tuple[str, str]]:
    """What accepting the row as a whole would do to the case."""
    proposed: Compared = compared(OfList(row), case)
    decided = decisions(row, case)
    for fact in proposed.facts:
        held, said = fact.words
        choice = decided[fact.field.name]
        if choice == NOTE:
            sentence = _("%(said)s (noted; the record says: %(held)s)")
            yield fact.label, sentence % {"said": said, "held": held}
        elif choice == TAKE and fact.is_new:
            yield fact.label, said
        elif choice == TAKE and fact.is_the_same:
            yield fact.label, _("%(said)s (as in the record)") % {"said": said}
        elif choice == TAKE:
            yield fact.label, _("%(said)s (is added)") % {"said": said}
    for part in proposed.parts:
        choice = decided[part.key]
        said = _in_one_line(part.lines)
        if choice == TAKE:
            yield part.label, _("%(said)s (is added)") % {"said": said}
        elif choice not in (LEAVE, NOTE):
            for record in part.beside:
                if str(record.pk) == choice:
                    sentence = _("%(said)s (noted beside: %(held)s)")
                    yield part.label, sentence % {"said": said, "held": record}


def _in_one_line(lines: Iterable[tuple[str, Any]]) -> str:
    return "; ".join(f"{label}: {words}" for label, words in lines)
