"""Keep a copy of what a tracker publishes to you, and keep it equal:

    python -m tracker.mirror https://tracker.example --key-file key --into copy

It needs this file, httpx and tqdm, nothing else of the tracker, and is there to be read
by whoever writes their own. The copy is `mirror.sqlite3` in the directory: `documents`
(id, kind, seq, changed, document as JSON) and `merges` (id, merged_into: where a case
lives on). Run it as often as you like; killed at any moment, it goes on from where it
was.

Exit status: 0 done; 1 it could not be done, or `--verify` found a difference; 2 the
call's words are off.
"""

import argparse
import contextlib
import hashlib
import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
from tqdm import tqdm

PASSING = {408, 425, 429, 500, 502, 503, 504}
LONGEST_PAUSE = 300.0  # seconds
# `round` is the reading from zero that a row was last seen in: after a new start, what
# has an older one is gone.
TABLES = """
CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, kind TEXT, seq INTEGER, changed TEXT, document TEXT,
    round INTEGER);
CREATE TABLE IF NOT EXISTS merges (id TEXT PRIMARY KEY, merged_into TEXT, round INTEGER);
CREATE TABLE IF NOT EXISTS state (address TEXT, cursor TEXT, round INTEGER)
"""


class Failed(Exception):
    """A sentence for the person who started this."""


class StartAnew(Exception):
    """410: the tracker's numbers have started anew, and the cursor is worth nothing."""


class Passing(Exception):
    """It may go better later; not before `seconds` have passed, if the tracker says so."""

    def __init__(self, trouble: str, seconds: float = 0.0) -> None:
        super().__init__(trouble)
        self.seconds = seconds


class Copy:
    """Documents, and the cursor that they were read up to. Both change in one
    transaction, or neither.
    """

    def __init__(self, directory: Path, address: str) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = directory / "mirror.sqlite3"
        file.touch(mode=0o600)
        self.db = sqlite3.connect(file, isolation_level=None, timeout=60)
        self.db.execute(
            "PRAGMA secure_delete = ON"
        )  # what was withdrawn is overwritten, not only let go
        with self.transaction():
            for statement in TABLES.split(";"):
                self.db.execute(statement)
            if not self.db.execute("SELECT 1 FROM state").fetchone():
                self.db.execute("INSERT INTO state VALUES (?, NULL, 1)", [address])
        kept = self.db.execute("SELECT address FROM state").fetchone()[0]
        if kept != address:
            raise Failed(
                f"{directory} holds a copy of {kept}. Choose another directory for {address}."
            )

    @property
    def cursor(self) -> Any:
        return self.db.execute("SELECT cursor FROM state").fetchone()[0]

    def apply(
        self, changes: list[dict[str, Any]], since: Any, following: str, more: bool
    ) -> None:
        with self.transaction():
            if self.cursor != since:
                raise Passing("another mirror writes into this directory")
            for change in changes:
                self.store(change)
            self.db.execute("UPDATE state SET cursor = ?", [following])
            if not more:
                self.db.execute(
                    "DELETE FROM documents WHERE round < (SELECT round FROM state)"
                )
                self.db.execute(
                    "DELETE FROM merges WHERE round < (SELECT round FROM state)"
                )

    def store(self, change: dict[str, Any]) -> None:
        self.db.execute("DELETE FROM documents WHERE id = ?", [change["id"]])
        self.db.execute("DELETE FROM merges WHERE id = ?", [change["id"]])
        if not change["deleted"]:
            # Written as it was published: the digest is of this text.
            text = json.dumps(
                change["document"], ensure_ascii=False, separators=(",", ":")
            )
            values = [
                change["id"],
                change["kind"],
                change["seq"],
                change["changed"],
                text,
            ]
            self.db.execute(
                "INSERT INTO documents SELECT ?, ?, ?, ?, ?, round FROM state", values
            )
        elif "merged_into" in change:
            values = [change["id"], change["merged_into"]]
            self.db.execute("INSERT INTO merges SELECT ?, ?, round FROM state", values)

    def start_anew(self) -> None:
        """What is here stays until all has been read again."""
        self.db.execute("UPDATE state SET cursor = NULL, round = round + 1")

    def digest(self) -> dict[str, Any]:
        """As the tracker defines it: the SHA-256 of each document's text, added up."""
        count, total = 0, 0
        for (text,) in self.db.execute("SELECT document FROM documents"):
            count, total = (
                count + 1,
                total + int.from_bytes(hashlib.sha256(text.encode()).digest(), "big"),
            )
        return {"count": count, "sha256_sum": f"{total % 2**256:064x}"}

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")


