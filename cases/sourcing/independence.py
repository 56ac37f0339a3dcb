"""Which sources repeat whom, and so how many are heard when they say the same."""

from collections.abc import Collection, Iterable, Mapping
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


_UNKNOWN = Relations()


class Sources:
    """Relations by the source's id, with everything that they lead to."""

    def __init__(self, relations: Mapping[str, Relations]) -> None:
        self._relations = relations
        self._origins: dict[str, frozenset[str]] = {}

    @property
    def ids(self) -> Collection[str]:
        return self._relations.keys()

    def differ(self, others: "Sources") -> set[str]:
        """The ids of which the two know something else."""
        ids = self._relations.keys() | others._relations.keys()
        return {
            source
            for source in ids
            if self._relations.get(source) != others._relations.get(source)
        }

    def but_for(self, source: str) -> "Sources":
        """As if this one had been retracted."""
        retracted = replace(self._relations[source], retracted=True)
        return Sources({**self._relations, source: retracted})

    @cached_property
    def void(self) -> frozenset[str]:
        """Those that support nothing: what was retracted, and what merely repeats it,
        however many steps away.
        """
        void: set[str] = set()
        for source, relations in self._relations.items():
            if relations.retracted:
                void.add(source)
        grows = bool(void)
        while grows:
            grows = False
            for source in self._relations.keys() - void:
                if self._only_repeats(source, void):
                    void.add(source)
                    grows = True
        return frozenset(void)

    def void_for(self, seen: Collection[str]) -> frozenset[str]:
        """To those who see only these: nothing is told by what they do not see.

        What is not seen itself is here only for what it repeats: it may be the case
        that is being published.
        """
        told = {}
        for source, relations in self._relations.items():
            unseen = source not in seen
            told[source] = replace(relations, retracted=relations.retracted or unseen)
        void = set(Sources(told).void)
        found = set()
        for source, relations in self._relations.items():
            if relations.retracted or self._only_repeats(source, void):
                found.add(source)
        return frozenset(found)

    def repeating_for(self, seen: Collection[str]) -> frozenset[str]:
        """Those that have from others what they say, and know nothing newer. Told by
        what these readers see of it.
        """
        repeating = set()
        for source, relations in self._relations.items():
            repeats = not relations.derived_from.isdisjoint(seen)
            if repeats and not relations.relays:
                repeating.add(source)
        return frozenset(repeating)

    def _only_repeats(self, source: str, void: set[str]) -> bool:
        relations = self._relations[source]
        if relations.relays or not relations.derived_from:
            return False
        return relations.derived_from <= void

    def origins(self, source: str) -> frozenset[str]:
        """All that it may have a fact from: itself, what it repeats, and every newsroom
        in between.
        """
        if source not in self._origins:
            self._origins[source] = self._trace(source)
        return self._origins[source]

    def _trace(self, source: str) -> frozenset[str]:
        sources: set[str] = set()
        newsrooms: set[str] = set()
        waiting = [source]
        while waiting:
            origin = waiting.pop()
            if origin not in sources:
                sources.add(origin)
                relations = self._relations.get(origin, _UNKNOWN)
                newsrooms.update(_newsrooms(relations))
                waiting += relations.derived_from
        return frozenset(sources | newsrooms)

    def independent(self, sources: Iterable[str]) -> int:
        """0, 1, or 2 for two and more: are there two among these that share no origin?
        Void ones are none.
        """
        heard = set(sources) - self.void
        if len(heard) < 2:
            return len(heard)
        origins = {self.origins(source) for source in heard}
        for first, second in combinations(origins, 2):
            if first.isdisjoint(second):
                return 2
        return min(len(origins), 1)


def _newsrooms(relations: Relations) -> Iterable[str]:
    """One newsroom is one origin, however its name is written. No id begins so."""
    for name in (*relations.relays, relations.publisher):
        if name.strip():
            yield f"newsroom {name.strip().casefold()}"
