"""What reviewers answered, to be told among the changes of a case."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases import editions
from cases.editions import StoredEdition
from cases.models import SentBack


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
    returned = SentBack.objects.filter(root_kind=kind, root_id=root_id)
    given = [_of_return(answer) for answer in returned.select_related("sent_by")]
    given += [_of_approval(edition) for edition in editions.approvals(kind, root_id)]
    return sorted(
        given, key=lambda answer: (answer.after_event, answer.at), reverse=True
    )


def _of_return(answer: SentBack) -> Answer:
    who = str(answer.sent_by or "")
    return Answer(answer.event, answer.sent_at, who, _("Sent back"), answer.comment)


def _of_approval(edition: StoredEdition) -> Answer:
    return Answer(
        edition.event,
        edition.approved_at,
        str(edition.approved_by or ""),
        _approved(edition),
        edition.reason,
    )


def _approved(edition: StoredEdition) -> str:
    done = _("Approved as edition %(number)s") % {"number": edition.number}
    if edition.not_before is None:
        return done
    return _("%(done)s, not before %(day)s") % {
        "done": done,
        "day": date_format(edition.not_before),
    }
