"""Who is found by a name: those whose names have every word; and where nobody does, those
whose names have most of them, or are spelled nearly so. Of that a reader is told.
docs/decisions/names.md

The rows are those of a published audience or of the desk: they have a `search_key`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import combinations
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramStrictWordSimilarity
from django.db.models import Case, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat

from tracker import names

Asked = list[list[str]]
NamesOf = Callable[[Collection[UUID]], Mapping[UUID, Sequence[str]]]

MOST_WORDS = 6  # of a question that is asked for parts of it
FEW = 50  # rows that one condition finds: a word that more have tells nobody apart
MOST = 20  # who are offered in a second answer
SHORTEST = 5  # letters of a word that may be misspelled
ALIKE = 0.8  # of two words, as difflib measures it
LEAST = 0.4  # of the words asked for: one of two, also misspelled, and not one of three


MATCH, ORDER = "match", "match_order"
"""The order, and its column, by which those who were found are ordered, the nearest first."""


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


def has_words(asked: Asked) -> Q:
    every_word = Q()
    for ways in asked:
        begun = [Q(search_key__contains=f" {word}") for word in ways]
        every_word &= Q(*begun, _connector=Q.OR)
    return every_word


def is_ordered(text: str) -> bool:
    """By how near they are. Those who are found by a letter or two are too many: they are
    ordered by name, which an index does.
    """
    return any(map(names.tells, names.sort_key(text).split()))


def whole_words_first(rows: QuerySet[Any, Any], text: str) -> QuerySet[Any, Any]:
    """First those who are called so and no more, then those who have a name that is
    spelled so, then those who have the whole words, and each by name: who looks for Yasa
    is looking neither for Jassa nor for Yasalinski.
    """
    whole = Q()
    for ways in names.asked_words(text):
        ended = [Q(key_to_its_end__contains=f" {word} ") for word in ways]
        whole &= Q(*ended, _connector=Q.OR)
    plain = names.sort_key(text)
    spelled = whole
    for word in plain.split():
        spelled &= Q(name_to_its_end__contains=f" {word} ")
    place = Case(
        When(sort_name=plain, then=Value("0")),
        When(spelled, then=Value("1")),
        When(whole, then=Value("2")),
        default=Value("3"),
    )
    space = Value(" ")
    ends = {
        "key_to_its_end": Concat("search_key", space, output_field=TextField()),
        "name_to_its_end": Concat(space, "sort_name", space, output_field=TextField()),
    }
    order = Concat(place, "sort_name", output_field=TextField())
    return rows.alias(**ends).annotate(**{ORDER: order})


def nearest_first(rows: QuerySet[Any, Any], match: Match) -> QuerySet[Any, Any]:
    places = []
    for place, row_id in enumerate(match.names):
        places.append(When(pk=row_id, then=Value(f"{place:03}")))
    place_of = Case(*places, default=Value(""), output_field=TextField())
    return rows.filter(pk__in=match.names).annotate(**{ORDER: place_of})


def with_every_word(rows: QuerySet[Any, Any], text: str) -> QuerySet[Any, Any] | None:
    """By the likeliest of its readings that finds anybody."""
    for asked in names.readings(text):
        if asked:
            found = rows.filter(has_words(asked))
            if found.exists():
                return found
    return None


def nearly(rows: QuerySet[Any, Any], text: str, names_of: NamesOf) -> Match:
    """For what nobody has every word of."""
    asked = names.asked_words(text)[:MOST_WORDS]
    scores: dict[UUID, float] = {}
    for row_id, key in _candidates(rows, text, asked):
        scores[row_id] = _score(asked, key)
    best = sorted(scores, key=lambda row_id: -scores[row_id])[: 2 * FEW]
    whole: dict[UUID, str] = {}
    near: dict[UUID, tuple[float, str]] = {}
    for row_id, spellings in names_of(best).items():
        for name in spellings:
            score = _score(asked, names.search_key([name]))
            if _is_within(name, asked):
                whole.setdefault(row_id, name)
            if score >= LEAST * len(asked) and score > near.get(row_id, (0, ""))[0]:
                near[row_id] = (score, name)
    if whole:
        return Match(How.WHOLE_NAME, whole)
    nearest = sorted(near, key=lambda row_id: (-near[row_id][0], row_id))[:MOST]
    return Match(How.NEARLY, {row_id: near[row_id][1] for row_id in nearest})


def _candidates(
    rows: QuerySet[Any, Any], text: str, asked: Asked
) -> set[tuple[UUID, str]]:
    """Those that have two of the words, one that few have, one and no other, or nearly
    one: each by the index of words.
    """
    keyed = rows.order_by().values_list("pk", "search_key")
    found: set[tuple[UUID, str]] = set()
    for pair in combinations(asked, 2):
        found.update(keyed.filter(has_words(list(pair)))[: 10 * FEW])
    for ways in asked:
        having = list(keyed.filter(has_words([ways]))[: FEW + 1])
        if len(having) <= FEW:
            found.update(having)
    for word in text.split()[:MOST_WORDS]:
        found.update(keyed.filter(search_key=names.search_key([word]))[:FEW])
    for word in _misspelled(asked):
        alike = keyed.filter(search_key__trigram_strict_word_similar=word)
        similarity = TrigramStrictWordSimilarity(word, "search_key")
        found.update(alike.order_by(similarity.desc())[:FEW])
    return found


def _misspelled(asked: Asked) -> list[str]:
    """Latin words: of these it is known which spellings are one name."""
    return [ways[0] for ways in asked if _may_be_misspelled(ways[0])]


def _may_be_misspelled(word: str) -> bool:
    return word.isascii() and len(word) >= SHORTEST


def _score(asked: Asked, key: str) -> float:
    """A word counts 1, and less where it is only like one of the key."""
    return sum(_likeness(ways, key) for ways in asked)


def _likeness(ways: Sequence[str], key: str) -> float:
    if any(f" {word}" in key for word in ways):
        return 1
    word = ways[0]
    if not _may_be_misspelled(word):
        return 0
    ratios = [SequenceMatcher(None, word, other).ratio() for other in key.split()]
    best = max(ratios, default=0)
    return best if best >= ALIKE else 0


def _is_within(name: str, asked: Asked) -> bool:
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
