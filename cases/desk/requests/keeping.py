"""Entering a request, and taking a step about it."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from cases.desk.requests.due import due_day
from cases.desk.requests.linking import Linked
from cases.desk.requests.models import Contact, Step, StepKind, SubjectRequest
from cases.desk.requests.sealing import Reached, opened, sealed


@transaction.atomic
def enter(
    asked: SubjectRequest, *, by: User, reached: Reached, about: Linked | None
) -> None:
    asked.due_on = due_day(asked.received_on)
    asked.written_by = by
    asked.save(force_insert=True)
    keep_contact(asked, reached, by=by)
    if about is not None:
        take(asked, by=by, what=StepKind.ABOUT, about=about)


def take(
    asked: SubjectRequest,
    *,
    by: User,
    what: str,
    about: Linked | None = None,
    **values: Any,
) -> None:
    """Raises IntegrityError where the database refuses it."""
    if about is not None:
        values |= {"record_kind": about.kind, "record_id": about.id}
    with transaction.atomic():
        Step.objects.create(request=asked, what=what, taken_by=by, **values)


def keep_contact(asked: SubjectRequest, reached: Reached, *, by: User) -> None:
    if reached.name or reached.where:
        Contact.objects.create(request=asked, sealed=sealed(reached), written_by=by)


def contact_of(asked: SubjectRequest) -> tuple[bool, Reached | None]:
    """Is one kept, and what it says, if we can read it."""
    newest = asked.contacts.first()
    if newest is None:
        return False, None
    return True, opened(newest.sealed)
