"""What the page of a case says of the work on it, in one query: the page asks for many
other things.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from cases.desk.casework.models import DiaryWhat

# What was said of cases that were merged into this one is read on its page.
_IN_SHORT = """
    WITH RECURSIVE read_here (id) AS (
        SELECT %s::uuid
        UNION
        SELECT merged.id FROM cases_prisoner AS merged
            JOIN read_here ON merged.merged_into_id = read_here.id
    )
    SELECT assigned.username, said.comments, next.what, next.day,
        looked.username, looked.looked_at
    FROM (
        SELECT count(*) AS comments FROM casework_comment
        WHERE root_id IN (SELECT id FROM read_here) AND text <> ''
    ) AS said
    LEFT JOIN LATERAL (
        SELECT username FROM casework_assignment
            LEFT JOIN auth_user ON auth_user.id = colleague_id
        WHERE root_id IN (SELECT id FROM read_here)
        ORDER BY casework_assignment.id DESC LIMIT 1
    ) AS assigned ON true
    LEFT JOIN LATERAL (
        SELECT what, day FROM casework_diaryentry
        WHERE root_id IN (SELECT id FROM read_here) AND done_at IS NULL
        ORDER BY day, id LIMIT 1
    ) AS next ON true
    LEFT JOIN LATERAL (
        SELECT username, looked_at FROM casework_look
            JOIN auth_user ON auth_user.id = looked_by_id
        WHERE root_id IN (SELECT id FROM read_here)
        ORDER BY casework_look.id DESC LIMIT 1
    ) AS looked ON true
"""


@dataclass(frozen=True)
class InShort:
    """None where there is no such thing; people by the names of their accounts."""

    colleague: str | None
    comment_count: int
    next_what: str | None
    next_day: date | None
    looked_by: str | None
    looked_at: datetime | None

    @property
    def next_label(self) -> str:
        return str(DiaryWhat(self.next_what).label) if self.next_what else ""


def in_short(case_id: UUID) -> InShort:
    with connection.cursor() as cursor:
        cursor.execute(_IN_SHORT, [case_id])
        return InShort(*cursor.fetchone())
