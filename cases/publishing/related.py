"""Of two cases that are told as related, each follows the other."""

import json
from collections.abc import Collection
from uuid import UUID

from cases.models import Consent, Mark, Prisoner
from cases.publishing import holding
from tracker.audiences import AUDIENCES


def follow(people: Collection[UUID], came_or_went: Collection[UUID]) -> None:
    """What tells one of these as related, and is not told so by that one, is held back
    and rendered anew. `came_or_went`: they, or what they tell as related; who names them
    in a consent may tell of them now.
    """
    stale: set[UUID] = set()
    for audience in AUDIENCES:
        documents = audience.document_model._default_manager.filter(
            kind=Prisoner.kind, document__isnull=False
        )
        naming = documents.filter(named__overlap=list(people))
        texts = dict(naming.values_list("id", "document"))
        if not texts:
            continue
        told = dict(documents.filter(id__among=people).values_list("id", "named"))
        for other, text in texts.items():
            for related in json.loads(text or "{}").get("related_cases") or ():
                person = UUID(related)
                if person in people and other not in told.get(person, ()):
                    stale.add(other)
    holding.hold(stale)
    agreeing = Consent.objects.filter(
        related_case__among=came_or_went, withdrawn_on=None, is_over=False
    )
    Mark.objects.bulk_create(
        Mark(root_kind=Prisoner.kind, root_id=prisoner_id)
        for prisoner_id in agreeing.values_list("prisoner", flat=True).distinct()
    )
