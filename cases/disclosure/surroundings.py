"""What the rules ask of the world outside a case."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, TypeVar

from cases.disclosure.kept_names import Kept
from cases.disclosure.officials import Proof

Row = Mapping[str, Any]
Value = TypeVar("Value")


@dataclass(frozen=True)
class Surroundings:
    """The present outside the case. Ids are text. `published`: the documents that this
    audience has; `known`: those and the ones that it once had; `void`: of the sources
    those whose word counts for nothing (cases/sourcing/independence.py). What this
    audience may not see is no more than what was retracted, or one could tell which of
    them was. `repeating` have from others, which this audience sees, all that they say;
    `published_on` is by source the day of its publication as EDTF, as this audience's
    document has it. `copies` are by source the redacted ones that were approved and not
    withdrawn, for whichever readers; `named` are of the people in them, and of the cases
    into which others were merged, those whom this audience is told by name.
    `without_name` are of the merged cases those that were not told by name. `accused` are
    by court case the people through whom this audience may be told of it (court.py).
    `agreed` are by case those together with which
    this audience may be told of it (related.py). `of_many` are of the facilities that it
    has those in which many are held, as its document says. `proof` is what counts as one
    for who judged; None where that is not published, or not asked.
    """

    published: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    sources: Mapping[str, Row] = field(default_factory=dict)
    claimants: Mapping[str, Row] = field(default_factory=dict)
    published_on: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    without_name: frozenset[str] = frozenset()
    kept: Mapping[str, Sequence[Kept]] = field(default_factory=dict)
    may_stay: frozenset[str] = frozenset()
    today: date = field(kw_only=True)
    accused: Mapping[str, Sequence[str]] = field(default_factory=dict)
    agreed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    void: frozenset[str] = frozenset()
    repeating: frozenset[str] = frozenset()
    of_many: frozenset[str] = frozenset()
    proof: Proof | None = None


class _Asked(Container[str]):
    """Ids, and which of them were asked about. Nothing else may be asked of them."""

    def __init__(self, ids: Container[str], about: set[str]) -> None:
        self._ids, self._about = ids, about

    def __contains__(self, record_id: object) -> bool:
        self._about.add(str(record_id))
        return record_id in self._ids


class _AskedOne(Mapping[str, Value]):
    def __init__(self, values: Mapping[str, Value], about: set[str]) -> None:
        self._values, self._about = values, about

    def __getitem__(self, record_id: str) -> Value:
        self._about.add(record_id)
        return self._values[record_id]

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError("They are asked for one by one.")

    def __len__(self) -> int:
        raise NotImplementedError("They are asked for one by one.")


_IDS = ("published", "known", "void", "repeating", "of_many")
_BY_ID = ("published_on", "kept", "agreed")
_THE_SAME_FOR_ALL = [
    of.name for of in fields(Surroundings) if of.name not in (*_IDS, *_BY_ID)
]


class NotedSurroundings:
    """What was asked of them: in others that answer the same, the same is shown."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._about: set[str] = set()
        asked: dict[str, Any] = {}
        for name in _BY_ID:
            asked[name] = _AskedOne(getattr(around, name), self._about)
        for name in _IDS:
            asked[name] = _Asked(getattr(around, name), self._about)
        self.noting = replace(around, **asked)

    def would_answer_as(self, other: Surroundings) -> bool:
        around = self._around
        for name in _THE_SAME_FOR_ALL:
            mine, others = getattr(around, name), getattr(other, name)
            if mine is not others and mine != others:
                return False
        return all(
            _of(record_id, around) == _of(record_id, other) for record_id in self._about
        )


def _of(record_id: str, around: Surroundings) -> tuple[object, ...]:
    return (
        record_id in around.published,
        record_id in around.known,
        record_id in around.void,
        record_id in around.repeating,
        record_id in around.of_many,
        around.published_on.get(record_id),
        around.kept.get(record_id),
        around.agreed.get(record_id),
    )
