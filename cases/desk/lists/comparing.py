"""What a row of a list comes to beside the record: new, nothing new, something new of a
case, or perhaps somebody on record. Kept with the row, so that thousands can be counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from cases.day import today
from cases.desk.lists.models import List, Row, RowState, Verdict
from cases.desk.proposals.comparing import (
    Compared,
    ProposedPart,
    compared,
    same_part,
)
from cases.desk.proposals.handed_in import HandedIn
from cases.desk.proposals.writing import LEAVE, NOTE, TAKE, one_at_a_time
from cases.merging import named_like
from cases.models import Claimant, Identifier, PersonName, Prisoner, Prosecution, Source
from tracker.contract.vocabulary import SourceKind

SCHEME = "list"  # of the identifiers that lists give to people
AT_ONCE = 200  # rows that are compared in one transaction


class OfList(HandedIn):
    scheme = SCHEME
    is_answered = False

    def __init__(self, row: Row) -> None:
        super().__init__(row.identifier, row.owner, row.content)
        self.row = row

    def voice(self, key: str) -> str:
        """Of a row that names its source, the facts are the source's. The list's are
        that the row is in it, by which number, and what it says in words of its own.
        """
        if key in ("", "identifier", *self.row.stated):
            return ""
        address: str = self.row.source_address
        return address

    def stays_inside(self, key: str) -> bool:
        """So, too, what is the list's alone of a row that names its source."""
        is_the_lists = not self.voice(key)
        return self.row.confidential or bool(self.row.source_address and is_the_lists)

    def word(self, voice: str) -> tuple[Source, Claimant | None]:
        if voice:
            return self._at(voice), None
        return self._list(), None

    def _at(self, address: str) -> Source:
        """One source for each address."""
        at_address = Source.objects.filter(url=address).order_by("created_at", "pk")
        known = at_address.first()
        if known is None:
            one_at_a_time()
            known = at_address.first()
        site = urlsplit(address).hostname or ""
        # Pages of one site are one newsroom's, as far as is known.
        publisher = site.removeprefix("www.")[:200]
        return known or Source(title=address[:500], url=address, publisher=publisher)

    def _list(self) -> Source:
        """One source for the whole list. The lock keeps two rows from making two."""
        in_list = self.row.in_list
        if in_list.source_id is None:
            lists = List.objects.select_for_update().defer("content")
            in_list = lists.get(pk=in_list.pk)
        if in_list.source is not None:
            return in_list.source
        return Source(
            title=in_list.title,
            source_kind=SourceKind.OTHER,
            publisher=in_list.owner,
            accessed_on=today().isoformat(),
        )

    def accepted_before(self) -> Iterable[UUID]:
        if not self.row.identity:
            return []
        earlier = _accepted(self.row.owner, [self.row.identity])
        earlier = earlier.exclude(pk=self.row.pk)
        return earlier.values_list("accepted_as_id", flat=True)

    def locator(self, key: str) -> str:
        """In the language of the record: it is stored. Of a source that the row names,
        nobody said where in it.
        """
        if self.voice(key):
            return ""
        row, column = str(self.row), self.row.columns.get(key, "")
        if column:
            row = f"{row}, {column}"
        return row[:200]

    def tells_whole(self, key: str) -> bool:
        if not key:
            return bool(self.row.source_address)
        return key in self.row.columns

    def quote(self, key: str) -> str:
        stated: str = self.row.stated.get(key, "")
        return stated


