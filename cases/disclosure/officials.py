"""Who judged and who prosecuted on one day: to publish it is a crime in some countries.
So readers are told only where their organisation says so (docs/organisation.md), and
only what a court document, or two independent sources, bear out to these readers. Why:
docs/decisions/court-cases.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from cases.sourcing.independence import Sources
from tracker.contract.hedges import contradicts, supports

Content = dict[str, Any]

OFFICIALS = ("judge", "prosecutor")


@dataclass(frozen=True)
class Proof:
    """What counts as one to an audience. `court_documents` are sources by their ids, as
    this audience is told of them; `relations` are those of the record, and those that
    this audience is told: what nobody has approved makes no two sources independent.
    """

    court_documents: frozenset[str]
    relations: Sequence[Sources]

    def is_given_by(self, sources: Collection[str]) -> bool:
        if not self.court_documents.isdisjoint(sources):
            return True
        return all(told.independent(sources) > 1 for told in self.relations)


def without_officials(content: Content, proof: Proof | None) -> None:
    """Takes each out that is not borne out, with all that was said of it; all of them if
    there is no proof that counts. The content may be that of a document, too.
    """
    said_of: dict[tuple[str, str], list[Content]] = {}
    others = []
    for citation in content["citations"]:
        if citation["field"] in OFFICIALS:
            about = citation["record"]["id"], citation["field"]
            said_of.setdefault(about, []).append(citation)
        else:
            others.append(citation)
    for hearing in content["hearings"]:
        for name in OFFICIALS:
            said = said_of.get((hearing["id"], name), [])
            if proof and hearing["held_on"] and _is_borne_out(said, proof):
                others += filter(supports, said)
            else:
                hearing[name] = None
    content["citations"] = others


def _is_borne_out(said: Collection[Content], proof: Proof) -> bool:
    """Where a source that is shown says that it was somebody else, nobody is named."""
    if any(contradicts(citation) for citation in said):
        return False
    return proof.is_given_by(
        {citation["source"] for citation in said if supports(citation)}
    )
