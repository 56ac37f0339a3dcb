"""A pack as a bag (RFC 8493): files, and lists with the SHA-256 of each. The same files
give the same bytes.

bagit judges the bags in tests, and does not write them: docs/decisions/evidence-pack.md
"""

import io
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import rfc8785

Files = dict[str, bytes]
# Raised when the files of a pack mean something else. Packs of form 1 have no number.
FORM = 2
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def sealed(payload: Files, about: Mapping[str, Any]) -> tuple[Files, str]:
    """The bag, and its seal: the SHA-256 of the manifest, which lists every file but
    the lists of hashes.

    `about` says of what the pack is, and on which day it was made (`made_on`).
    """
    bag = {f"data/{name}": content for name, content in payload.items()}
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": _bag_info(payload, about["made_on"]),
    }
    listed: list[dict[str, str | int]] = [
        {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in sorted({**bag, **tags}.items())
    ]
    manifest = rfc8785.dumps({**about, "form": FORM, "files": listed})
    tags["manifest.json"] = manifest
    tags["manifest-sha256.txt"] = _sums(bag)
    hashes = {"tagmanifest-sha256.txt": _sums(tags)}
    return {**bag, **tags, **hashes}, sha256(manifest).hexdigest()


def _bag_info(payload: Files, day: str) -> bytes:
    octets = sum(map(len, payload.values()))
    return f"Bagging-Date: {day}\nPayload-Oxum: {octets}.{len(payload)}\n".encode()


def _sums(files: Files) -> bytes:
    """As `sha256sum --check` reads them."""
    lines = [
        f"{sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
    ]
    return "".join(lines).encode()


def zipped(files: Files, folder: str) -> bytes:
    """In one folder, without times, and not compressed: compressors differ from machine
    to machine.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as pack:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = 0o644 << 16
            pack.writestr(entry, content)
    return archive.getvalue()
