"""What reviewers answered, to be told among the changes of a case."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.models import Edition, SentBack


@dataclass(frozen=True)
class Answer:
    after_event: int
    """It came after this event of history, and before any later one of the case."""
    at: datetime
    who: str
    done: str
    said: str


def answers(kind: str, root_id: UUID) -> list[Answer]:
    """Approvals and what was sent back, the latest first."""
    editions = (
        Edition.objects.filter(root_kind=kind, root_id=root_id)
        .defer("snapshot")
        .select_related("approved_by")
    )
    returned = SentBack.objects.filter(root_kind=kind, root_id=root_id).select_related(
        "sent_by"
    )
    found = [
        Answer(
            one.event, one.sent_at, str(one.sent_by or ""), _("Sent back"), one.comment
        )
        for one in returned
    ]
    for one in editions:
        found.append(
            Answer(
                one.event,
                one.approved_at,
                str(one.approved_by or ""),
                _approved(one),
                one.reason,
            )
        )
    return sorted(found, key=lambda one: (one.after_event, one.at), reverse=True)


def _approved(edition: Edition) -> str:
    done = _("Approved as edition %(number)s") % {"number": edition.number}
    if edition.not_before is None:
        return done
    return _("%(done)s, not before %(day)s") % {
        "done": done,
        "day": date_format(edition.not_before),
    }
