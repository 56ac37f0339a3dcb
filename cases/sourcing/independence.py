"""Which sources repeat whom, and so how many of them are heard when they say the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations


@dataclass(frozen=True)
class Relations:
    """Of one source; `derived_from` are ids, `relays` and `publisher` names as people
    wrote them.
    """

    derived_from: frozenset[str] = frozenset()
    relays: frozenset[str] = frozenset()
    publisher: str = ""
    retracted: bool = False


class Sources:
    """Relations by the source's id, with everything that they lead to."""

    def __init__(self, relations: Mapping[str, Relations]) -> None:
        self._relations = relations
        self._origins: dict[str, frozenset[str]] = {}

    def but_for(self, source: str) -> "Sources":
        """As if this one had been retracted."""
        return Sources(
            {
                **self._relations,
                source: replace(self._relations[source], retracted=True),
            }
        )

    @cached_property
    def void(self) -> frozenset[str]:
        """Those that support nothing: what was retracted, and what merely repeats it,
        however many steps away.
        """
        void = {one for one, its in self._relations.items() if its.retracted}
        while more := {
            one
            for one in self._relations.keys() - void
            if self._only_repeats(one, void)
        }:
            void |= more
        return frozenset(void)

    def _only_repeats(self, one: str, others: Iterable[str]) -> bool:
        its = self._relations[one]
        return (
            bool(its.derived_from)
            and not its.relays
            and its.derived_from <= set(others)
        )

    def origins(self, source: str) -> frozenset[str]:
        """All that it may have a fact from: itself, what it repeats, and every newsroom
        in between.
        """
        if source not in self._origins:
            found, waiting = set(), [source]
            while waiting:
                one = waiting.pop()
                if one not in found:
                    found.add(one)
                    waiting += self._relations.get(one, Relations()).derived_from
            self._origins[source] = frozenset(
                found | {room for one in found for room in self._newsrooms(one)}
            )
        return self._origins[source]

    def _newsrooms(self, source: str) -> Iterable[str]:
        its = self._relations.get(source, Relations())
        return (
            f"newsroom {name.strip().casefold()}"
            for name in (*its.relays, its.publisher)
            if name.strip()
        )

    def independent(self, sources: Iterable[str]) -> int:
        """0, 1, or 2 for two and more: are there two among these that share no origin?
        Void ones are none.
        """
        origins = {self.origins(one) for one in sources if one not in self.void}
        if any(one.isdisjoint(other) for one, other in combinations(origins, 2)):
            return 2
        return min(len(origins), 1)
