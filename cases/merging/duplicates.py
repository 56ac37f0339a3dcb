"""Cases whose names suggest that they are one person's. Suggested only: people with one
name are not one person.

Two cases meet where every word of a name of the one, at least two, is among the words
of the other's names, in whatever spelling or script (tracker/names.py). A pair about
which people have decided is not suggested again.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from uuid import UUID

from django.db import connection, transaction

from cases.models import PersonName
from tracker.names import query_key

LIMIT = 200  # pairs in the list
FEW = 20  # cases that are offered for a name
# A word in the keys of more cases is no reason to compare them, or first names would
# pair everyone.
SELDOM = 20

# Of these two at least one is seldom, unless it is one case that is asked about.
# Compared name by name afterwards.
_CANDIDATES = """
    WITH keys AS (
        SELECT prisoner_id AS id, string_to_array(ltrim(search_key), ' ') AS words
        FROM cases_deskentry JOIN cases_prisoner ON cases_prisoner.id = prisoner_id
        WHERE merged_into_id IS NULL AND {sharing}
    ), words AS (
        SELECT id, unnest(words) AS word FROM keys
    ), telling AS (
        SELECT word FROM words GROUP BY word
        HAVING CASE WHEN %(case)s::uuid IS NULL THEN count(*) BETWEEN 2 AND %(seldom)s
            ELSE bool_or(id = %(case)s) END
    ), pairs AS (
        SELECT DISTINCT words.id AS case_id, same_words.id AS duplicate_id
        FROM words JOIN telling USING (word) JOIN words AS same_words USING (word)
        WHERE CASE WHEN %(case)s::uuid IS NULL THEN words.id < same_words.id
            ELSE words.id = %(case)s::uuid AND same_words.id <> %(case)s::uuid END
    )
    SELECT case_id, duplicate_id
    FROM pairs
        JOIN keys ON keys.id = case_id
        JOIN keys AS duplicate_keys ON duplicate_keys.id = duplicate_id,
        LATERAL (
            SELECT count(*) FROM unnest(keys.words) AS word
            WHERE word = ANY(duplicate_keys.words)
        ) AS shared (number)
    WHERE number > 1 AND NOT EXISTS (
        SELECT FROM cases_merge WHERE (kept_id, merged_id)
            IN ((case_id, duplicate_id), (duplicate_id, case_id))
    )
    ORDER BY number DESC, case_id, duplicate_id
    LIMIT %(limit)s
"""
_ALL = "TRUE"
# Only those that share a word with the case that is asked about: by an index.
_SHARING = """
    string_to_array(ltrim(search_key), ' ') && ARRAY(
        SELECT unnest(string_to_array(ltrim(search_key), ' '))
        FROM cases_deskentry WHERE prisoner_id = %(case)s
    )
"""
_SHARING_WORDS = """
    SELECT id FROM (
        SELECT prisoner_id AS id, (
            SELECT count(*)
            FROM unnest(string_to_array(ltrim(search_key), ' ')) AS word
            WHERE word = ANY(%(words)s)
        ) AS number
        FROM cases_deskentry JOIN cases_prisoner ON cases_prisoner.id = prisoner_id
        WHERE merged_into_id IS NULL
        AND string_to_array(ltrim(search_key), ' ') && %(words)s
    ) AS shared
    WHERE number > 1 ORDER BY number DESC, id LIMIT %(limit)s
"""

NameWords = set[str]
"""The words of one name, folded."""


def possible_duplicates() -> list[tuple[UUID, UUID]]:
    """Pairs of ids, those that share most words first."""
    return _alike(None)


def duplicates_of(case_id: UUID) -> list[UUID]:
    return [duplicate_id for _case_id, duplicate_id in _alike(case_id)]


def named_like(names: Iterable[str]) -> list[UUID]:
    """Cases that somebody of these names may be, those that share most words first."""
    names_in_words = [set(query_key(name)) for name in names]
    words = sorted(set().union(*names_in_words))
    with connection.cursor() as cursor:
        cursor.execute(_SHARING_WORDS, {"words": words, "limit": 10 * LIMIT})
        rows = cursor.fetchall()
    names_by_case = _names({case_id for (case_id,) in rows})
    case_ids = []
    for (case_id,) in rows:
        if _share_a_name(names_by_case[case_id], names_in_words):
            case_ids.append(case_id)
    return case_ids[:FEW]


def _alike(case_id: UUID | None) -> list[tuple[UUID, UUID]]:
    """The database finds those that share two words, which may be two forms of one
    first name.
    """
    asked = {"case": case_id, "seldom": SELDOM, "limit": 10 * LIMIT}
    with transaction.atomic(), connection.cursor() as cursor:
        # Compiling the query takes longer than running it.
        cursor.execute("SET LOCAL jit = off")
        sharing = _ALL if case_id is None else _SHARING
        cursor.execute(_CANDIDATES.format(sharing=sharing), asked)
        candidates = cursor.fetchall()
    names_by_case = _names(set(chain.from_iterable(candidates)))
    pairs = []
    for case, duplicate in candidates:
        if _share_a_name(names_by_case[case], names_by_case[duplicate]):
            pairs.append((case, duplicate))
    return pairs[:LIMIT]


def _names(case_ids: set[UUID]) -> dict[UUID, list[NameWords]]:
    names_by_case: dict[UUID, list[NameWords]] = defaultdict(list)
    names = PersonName.objects.filter(prisoner__in=case_ids)
    for case_id, name in names.values_list("prisoner_id", "value"):
        names_by_case[case_id].append(set(query_key(name)))
    return names_by_case


def _share_a_name(names: list[NameWords], candidates: list[NameWords]) -> bool:
    return _is_within(names, candidates) or _is_within(candidates, names)


def _is_within(names: list[NameWords], wider: list[NameWords]) -> bool:
    """Is a name of at least two words among all words of the wider ones?"""
    words = set().union(*wider)
    return any(len(name) > 1 and name <= words for name in names)
