"""What reviewers answered, and who named those who alone see the case: to be told among
its changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases import editions
from cases.editions import StoredEdition
from cases.models import NamedStaff, Prisoner, SentBack
from cases.named import namings


@dataclass(frozen=True)
class Answer:
    after_event: int
    """It came after this event of history, and before any later one of the case."""
    at: datetime
    who: str
    done: str
    said: str


def answers(kind: str, root_id: UUID) -> list[Answer]:
    """Approvals, what was sent back, and who was named, the latest first."""
    returned = SentBack.objects.filter(root_kind=kind, root_id=root_id)
    given = [_of_return(answer) for answer in returned.select_related("sent_by")]
    given += [_of_approval(edition) for edition in editions.approvals(kind, root_id)]
    if kind == Prisoner.kind:
        given += _of_namings(root_id)
    return sorted(
        given, key=lambda answer: (answer.after_event, answer.at), reverse=True
    )


def _of_return(answer: SentBack) -> Answer:
    who = str(answer.sent_by or "")
    return Answer(answer.event, answer.sent_at, who, _("Sent back"), answer.comment)


def _of_namings(case_id: UUID) -> list[Answer]:
    named = namings(case_id)
    numbers = {number for naming in named for number in naming.staff}
    names = dict(User.objects.filter(pk__in=numbers).values_list("pk", "username"))
    return [_of_naming(naming, names) for naming in named]


def _of_naming(naming: NamedStaff, names: Mapping[int, str]) -> Answer:
    done = _("Opened to everyone who may view cases")
    if naming.staff:
        people = ", ".join(
            sorted(names.get(number, str(number)) for number in naming.staff)
        )
        done = _("Open to named staff only: %(people)s") % {"people": people}
    who = str(naming.named_by or "")
    return Answer(naming.event, naming.named_at, who, done, naming.reason)


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
