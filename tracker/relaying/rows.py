"""From the document of a root to the rows that are stored of it: its own, and those of
its parts. What lists ask is computed of each, by the contract.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tracker.contract import facts, rendering, terms
from tracker.contract.documents import DOCUMENTS
from tracker.contract.facts import Facts
from tracker.contract.walking import CHILD_KINDS, whole

Doc = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """`text` None is a tombstone."""

    id: UUID
    kind: str
    parent: UUID | None
    seq: int
    changed_on: date
    text: str | None
    facts: Facts
    merged_into: UUID | None = None

    def values(self) -> tuple[object, ...]:
        """In the order of COLUMNS."""
        return (
            self.id,
            self.kind,
            self.parent,
            self.seq,
            self.changed_on,
            self.text,
            self.merged_into,
            json.dumps(self.facts.equal),
            self.facts.named,
            self.facts.search_key,
            self.facts.text_words,
            self.facts.sort_name,
            self.facts.sort_date,
            self.facts.sort_number,
        )


COLUMNS = ["id", "kind", "parent", "seq", "changed_on", "document", "merged_into"]
COLUMNS += ["facts", "named", "search_key", "text_words"]
COLUMNS += ["sort_name", "sort_date", "sort_number"]


def rows_of(document: Doc, seq: int, changed_on: date) -> Iterator[Row]:
    """The root's own first."""
    root_id = UUID(document["id"])
    yield _row(document, None, seq, changed_on)
    for kind, name in CHILD_KINDS.items():
        for part in document.get(name) or ():
            own = _own_document(kind, part, document)
            yield _row(own, root_id, seq, changed_on)


def _row(document: Doc, parent: UUID | None, seq: int, changed_on: date) -> Row:
    """The text is that of the document as it came. An older contract may lack what is
    asked today: that is unknown.
    """
    kind = document["kind"]
    return Row(
        UUID(document["id"]),
        kind,
        parent,
        seq,
        changed_on,
        rendering.as_text(document),
        facts.of(kind, whole(kind, document)),
    )


def _own_document(kind: str, part: Doc, root: Doc) -> dict[str, Any]:
    """Of a sentence or a deportation, as it stands in its case; with what that says for
    all of its parts.
    """
    citations = []
    for citation in root["citations"]:
        if citation["record"]["id"] == part["id"]:
            citations.append(citation)
    told = {
        **part,
        "kind": kind,
        root["kind"]: root["id"],
        "citations": citations,
        "address": terms.address(kind, part["id"]),
        "audience": root["audience"],
        "licence": root["licence"],
    }
    document: dict[str, Any] = {}
    for name in map(str, DOCUMENTS[kind]().fields):
        if name in told:  # an older contract may not know it
            document[name] = told[name]
    return document
