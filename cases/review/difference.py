"""What approving would change: the last edition of a case beside the case as it is now,
record by record.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from cases import aggregate, editions
from cases.aggregate import PARTS, ROOTS, Aggregate
from cases.day import today
from cases.disclosure.seeing import who_sees, who_sees_the_case
from cases.editions import StoredEdition
from cases.history.since import Edit, edits_since
from cases.models import ChangeKind, Claimant, Consent, Source
from cases.models.base import Record, Root
from cases.triggers.consents import TAKEN_BACK
from cases.visibility import NOBODY_OUTSIDE, is_narrower, is_wider
from tracker.emptiness import is_empty

Row = Mapping[str, Any]


@dataclass(frozen=True)
class RecordDifference:
    """A record that was added, changed or removed. Rows are those of cases.aggregate;
    None where there is none.
    """

    model: type[Record]
    record_id: str
    before: Row | None
    after: Row | None
    seen_before: str
    """Who saw it at the last approval, with all that limits it: a code of Visibility.
    """
    seen_after: str
    edits: tuple[Edit, ...] = ()
    """By whom since; empty for what no longer can be told apart."""

    @property
    def operation(self) -> str:
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed"

    @property
    def widened(self) -> bool:
        return is_wider(self.seen_after, self.seen_before)

    @property
    def narrowed(self) -> bool:
        return is_narrower(self.seen_after, self.seen_before)

    @property
    def fields(self) -> list[str]:
        """Columns whose values differ, in the order of the model; of what came or went
        all that say anything.
        """
        before, after = self.before or {}, self.after or {}
        fields = []
        for name in dict.fromkeys([*after, *before]):
            if name != "id" and _differs(name, before, after):
                fields.append(name)
        return fields


@dataclass(frozen=True)
class Difference:
    """Of one case. `edition` is the last one; None if it was never approved."""

    kind: str
    root: Root
    edition: StoredEdition | None
    records: list[RecordDifference]
    seen_before: str
    seen_after: str
    edits: list[Edit]
    before: Aggregate | None
    after: Aggregate

    @property
    def version(self) -> int:
        return self.root.version

    @property
    def widened(self) -> bool:
        return is_wider(self.seen_after, self.seen_before)

    @property
    def narrowed(self) -> bool:
        return is_narrower(self.seen_after, self.seen_before)


class Side:
    """A case as it stood, or None, and who sees each of its records if it was approved
    on that day: by the rules of the gate.
    """

    def __init__(self, kind: str, case: Aggregate | None, day: date) -> None:
        self.kind, self.case, self.day = kind, case, day

    @property
    def seen(self) -> str:
        """Who sees the case: a code of Visibility."""
        if not self.case:
            return NOBODY_OUTSIDE
        return who_sees_the_case(self.kind, self.case)

    @cached_property
    def _seen(self) -> dict[str, str]:
        if not self.case:
            return {}
        return who_sees(self.kind, self.case, self.day)

    def seen_by(self, record_id: str) -> str:
        return self._seen.get(record_id, NOBODY_OUTSIDE)

    def rows(self, name: str) -> dict[str, Row]:
        if self.case is None:
            return {}
        if name == "root":
            root = self.case["root"]
            return {root["id"]: root}
        return {row["id"]: row for row in self.case[name]}

    def around(self, name: str) -> Mapping[str, Row]:
        if not self.case:
            return {}
        rows: Mapping[str, Row] = self.case[name]
        return rows


def approved(kind: str, edition: StoredEdition | None) -> Side:
    if edition is None:
        return Side(kind, None, date.min)
    return Side(kind, edition.case, edition.approved_at.date())


def differences(kind: str, root_ids: Sequence[UUID]) -> list[Difference]:
    """In the order of the ids, in a fixed number of queries. Deleted cases are left
    out.
    """
    related: list[str] = []
    if kind == "prisoner":
        related.append("desk")
    roots = ROOTS[kind]._default_manager.select_related(*related).in_bulk(root_ids)
    now = aggregate.read(kind, list(roots))
    last = editions.last(kind, list(roots))
    events = last_events(last, roots)
    edits = edits_since(kind, events)
    return [
        _difference(kind, roots[root_id], last.get(root_id), now[root_id], edits)
        for root_id in root_ids
        if root_id in roots and root_id in now
    ]


def last_events(
    last: Mapping[UUID, StoredEdition], root_ids: Iterable[UUID]
) -> dict[UUID, int]:
    """Of each root the event of its last edition; 0 if it has none."""
    events = dict.fromkeys(root_ids, 0)
    for root_id in events:
        if root_id in last:
            events[root_id] = last[root_id].event
    return events


def _difference(
    kind: str,
    root: Root,
    edition: StoredEdition | None,
    now: Aggregate,
    edits: Mapping[UUID, list[Edit]],
) -> Difference:
    before, after = approved(kind, edition), Side(kind, now, today())
    of_case = edits[root.pk]
    by_record: dict[str, list[Edit]] = {}
    for edit in of_case:
        by_record.setdefault(edit.record_id, []).append(edit)
    return Difference(
        kind=kind,
        root=root,
        edition=edition,
        records=list(compared(before, after, by_record)),
        seen_before=before.seen,
        seen_after=after.seen,
        edits=of_case,
        before=before.case,
        after=now,
    )


def compared(
    before: Side, after: Side, edits: Mapping[str, Sequence[Edit]] | None = None
) -> Iterator[RecordDifference]:
    """The root first, then its parts in the order of the case, then what it shows of
    sources and claimants.
    """
    kind = after.kind
    models: dict[str, type[Record]] = {"root": ROOTS[kind]}
    for part in PARTS[kind]:
        models[part.name] = part.model
    edits = edits or {}
    for name, model in models.items():
        old, new = before.rows(name), after.rows(name)
        for record_id in dict.fromkeys([*new, *old]):
            if _same(old.get(record_id), new.get(record_id)):
                continue
            yield RecordDifference(
                model,
                record_id,
                old.get(record_id),
                new.get(record_id),
                before.seen_by(record_id),
                after.seen_by(record_id),
                tuple(edits.get(record_id, ())),
            )
    yield from _around(before, after)


def _around(before: Side, after: Side) -> Iterator[RecordDifference]:
    """Sources and claimants that the edition showed differently. New ones are told by
    their citations.
    """
    models: dict[str, type[Record]] = {"sources": Source, "claimants": Claimant}
    for name, model in models.items():
        for record_id, old in before.around(name).items():
            new = after.around(name).get(record_id)
            if new is not None and new != old:
                yield RecordDifference(
                    model, record_id, old, new, old["visibility"], new["visibility"]
                )


def kinds(
    seen_before: str, seen_after: str, records: Sequence[RecordDifference]
) -> list[str]:
    """Codes of ChangeKind; none if nobody outside sees the case, at the last approval
    or now.
    """
    if seen_before == seen_after == NOBODY_OUTSIDE or not records:
        return []
    if seen_before == NOBODY_OUTSIDE:
        return [ChangeKind.NEW.value]
    codes = []
    if any(not _only_takes_back(record) for record in records):
        codes.append(ChangeKind.CHANGED.value)
    if any(_takes_back(record) for record in records):
        codes.append(ChangeKind.TAKEN_BACK.value)
    return codes


# How often a consent, or the case as a whole, was taken back.
_COUNTS = tuple(f"{subject}_taken_back" for subject in TAKEN_BACK)


def _takes_back(record: RecordDifference) -> bool:
    """What the gate obeys without waiting (cases/disclosure/disclosing.py)."""
    before, after = record.before, record.after
    if record.narrowed:
        return True
    if after is None:
        return record.seen_before != NOBODY_OUTSIDE
    if record.model is Consent:
        was_withdrawn = before is not None and bool(before["withdrawn_on"])
        return bool(after["withdrawn_on"]) and not was_withdrawn
    if before is None:
        return False
    if after.get("name_withheld") and not before.get("name_withheld"):
        return True
    if _ticked(before) - _ticked(after):
        return True
    if any((after.get(count) or 0) > (before.get(count) or 0) for count in _COUNTS):
        return True
    return _facts(after) > _facts(before)


def _ticked(row: Row) -> set[str]:
    """What is told without the name."""
    return {*(row.get("told_without_name") or ())}


def _facts(row: Row) -> set[tuple[str, str]]:
    """The single facts that are kept inside."""
    single_facts: set[tuple[str, str]] = set()
    withheld = row.get("withheld") or {}
    for record_id, facts in withheld.items():
        for fact in facts:
            single_facts.add((record_id, fact))
    return single_facts


def _only_takes_back(record: RecordDifference) -> bool:
    if not _takes_back(record):
        return False
    own = {"visibility", "name_withheld", "withdrawn_on", *_COUNTS}
    if record.before:
        own.add("withheld")
        if record.after and _ticked(record.after) <= _ticked(record.before):
            own.add("told_without_name")
    return record.after is None or set(record.fields) <= own


def _same(before: Row | None, after: Row | None) -> bool:
    if before is None or after is None:
        return before is after
    names = {*before, *after}
    return not any(_differs(name, before, after) for name in names)


def _differs(name: str, before: Row, after: Row) -> bool:
    return bool(_plain(before.get(name)) != _plain(after.get(name)))


def _plain(value: object) -> object:
    """Empty is empty."""
    if is_empty(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value
