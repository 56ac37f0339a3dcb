"""What reviewers answered, who named those who alone see the case, and who added files:
to be told among its changes.
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
from cases.kept import told
from cases.models import (
    Cause,
    CopyDecision,
    Decision,
    KeptFile,
    NamedStaff,
    Prisoner,
    RedactedCopy,
    SentBack,
    Source,
)
from cases.named import namings
from cases.review.copies import copies_of


@dataclass(frozen=True)
class Answer:
    after_event: int
    """It came after this event of history, and before any later one of the case."""
    at: datetime
    who: str
    done: str
    said: str


def answers(kind: str, root_id: UUID) -> list[Answer]:
    """Approvals, what was sent back, files, and who was named, the latest first."""
    returned = SentBack.objects.filter(root_kind=kind, root_id=root_id)
    given = [_of_return(answer) for answer in returned.select_related("sent_by")]
    given += [_of_approval(edition) for edition in editions.approvals(kind, root_id)]
    added = KeptFile.objects.filter(root_kind=kind, root_id=root_id).defer("text")
    given += [_of_file(kept) for kept in added.select_related("added_by")]
    if kind == Source.kind:
        given += _of_copies(root_id)
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


def _of_file(kept: KeptFile) -> Answer:
    done = _("Text added")
    if kept.is_erased:
        done = _("File added, and erased since")
    elif kept.file:
        done = _("File added: %(name)s, SHA-256 %(digest)s") % {
            "name": kept.name,
            "digest": kept.sha256,
        }
    who = str(kept.added_by or "")
    return Answer(kept.event, kept.added_at, who, done, told(kept.reason))


def _of_copies(source_id: UUID) -> list[Answer]:
    """Each with what was decided of it."""
    given = []
    for copy in copies_of(source_id):
        named = {"number": copy.pk, "digest": copy.sha256}
        done = _("Redacted copy %(number)s added, SHA-256 %(digest)s") % named
        if copy.is_erased:
            done = _("Redacted copy %(number)s added, and erased since") % named
        who = str(copy.added_by or "")
        given.append(Answer(copy.event, copy.added_at, who, done, copy.reason))
        given += [_of_decision(copy, made) for made in copy.decisions.all()]
    return given


def _of_decision(copy: RedactedCopy, made: CopyDecision) -> Answer:
    done = _("Redacted copy %(number)s approved")
    if made.decision == Decision.WITHDRAWN:
        done = _("Redacted copy %(number)s withdrawn")
        if made.cause == Cause.PERSON:
            done = _(
                "Redacted copy %(number)s withdrawn by itself: somebody in it is not to"
                " be shown any more"
            )
    who = str(made.decided_by or "")
    done = done % {"number": copy.pk}
    return Answer(made.event, made.decided_at, who, done, made.reason)


def _of_approval(edition: StoredEdition) -> Answer:
    return Answer(
        edition.event,
        edition.approved_at,
        str(edition.approved_by or ""),
        _approved(edition),
        edition.reason,
    )


def _approved(edition: StoredEdition) -> str:
    done = _("Approved as published version %(number)s") % {"number": edition.number}
    if edition.not_before is None:
        return done
    return _("%(done)s, not before %(day)s") % {
        "done": done,
        "day": date_format(edition.not_before),
    }
