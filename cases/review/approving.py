"""Approving: the hinge between what editors write and what the world may see."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases import aggregate, day, editions
from cases.editions import Approval, StoredEdition
from cases.history import acting
from cases.history.since import newest_event
from cases.locking import lock
from cases.models import Mark
from cases.review import returning, second_person
from cases.review.returning import CannotReturn
from cases.review.second_person import OwnChange

__all__ = ["CannotReturn", "EmbargoStands", "OwnChange", "StaleVersion", "approve"]


class StaleVersion(Exception):
    """Somebody changed the case after the reviewer had read it. The message is for
    people.
    """

    def __init__(self, seen: int, current: int | None) -> None:
        self.seen, self.current = seen, current
        if current is None:
            super().__init__(_("This case has been deleted in the meantime."))
        else:
            super().__init__(
                _(
                    "This case was changed after you opened it (you saw version %(seen)s, it is now %(current)s)."
                )
                % {"seen": seen, "current": current}
            )


class EmbargoStands(Exception):
    """It was approved for a later day, and nobody said that it may be sooner. The
    message is for people.
    """

    def __init__(self, embargo: date) -> None:
        self.embargo = embargo
        super().__init__(
            _(
                "This was approved to be published on %(day)s at the earliest. To"
                " publish it sooner, say so."
            )
            % {"day": date_format(embargo)}
        )


@transaction.atomic
def approve(
    kind: str,
    root_id: UUID,
    *,
    seen_version: int,
    by: User | AnonymousUser | None = None,
    reason: str = "",
    public_reason: str = "",
    not_before: date | None = None,
    publish_sooner: bool = False,
    by_second_person: bool = False,
    returns: Collection[str] = (),
) -> StoredEdition:
    """Store what the reviewer saw as the next edition; the gate publishes it, from the
    day `not_before` if given. If it was approved for a later day before, that day
    stays, unless `publish_sooner`.

    Raises EmbargoStands if `not_before` is sooner than that, StaleVersion if the root is
    not at `seen_version`, and OwnChange if `by` has changed it since it was last
    approved; with `by_second_person`, the caller has asked that before. Nothing is
    stored then. The root stays locked meanwhile.

    `returns`: of what was taken back by consent ("name", "story"), what this gives back.
    No other approval does. Raises CannotReturn where there is no new consent.
    """
    with acting(user=by):
        root = lock(aggregate.ROOTS[kind], root_id)
        if root is None or root.version != seen_version:
            raise StaleVersion(seen_version, root.version if root else None)
        if not by_second_person:
            second_person.hold(by, kind, [root_id])
        not_before = _day_of(kind, root_id, not_before, publish_sooner)
        if returns:
            seen_version = returning.give_back(root, returns, by, reason)
        case = aggregate.read(kind, [root_id])[root_id]
        approval = Approval(root_id, seen_version, newest_event(), case)
        try:
            edition = editions.store(
                kind,
                approval,
                approved_by=by,
                reason=reason,
                public_reason=public_reason,
                not_before=not_before,
            )
        except IntegrityError as error:
            raise second_person.refusal(error) from error
        _mark(kind, root_id, not_before)
    return edition


def _day_of(
    kind: str, root_id: UUID, not_before: date | None, publish_sooner: bool
) -> date | None:
    """An embargo is shortened only by saying so. Raises EmbargoStands."""
    embargo = editions.embargo(kind, root_id, day.today())
    if embargo is None or publish_sooner:
        return not_before
    if not_before is None:
        return embargo
    if not_before < embargo:
        raise EmbargoStands(embargo)
    return not_before


def _mark(kind: str, root_id: UUID, not_before: date | None) -> None:
    """For the gate: on that day it is published, and now it waits for nobody."""
    Mark.objects.create(root_kind=kind, root_id=root_id)
    if not_before is not None:
        Mark.objects.create(root_kind=kind, root_id=root_id, due_on=not_before)
