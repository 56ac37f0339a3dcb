"""Cases whose names suggest that they are one person's. Suggested only: people with one
name are not one person.

Two cases meet where every word of a name of the one, at least two, is among the words
of the other's names, in whatever spelling or script (tracker/names.py); or where a name
of both is one word, and the same. A pair about which people have decided is not suggested
again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from cases.models import DeskEntry, Merge
from tracker.names import names_key, query_key, search_key, words_of_names

LIMIT = 200  # pairs in the list
FEW = 20  # cases that are offered for a name
NEAREST = 8  # cases that are shown while a name is typed
# A word in the keys of more cases is no reason to compare them, or first names would
# pair everyone.
SELDOM = 20

_KEPT = """
    SELECT pair.case_id, duplicate_id
    FROM cases_possibleduplicate AS pair
        JOIN cases_prisoner ON cases_prisoner.id = pair.case_id
        JOIN cases_prisoner AS duplicate ON duplicate.id = duplicate_id
    WHERE cases_prisoner.merged_into_id IS NULL AND duplicate.merged_into_id IS NULL
    AND NOT EXISTS (
        SELECT FROM cases_merge WHERE (kept_id, merged_id)
            IN ((pair.case_id, duplicate_id), (duplicate_id, pair.case_id))
    )
    ORDER BY words DESC, pair.case_id, duplicate_id
    LIMIT %(limit)s
"""
# Cases that have one of the rare words, or two of the others together, or a name that is
# one word. What is found by words that many have is cut off: nobody looks at a thousand
# of one name.
_SHARING = """
    SELECT prisoner_id FROM ({near}) AS near
        JOIN cases_prisoner ON cases_prisoner.id = prisoner_id,
        LATERAL (
            SELECT count(*) FROM unnest(string_to_array(ltrim(search_key), ' ')) AS word
            WHERE word = ANY(%(words)s::text[])
        ) AS shared (number)
    WHERE merged_into_id IS NULL
        AND (number > 1 OR string_to_array(ltrim(search_key), ' ') && %(alone)s::text[])
    ORDER BY number DESC, prisoner_id LIMIT %(limit)s
"""
# Which words more than so many cases have.
_HAD_BY_MANY = """
    SELECT word FROM unnest(%(words)s::text[]) AS word
    WHERE (
        SELECT count(*) FROM (
            SELECT FROM cases_deskentry
            WHERE string_to_array(ltrim(search_key), ' ') @> ARRAY[word]
            LIMIT %(many)s + 1
        ) AS holding
    ) > %(many)s
"""

# By indexes alone: two words of the name together, or a case that is called by one of
# them and nothing else.
_NEAREST = """
    WITH near AS MATERIALIZED ({near})
    SELECT prisoner_id
    FROM near JOIN cases_prisoner ON cases_prisoner.id = prisoner_id,
        LATERAL (
            SELECT count(*) FILTER (WHERE word = ANY(%(words)s::text[])), count(*)
            FROM unnest(string_to_array(ltrim(search_key), ' ')) AS word
        ) AS shared (number, of)
    WHERE merged_into_id IS NULL
    ORDER BY shared.number DESC, shared.of, prisoner_id
    LIMIT %(limit)s
"""
# Each condition by itself: so no more is read than the limit.
_NEAR = """(
    SELECT prisoner_id, search_key FROM cases_deskentry WHERE {condition} LIMIT {limit}
)"""
_HAS_ONE_OF = "string_to_array(ltrim(search_key), ' ') && %({name})s::text[]"
_HAS_WORDS = "string_to_array(ltrim(search_key), ' ') @> %({name})s::text[]"
_IS_CALLED = "search_key = %({name})s"
_BEGINS = "search_key LIKE %({name})s"
MOST_WORDS = 6  # of a name; more of them would only find the same cases again
MANY = 1000  # cases that are looked at for what many have

NameWords = set[str]
"""The words of one name, folded."""


def possible_duplicates() -> list[tuple[UUID, UUID]]:
    """Pairs of ids, those that share most words first; one more than are listed, if
    there are more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, {"limit": LIMIT + 1})
        return cursor.fetchall()


def duplicates_of(case_id: UUID) -> list[UUID]:
    """Those that share most words first."""
    names_by_case = names_of({case_id})
    decided = set()
    for merge in Merge.objects.filter(Q(kept=case_id) | Q(merged=case_id)):
        decided |= {merge.kept_id, merge.merged_id}
    alike = _named_like(names_by_case[case_id])
    return [other for other in alike if other not in {case_id, *decided}][:LIMIT]


def named_like(names: Iterable[str]) -> list[UUID]:
    """Cases that somebody of these names may be, those that share most words first."""
    return _named_like(words_of_names(names_key(list(names))))[:FEW]