class Known:
    """Which cases rows of one owner are, and what was said of them before. Asked once for
    all of these rows.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        owner = rows[0].owner
        self._with_identifier: dict[str, set[UUID]] = {}
        numbers = Identifier.objects.filter(
            owner_organisation=owner,
            value__in=[row.identifier for row in rows if row.identifier],
        )
        for value, case_id in numbers.values_list("value", "prisoner_id"):
            self._with_identifier.setdefault(value, set()).add(case_id)
        self._accepted: dict[str, list[Row]] = {}
        accepted = _accepted(owner, [row.identity for row in rows if row.identity])
        for row in accepted.only("identity", "content", "accepted_as"):
            self._accepted.setdefault(row.identity, []).append(row)
        ids = {row.accepted_as_id for row in accepted}
        cases = Prisoner.objects.filter(pk__among=ids)
        self._merged_into = dict(cases.values_list("pk", "merged_into_id"))
        ids.update(self._merged_into.values(), *self._with_identifier.values())
        living = Prisoner.objects.filter(merged_into=None)
        self._cases = living.in_bulk(list(ids - {None}))

    def case(self, row: Row) -> Prisoner | None:
        """By their identifier, or by what was accepted before: never by a name alone.
        None, too, where these lead to several.
        """
        cases = self.cases(row)
        if len(cases) != 1:
            return None
        return cases[0]

    def cases(self, row: Row) -> list[Prisoner]:
        ids = dict.fromkeys(sorted(self._with_identifier.get(row.identifier, ())))
        for earlier in self._before(row):
            case_id = earlier.accepted_as_id
            if case_id is not None:
                ids[self._merged_into.get(case_id) or case_id] = None
        return [self._cases[case_id] for case_id in ids if case_id in self._cases]

    def repeats(self, row: Row) -> bool:
        """Did the owner say the very same of this person before?"""
        return bool(row.content) and row.content == self.said_before(row)

    def said_before(self, row: Row) -> dict[str, Any]:
        for earlier in self._before(row):
            content: dict[str, Any] = earlier.content
            return content
        return {}

    def _before(self, row: Row) -> list[Row]:
        """What the same owner said of the same person before; the latest first."""
        if not row.identity:
            return []
        earlier = self._accepted.get(row.identity, [])
        return [before for before in earlier if before.pk != row.pk]


def _accepted(owner: str, identities: list[str]) -> QuerySet[Row]:
    """The latest first."""
    rows = Row.objects.filter(owner=owner, identity__in=identities)
    return rows.filter(state=RowState.ACCEPTED).order_by("-id")


def known_case(row: Row) -> Prisoner | None:
    return Known([row]).case(row)


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
            known = Known(rows)
            for row in rows:
                judge(row, known)
            Row.objects.bulk_update(rows, ["verdict", "found"])
        yield len(rows)


def judge(row: Row, known: Known) -> None:
    """Sets what is kept with the row, and does not save it."""
    row.verdict, row.found = "", known.case(row)
    if not row.is_sound:
        row.verdict = Verdict.UNREADABLE
    elif row.found is not None:
        row.verdict = Verdict.SAME
        if not known.repeats(row) and any(decisions(row, row.found, known).values()):
            row.verdict = Verdict.DIFFERS
    else:
        row.verdict = Verdict.NEW
        row.found = _may_be(row, known)
        if row.found is not None:
            row.verdict = Verdict.MAYBE


def _may_be(row: Row, known: Known) -> Prisoner | None:
    """The surest."""
    several = known.cases(row)
    if several:
        return several[0]
    ids = named_like(row.names)
    cases = Prisoner.objects.filter(merged_into=None).in_bulk(ids)
    for case_id in ids:
        if case_id in cases:
            return cases[case_id]
    return None


def decisions(
    row: Row, case: Prisoner | None, known: Known | None = None
) -> dict[str, str]:
    """What is taken over where a person accepts the row as a whole. Into a case, only
    what the owner did not say before: what is not there is added, and what differs is
    noted beside ours, which stands.
    """
    proposed = compared(OfList(row), case)
    if case is None:
        names = [fact.field.name for fact in proposed.facts]
        return dict.fromkeys([*names, *(part.key for part in proposed.parts)], TAKE)
    known = known or Known([row])
    return _into(proposed, row.content, known.said_before(row))


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
    may_be_several = part.model in (PersonName, Prosecution)
    is_alone = len(part.beside) == 1 and not may_be_several
    if same is None and free and is_alone:
        (same,) = free
    if same is None:
        return TAKE
    taken.add(same.pk)
    return str(same.pk)
