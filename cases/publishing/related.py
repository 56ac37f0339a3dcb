"""Of two cases that are told as related, each follows the other."""

import json
from collections.abc import Collection
from functools import cache
from typing import Any
from uuid import UUID

from cases.models import Consent, Mark, Prisoner
from cases.publishing import holding
from cases.statements import Statement
from tracker.audiences import AUDIENCES, Audience


def follow(people: Collection[UUID], came_or_went: Collection[UUID]) -> None:
    """What tells one of these as related, and is not told so by that one, is held back
    and rendered anew. `came_or_went`: they, or what they tell as related; who names them
    in a consent may tell of them now.
    """
    stale: set[UUID] = set()
    for audience in AUDIENCES:
        texts = dict(_naming(audience)(people))
        if not texts:
            continue
        documents = _cases_of(audience).filter(id__among=people)
        told = dict(documents.values_list("id", "named"))
        for other, text in texts.items():
            for related in json.loads(text or "{}").get("related_cases") or ():
                person = UUID(related)
                if person in people and other not in told.get(person, ()):
                    stale.add(other)
    holding.hold(stale)
    agreeing = {prisoner_id for (prisoner_id,) in _agreeing(came_or_went)}
    Mark.objects.bulk_create(
        Mark(root_kind=Prisoner.kind, root_id=prisoner_id) for prisoner_id in agreeing
    )


@Statement
def _agreeing(people: Collection[UUID]) -> Any:
    """Who names these in a consent that holds."""
    consents = Consent.objects.filter(withdrawn_on=None, is_over=False)
    return consents.filter(related_case__among=people).values_list("prisoner")


def _cases_of(audience: Audience) -> Any:
    rows = audience.document_model._default_manager
    return rows.filter(kind=Prisoner.kind, document__isnull=False)


@cache
def _naming(audience: Audience) -> Statement:
    """The documents of cases that name some of these people."""
    rows = _cases_of(audience).values_list("id", "document")
    return Statement(lambda ids: rows.filter(named__any_among=ids))