class Mirror:
    """`told` hears how many changes came, `warned` of each trouble; `patience`: seconds
    to wait while nothing comes.
    """

    told: Callable[[int], Any] = staticmethod(lambda count: None)
    warned: Callable[[str], Any] = staticmethod(lambda trouble: None)
    sleep: Callable[[float], None] = staticmethod(time.sleep)

    def __init__(
        self, client: httpx.Client, copy: Copy, patience: float = 3600
    ) -> None:
        self.client, self.copy, self.patience = client, copy, patience

    def sync(self) -> None:
        self.patiently(self.read_on)

    def is_equal(self, tries: int = 20) -> bool:
        """Is the copy what the tracker publishes? Both are asked of one moment: that of
        one cursor.
        """
        for _try in range(tries):
            theirs = self.patiently(
                lambda: json.loads(b"".join(self.lines("/api/v1/digest", {})))
            )
            if theirs["cursor"] == self.copy.cursor:
                return self.copy.digest().items() <= theirs.items()
            self.sync()
        raise Failed(
            "More is published than this line can follow; nothing could be compared. Try again later."
        )

    def read_on(self) -> None:
        """From the cursor to the end of the feed. Each line with a cursor ends a chunk,
        which is kept.
        """
        since, changes = self.copy.cursor, []
        try:
            for line in self.lines(
                "/api/v1/export.ndjson", {"since": since} if since else {}
            ):
                row = json.loads(line)
                if "next" not in row:
                    changes.append(row)
                    continue
                self.copy.apply(changes, since, row["next"], row["more"])
                self.told(len(changes))
                if not row["more"]:
                    return
                since, changes = row["next"], []
        except StartAnew:
            if since is None:
                raise Failed(
                    "The tracker answers 410 to a question without a cursor: it cannot be copied."
                ) from None
            self.copy.start_anew()
            return self.read_on()
        raise Passing("the answer was cut short")

    def lines(self, path: str, query: dict[str, str]) -> Iterator[bytes]:
        """Only a line feed ends a line: other line separators may stand inside a text."""
        try:
            with self.client.stream("GET", path, params=query) as response:
                if response.status_code == 410:
                    raise StartAnew
                if response.status_code in PASSING:
                    raise Passing(
                        f"it answered {response.status_code}", retry_after(response)
                    )
                if response.status_code != 200:
                    raise Failed(
                        f"{path} answered {response.status_code}: {response.read()[:500].decode()}"
                    )
                rest = b""
                for part in response.iter_bytes():
                    *whole, rest = (rest + part).split(b"\n")
                    yield from whole
                yield from filter(None, [rest])
        except httpx.TransportError as error:
            raise Passing(f"the line failed ({type(error).__name__})") from error

    def patiently(self, attempt: Callable[[], Any]) -> Any:
        waited, failures, reached = 0.0, 0, self.copy.cursor
        while True:
            try:
                return attempt()
            except (Passing, json.JSONDecodeError) as trouble:
                if reached != self.copy.cursor:
                    waited, failures, reached = 0.0, 0, self.copy.cursor
                # All who were cut off at one moment would otherwise come back at one
                # moment.
                pause = getattr(trouble, "seconds", 0.0) + random.uniform(
                    0, min(LONGEST_PAUSE, 2**failures)
                )
                waited, failures = waited + pause, failures + 1
                if waited > self.patience:
                    raise Failed(
                        f"{self.client.base_url} gave no more after {failures} tries: {trouble}"
                    ) from None
                self.warned(f"{trouble}; trying again in {pause:.0f} seconds")
                self.sleep(pause)


def retry_after(response: httpx.Response) -> float:
    """In seconds. The header holds a number of them, or a date."""
    given = response.headers.get("Retry-After", "")
    if given.isdecimal():
        return float(given)
    with contextlib.suppress(ValueError, TypeError):
        return max(
            0.0, (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds()
        )
    return 0.0


def connect(address: str, key: str | None) -> httpx.Client:
    url = httpx.URL(address)
    if url.scheme not in {"http", "https"} or not url.host:
        raise Failed(f"{address} is no address: it begins with https://")
    if (
        key
        and url.scheme == "http"
        and not (url.host in {"127.0.0.1", "localhost"} or url.host.endswith(".onion"))
    ):
        raise Failed(
            f"A key is not sent over an open line: the address must begin with https://, not {address}"
        )
    headers = {"Authorization": f"Api-Key {key}"} if key else {}
    return httpx.Client(
        base_url=address,
        headers={"User-Agent": "tracker-mirror/1", **headers},
        timeout=60,
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tracker.mirror", description="Keep a copy of a tracker equal."
    )
    parser.add_argument("address", help="of the tracker, without /api/")
    parser.add_argument(
        "--key-file",
        type=Path,
        help="a file with your key; without one, the copy is what anyone sees",
    )
    parser.add_argument("--into", type=Path, required=True, metavar="DIRECTORY")
    parser.add_argument(
        "--verify",
        action="store_true",
        help="then ask the tracker whether the copy is equal",
    )
    parser.add_argument(
        "--anew",
        action="store_true",
        help="read everything again, and drop what does not come",
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=3600,
        metavar="SECONDS",
        help="an hour, unless given",
    )
    given = parser.parse_args(arguments)
    try:
        key = given.key_file.read_text().strip() if given.key_file else None
        copy = Copy(given.into, given.address.rstrip("/"))
        # The bar is for people: where none looks on, there is none.
        with (
            connect(given.address, key) as client,
            tqdm(unit=" changes", disable=None) as bar,
        ):
            mirror = Mirror(client, copy, given.patience)
            mirror.told, mirror.warned = (
                bar.update,
                lambda trouble: tqdm.write(trouble, file=sys.stderr),
            )
            if given.anew:
                copy.start_anew()
            mirror.sync()
            equal = mirror.is_equal() if given.verify else True
    except (Failed, OSError, sqlite3.Error, httpx.InvalidURL) as error:
        print(error, file=sys.stderr)
        return 1
    if not equal:
        print(
            "The copy differs from what is published. Run again with --anew.",
            file=sys.stderr,
        )
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
