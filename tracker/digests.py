"""What a copy must equal: the count of documents of each kind, and a sum of hashes.

The hash of a document is the SHA-256 of its bytes as they are published, with its id.
It is read as a number, big end first, and added up modulo 2**256. A sum knows no order,
and can be kept while documents come and go. It tells a document held twice from one
that is missing; XOR does not (docs/decisions/sync.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

MODULUS = 1 << 256
Stored = Mapping[str, tuple[int, str]]  # {kind: (count, sum)}, as JSON keeps it


@dataclass(frozen=True)
class Digest:
    count: int = 0
    total: int = 0

    @classmethod
    def of(cls, text: str | None) -> "Digest":
        """The digest of one document. None is no document."""
        if text is None:
            return cls()
        return cls(1, int.from_bytes(sha256(text.encode()).digest(), "big"))

    def __add__(self, digest: "Digest") -> "Digest":
        return Digest(self.count + digest.count, (self.total + digest.total) % MODULUS)

    def __sub__(self, digest: "Digest") -> "Digest":
        return Digest(self.count - digest.count, (self.total - digest.total) % MODULUS)

    @property
    def sha256_sum(self) -> str:
        """64 hexadecimal digits."""
        return f"{self.total:064x}"


def of_kinds(stored: Stored, kinds: Iterable[str]) -> dict[str, Digest]:
    digests = {}
    for kind in kinds:
        count, total = stored.get(kind, (0, "0"))
        digests[kind] = Digest(count, int(total, 16))
    return digests


def changed(
    stored: Stored, kind: str, texts: Iterable[tuple[str | None, str | None]]
) -> dict[str, tuple[int, str]]:
    """The digests after documents of this kind went from one text to another.

    `texts` are pairs of before and after. None is no document.
    """
    digest = of_kinds(stored, [kind])[kind]
    for before, after in texts:
        digest = digest - Digest.of(before) + Digest.of(after)
    return {**stored, kind: (digest.count, digest.sha256_sum)}
