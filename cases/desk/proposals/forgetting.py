"""How proposals forget a name: by the owner's login alone. That there was one, and what
became of it, stays.
"""

from collections.abc import Iterator
from typing import Any

from cases.desk.proposals.models import Proposal
from tracker.names import query_key


def forget_proposals(text: str) -> None:
    """What was handed in with all words of this in one field, in whatever spelling,
    goes as a whole: a part of it would be put down to the partner as if it had said no
    more.
    """
    words = set(query_key(text))
    kept = Proposal.objects.exclude(content={}).values_list("id", "content")
    found = [
        key
        for key, said in kept.iterator()
        if any(words <= set(query_key(one)) for one in _texts(said))
    ]
    if words:
        Proposal.objects.filter(id__in=found).update(content={})


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict | list):
        for one in said.values() if isinstance(said, dict) else said:
            yield from _texts(one)
