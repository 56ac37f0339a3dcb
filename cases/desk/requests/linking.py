"""Which case or source a request is about: from the address of its page, or its id."""

import re
from typing import NamedTuple
from uuid import UUID

from cases.catalogue import KINDS
from cases.desk.permissions import may

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Linked(NamedTuple):
    kind: str
    id: UUID


def linked(text: str, user: object) -> Linked | None:
    """None if there is no such record, or none that this person sees: the answer to both
    is the same. (What a person does not see, the database leaves out.)
    """
    match = _ID.search(text)
    if match is None:
        return None
    record_id = UUID(match.group())
    for kind, model in KINDS.items():
        may_view = user.has_perm(may("view", model))  # type: ignore[attr-defined]
        if may_view and model._default_manager.filter(pk=record_id).exists():
            return Linked(kind, record_id)
    return None
