"""Checkpoints: signed files, each of which holds what history's digests were, and the
hash of the file before it.

What is in them, and why they must leave the building: docs/decisions/checkpoints.md
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.utils.translation import gettext as _

from cases.history import digests
from cases.history.digests import Columns, Digest
from cases.models import Erasure

FORMAT = 1  # of the files that are made now; READERS has one for each there ever was
BLOCK = 1_000  # events


class Unusable(Exception):
    """A file that is no checkpoint, or no key. The message is for people."""


class TableDigest(NamedTuple):
    events: int
    digest: str
    """SHA-256 over the digests of this table's events in the block, by their numbers;
    in hexadecimal.
    """


@dataclass(frozen=True)
class Block:
    """All numbers from `first` to `last`, of which some may never have been given to an
    event.
    """

    first: int
    last: int
    tables: dict[str, TableDigest]


@dataclass(frozen=True)
class Checkpoint:
    number: int
    """From 1, without gaps."""
    made_at: str
    previous: str | None
    """SHA-256 of the file before it; None for the first."""
    first: int
    last: int
    events: int
    columns: Columns
    """That the digests are of. Columns that are added later are NULL in these events."""
    blocks: list[Block]


@dataclass(frozen=True)
class File:
    """A checkpoint as it was read, with the SHA-256 of its bytes."""

    name: str
    sha256: str
    checkpoint: Checkpoint
    public_key: str
    signature_fits: bool


def make(previous: File | None, last: int) -> Checkpoint:
    """Of all events after the previous checkpoint up to the number `last`. Within
    `digests.one_snapshot`.

    Raises Unusable where the previous one cannot be built on.
    """
    done = previous.checkpoint.last if previous else None
    if previous and not previous.signature_fits:
        raise Unusable(
            _("%(file)s: the signature does not fit; the file was changed.")
            % {"file": previous.name}
        )
    if previous and last < previous.checkpoint.last:
        raise Unusable(
            _("History ends before %(file)s does: events are missing.")
            % {"file": previous.name}
        )
    first = 1 if done is None else done + 1
    columns = digests.columns()
    # What is erased after `last` was settled is sealed as it was.
    whole = digests.before_erasures(Erasure.objects.filter(number__gt=last), last)
    events = digests.as_then(digests.read(columns, after=done, last=last), whole)
    blocks = list(_blocks(events, first))
    return Checkpoint(
        number=previous.checkpoint.number + 1 if previous else 1,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        previous=previous.sha256 if previous else None,
        first=first,
        last=last,
        events=sum(table.events for block in blocks for table in block.tables.values()),
        columns=columns,
        blocks=blocks,
    )


def _blocks(events: Iterator[Digest], first: int) -> Iterator[Block]:
    while chunk := list(islice(events, BLOCK)):
        last = chunk[-1][0]
        yield Block(first, last, by_table(chunk))
        first = last + 1


def by_table(events: Iterable[Digest]) -> dict[str, TableDigest]:
    joined: dict[str, bytearray] = {}
    for _number, table, digest in events:
        joined.setdefault(table, bytearray()).extend(digest)
    return {
        table: TableDigest(len(joined[table]) // 32, sha256(joined[table]).hexdigest())
        for table in sorted(joined)
    }


def write(checkpoint: Checkpoint, folder: Path, key: Ed25519PrivateKey) -> Path:
    """Never over another: FileExistsError."""
    content = {
        "format": FORMAT,
        **asdict(checkpoint),
        "public_key": public_hex(key.public_key()),
    }
    signed = {**content, "signature": key.sign(_canonical(content)).hex()}
    path = folder / f"checkpoint-{checkpoint.number:06}.json"
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(signed, indent=1) + "\n")
    try:
        path.hardlink_to(unfinished)
    finally:
        unfinished.unlink()
    return path


def read(path: Path) -> File:
    """By the reader of its format. Raises Unusable. Whether the signature fits is told,
    not required.
    """
    try:
        written = path.read_bytes()
        content = json.loads(written)
        reader = READERS.get(content["format"])
        if reader:
            return reader(path.name, written, content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(
            _("%(file)s cannot be read as a checkpoint.") % {"file": path.name}
        ) from error
    raise Unusable(
        _("%(file)s is of a format that this version does not know.")
        % {"file": path.name}
    )


def _read_format_1(name: str, written: bytes, content: dict[str, Any]) -> File:
    signature = content.pop("signature")
    checkpoint = Checkpoint(
        number=content["number"],
        made_at=content["made_at"],
        previous=content["previous"],
        first=content["first"],
        last=content["last"],
        events=content["events"],
        columns=content["columns"],
        blocks=[_block_of_format_1(block) for block in content["blocks"]],
    )
    fits = _fits(content["public_key"], signature, _canonical(content))
    return File(
        name, sha256(written).hexdigest(), checkpoint, content["public_key"], fits
    )


def _block_of_format_1(block: dict[str, Any]) -> Block:
    tables = {table: TableDigest(*digest) for table, digest in block["tables"].items()}
    return Block(block["first"], block["last"], tables)


# By the number that stands in the file. A reader stays as it is for as long as one of
# its files is kept anywhere. What changes the file, or what an event's digest is made
# of (digests.py), is a new number with a reader of its own.
READERS: dict[int, Callable[[str, bytes, dict[str, Any]], File]] = {1: _read_format_1}


def in_folder(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoint-*.json"))


def _fits(public_key: str, signature: str, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            bytes.fromhex(signature), signed
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _canonical(content: dict[str, Any]) -> bytes:
    """What is signed: JSON without spaces, its keys in order."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


# --- Keys ------------------------------------------------------------------------------------------------------------


def new_key(path: Path) -> str:
    """Writes a private key that only its owner may read, and returns the public one.
    Never over another file.
    """
    key = Ed25519PrivateKey.generate()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return public_hex(key.public_key())


def load_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise Unusable(
            _("%(file)s cannot be read as a key.") % {"file": path}
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Unusable(
            _("%(file)s is a key of another kind; make one with --new-key.")
            % {"file": path}
        )
    return key


def public_hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
