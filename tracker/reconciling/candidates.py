"""Who may be meant by a name in somebody's list, how surely, and who is meant for certain.

Precision goes before recall: `match` is said of one person only, whom nobody else is
called like; of whom one published name has the very words that were asked for; and of
whom nothing that was given says otherwise. Everybody else is for a person to decide.
docs/reconciliation.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tracker import names
from tracker.nearest import Asked, is_within, likeness
from tracker.reconciling.people import People
from tracker.reconciling.properties import (
    BORN_ON,
    BORN_YEAR,
    COMPARED,
    Document,
    Labels,
    Said,
    compared,
)

MOST_LETTERS, MOST_WORDS = 200, 10  # of a name; the tracker's own search has them, too
MOST_LOOKED_AT = 50  # of those who have every word; the nearest
BEGUN = 0.9  # of a word that only begins as one of the name's
OTHERWISE_SPELLED, LONGER = 3, 5  # points less
OTHERWISE = {Said.OTHER: 0.5, Said.UNREAD: 1.0, Said.NEAR: 0.9}  # times, for each
_YEARS = (BORN_ON.id, BORN_YEAR.id)

Given = Mapping[str, Sequence[Any]]  # by the id of a property


@dataclass
class Candidate:
    person_id: UUID
    document: Document
    name: str
    """The published spelling by which they were found."""
    score: float
    is_same_name: bool
    said: dict[str, Said] = field(default_factory=dict)
    match: bool = False


def candidates(
    people: People, text: str, given: Given, labels: Labels
) -> list[Candidate]:
    """The likeliest first."""
    if len(text) > MOST_LETTERS or len(text.split()) > MOST_WORDS:
        return []
    asked, everybody = people.with_every_word(text)
    if everybody:
        found_by = _nearest(people, asked, everybody)
    else:
        asked = names.asked_words(text)
        found_by = {}
        for person_id, name in people.nearly(text).names.items():
            found_by[person_id] = [name]
    found = []
    for person_id, spellings in found_by.items():
        document = people.document(person_id)
        if document is not None:
            candidate = _candidate(person_id, document, spellings, asked, text)
            _compare(candidate, given, labels)
            found.append(candidate)
    if len(found) == len(everybody):
        _decide(found, asked)
    return sorted(
        found, key=lambda each: (not each.match, -each.score, each.name, each.person_id)
    )


def _nearest(
    people: People, asked: Asked, everybody: set[UUID]
) -> dict[UUID, Sequence[str]]:
    """Whole words before beginnings of words, and who has few names besides."""

    def place(person_id: UUID) -> tuple[bool, int, UUID]:
        key = people.key_of(person_id)
        return not _has_whole(asked, key), len(key), person_id

    chosen = sorted(everybody, key=place)[:MOST_LOOKED_AT]
    return dict(people.spellings_of(chosen))


def _has_whole(asked: Asked, key: str) -> bool:
    return all(_is_whole(ways, key) for ways in asked)


def _is_whole(ways: Sequence[str], key: str) -> bool:
    ended = f"{key} "
    return any(f" {word} " in ended for word in ways)


def _candidate(
    person_id: UUID,
    document: Document,
    spellings: Sequence[str],
    asked: Asked,
    text: str,
) -> Candidate:
    scored = [(_score(name, asked, text), name) for name in spellings]
    score, name = max(scored, key=lambda pair: pair[0])
    is_same = _has_whole(asked, names.search_key([name])) and is_within(name, asked)
    return Candidate(person_id, document, name, score, is_same)


def _score(name: str, asked: Asked, text: str) -> float:
    """Of 100: how much of what was asked one name has."""
    key = names.search_key([name])
    shares = [
        1 if _is_whole(ways, key) else BEGUN * likeness(ways, key) for ways in asked
    ]
    score = 100 * sum(shares) / len(asked)
    if names.sort_key(name) != names.sort_key(text):
        score -= OTHERWISE_SPELLED
    if not is_within(name, asked):
        score -= LONGER
    return max(score, 0)


def _compare(candidate: Candidate, given: Given, labels: Labels) -> None:
    for asked in COMPARED:
        values = given.get(asked.id, ())
        said = compared(asked.id, values, candidate.document, labels)
        if said != Said.NOTHING:
            candidate.said[asked.id] = said
            candidate.score *= OTHERWISE.get(said, 1)


def _decide(found: Sequence[Candidate], asked: Asked) -> None:
    """Who was born in another year is told apart. Of all others there may be one."""
    possible = []
    for candidate in found:
        if not any(candidate.said.get(year) == Said.OTHER for year in _YEARS):
            possible.append(candidate)
    if len(possible) != 1:
        return
    [only] = possible
    is_contradicted = any(said != Said.SAME for said in only.said.values())
    # One word is a name of many people who stand in no list.
    is_enough = len(asked) > 1 or any(year in only.said for year in _YEARS)
    only.match = only.is_same_name and is_enough and not is_contradicted
