"""Redacted copies of a source: adding one, and deciding whether it is published. The
database asks the same again (cases/triggers/copies.py). docs/decisions/files.md
"""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from cases import aggregate
from cases.day import today
from cases.disclosure.naming import who_sees_the_name
from cases.disclosure.seeing import who_sees_the_case
from cases.files.kinds import Picture
from cases.history import acting
from cases.history.since import newest_event
from cases.locking import lock
from cases.models import (
    Consent,
    CopyDecision,
    Decision,
    KeptFile,
    Prisoner,
    Recognisable,
    RedactedCopy,
    Source,
)
from cases.review import second_person
from cases.visibility import EVERYONE, is_narrower
from tracker.contract.vocabulary import ConsentSubject


class NotDecided(Exception):
    """The message is for people."""


# --- Adding ----------------------------------------------------------------------------


def add_copy(
    source: Source,
    original: KeptFile,
    picture: Picture,
    *,
    audience: str,
    recognisable: str,
    people: Collection[UUID],
    by: Any,
    reason: str,
) -> RedactedCopy:
    """It is shown to nobody outside until it is approved."""
    return RedactedCopy.objects.create(
        root_id=source.pk,
        original=original.pk,
        content=picture.content,
        media_type=picture.media_type,
        size=len(picture.content),
        sha256=picture.sha256,
        width=picture.width,
        height=picture.height,
        audience=audience,
        recognisable=recognisable,
        people=sorted(people),
        added_by=by,
        reason=reason,
        event=newest_event(),
    )


# --- Reading ---------------------------------------------------------------------------


def copies_of(source_id: UUID) -> QuerySet[RedactedCopy]:
    """The latest first, without their bytes."""
    copies = RedactedCopy.objects.filter(root_id=source_id).defer("content")
    return copies.select_related("added_by").prefetch_related("decisions__decided_by")


def undecided() -> QuerySet[RedactedCopy]:
    """Those that wait for somebody to approve or refuse them."""
    decided = CopyDecision.objects.filter(copy=OuterRef("pk"))
    whole = RedactedCopy.objects.exclude(sha256="").defer("content")
    return whole.filter(~Exists(decided))


def decisions_of(copy: RedactedCopy) -> dict[str, CopyDecision]:
    return {made.decision: made for made in copy.decisions.all()}


def people_in(copy: RedactedCopy) -> list[Prisoner]:
    """Those that the asking person may see."""
    people = Prisoner.objects.filter(pk__in=copy.people).select_related("desk")
    return list(people.order_by("pk"))


def consents_to_photo(person: Prisoner) -> QuerySet[Consent]:
    return Consent.objects.filter(prisoner=person, subject=ConsentSubject.PHOTO)


# --- Deciding --------------------------------------------------------------------------


def why_not(copy: RedactedCopy) -> list[str]:
    """Why it cannot be approved now, whoever asks; empty where it can."""
    decided = decisions_of(copy)
    if copy.is_erased:
        return [_("It was erased.")]
    if Decision.WITHDRAWN in decided:
        return [_("It was withdrawn, and does not return. Add a new copy.")]
    if Decision.APPROVED in decided:
        return [_("It is approved already.")]
    if copy.recognisable == Recognisable.OTHERS:
        return [
            _(
                "Others can be recognised in it, or nobody knows whether. Cover them, and"
                " add that as a new copy."
            )
        ]
    return list(_who_does_not_allow_it(copy))


def _who_does_not_allow_it(copy: RedactedCopy) -> Iterator[str]:
    people = {person.pk: person for person in people_in(copy)}
    cases = aggregate.read(Prisoner.kind, copy.people)
    for person_id in copy.people:
        person = people.get(person_id)
        if person is None or person_id not in cases or person.merged_into_id:
            yield _("Somebody who can be recognised in it has no case of their own.")
            continue
        named = {"person": str(person)}
        case = cases[person_id]
        if is_narrower(who_sees_the_case(Prisoner.kind, case), copy.audience):
            yield _("%(person)s: their case is not visible to these readers.") % named
        if is_narrower(who_sees_the_name(case, today()), copy.audience):
            yield (
                _("%(person)s: their name is withheld, and a face tells more.") % named
            )
        if not _allows_photo(person, copy.audience):
            yield (
                _("%(person)s: there is no consent to a photo for these readers.")
                % named
            )


def _allows_photo(person: Prisoner, audience: str) -> bool:
    consents = consents_to_photo(person).filter(audience__in={EVERYONE, audience})
    return consents.filter(withdrawn_on__isnull=True).exists()


def is_own(copy: RedactedCopy, user: User | AnonymousUser) -> bool:
    """Whoever added it leaves its approval to somebody else."""
    if settings.APPROVE_OWN_CHANGES or not settings.REQUIRE_REVIEW:
        return False
    return copy.added_by_id == user.pk


@transaction.atomic
def approve(copy: RedactedCopy, *, by: User, reason: str) -> None:
    """Raises NotDecided, or OwnChange."""
    lock(Source, copy.root_id)
    if is_own(copy, by):
        raise second_person.OwnChange
    reasons = why_not(copy)
    if reasons:
        raise NotDecided(" ".join(reasons))
    with acting(user=by):
        try:
            _decide(copy, Decision.APPROVED, by, reason)
        except IntegrityError as error:
            raise second_person.refusal(error) from error


@transaction.atomic
def withdraw(copy: RedactedCopy, *, by: User, reason: str) -> None:
    """At once, and for good; also of one that nobody approved. Raises NotDecided."""
    lock(Source, copy.root_id)
    if Decision.WITHDRAWN in decisions_of(copy):
        raise NotDecided(_("It was withdrawn already."))
    with acting(user=by):
        _decide(copy, Decision.WITHDRAWN, by, reason)


def _decide(copy: RedactedCopy, decision: Decision, by: User, reason: str) -> None:
    CopyDecision.objects.create(
        copy=copy,
        decision=decision,
        reason=reason,
        decided_by=by,
        event=newest_event(),
    )
