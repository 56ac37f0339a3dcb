"""Who approved what a pack shows: a code for each person, and no day on which nothing
changed for its readers.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from cases import editions
from cases.editions import StoredEdition


def approvals(prisoner_id: UUID, days: Iterable[date]) -> list[dict[str, Any]]:
    """The editions in force on the days on which this audience's document changed, the
    oldest first.

    Others, and their numbers, would tell when something was approved that these readers
    may not see.
    """
    approved = sorted(
        editions.approvals("prisoner", prisoner_id),
        key=lambda edition: edition.number,
    )
    told: dict[int, dict[str, Any]] = {}
    for day in sorted(set(days)):
        in_force = [edition for edition in approved if edition.shown_from <= day]
        if not in_force:
            continue
        edition = in_force[-1]
        of_edition = told.setdefault(edition.number, _told(prisoner_id, edition))
        of_edition["published_changes_on"].append(day.isoformat())
    return list(told.values())


def _told(prisoner_id: UUID, edition: StoredEdition) -> dict[str, Any]:
    """Of the day of the approval, and the later one before which it was not to be
    shown, that one: it hides the other.
    """
    by = edition.approved_by
    return {
        "approved_on": edition.shown_from.isoformat(),
        "approved_by": code(prisoner_id, by.pk) if by is not None else None,
        "published_changes_on": [],
    }


def code(prisoner_id: UUID, user_id: Any) -> str:
    """“reviewer 1A2B-3C4D”: the same person in all packs of this case, and another code
    in every other case.

    Only whoever holds SECRET_KEY can tell who it is.
    """
    digest = (
        salted_hmac("cases.evidence", f"{prisoner_id} {user_id}", algorithm="sha256")
        .hexdigest()
        .upper()
    )
    return f"reviewer {digest[:4]}-{digest[4:8]}"
