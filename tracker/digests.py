"""What a copy must equal: of each kind, how many documents there are, and the sum of
their hashes.

The hash of a document is the SHA-256 of its bytes as they are published, which hold its
id; read as a number, big end first, and added up modulo 2**256. A sum knows no order,
can be kept while documents come and go, and tells a document held twice from one that
is missing, which XOR does not (docs/decisions/sync.md).
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
        """Of one document; None is none."""
        return (
            cls()
            if text is None
            else cls(1, int.from_bytes(sha256(text.encode()).digest(), "big"))
        )

    def __add__(self, other: "Digest") -> "Digest":
        return Digest(self.count + other.count, (self.total + other.total) % MODULUS)

    def __sub__(self, other: "Digest") -> "Digest":
        return Digest(self.count - other.count, (self.total - other.total) % MODULUS)

    @property
    def sha256_sum(self) -> str:
        """64 hexadecimal digits."""
        return f"{self.total:064x}"


def of_kinds(stored: Stored, kinds: Iterable[str]) -> dict[str, Digest]:
    return {
        kind: Digest(count, int(total, 16))
        for kind in kinds
        for count, total in [stored.get(kind, (0, "0"))]
    }


def changed(
    stored: Stored, kind: str, texts: Iterable[tuple[str | None, str | None]]
) -> dict[str, tuple[int, str]]:
    """After documents of this kind went from one text to another. None: there was none,
    or there is none now.
    """
    now = of_kinds(stored, [kind])[kind]
    for before, after in texts:
        now = now - Digest.of(before) + Digest.of(after)
    return {**stored, kind: (now.count, now.sha256_sum)}
