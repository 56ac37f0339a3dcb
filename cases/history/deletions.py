"""Which roots and claimants were deleted and have not come back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def latest_deletions(model: Any, most: int) -> list[Deletion]:
    """Newest first, in one query; of prisoners in two, for a case's names are records
    of their own.
    """
    events = model.pgh_event_model._default_manager
    later = events.filter(id=OuterRef("id"), pgh_id__gt=OuterRef("pgh_id"))
    found = list(
        events.filter(~Exists(later), pgh_label="delete").order_by("-pgh_id")[:most]
    )
    names = _names({one.id for one in found}) if model is Prisoner else {}
    deletions = []
    for one in found:
        context = said(one.pgh_context)
        called = names.get(one.id) or _called(model, one)
        deletions.append(
            Deletion(
                str(one.id),
                called,
                one.pgh_created_at,
                context.get("username", ""),
                context.get("reason", ""),
            )
        )
    return deletions


def _names(prisoners: set[Any]) -> dict[Any, str]:
    """The preferred ones, or any, as they were last."""
    events: Any = PersonName.pgh_event_model._default_manager  # type: ignore[attr-defined]
    rows = events.filter(prisoner__in=prisoners, pgh_label="delete").order_by(
        "preferred", "pgh_id"
    )
    return dict(rows.values_list("prisoner", "value"))


def _called(model: Any, event: Any) -> str:
    if (
        model is Prisoner or event.pgh_salt is None
    ):  # without its salt an event is erased
        return str(event.id)[:8]
    kept = [
        field for field in model._meta.concrete_fields if hasattr(event, field.name)
    ]
    return str(model(**{field.attname: getattr(event, field.name) for field in kept}))
