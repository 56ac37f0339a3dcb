"""Who approved what a pack shows: a code for each person, and no day on which nothing
changed for its readers.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from cases.models import Edition


def approvals(prisoner_id: UUID, days: Iterable[date]) -> list[dict[str, Any]]:
    """The editions in force on the days on which this audience's document changed, the
    oldest first.

    Others, and their numbers, would tell when something was approved that these readers
    may not see.
    """
    editions = list(
        Edition.objects.filter(root_kind="prisoner", root_id=prisoner_id).defer(
            "snapshot"
        )
    )
    editions.sort(key=lambda edition: edition.number)
    found: dict[int, dict[str, Any]] = {}
    for day in sorted(set(days)):
        in_force = [edition for edition in editions if _shown_from(edition) <= day]
        if not in_force:
            continue
        edition = in_force[-1]
        told = found.setdefault(edition.number, _told(prisoner_id, edition))
        told["published_changes_on"].append(day.isoformat())
    return list(found.values())


def _told(prisoner_id: UUID, edition: Edition) -> dict[str, Any]:
    by = edition.approved_by_id
    return {
        "approved_on": _shown_from(edition).isoformat(),
        "approved_by": by and code(prisoner_id, by),
        "published_changes_on": [],
    }


def _shown_from(edition: Edition) -> date:
    """The day of the approval, or the later one before which it was not to be shown:
    that one hides the other.
    """
    return max(edition.approved_at.date(), edition.not_before or date.min)


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
