"""Which roots and claimants were deleted and have not come back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from cases.history.timeline import said
from cases.models import PersonName, Prisoner


@dataclass(frozen=True)
class Deletion:
    record_id: str
    called: str
    """What it was called, as far as its own history tells."""
    at: datetime
    who: str
    why: str


def latest_deletions(model: type[models.Model], most: int) -> list[Deletion]:
    """Newest first, in one query; of prisoners in two, for a case's names are records
    of their own.
    """
    history = _history(model)
    later_events = history.filter(id=OuterRef("id"), pgh_id__gt=OuterRef("pgh_id"))
    last_events = history.filter(~Exists(later_events))
    events = last_events.filter(pgh_label="delete").order_by("-pgh_id")[:most]
    names: dict[UUID, str] = {}
    if model is Prisoner:
        names = _names({event.id for event in events})
    deletions = []
    for event in events:
        context = said(event.pgh_context)
        deletion = Deletion(
            record_id=str(event.id),
            called=names.get(event.id) or _called(model, event),
            at=event.pgh_created_at,
            who=context.get("username", ""),
            why=context.get("reason", ""),
        )
        deletions.append(deletion)
    return deletions


def _history(model: type[models.Model]) -> models.Manager[Any]:
    return model.pgh_event_model._default_manager  # type: ignore[attr-defined]


def _names(prisoner_ids: set[UUID]) -> dict[UUID, str]:
    """The preferred ones, or any, as they were last."""
    deletions = _history(PersonName).filter(
        prisoner__in=prisoner_ids, pgh_label="delete"
    )
    names = deletions.order_by("preferred", "pgh_id")
    return dict(names.values_list("prisoner", "value"))


def _called(model: type[models.Model], event: Any) -> str:
    is_erased = event.pgh_salt is None
    if model is Prisoner or is_erased:
        return str(event.id)[:8]
    values = {}
    for field in model._meta.concrete_fields:
        if hasattr(event, field.name):
            values[field.attname] = getattr(event, field.name)
    return str(model(**values))