def _named_like(names: list[NameWords]) -> list[UUID]:
    """The database finds those that share two words, which may be two forms of one
    first name; and those that have the only word of a name.
    """
    alone = [word for name in names if len(name) == 1 for word in name]
    case_ids = _sharing(sorted(set().union(*names)), alone)
    names_by_case = names_of(set(case_ids))
    alike = []
    for case_id in case_ids:
        if share_a_name(names_by_case[case_id], names):
            alike.append(case_id)
    return alike


@contextmanager
def by_indexes() -> Iterator[CursorWrapper]:
    """For words that stand in a table, PostgreSQL cannot know how few lines have them,
    and would read all of these.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield cursor
        cursor.execute("SET LOCAL enable_seqscan = on")


def _sharing(words: list[str], alone: list[str]) -> list[UUID]:
    with by_indexes() as cursor:
        cursor.execute(_HAD_BY_MANY, {"words": words, "many": MANY})
        common = [word for (word,) in cursor.fetchall()]
    with connection.cursor() as cursor:
        near = _Near({"words": words, "alone": alone, "limit": 10 * LIMIT})
        near.ask(_HAS_ONE_OF, sorted(set(words).difference(common)))
        for pair in combinations(common[:MOST_WORDS], 2):
            near.ask(_HAS_WORDS, list(pair), MANY)
        for word in alone:
            near.ask(_HAS_WORDS, [word], MANY)
        cursor.execute(_SHARING.format(near=near.sql()), near.asked)
        return [case_id for (case_id,) in cursor.fetchall()]


def nearest(name: str, *, limit: int = NEAREST, typing: bool = False) -> list[UUID]:
    """The cases nearest to a name in any spelling, one word too; one query, by indexes.

    While somebody is `typing`, the words may be beginnings of words.
    """
    words = query_key(name)[:MOST_WORDS]
    if not words:
        return []
    near = _Near({"words": words, "limit": limit})
    for part in name.split()[:MOST_WORDS]:
        near.ask(_IS_CALLED, search_key([part]), MANY)
    if len(words) == 1:
        near.ask(_HAS_WORDS, words, MANY)
    for pair in combinations(words, 2):
        near.ask(_HAS_WORDS, list(pair), MANY)
    if typing:
        near.ask_all(_BEGINS, [f"% {word}%" for word in words], MANY)
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST.format(near=near.sql()), near.asked)
        return [case_id for (case_id,) in cursor.fetchall()]


class _Near:
    """Conditions on the desk's lines, each with how many lines are looked at for it."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.asked = asked
        self._parts: list[str] = []

    def ask(
        self, condition: str, value: str | list[str], most: int | None = None
    ) -> None:
        self.ask_all(condition, [value], most)

    def ask_all(
        self, condition: str, values: Sequence[str | list[str]], most: int | None = None
    ) -> None:
        conditions = []
        for value in values:
            name = f"asked_{len(self.asked)}"
            self.asked[name] = value
            conditions.append(condition.format(name=name))
        limit = "ALL" if most is None else str(most)
        self._parts.append(
            _NEAR.format(condition=" AND ".join(conditions), limit=limit)
        )

    def sql(self) -> str:
        return " UNION ".join(self._parts)


def called_like(name: str) -> list[UUID]:
    """Those of the nearest who may be this person: a name of the one is within the names
    of the other. Of one word only where few share it, or where it is the whole name.
    """
    case_ids = nearest(name, limit=SELDOM + 1)
    asked = [set(query_key(name))]
    is_one_word = len(asked[0]) == 1
    is_common = len(case_ids) > SELDOM
    names_by_case = names_of(set(case_ids))
    alike = []
    for case_id in case_ids:
        names = names_by_case[case_id]
        if (
            share_a_name(names, asked)
            or _is_called_so(names, asked[0])
            or (is_one_word and not is_common)
        ):
            alike.append(case_id)
    return alike


def _is_called_so(names: list[NameWords], words: NameWords) -> bool:
    """Is one of the names a single word, and among these?"""
    return any(len(name) == 1 and name <= words for name in names)


def names_of(case_ids: set[UUID]) -> dict[UUID, list[NameWords]]:
    """As the gate has folded them."""
    names_by_case: dict[UUID, list[NameWords]] = defaultdict(list)
    entries = DeskEntry.objects.filter(prisoner_id__among=case_ids)
    for case_id, key in entries.values_list("prisoner_id", "names_key"):
        names_by_case[case_id] = words_of_names(key)
    return names_by_case


def share_a_name(names: list[NameWords], candidates: list[NameWords]) -> bool:
    if _is_within(names, candidates) or _is_within(candidates, names):
        return True
    return any(len(name) == 1 and name in candidates for name in names)


def _is_within(names: list[NameWords], wider: list[NameWords]) -> bool:
    """Is a name of at least two words among all words of the wider ones?"""
    words = set().union(*wider)
    return any(len(name) > 1 and name <= words for name in names)
