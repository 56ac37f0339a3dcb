"""Cases whose names suggest that they are one person's. Suggested only: people with one name are not one person.

Two cases meet where every word of a name of the one, at least two, is among the words of the other's names, in whatever
spelling or script (tracker/names.py). A pair about which people have decided is not suggested again.
"""

from collections import defaultdict
from uuid import UUID

from django.db import connection

from cases.models import PersonName
from tracker.names import query_key

LIMIT = 200  # pairs in the list
SELDOM = 20  # cases: a word in more of their keys is no reason to compare them, or first names would pair everyone

# Both ways, so that a pair is found from either side; compared word by word afterwards.
_CANDIDATES = """
    WITH words AS (
        SELECT prisoner_id, word FROM cases_deskentry JOIN cases_prisoner ON cases_prisoner.id = prisoner_id,
            unnest(string_to_array(ltrim(search_key), ' ')) AS word
        WHERE merged_into_id IS NULL
    ), shared AS (
        SELECT word FROM words GROUP BY word
        HAVING count(*) BETWEEN 2 AND %(seldom)s OR bool_or(prisoner_id = %(case)s)
    )
    SELECT one.prisoner_id, other.prisoner_id
    FROM words AS one JOIN shared USING (word) JOIN words AS other USING (word)
    WHERE CASE WHEN %(case)s IS NULL THEN one.prisoner_id < other.prisoner_id
        ELSE one.prisoner_id = %(case)s AND other.prisoner_id <> %(case)s END
        AND NOT EXISTS (
            SELECT FROM cases_merge WHERE (kept_id, merged_id) IN (
                (one.prisoner_id, other.prisoner_id), (other.prisoner_id, one.prisoner_id)
            )
        )
    GROUP BY 1, 2
    ORDER BY count(*) DESC, 1, 2
    LIMIT %(limit)s
"""


def possible_duplicates() -> list[tuple[UUID, UUID]]:
    """Pairs of ids, those that share most words first."""
    return _alike(None)


def duplicates_of(case_id: UUID) -> list[UUID]:
    return [other for _case, other in _alike(case_id)]


def _alike(case_id: UUID | None) -> list[tuple[UUID, UUID]]:
    """The database finds those that share a word; of these, most share no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES.replace("%(case)s", "%(case)s::uuid"),
            {"case": case_id, "seldom": SELDOM, "limit": 10 * LIMIT},
        )
        pairs = cursor.fetchall()
    names = _names({one for pair in pairs for one in pair})
    return [(one, other) for one, other in pairs if _one_name(names[one], names[other])][:LIMIT]


def _names(ids: set[UUID]) -> dict[UUID, list[set[str]]]:
    """The words of each name, folded."""
    found: dict[UUID, list[set[str]]] = defaultdict(list)
    for case, name in PersonName.objects.filter(prisoner__in=ids).values_list("prisoner_id", "value"):
        found[case].append(set(query_key(name)))
    return found


def _one_name(names: list[set[str]], others: list[set[str]]) -> bool:
    return _within(names, others) or _within(others, names)


def _within(names: list[set[str]], others: list[set[str]]) -> bool:
    words = set().union(*others)
    return any(len(name) > 1 and name <= words for name in names)
