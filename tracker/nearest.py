"""Who is offered by a name that nobody has every word of: those whose whole name was
asked for; else those who have most of the words, or are spelled nearly so. Of that a
reader is told. docs/decisions/names.md

It asks whoever knows the names: the database (tracker/asking/named.py), or the copy that
a partner keeps (tracker/reconciling/people.py). It needs nothing of Django.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import combinations
from typing import Protocol
from uuid import UUID

from tracker import names

Asked = list[list[str]]
Keyed = tuple[UUID, str]  # who, and their search key
NamesOf = Callable[[Collection[UUID]], Mapping[UUID, Sequence[str]]]

MOST_WORDS = 6  # of a question that is asked for parts of it
FEW = 50  # rows that one condition finds: a word that more have tells nobody apart
MOST = 20  # who are offered in a second answer
SHORTEST = 5  # letters of a word that may be misspelled
ALIKE = 0.8  # of two words, as difflib measures it
LEAST = 0.4  # of the words asked for: one of two, also misspelled, and not one of three


class How(StrEnum):
    """In what way those who are found have the name that was asked for."""

    EVERY_WORD = "every_word"
    WHOLE_NAME = "whole_name"
    NEARLY = "nearly"


@dataclass(frozen=True)
class Match:
    """`names` is who was found, and by which of their names, the nearest first: only
    where not every word was.
    """

    how: How
    names: Mapping[UUID, str] = field(default_factory=dict)


class Known(Protocol):
    """Each finds no more than `most`, whichever come first."""

    def having(self, asked: Asked, most: int) -> Iterable[Keyed]:
        """Who have every one of these words."""

    def called(self, key: str, most: int) -> Iterable[Keyed]:
        """Who have this key, and nothing more."""

    def alike(self, word: str, most: int) -> Iterable[Keyed]:
        """Who have a word that has many of its letters, the most alike first."""


def nearly(known: Known, text: str, names_of: NamesOf) -> Match:
    """For what nobody has every word of."""
    asked = names.asked_words(text)[:MOST_WORDS]
    scores: dict[UUID, float] = {}
    for row_id, key in _candidates(known, text, asked):
        scores[row_id] = _score(asked, key)
    best = sorted(scores, key=lambda row_id: -scores[row_id])[: 2 * FEW]
    whole: dict[UUID, str] = {}
    near: dict[UUID, tuple[float, str]] = {}
    for row_id, spellings in names_of(best).items():
        for name in spellings:
            score = _score(asked, names.search_key([name]))
            if is_within(name, asked):
                whole.setdefault(row_id, name)
            if score >= LEAST * len(asked) and score > near.get(row_id, (0, ""))[0]:
                near[row_id] = (score, name)
    if whole:
        return Match(How.WHOLE_NAME, whole)
    nearest = sorted(near, key=lambda row_id: (-near[row_id][0], row_id))[:MOST]
    return Match(How.NEARLY, {row_id: near[row_id][1] for row_id in nearest})


def _candidates(known: Known, text: str, asked: Asked) -> set[Keyed]:
    """Those that have two of the words, one that few have, one and no other, or nearly
    one: each by the index of words.
    """
    found: set[Keyed] = set()
    for pair in combinations(asked, 2):
        found.update(known.having(list(pair), 10 * FEW))
    for ways in asked:
        having = list(known.having([ways], FEW + 1))
        if len(having) <= FEW:
            found.update(having)
    for word in text.split()[:MOST_WORDS]:
        found.update(known.called(names.search_key([word]), FEW))
    for word in _misspelled(asked):
        found.update(known.alike(word, FEW))
    return found


def _misspelled(asked: Asked) -> list[str]:
    """Latin words: of these it is known which spellings are one name."""
    return [ways[0] for ways in asked if _may_be_misspelled(ways[0])]


def _may_be_misspelled(word: str) -> bool:
    return word.isascii() and len(word) >= SHORTEST


def _score(asked: Asked, key: str) -> float:
    """A word counts 1, and less where it is only like one of the key."""
    return sum(likeness(ways, key) for ways in asked)


def likeness(ways: Sequence[str], key: str) -> float:
    if any(f" {word}" in key for word in ways):
        return 1
    word = ways[0]
    if not _may_be_misspelled(word):
        return 0
    ratios = [SequenceMatcher(None, word, other).ratio() for other in key.split()]
    best = max(ratios, default=0)
    return best if best >= ALIKE else 0


def is_within(name: str, asked: Asked) -> bool:
    """Is every word of the name asked for? An initial of it is one by its first letter."""
    words = names.asked_words(name)
    for ways in words:
        if not any(_is_same(word, others) for word in ways for others in asked):
            return False
    return bool(words)


def _is_same(word: str, asked: Sequence[str]) -> bool:
    if len(word) == 1 and word.isascii():
        return any(word in names.initials_of(other) for other in asked)
    return word in asked
