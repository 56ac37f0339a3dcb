"""Where a name that is not told stands in words that others see: merging moves what the
case says, and no title of another.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from cases.disclosure.traces import texts
from cases.models import (
    CourtCase,
    PersonName,
    Prisoner,
    ReleaseEvent,
    ReportedCount,
    Source,
)
from cases.models.base import Root
from tracker.contract.vocabulary import Visibility

_SEARCHED: tuple[type[Root], ...] = (
    CourtCase,
    ReleaseEvent,
    ReportedCount,
    Source,
)
_SHORTEST = 4
"""Characters. Shorter ones stand in too many words."""


def told_elsewhere(case: Prisoner) -> Iterator[tuple[Root, str]]:
    """The records that others see, each with the first name of the case it holds."""
    names = PersonName.objects.filter(prisoner=case).order_by("pk")
    for name in names.values_list("value", flat=True):
        if len(name) < _SHORTEST:
            continue
        for model in _SEARCHED:
            holds_it = Q()
            for field in texts(model):
                holds_it |= Q(**{f"{field}__icontains": name})
            records: Any = model._default_manager.filter(holds_it)
            seen = records.exclude(visibility=Visibility.INTERNAL)
            for record in seen.order_by("pk"):
                yield record, name
