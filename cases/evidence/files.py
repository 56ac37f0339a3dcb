"""The files of a pack, and their bytes: the same state gives the same bytes."""

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from cases.evidence.approvals import approvals
from cases.evidence.page import page
from cases.publishing.evidence import Evidence
from tracker.corrections import published

Files = dict[str, bytes]
# Documents that a case names: the file, and their kind.
NAMED = {
    "sources.json": "source",
    "release_events.json": "release_event",
    "reported_counts.json": "reported_count",
    "facilities.json": "facility",
}


def contents(evidence: Evidence, audience: str) -> Files:
    """All but the manifest and the lists of hashes. Documents are the very text that
    the read API serves.
    """
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
        "citations.json": as_json(case["citations"]),
        "corrections.json": as_json(changes),
        "editions.json": as_json(reviewed),
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
    return files


def _of(document: Mapping[str, Any]) -> dict[str, str]:
    return {"kind": document["kind"], "id": document["id"]}


def sealed(files: Files, about: Mapping[str, Any]) -> tuple[Files, str]:
    """With the manifest, which lists them all, and what `sha256sum --check` reads; and
    the manifest's own SHA-256.
    """
    listed = [
        {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    ]
    manifest = as_json({**about, "files": listed})
    seal = sha256(manifest).hexdigest()
    with_manifest = {**files, "manifest.json": manifest}
    sums = "".join(
        f"{sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(with_manifest.items())
    )
    return {
        **with_manifest,
        "manifest.sha256": f"{seal}  manifest.json\n".encode(),
        "SHA256SUMS": sums.encode(),
    }, seal


def zipped(files: Files) -> bytes:
    """Without times, and not compressed: compressors differ from machine to machine."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as pack:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = 0o644 << 16
            pack.writestr(entry, content)
    return archive.getvalue()


def as_json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
