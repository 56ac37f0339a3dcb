"""Who is found by a name: those whose names have every word; and where nobody does, those
whose names have most of them, or are spelled nearly so. Of that a reader is told.
docs/decisions/names.md

The rows are those of a published audience or of the desk: they have a `search_key`.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import TrigramStrictWordSimilarity
from django.db.models import Case, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat

from tracker import names, nearest
from tracker.nearest import Asked, Keyed, Match, NamesOf

MATCH, ORDER = "match", "match_order"
"""The order, and its column, by which those who were found are ordered, the nearest first."""


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
    return nearest.nearly(_Known(rows), text, names_of)


class _Known:
    """Each by the index of words."""

    def __init__(self, rows: QuerySet[Any, Any]) -> None:
        self._keyed = rows.order_by().values_list("pk", "search_key")

    def having(self, asked: Asked, most: int) -> Iterable[Keyed]:
        return self._keyed.filter(has_words(asked))[:most]

    def called(self, key: str, most: int) -> Iterable[Keyed]:
        return self._keyed.filter(search_key=key)[:most]

    def alike(self, word: str, most: int) -> Iterable[Keyed]:
        alike = self._keyed.filter(search_key__trigram_strict_word_similar=word)
        similarity = TrigramStrictWordSimilarity(word, "search_key")
        return alike.order_by(similarity.desc())[:most]
