"""What a row of a list comes to beside the record: new, nothing new, something new of a
case, or perhaps somebody on record. Kept with the row, so that thousands can be counted.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction

from cases.day import today
from cases.desk.lists.models import List, Row, RowState, Verdict
from cases.desk.proposals.comparing import (
    Compared,
    ProposedPart,
    accepted_before,
    compared,
    matches,
    same_part,
    with_identifier,
)
from cases.desk.proposals.handed_in import HandedIn
from cases.desk.proposals.writing import LEAVE, NOTE, TAKE
from cases.models import Claimant, PersonName, Prisoner, Source
from tracker.contract.vocabulary import SourceKind

SCHEME = "list"  # of the identifiers that lists give to people
AT_ONCE = 200  # rows that are compared in one transaction


class OfList(HandedIn):
    scheme = SCHEME
    is_answered = False

    def __init__(self, row: Row) -> None:
        super().__init__(row.identifier, row.owner, row.content)
        self.row = row
        self.is_confidential = row.confidential

    def word(self) -> tuple[Source, Claimant | None]:
        """One source for the whole list. The lock keeps two rows from making two."""
        in_list = self.row.in_list
        if in_list.source_id is None:
            lists = List.objects.select_for_update().defer("content")
            in_list = lists.get(pk=in_list.pk)
        if in_list.source_id is not None:
            return Source.objects.get(pk=in_list.source_id), None
        source = Source(
            title=in_list.title,
            source_kind=SourceKind.OTHER,
            publisher=in_list.owner,
            accessed_on=today().isoformat(),
        )
        return source, None

    def accepted_before(self) -> Iterable[UUID]:
        earlier = _accepted(self.row).exclude(accepted_as=None)
        return earlier.values_list("accepted_as_id", flat=True)

    def locator(self, key: str) -> str:
        """In the language of the record: it is stored."""
        row, column = str(self.row), self.row.columns.get(key, "")
        if column:
            row = f"{row}, {column}"
        return row[:200]

    def tells_whole(self, key: str) -> bool:
        return key in self.row.columns

    def quote(self, key: str) -> str:
        stated: str = self.row.stated.get(key, "")
        return stated


def _accepted(row: Row) -> Any:
    """What the same owner said of the same person before; the latest first."""
    if not row.identity:
        return Row.objects.none()
    same = Row.objects.filter(
        owner=row.owner, identity=row.identity, state=RowState.ACCEPTED
    )
    return same.exclude(pk=row.pk).order_by("-id")


def said_before(row: Row) -> dict[str, Any]:
    earlier = _accepted(row).first()
    if earlier is None:
        return {}
    content: dict[str, Any] = earlier.content
    return content


def known_case(row: Row) -> Prisoner | None:
    """By their identifier, or by what was accepted before: never by a name alone. None,
    too, where these lead to several.
    """
    handed_in = OfList(row)
    ids = {*with_identifier(handed_in), *accepted_before(handed_in)}
    cases = Prisoner.objects.filter(pk__in=ids, merged_into=None)
    if len(cases) != 1:
        return None
    return cases[0]


def compare(in_list: List) -> Iterator[int]:
    """The rows that were not yet compared. Yields after each batch how many it had."""
    while True:
        waiting = Row.objects.filter(
            in_list=in_list, state=RowState.WAITING, verdict=None
        )
        rows = list(waiting.order_by("number")[:AT_ONCE])
        if not rows:
            return
        with transaction.atomic():
            for row in rows:
                judge(row)
            Row.objects.bulk_update(rows, ["verdict", "found"])
        yield len(rows)


def judge(row: Row) -> None:
    """Sets what is kept with the row, and does not save it."""
    row.verdict, row.found = "", known_case(row)
    if not row.is_sound:
        row.verdict = Verdict.UNREADABLE
    elif row.found is not None:
        row.verdict = Verdict.SAME
        if any(decisions(row, row.found).values()):
            row.verdict = Verdict.DIFFERS
    else:
        row.verdict = Verdict.NEW
        for match in matches(OfList(row))[:1]:
            row.found = match.case
            row.verdict = Verdict.MAYBE


def decisions(row: Row, case: Prisoner | None) -> dict[str, str]:
    """What is taken over where a person accepts the row as a whole. Into a case, only
    what the owner did not say before: what is not there is added, and what differs is
    noted beside ours, which stands.
    """
    proposed = compared(OfList(row), case)
    if case is None:
        names = [fact.field.name for fact in proposed.facts]
        return dict.fromkeys([*names, *(part.key for part in proposed.parts)], TAKE)
    return _into(proposed, row.content, said_before(row))


def _into(
    proposed: Compared, said: dict[str, Any], before: dict[str, Any]
) -> dict[str, str]:
    decisions = {}
    for fact in proposed.facts:
        name = fact.field.name
        decisions[name] = TAKE
        if before.get(name) == fact.proposed:
            decisions[name] = LEAVE
        elif not (fact.is_new or fact.is_the_same or isinstance(fact.proposed, list)):
            decisions[name] = NOTE
    taken: set[Any] = set()
    for part in proposed.parts:
        kind, place = part.key.rsplit("-", 1)
        decisions[part.key] = LEAVE
        if said[kind][int(place)] not in before.get(kind, []):
            decisions[part.key] = _same_part(part, taken)
    return decisions


def _same_part(part: ProposedPart, taken: set[Any]) -> str:
    """The one that it agrees with, or the only one that there is; else it is added. Each
    is taken once.
    """
    free = [record for record in part.beside if record.pk not in taken]
    same = same_part(part, free)
    is_alone = len(part.beside) == 1 and part.model is not PersonName
    if same is None and free and is_alone:
        (same,) = free
    if same is None:
        return TAKE
    taken.add(same.pk)
    return str(same.pk)
