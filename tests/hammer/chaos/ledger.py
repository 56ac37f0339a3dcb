"""What was asked for, what was acknowledged, and how long what was taken back was seen."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

Place = tuple[str, str, str]


# What stands there before anybody has written: tests/hammer/chaos/run.py.
FIRST: dict[tuple[str, str], str | bool | None] = {
    ("prisoner", "affiliation"): "",
    ("prisoner", "visibility"): "public",
    ("prisoner", "name_withheld"): False,
    ("source", "visibility"): "public",
    ("consent", "withdrawn_on"): None,
    ("person_name", "value"): "",
    ("person_name", "visibility"): None,
}


@dataclass(frozen=True)
class Change:
    """One value of one row. A name is known by its text: with `value` "" it is deleted.
    `case`: whose row it is.
    """

    table: str
    id: str
    field: str
    value: str | bool
    case: str = ""

    @property
    def place(self) -> Place:
        return self.table, self.id, self.field

    @property
    def makes(self) -> bool:
        return self.field == "value" and self.value == self.id

    @property
    def deletes(self) -> bool:
        return self.field == "value" and self.value == ""


@dataclass(frozen=True)
class Trouble:
    name: str
    began: float
    ended: float


@dataclass
class Withdrawal:
    """Moments; None is not yet. `gone`: nobody was shown it any more. `settled`: its
    document was shown again without it, or not found.
    """

    what: str
    acknowledged: float
    gone: float | None = None
    settled: float | None = None


@dataclass
class Ledger:
    done: Counter[str] = field(default_factory=Counter)
    acknowledged: list[Change] = field(default_factory=list)
    # What stands there now is one of these.
    may_stand: dict[Place, list[str | bool | None]] = field(default_factory=dict)
    # What became of each attempt, for whoever has to find out.
    trails: dict[Place, list[str]] = field(default_factory=lambda: defaultdict(list))
    withdrawals: list[Withdrawal] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tried(self, change: Change) -> None:
        with self.lock:
            before = FIRST[change.table, change.field]
            self.may_stand.setdefault(change.place, [before]).append(change.value)

    def was_refused(self, change: Change, door: str, why: str) -> None:
        with self.lock:
            self.done[f"refused by {door}"] += 1
            self.refusals[why] += 1
            self._note(change, f"refused by {door}: {why}")
            self.may_stand[change.place].remove(change.value)

    def was_not_answered(self, change: Change, door: str, how: str) -> None:
        with self.lock:
            self._note(change, f"not answered by {door}: {how}")
            self.done[f"not answered by {door}: {how}"] += 1

    def was_acknowledged(self, change: Change, door: str) -> None:
        """What was there before is over."""
        with self.lock:
            self.done[f"acknowledged by {door}"] += 1
            self._note(change, f"acknowledged by {door}")
            self.acknowledged.append(change)
            self.may_stand[change.place] = [change.value]

    def _note(self, change: Change, outcome: str) -> None:
        trail = self.trails[change.place]
        trail.append(f"{time.strftime('%H:%M:%S')} {change.value!r} {outcome}")


def calm_seconds(begin: float, end: float, troubles: Sequence[Trouble]) -> float:
    """The longest time without trouble between two moments."""
    longest = 0.0
    calm_since = begin
    for trouble in sorted(troubles, key=lambda trouble: trouble.began):
        if trouble.ended <= begin:
            continue
        if trouble.began >= end:
            break
        longest = max(longest, trouble.began - calm_since)
        calm_since = max(calm_since, trouble.ended)
    return max(longest, end - calm_since)
