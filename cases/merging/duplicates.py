"""Cases whose names suggest that they are one person's. Suggested only: people with one
name are not one person.

Two cases meet where every word of a name of the one, at least two, is among the words
of the other's names, in whatever spelling or script (tracker/names.py). A pair about
which people have decided is not suggested again.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction

from cases.models import PersonName
from tracker.names import query_key

LIMIT = 200  # pairs in the list
FEW = 20  # cases that are offered for a name
SELDOM = 20  # cases: a word in more of their keys is no reason to compare them, or first names would pair everyone

# Of these two at least one is seldom, unless it is one case that is asked about.
# Compared name by name afterwards.
_CANDIDATES = """
    WITH keys AS (
        SELECT prisoner_id AS id, string_to_array(ltrim(search_key), ' ') AS words
        FROM cases_deskentry JOIN cases_prisoner ON cases_prisoner.id = prisoner_id
        WHERE merged_into_id IS NULL
    ), words AS (
        SELECT id, unnest(words) AS word FROM keys
    ), telling AS (
        SELECT word FROM words GROUP BY word
        HAVING CASE WHEN %(case)s::uuid IS NULL THEN count(*) BETWEEN 2 AND %(seldom)s ELSE bool_or(id = %(case)s) END
    ), pairs AS (
        SELECT DISTINCT one.id AS one, other.id AS other
        FROM words AS one JOIN telling USING (word) JOIN words AS other USING (word)
        WHERE CASE WHEN %(case)s::uuid IS NULL THEN one.id < other.id
            ELSE one.id = %(case)s::uuid AND other.id <> %(case)s::uuid END
    )
    SELECT one, other FROM pairs JOIN keys ON keys.id = one JOIN keys AS other_keys ON other_keys.id = other,
        LATERAL (
            SELECT count(*) FROM unnest(keys.words) AS word WHERE word = ANY(other_keys.words)
        ) AS shared (number)
    WHERE number > 1 AND NOT EXISTS (
        SELECT FROM cases_merge WHERE (kept_id, merged_id) IN ((one, other), (other, one))
    )
    ORDER BY number DESC, one, other
    LIMIT %(limit)s
"""
_SHARING_WORDS = """
    SELECT id FROM (
        SELECT prisoner_id AS id, (
            SELECT count(*) FROM unnest(string_to_array(ltrim(search_key), ' ')) AS word WHERE word = ANY(%(words)s)
        ) AS number
        FROM cases_deskentry JOIN cases_prisoner ON cases_prisoner.id = prisoner_id
        WHERE merged_into_id IS NULL
    ) AS shared
    WHERE number > 1 ORDER BY number DESC, id LIMIT %(limit)s
"""


def possible_duplicates() -> list[tuple[UUID, UUID]]:
    """Pairs of ids, those that share most words first."""
    return _alike(None)


def duplicates_of(case_id: UUID) -> list[UUID]:
    return [other for _case, other in _alike(case_id)]


def named_like(names: Iterable[str]) -> list[UUID]:
    """Cases that somebody of these names may be, those that share most words first."""
    said = [set(query_key(name)) for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            _SHARING_WORDS, {"words": sorted(set().union(*said)), "limit": 10 * LIMIT}
        )
        ids = [case_id for (case_id,) in cursor.fetchall()]
    known = _names(set(ids))
    return [case_id for case_id in ids if _one_name(known[case_id], said)][:FEW]


def _alike(case_id: UUID | None) -> list[tuple[UUID, UUID]]:
    """The database finds those that share two words, which may be two forms of one
    first name.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL jit = off"
        )  # compiling the query takes longer than running it
        cursor.execute(
            _CANDIDATES, {"case": case_id, "seldom": SELDOM, "limit": 10 * LIMIT}
        )
        pairs = cursor.fetchall()
    names = _names({one for pair in pairs for one in pair})
    return [
        (one, other) for one, other in pairs if _one_name(names[one], names[other])
    ][:LIMIT]


def _names(ids: set[UUID]) -> dict[UUID, list[set[str]]]:
    """The words of each name, folded."""
    found: dict[UUID, list[set[str]]] = defaultdict(list)
    for case, name in PersonName.objects.filter(prisoner__in=ids).values_list(
        "prisoner_id", "value"
    ):
        found[case].append(set(query_key(name)))
    return found


def _one_name(names: list[set[str]], others: list[set[str]]) -> bool:
    return _within(names, others) or _within(others, names)


def _within(names: list[set[str]], others: list[set[str]]) -> bool:
    words = set().union(*others)
    return any(len(name) > 1 and name <= words for name in names)
