"""Hiding a case at once: no reason is asked, no version, and no approval. Only an approval
of somebody else gives it back (cases/review/returning.py).
"""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction

from cases.history import acting
from cases.kept import HIDDEN
from cases.locking import lock
from cases.models import Prisoner


def hide(case_id: UUID, *, by: User | AnonymousUser) -> list[Prisoner]:
    """Those that are hidden now: the case, and the one that it was merged into, which
    holds what it said. Empty: there is no such case.
    """
    hidden: list[Prisoner] = []
    next_id: UUID | None = case_id
    while next_id is not None:
        case = _hide(next_id, by)
        if case is None:
            break
        hidden.append(case)
        next_id = case.merged_into_id
    return hidden


@transaction.atomic
def _hide(case_id: UUID, by: User | AnonymousUser) -> Prisoner | None:
    case = lock(Prisoner, case_id)
    if case is not None and not case.is_hidden:
        case.case_taken_back = (case.case_taken_back or 0) + 1
        with acting(user=by, reason=HIDDEN):
            case.save(update_fields=["case_taken_back"])
        case.refresh_from_db(fields=["version"])
    return case
