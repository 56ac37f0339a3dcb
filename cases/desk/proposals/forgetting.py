"""How proposals forget: with time, and a name with an erasure; by the owner's login alone.
That there was one, and what became of it, stays.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings

from cases.day import now
from cases.desk.proposals.models import Proposal
from tracker.contract.vocabulary import ProposalState
from tracker.names import query_key


def forget_decided_proposals() -> int:
    """What was said in those that were decided so long ago. Tells how many they were."""
    if not settings.PROPOSAL_DAYS:
        return 0
    oldest = now() - timedelta(days=settings.PROPOSAL_DAYS)
    old = Proposal.objects.filter(decided_at__lt=oldest).exclude(content={})
    return old.exclude(state=ProposalState.RECEIVED).update(content={})


def forget_proposals(text: str) -> None:
    """What was handed in with all words of this in one field, in whatever spelling,
    goes as a whole: a part of it would be put down to the partner as if it had said no
    more.
    """
    words = set(query_key(text))
    if not words:
        return
    proposals = Proposal.objects.exclude(content={}).values_list("id", "content")
    naming = []
    for proposal_id, content in proposals.iterator():
        if any(words <= set(query_key(value)) for value in texts(content)):
            naming.append(proposal_id)
    Proposal.objects.filter(id__in=naming).update(content={})


def texts(value: Any) -> Iterator[str]:
    """Every text in it, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from texts(entry)
