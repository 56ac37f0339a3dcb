"""What approving would change: the last edition of a case beside the case as it is now,
record by record.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from cases import aggregate
from cases.aggregate import PARTS, ROOTS, Aggregate
from cases.history.since import Edit, edits_since
from cases.models import (
    TARGETS,
    ChangeKind,
    Citation,
    Claimant,
    Consent,
    Edition,
    PersonName,
    Source,
)
from cases.models.base import Record
from cases.visibility import NOBODY_OUTSIDE, is_narrower, is_wider, narrowest
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
    """Of one case. `edition` is the last one, without its snapshot; None if it was
    never approved.
    """

    kind: str
    root: Any
    edition: Edition | None
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


def differences(kind: str, root_ids: Sequence[UUID]) -> list[Difference]:
    """Of those that there are, in this order, in a fixed number of queries."""
    roots = (
        ROOTS[kind]
        ._default_manager.select_related(*(["desk"] if kind == "prisoner" else []))
        .in_bulk(root_ids)
    )
    now = aggregate.read(kind, list(roots))
    editions = _last_editions(kind, list(roots))
    events = {one: editions[one].event if one in editions else 0 for one in roots}
    edits = edits_since(kind, events)
    return [
        _difference(kind, roots[one], editions.get(one), now[one], edits[one])
        for one in root_ids
        if one in roots and one in now
    ]


def _last_editions(kind: str, root_ids: Sequence[UUID]) -> dict[UUID, Edition]:
    last = Edition.objects.filter(root_kind=kind, root_id__in=root_ids).order_by(
        "root_id", "-number"
    )
    return {
        one.root_id: one
        for one in last.distinct("root_id").select_related("approved_by")
    }


def _difference(
    kind: str, root: Any, edition: Edition | None, now: Aggregate, edits: list[Edit]
) -> Difference:
    then = edition.snapshot if edition else None
    by_record: dict[str, list[Edit]] = {}
    for edit in edits:
        by_record.setdefault(edit.record_id, []).append(edit)
    return Difference(
        kind=kind,
        root=root,
        edition=edition,
        records=list(compared(kind, then, now, by_record)),
        seen_before=seen_by(then),
        seen_after=seen_by(now),
        edits=edits,
    )


def seen_by(case: Aggregate | None) -> str:
    return case["root"]["visibility"] if case else NOBODY_OUTSIDE


def compared(
    kind: str,
    then: Aggregate | None,
    now: Aggregate,
    edits: Mapping[str, Sequence[Edit]] | None = None,
) -> Iterator[RecordDifference]:
    """The root first, then its parts in the order of the case, then what it shows of
    sources and claimants.
    """
    before, after = _Seen(kind, then), _Seen(kind, now)
    lists = [("root", ROOTS[kind]), *((part.name, part.model) for part in PARTS[kind])]
    for name, model in lists:
        old, new = before.rows(name), after.rows(name)
        for record_id in dict.fromkeys([*new, *old]):
            one, other = old.get(record_id), new.get(record_id)
            if _same(one, other):
                continue
            its = tuple((edits or {}).get(record_id, ()))
            seen = before.by(model, one), after.by(model, other)
            yield RecordDifference(model, record_id, one, other, *seen, its)
    yield from _around(then, now)


def _around(then: Aggregate | None, now: Aggregate) -> Iterator[RecordDifference]:
    """Of sources and claimants only those that the edition showed otherwise: a new
    citation tells of a new one.
    """
    around: list[tuple[str, type[Record]]] = [
        ("sources", Source),
        ("claimants", Claimant),
    ]
    for name, model in around:
        for record_id, old in (then or {}).get(name, {}).items():
            new = now[name].get(record_id)
            if new is not None and new != old:
                yield RecordDifference(
                    model, record_id, old, new, old["visibility"], new["visibility"]
                )


def kinds(
    seen_before: str, seen_after: str, found: Sequence[RecordDifference]
) -> list[str]:
    """Codes of ChangeKind; none if nobody outside sees the case, at the last approval
    or now.
    """
    if seen_before == seen_after == NOBODY_OUTSIDE or not found:
        return []
    if seen_before == NOBODY_OUTSIDE:
        return [ChangeKind.NEW.value]
    changed = (
        [ChangeKind.CHANGED.value]
        if any(not _only_takes_back(one) for one in found)
        else []
    )
    return [
        *changed,
        *(
            [ChangeKind.TAKEN_BACK.value]
            if any(_takes_back(one) for one in found)
            else []
        ),
    ]


def _takes_back(one: RecordDifference) -> bool:
    """What the gate obeys without waiting (cases/disclosure/disclosing.py)."""
    before, after = one.before or {}, one.after or {}
    withdrawn = (
        one.model is Consent
        and bool(after.get("withdrawn_on"))
        and not before.get("withdrawn_on")
    )
    withheld = (
        bool(after.get("name_withheld"))
        and not before.get("name_withheld")
        and bool(before)
    )
    facts = _facts(after) > _facts(before) and bool(before)
    gone = one.after is None and one.seen_before != NOBODY_OUTSIDE
    return one.narrowed or withdrawn or withheld or facts or gone


def _facts(row: Row) -> set[tuple[str, str]]:
    """The single facts that are kept inside."""
    return {
        (record, fact)
        for record, facts in (row.get("withheld") or {}).items()
        for fact in facts
    }


def _only_takes_back(one: RecordDifference) -> bool:
    own = {"visibility", "name_withheld", "withdrawn_on"} | (
        {"withheld"} if one.before else set()
    )
    return _takes_back(one) and (
        one.after is None or set(one.fields) <= own or not one.fields
    )


class _Seen:
    """The rows of an aggregate, and who sees each of them, if the case were published
    as it stands there.
    """

    def __init__(self, kind: str, case: Aggregate | None) -> None:
        self.kind, self.case = kind, case
        self.everything = {
            one: row for name in self._lists() for one, row in self.rows(name).items()
        }

    def _lists(self) -> list[str]:
        return ["root", *(part.name for part in PARTS[self.kind])]

    def rows(self, name: str) -> dict[str, Row]:
        if self.case is None:
            return {}
        rows = [self.case["root"]] if name == "root" else self.case.get(name, [])
        return {row["id"]: row for row in rows}

    def by(self, model: type[Record], row: Row | None) -> str:
        """The least of what limits it: itself, what it is part of, its case."""
        if row is None or self.case is None or _never_published(model, row):
            return NOBODY_OUTSIDE
        root = self.case["root"]
        limits = [root["visibility"], row["visibility"]]
        if model is PersonName and root.get("name_withheld"):
            return NOBODY_OUTSIDE
        parents = (
            [row.get("detention_id")]
            if model is not Citation
            else [row.get(f"{name}_id") for name in TARGETS]
        )
        for parent in filter(None, parents):
            if parent in self.everything:
                limits.append(self.everything[parent]["visibility"])
        return narrowest(*limits)


def _never_published(model: type[Record], row: Row) -> bool:
    """Consents, and other organisations' numbers."""
    return model is Consent or bool(row.get("owner_organisation"))


def _same(one: Row | None, other: Row | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(
        _plain(one.get(name)) == _plain(other.get(name)) for name in {*one, *other}
    )


def _plain(value: Any) -> Any:
    """Empty is empty; ids of several are a set."""
    if is_empty(value):
        return None
    return value.isoformat() if isinstance(value, date) else value
