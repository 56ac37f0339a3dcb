"""What approving would change: the last edition of a case beside the case as it is now,
record by record.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from cases import aggregate, editions
from cases.aggregate import PARTS, ROOTS, Aggregate
from cases.disclosure.seeing import who_sees, who_sees_the_case
from cases.editions import StoredEdition
from cases.history.since import Edit, edits_since
from cases.models import ChangeKind, Claimant, Consent, Source
from cases.models.base import Record
from cases.visibility import NOBODY_OUTSIDE, is_narrower, is_wider
from tracker.clock import today
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
        return "changed" if self.after is not None else "removed"

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
        names = dict.fromkeys([*after, *before])
        return [
            name
            for name in names
            if name != "id" and _plain(before.get(name)) != _plain(after.get(name))
        ]


@dataclass(frozen=True)
class Difference:
    """Of one case. `edition` is the last one; None if it was never approved."""

    kind: str
    root: Any
    edition: StoredEdition | None
    records: list[RecordDifference]
    seen_before: str
    seen_after: str
    edits: list[Edit]

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
        return who_sees_the_case(self.kind, self.case) if self.case else NOBODY_OUTSIDE

    @cached_property
    def _seen(self) -> dict[str, str]:
        return who_sees(self.kind, self.case, self.day) if self.case else {}

    def seen_by(self, record_id: str) -> str:
        return self._seen.get(record_id, NOBODY_OUTSIDE)

    def rows(self, name: str) -> dict[str, Row]:
        if self.case is None:
            return {}
        rows = [self.case["root"]] if name == "root" else self.case[name]
        return {row["id"]: row for row in rows}

    def around(self, name: str) -> Mapping[str, Row]:
        return self.case[name] if self.case else {}


def approved(kind: str, edition: StoredEdition | None) -> Side:
    if edition is None:
        return Side(kind, None, date.min)
    return Side(kind, edition.case, edition.approved_at.date())


def differences(kind: str, root_ids: Sequence[UUID]) -> list[Difference]:
    """Of those that there are, in this order, in a fixed number of queries."""
    roots = (
        ROOTS[kind]
        ._default_manager.select_related(*(["desk"] if kind == "prisoner" else []))
        .in_bulk(root_ids)
    )
    now = aggregate.read(kind, list(roots))
    last = editions.last(kind, list(roots))
    events = {
        root_id: last[root_id].event if root_id in last else 0 for root_id in roots
    }
    edits = edits_since(kind, events)
    return [
        _difference(kind, roots[root_id], last.get(root_id), now[root_id], edits)
        for root_id in root_ids
        if root_id in roots and root_id in now
    ]


def _difference(
    kind: str,
    root: Any,
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
    )


def compared(
    before: Side, after: Side, edits: Mapping[str, Sequence[Edit]] | None = None
) -> Iterator[RecordDifference]:
    """The root first, then its parts in the order of the case, then what it shows of
    sources and claimants.
    """
    kind = after.kind
    lists = [("root", ROOTS[kind]), *((part.name, part.model) for part in PARTS[kind])]
    for name, model in lists:
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
                tuple((edits or {}).get(record_id, ())),
            )
    yield from _around(before, after)


def _around(before: Side, after: Side) -> Iterator[RecordDifference]:
    """Of sources and claimants only those that the edition showed otherwise: a new
    citation tells of a new one.
    """
    around: list[tuple[str, type[Record]]] = [
        ("sources", Source),
        ("claimants", Claimant),
    ]
    for name, model in around:
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
    return _facts(after) > _facts(before)


def _facts(row: Row) -> set[tuple[str, str]]:
    """The single facts that are kept inside."""
    return {
        (record, fact)
        for record, facts in (row.get("withheld") or {}).items()
        for fact in facts
    }


def _only_takes_back(record: RecordDifference) -> bool:
    if not _takes_back(record):
        return False
    own = {"visibility", "name_withheld", "withdrawn_on"}
    if record.before:
        own.add("withheld")
    return record.after is None or set(record.fields) <= own


def _same(before: Row | None, after: Row | None) -> bool:
    if before is None or after is None:
        return before is after
    return all(
        _plain(before.get(name)) == _plain(after.get(name))
        for name in {*before, *after}
    )


def _plain(value: Any) -> Any:
    """Empty is empty."""
    if is_empty(value):
        return None
    return value.isoformat() if isinstance(value, date) else value
