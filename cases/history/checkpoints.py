"""Checkpoints: signed files, each of which holds what the digests of history, of the
ledgers and of what is published were, and the hash of the file before it.

What is in them, and why they must leave the building: docs/decisions/checkpoints.md
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
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

from cases.day import now
from cases.history import digests, ledgers, publications
from cases.history.digests import Columns, Digest
from cases.history.ledgers import Days, TableDigest
from cases.history.publications import Published
from cases.models import Erasure

FORMAT = 2  # of the files that are made now; READERS has one for each there ever was
BLOCK = 1_000  # events


class Unusable(Exception):
    """A file that is no checkpoint, or no key. The message is for people."""


class Ends(NamedTuple):
    """Up to which number history and each ledger are sealed."""

    events: int
    ledgers: dict[str, int]


@dataclass(frozen=True)
class Block:
    """All numbers from `first` to `last`, of which some may never have been given to an
    event.
    """

    first: int
    last: int
    tables: dict[str, TableDigest]


@dataclass(frozen=True)
class Sealed:
    """Of one ledger: its rows from `first` to `last`, of which some may never have been
    there.
    """

    first: int
    last: int
    columns: list[str]
    """That the digests are of, the one first that holds the number."""
    days: Days
    """By the day on which they were written, in UTC."""


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
    # Files of format 1 seal neither.
    ledgers: dict[str, Sealed] = field(default_factory=dict)
    published: dict[str, Published] = field(default_factory=dict)
    """By audience."""

    @property
    def ends(self) -> dict[str, int]:
        """By ledger, the number up to which it is sealed."""
        return {table: sealed.last for table, sealed in self.ledgers.items()}


@dataclass(frozen=True)
class File:
    """A checkpoint as it was read, with the SHA-256 of its bytes."""

    name: str
    sha256: str
    checkpoint: Checkpoint
    public_key: str
    signature_fits: bool


def settled(patience: float) -> Ends:
    """What can be sealed now. Not within a transaction; may raise StillBusy."""
    return Ends(digests.settled(patience), ledgers.settled(patience))


def make(previous: File | None, ends: Ends) -> Checkpoint:
    """Of all that came after the previous checkpoint, up to `ends`. Within
    `digests.one_snapshot`.

    Raises Unusable where the previous one cannot be built on.
    """
    last = ends.events
    done = previous.checkpoint.last if previous else None
    if previous and not previous.signature_fits:
        raise Unusable(
            _("%(file)s: the signature does not fit; the file was changed.")
            % {"file": previous.name}
        )
    if previous:
        _goes_on(previous, ends)
    first = 1 if done is None else done + 1
    columns = digests.columns()
    # What is erased after `last` was settled is sealed as it was.
    whole = digests.before_erasures(Erasure.objects.filter(number__gt=last), last)
    events = digests.as_then(digests.read(columns, after=done, last=last), whole)
    blocks = list(_blocks(events, first))
    return Checkpoint(
        number=previous.checkpoint.number + 1 if previous else 1,
        made_at=now().isoformat(timespec="seconds"),
        previous=previous.sha256 if previous else None,
        first=first,
        last=last,
        events=sum(table.events for block in blocks for table in block.tables.values()),
        columns=columns,
        blocks=blocks,
        ledgers=_ledgers(previous, ends),
        published=publications.now(),
    )


def _goes_on(previous: File, ends: Ends) -> None:
    if ends.events < previous.checkpoint.last:
        raise Unusable(
            _("History ends before %(file)s does: events are missing.")
            % {"file": previous.name}
        )
    for table, last in previous.checkpoint.ends.items():
        # Those of a ledger that grows old may all have been forgotten.
        model = ledgers.models().get(table)
        if model and not model.grows_old and ends.ledgers[table] < last:
            raise Unusable(
                _("%(table)s ends before %(file)s does: entries are missing.")
                % {"table": table, "file": previous.name}
            )


def _ledgers(previous: File | None, ends: Ends) -> dict[str, Sealed]:
    done = previous.checkpoint.ends if previous else {}
    sealed = {}
    for table, names in ledgers.columns().items():
        first = done.get(table, 0) + 1
        last = max(ends.ledgers[table], first - 1)
        days = ledgers.by_day(table, names, first, {**ends.ledgers, table: last})
        sealed[table] = Sealed(first, last, names, days)
    return sealed


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
    return _signed(name, written, content, _checkpoint_of_format_1(content))


def _read_format_2(name: str, written: bytes, content: dict[str, Any]) -> File:
    sealed = {}
    for table, of_table in content["ledgers"].items():
        days = {day: TableDigest(*row) for day, row in of_table["days"].items()}
        sealed[table] = Sealed(
            of_table["first"], of_table["last"], of_table["columns"], days
        )
    shown = {name: Published(*row) for name, row in content["published"].items()}
    checkpoint = replace(
        _checkpoint_of_format_1(content), ledgers=sealed, published=shown
    )
    return _signed(name, written, content, checkpoint)


def _signed(
    name: str, written: bytes, content: dict[str, Any], checkpoint: Checkpoint
) -> File:
    signature, public_key = content["signature"], content["public_key"]
    signed = {key: value for key, value in content.items() if key != "signature"}
    fits = _fits(public_key, signature, _canonical(signed))
    return File(name, sha256(written).hexdigest(), checkpoint, public_key, fits)


def _checkpoint_of_format_1(content: dict[str, Any]) -> Checkpoint:
    return Checkpoint(
        number=content["number"],
        made_at=content["made_at"],
        previous=content["previous"],
        first=content["first"],
        last=content["last"],
        events=content["events"],
        columns=content["columns"],
        blocks=[_block_of_format_1(block) for block in content["blocks"]],
    )


def _block_of_format_1(block: dict[str, Any]) -> Block:
    tables = {table: TableDigest(*digest) for table, digest in block["tables"].items()}
    return Block(block["first"], block["last"], tables)


# By the number that stands in the file. A reader stays as it is for as long as one of
# its files is kept anywhere. What changes the file, or what an event's digest is made
# of (digests.py), is a new number with a reader of its own.
READERS: dict[int, Callable[[str, bytes, dict[str, Any]], File]] = {
    1: _read_format_1,
    2: _read_format_2,
}


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
