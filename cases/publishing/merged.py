"""The addresses of cases that were merged into others."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from cases.models import Prisoner
from cases.publishing.rendering import Rendered
from cases.publishing.rows import Occasion, Written, write
from cases.publishing.surroundings import told_by_name
from cases.statements import Statement
from tracker.audiences import AUDIENCES


def lead_to_no_nameless(people: Collection[UUID], today: date) -> Written:
    """In the transaction that takes a name away: nobody sees the case without it while
    the address of a page that had a name still leads there. That these cases are marked
    comes too late.
    """
    into = dict(_merged_into(people))
    if not into:
        return Written()
    rows: dict[UUID, dict[str, None]] = {}
    for audience in AUDIENCES:
        named = told_by_name(audience, {str(case_id) for case_id in into.values()})
        documents = audience.document_model._default_manager
        leading = documents.filter(id__among=into, merged_into__isnull=False)
        for case_id, leads_to in leading.values_list("id", "merged_into"):
            if str(leads_to) not in named:
                rows.setdefault(case_id, {})[audience.name] = None
    nothing = [Rendered(case_id, of_each) for case_id, of_each in rows.items()]
    return write(Occasion(Prisoner.kind, today), nothing)


@Statement
def _merged_into(people: Collection[UUID]) -> Any:
    merged = Prisoner.objects.filter(merged_into__among=people)
    return merged.values_list("pk", "merged_into")
