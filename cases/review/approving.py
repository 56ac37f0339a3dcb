"""Approving: the hinge between what editors write and what the world may see."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases import aggregate, editions
from cases.editions import Approval, StoredEdition
from cases.history import acting
from cases.history.since import newest_event
from cases.locking import lock
from cases.models import Mark
from cases.review import returning, second_person
from cases.review.returning import CannotReturn
from cases.review.second_person import OwnChange

__all__ = ["CannotReturn", "OwnChange", "StaleVersion", "approve"]


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
    by_second_person: bool = False,
    returns: Collection[str] = (),
) -> StoredEdition:
    """Store what the reviewer saw as the next edition; the gate publishes it, from the
    day `not_before` if given.

    Raises StaleVersion if the root is not at `seen_version`, and OwnChange if `by` has
    changed it since it was last approved; with `by_second_person`, the caller has asked
    that before. Nothing is stored then. The root stays locked meanwhile.

    `returns`: of what was taken back by consent ("name", "story"), what this gives back.
    No other approval does. Raises CannotReturn where there is no new consent.
    """
    with acting(user=by):
        root = lock(aggregate.ROOTS[kind], root_id)
        if root is None or root.version != seen_version:
            raise StaleVersion(seen_version, root.version if root else None)
        if not by_second_person:
            second_person.hold(by, kind, [root_id])
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
        Mark.objects.create(root_kind=kind, root_id=root_id, due_on=not_before)
    return edition
