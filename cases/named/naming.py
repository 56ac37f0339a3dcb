"""Naming those who alone see a case."""

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.utils.translation import gettext as _

from cases.history import acting
from cases.history.since import newest_event
from cases.locking import lock
from cases.models import Merge, MergeState, NamedStaff, Prisoner


class CannotName(Exception):
    """The message is for people."""


def namings(case_id: UUID) -> list[NamedStaff]:
    """Who saw it when, the latest first."""
    return list(NamedStaff.objects.filter(case_id=case_id).select_related("named_by"))


def named_on(case_id: UUID) -> list[User]:
    """Those who alone see it. Empty: everyone who may view cases does."""
    latest = NamedStaff.objects.filter(case_id=case_id).first()
    if latest is None:
        return []
    return list(User.objects.filter(pk__in=latest.staff).order_by("username"))


def named_on_each(case_ids: Collection[UUID]) -> dict[UUID, set[int]]:
    """By the case, the numbers of those who alone see it. Who is not in it is seen by
    everyone who may view cases.
    """
    rows = NamedStaff.objects.filter(case_id__among=case_ids)
    latest = rows.order_by("case_id", "-id").distinct("case_id")
    return {row.case_id: set(row.staff) for row in latest if row.staff}


def is_named(*case_ids: UUID) -> bool:
    """Is one of these open to named staff only?"""
    return any(named_on(case_id) for case_id in case_ids)


@transaction.atomic
def open_to(
    case_id: UUID,
    staff: Collection[User],
    *,
    by: User | AnonymousUser | None,
    reason: str,
) -> None:
    """To these and nobody else; with nobody in it, to everyone. The caller sees the case,
    and may name. Raises CannotName.
    """
    case = lock(Prisoner, case_id)
    if case is None:
        raise CannotName(_("This case has been deleted in the meantime."))
    if not reason.strip():
        raise CannotName(_("Reason: say why."))
    if staff:
        _must_stand_apart(case)
        if not any(person.is_active and person.is_staff for person in staff):
            raise CannotName(_("Name somebody who can sign in."))
    namer = None
    if isinstance(by, User):
        namer = by
    with acting(user=namer):
        NamedStaff.objects.create(
            case_id=case_id,
            staff=sorted(person.pk for person in staff),
            reason=reason.strip(),
            named_by=namer,
            event=newest_event(),
        )


def _must_stand_apart(case: Prisoner) -> None:
    if case.merged_into_id or case.merged_from.exists():
        raise CannotName(_("It was merged with another case. Undo that first."))
    if case.consents_naming_it.exists():
        raise CannotName(
            _(
                "A consent in another case names it as a relative's. Take it out of that"
                " consent first: whoever sees the other case would learn of it."
            )
        )
    waiting = Merge.objects.filter(state=MergeState.PROPOSED)
    if waiting.filter(kept=case).exists() or waiting.filter(merged=case).exists():
        raise CannotName(
            _("It is proposed to merge it with another case. Decide on that first.")
        )
