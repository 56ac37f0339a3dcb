"""The names of a partner's copy, kept in memory to be looked up by their words.

Who is found is who the tracker's own search finds: the words are folded by the same rules
(tracker/names.py), and those who are only near are chosen by the same (tracker/nearest.py).
Nothing of it is written to a disk: what was withdrawn is in no second file.
"""

import json
import sqlite3
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tracker import names
from tracker.nearest import Asked, Keyed, Match, nearly
from tracker.reconciling.properties import names_of

_AFTER = "\U0010ffff"  # follows every word that begins so
_LETTERS = 3  # PostgreSQL's trigrams, with its threshold for words of a text
_ALIKE = 0.5


@dataclass(frozen=True)
class Person:
    key: str
    names: tuple[str, ...]
    stored: tuple[int, int]
    """The number and the round of the document: another one is another document."""


class People:
    """Who is in the copy: `catch_up` before each question, as the copy may have changed.
    `report` is called for each name that is read.
    """

    report: Callable[[], object] = staticmethod(lambda: None)

    def __init__(self, copy: sqlite3.Connection) -> None:
        self.copy = copy
        self._version: int | None = None
        self._people: dict[UUID, Person] = {}
        self._having: defaultdict[str, set[UUID]] = defaultdict(set)
        self._called: defaultdict[str, set[UUID]] = defaultdict(set)
        self._spelled: defaultdict[str, set[str]] = defaultdict(set)
        self._words: list[str] | None = None

    def catch_up(self) -> None:
        # SQLite counts what other connections have written into the file.
        version = self.copy.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        stored = {}
        for row_id, seq, read_in in self.copy.execute(
            "SELECT id, seq, round FROM documents WHERE kind = 'prisoner'"
        ):
            stored[UUID(row_id)] = (seq, read_in)
        for person_id in list(self._people):
            if stored.get(person_id) != self._people[person_id].stored:
                self._forget(person_id)
        for person_id, number in stored.items():
            if person_id not in self._people:
                self._learn(person_id, number)
        self._version = version

    def document(self, person_id: UUID) -> dict[str, Any] | None:
        return self.document_of("prisoner", str(person_id))

    def document_of(self, kind: str, row_id: str) -> dict[str, Any] | None:
        """Read from the copy each time."""
        row = self.copy.execute(
            "SELECT document FROM documents WHERE kind = ? AND id = ?", [kind, row_id]
        ).fetchone()
        return json.loads(row[0]) if row else None

    def lives_on_in(self, person_id: UUID) -> UUID:
        """Itself, unless the case was merged into another one."""
        row = self.copy.execute(
            "SELECT merged_into FROM merges WHERE id = ?", [str(person_id)]
        ).fetchone()
        return UUID(row[0]) if row else person_id

    # --- Who is found -----------------------------------------------------------------

    def with_every_word(self, text: str) -> tuple[Asked, set[UUID]]:
        """By the likeliest of the readings that finds anybody, and by which words."""
        for asked in names.readings(text):
            found = self._with_words(asked)
            if found:
                return asked, found
        return [], set()

    def nearly(self, text: str) -> Match:
        return nearly(self, text, self.spellings_of)

    def spellings_of(self, ids: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
        return {person_id: self._people[person_id].names for person_id in ids}

    def key_of(self, person_id: UUID) -> str:
        return self._people[person_id].key

    def having(self, asked: Asked, most: int) -> Iterable[Keyed]:
        return self._keyed(self._with_words(asked), most)

    def called(self, key: str, most: int) -> Iterable[Keyed]:
        return self._keyed(self._called.get(key, ()), most)

    def alike(self, word: str, most: int) -> Iterable[Keyed]:
        letters = _trigrams(word)
        shared: Counter[str] = Counter()
        for three in letters:
            shared.update(self._spelled.get(three, ()))
        alike: dict[UUID, float] = {}
        for other, count in shared.items():
            likeness = count / (len(letters) + len(_trigrams(other)) - count)
            if likeness >= _ALIKE:
                for person_id in self._having[other]:
                    alike[person_id] = max(likeness, alike.get(person_id, 0))
        nearest = sorted(alike, key=lambda person_id: (-alike[person_id], person_id))
        return self._keyed(nearest, most)

    def _keyed(self, ids: Collection[UUID], most: int) -> Iterator[Keyed]:
        for person_id in list(ids)[:most]:
            yield person_id, self._people[person_id].key

    def _with_words(self, asked: Asked) -> set[UUID]:
        found: set[UUID] | None = None
        for ways in asked:
            begun: set[UUID] = set()
            for word in ways:
                for whole in self._beginning(word):
                    begun |= self._having[whole]
            found = begun if found is None else found & begun
            if not found:
                return set()
        return found or set()

    def _beginning(self, word: str) -> list[str]:
        if self._words is None:
            self._words = sorted(self._having)
        start = bisect_left(self._words, word)
        return self._words[start : bisect_left(self._words, word + _AFTER)]

    # --- What is kept ---------------------------------------------------------------

    def _learn(self, person_id: UUID, stored: tuple[int, int]) -> None:
        self.report()
        document = self.document(person_id)
        spellings = tuple(names_of(document)) if document else ()
        person = Person(names.search_key(spellings), spellings, stored)
        self._people[person_id] = person
        if person.key:
            self._called[person.key].add(person_id)
        for word in person.key.split():
            if word not in self._having:
                self._words = None
                for three in _trigrams(word):
                    self._spelled[three].add(word)
            self._having[word].add(person_id)

    def _forget(self, person_id: UUID) -> None:
        person = self._people.pop(person_id)
        self._called[person.key].discard(person_id)
        if not self._called[person.key]:
            del self._called[person.key]
        for word in person.key.split():
            self._having[word].discard(person_id)
            if not self._having[word]:
                del self._having[word]
                self._words = None
                for three in _trigrams(word):
                    self._spelled[three].discard(word)


def _trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[start : start + _LETTERS] for start in range(len(padded) - 2)}
