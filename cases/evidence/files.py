"""What is in a pack, and its bytes: the same state gives the same bytes.

What we compose ourselves is canonical JSON (RFC 8785), which anyone can make again from
what it says. Documents are the very text that the read API serves.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import rfc8785

from cases.evidence.approvals import approvals
from cases.evidence.bag import Files
from cases.evidence.page import page
from cases.publishing.evidence import Evidence
from tracker.corrections import published

# Documents that a case names: the file, and their kind.
NAMED = {
    "sources.json": "source",
    "release_events.json": "release_event",
    "reported_counts.json": "reported_count",
    "facilities.json": "facility",
    "court_cases.json": "court_case",
}


def contents(evidence: Evidence, audience: str) -> Files:
    """All but the manifest and the lists of hashes."""
    documents = {one: json.loads(text) for one, text in evidence.texts.items()}
    case = documents[evidence.case]
    changes = [
        {"of": _of(documents[str(row.of_id)]), **published(row)}
        for row in evidence.corrections
    ]
    days = {
        evidence.changed_on,
        *(
            row.corrected_on
            for row in evidence.corrections
            if str(row.of_id) == evidence.case
        ),
    }
    reviewed = approvals(UUID(evidence.case), days)
    files = {
        "document.json": evidence.texts[evidence.case].encode(),
        "citations.json": rfc8785.dumps(case["citations"]),
        "corrections.json": rfc8785.dumps(changes),
        "editions.json": rfc8785.dumps(reviewed),
        "index.html": page(
            case, documents, evidence.corrections, reviewed, audience
        ).encode(),
    }
    for name, kind in NAMED.items():
        texts = [
            evidence.texts[one]
            for one, document in documents.items()
            if document["kind"] == kind
        ]
        files[name] = f"[{','.join(texts)}]\n".encode()
    for name, content in evidence.pictures.items():
        files[f"copies/{name}"] = content
    return files


def _of(document: Mapping[str, Any]) -> dict[str, str]:
    return {"kind": document["kind"], "id": document["id"]}
