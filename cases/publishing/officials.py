"""Whether judges and prosecutors are published, as the organisation's file says it now
(docs/organisation.md), and what counts as proof for whom.
"""

import json
from typing import Any

from django.conf import settings

from cases.disclosure.officials import Proof
from cases.models import CourtCase, Mark, Source
from cases.publishing.epochs import Feeds
from cases.sourcing.independence import Relations, Sources
from tracker.audiences import Audience
from tracker.contract.vocabulary import SourceKind


def follow_setting(rows: Feeds) -> None:
    """Under the gate's lock. Where documents were written under another setting, every
    court case is looked at anew; once it is off, before all else.
    """
    others = []
    for row in rows.values():
        if row.tells_officials != settings.PUBLISH_OFFICIALS:
            row.tells_officials = settings.PUBLISH_OFFICIALS
            row.save(update_fields=["tells_officials"])
            others.append(row)
    if others:
        ids = CourtCase._default_manager.values_list("id", flat=True)
        is_withdrawal = not settings.PUBLISH_OFFICIALS
        Mark.objects.bulk_create(
            Mark(root_kind=CourtCase.kind, root_id=root_id, withdrawal=is_withdrawal)
            for root_id in ids
        )


def proof_for(
    audience: Audience, sources: set[str], relations: Sources
) -> Proof | None:
    """Of these sources; None if nothing counts. `relations` are those of the record."""
    if not settings.PUBLISH_OFFICIALS:
        return None
    documents: Any = audience.document_model._default_manager
    texts = documents.filter(
        kind=Source.kind, id__among=sources, document__isnull=False
    ).values_list("document", flat=True)
    court_documents = set()
    told = {}
    for text in texts:
        source = json.loads(text)
        if source["source_kind"] == SourceKind.COURT_DOCUMENT.value:
            court_documents.add(source["id"])
        told[source["id"]] = Relations(
            frozenset(source["derived_from"]),
            frozenset(source["relays"] or ()),
            source["publisher"] or "",
        )
    return Proof(frozenset(court_documents), (relations, Sources(told)))
