"""Which cases share a name is kept as a row for each pair: among a hundred thousand cases
nobody waits until every name is compared with every other.

The gate compares a case once its search key is another one. A pair stays until one of
the two has other names: whether people decided about it, or merged one of the cases, is
asked when the pairs are read (duplicates.py).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat

from cases.merging import duplicates
from cases.models import DeskEntry, PossibleDuplicate
from cases.models.publishing import TO_COMPARE
from cases.statements import Statement
from tracker.names import words_of_names

# At most one more than `most` cases for each word, by an index.
_HOLDERS = """
    SELECT word, holders.ids FROM unnest(%(words)s::text[]) AS word, LATERAL (
        SELECT array_agg(prisoner_id) FROM (
            SELECT prisoner_id FROM cases_deskentry
            WHERE string_to_array(ltrim(search_key), ' ') @> ARRAY[word]
            LIMIT %(most)s + 1
        ) AS holding
    ) AS holders (ids)
"""

Words = set[str]
Holders = dict[str, set[UUID]]


def is_due() -> bool:
    return bool(_one_to_compare())


@Statement
def _one_to_compare() -> Any:
    return DeskEntry.objects.filter(TO_COMPARE).values_list("prisoner_id")[:1]


def compare(most: int) -> int:
    """The next cases whose names are other ones than before; returns how many. Within a
    transaction in which nobody else publishes.
    """
    entries = DeskEntry.objects.filter(TO_COMPARE).order_by("prisoner_id")[:most]
    keys: dict[UUID, str] = {}
    lost: Counter[str] = Counter()
    for entry in entries:
        keys[entry.prisoner_id] = entry.names_key
        lost.update(_words(entry.compared_key or "") - _words(entry.names_key))
    _part(keys)
    PossibleDuplicate.objects.bulk_create(_alike(keys))
    compared = DeskEntry.objects.filter(prisoner_id__among=keys)
    compared.update(compared_key=F("names_key"))
    _compare_again(lost)
    return len(keys)


def forget(ids: Collection[UUID]) -> None:
    """Of cases that are gone, before their entries are."""
    if not ids:
        return
    entries = DeskEntry.objects.filter(prisoner_id__in=ids)
    lost: Counter[str] = Counter()
    for key in entries.values_list("names_key", flat=True):
        lost.update(_words(key))
    entries.update(search_key="")
    _part(ids)
    _compare_again(lost)


def _part(ids: Collection[UUID]) -> None:
    pairs = PossibleDuplicate.objects.filter(
        Q(case__in=ids) | Q(duplicate__in=ids),
    )
    pairs._raw_delete(pairs.db)


def _alike(keys: Mapping[UUID, str]) -> list[PossibleDuplicate]:
    """The pairs of these cases with any other: of the words that they share one is
    seldom, and a name of the one is within the names of the other.
    """
    candidates = _sharing(keys)
    all_keys = dict(keys)
    others = DeskEntry.objects.filter(prisoner_id__among=set(chain(*candidates)))
    all_keys.update(others.values_list("prisoner_id", "names_key"))
    words = {case_id: _words(key) for case_id, key in all_keys.items()}
    names = {case_id: words_of_names(key) for case_id, key in all_keys.items()}
    pairs = []
    for case_id, duplicate_id in candidates:
        number = len(words[case_id] & words[duplicate_id])
        if duplicates.share_a_name(names[case_id], names[duplicate_id]):
            pair = PossibleDuplicate(
                case_id=case_id, duplicate_id=duplicate_id, words=number
            )
            pairs.append(pair)
    return pairs


def _sharing(keys: Mapping[UUID, str]) -> set[tuple[UUID, UUID]]:
    """Each of these with every case that shares a seldom word, the lower id first."""
    holders = _holders(set().union(*map(_words, keys.values())))
    pairs = set()
    for case_id, key in keys.items():
        for word in _words(key):
            for other_id in holders.get(word, set()) - {case_id}:
                pairs.add((min(case_id, other_id), max(case_id, other_id)))
    return pairs


def _compare_again(lost: Counter[str]) -> None:
    """A word that was in the keys of too many cases may be seldom now: then those that
    have it are compared once more.
    """
    again: set[UUID] = set()
    for word, ids in _holders(lost).items():
        if len(ids) + lost[word] > duplicates.SELDOM:
            again |= ids
    if again:
        # The same words, and another key than the one that is there.
        other = Concat("compared_key", Value(" "), output_field=TextField())
        entries = DeskEntry.objects.filter(prisoner_id__among=again)
        entries.update(compared_key=other)


def _holders(words: Iterable[str]) -> Holders:
    """Of the words that are seldom, the cases that have them in their keys."""
    asked: dict[str, Any] = {"words": sorted(words), "most": duplicates.SELDOM}
    holders: Holders = {}
    if not asked["words"]:
        return holders
    with duplicates.by_indexes() as cursor:
        cursor.execute(_HOLDERS, asked)
        for word, ids in cursor.fetchall():
            if ids and len(ids) <= duplicates.SELDOM:
                holders[word] = set(ids)
    return holders


def _words(key: str) -> Words:
    return set(key.split())
