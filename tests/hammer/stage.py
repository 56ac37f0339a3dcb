"""The processes of the hammer, on one database, and the comparison at the end."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tracker.audiences import AUDIENCES, Audience

ROOT = Path(__file__).resolve().parents[2]
LONGEST_LIFE = 2.0  # seconds that a mirror lives
POLL = 0.05  # seconds between two readings of the naive reader
Rows = dict[str, Any]


@dataclass
class Difference:
    """Between a copy and what is published: ids."""

    missing: set[str]
    stale: set[str]
    ghosts: set[str]

    @classmethod
    def between(
        cls, copy: Mapping[str, Any], published: Mapping[str, Any]
    ) -> "Difference":
        both = copy.keys() & published.keys()
        stale = {one for one in both if copy[one] != published[one]}
        return cls(
            published.keys() - copy.keys(), stale, copy.keys() - published.keys()
        )

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.ghosts)

    def __str__(self) -> str:
        return f"{len(self.missing)} missing, {len(self.stale)} stale, {len(self.ghosts)} ghosts"


@dataclass
class Outcome:
    """`naive`: what a reader lost who asked the record, again and again, for what was
    updated since the last time.
    """

    written: dict[str, int] = field(default_factory=dict)
    killed: dict[str, int] = field(default_factory=dict)
    published: dict[str, int] = field(default_factory=dict)
    copies: dict[str, Difference] = field(default_factory=dict)
    verified: dict[str, int] = field(default_factory=dict)
    naive: Difference | None = None


class Stage:
    """`urls`: of the database for each login; `keys`: for each audience the key to read
    with, if it takes one.
    """

    def __init__(
        self,
        directory: Path,
        urls: Mapping[str, str],
        keys: Mapping[str, str],
        seed: int,
    ) -> None:
        self.directory, self.urls, self.random = directory, urls, Random(seed)
        self.seed, self.outcome = seed, Outcome()
        self.address = f"http://127.0.0.1:{_free_port()}"
        names = {
            "desk": "DATABASE_URL",
            **{one: f"DATABASE_{one.upper()}_URL" for one in urls if one != "desk"},
        }
        limits = {"KEY_REQUESTS_A_MINUTE": "0", "ADDRESS_REQUESTS_A_MINUTE": "0"}
        logins = {names[role]: url for role, url in urls.items()}
        off = {"REQUIRE_REVIEW": "off", "REQUIRE_SECOND_FACTOR": "off"}
        settings = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "on",
        }
        self.environment = {**os.environ, **settings, **off, **limits, **logins}
        self.keys = {}
        for audience, key in keys.items():
            self.keys[audience] = directory / f"{audience}.key"
            self.keys[audience].write_text(key)

    def run(self, seconds: float) -> Outcome:
        with self._server():
            self._hammer(seconds)
            publish = ("manage.py", "publish", "--verbosity", "0")
            self._python(*publish, login="publisher").wait()
            for audience in AUDIENCES:
                self.outcome.verified[audience.name] = self._mirror(
                    audience.name, "--verify"
                ).wait()
                published, copy = self._published(audience), self._copied(audience.name)
                self.outcome.copies[audience.name] = Difference.between(copy, published)
                self.outcome.published[audience.name] = len(published)
        return self.outcome

    def _hammer(self, seconds: float) -> None:
        seed = str(self.seed)
        writers = self._python(
            "-m", "tests.hammer.writers", str(seconds), seed, stdout=subprocess.PIPE
        )
        publishers = self._python(
            "-m",
            "tests.hammer.publishers",
            seed,
            stdout=subprocess.PIPE,
            login="publisher",
        )
        naive: Rows = {}
        beside = [threading.Thread(target=self._read_naively, args=(naive, writers))]
        beside += [
            threading.Thread(target=self._kill_mirrors, args=(one.name, writers))
            for one in AUDIENCES
        ]
        for thread in beside:
            thread.start()
        written, _ = writers.communicate()
        publishers.terminate()
        killed, _ = publishers.communicate()
        for thread in beside:
            thread.join()
        self.outcome.written, self.outcome.killed["publishers"] = (
            json.loads(written),
            int(killed),
        )
        with psycopg.connect(self.urls["desk"]) as desk:
            record: Rows = dict(
                desk.execute("SELECT id, updated_at FROM cases_prisoner").fetchall()
            )
        self.outcome.naive = Difference.between(naive, record)

    # --- Those who run beside the writers ----------------------------------------------------------------------------

    def _kill_mirrors(self, audience: str, writers: "subprocess.Popen[str]") -> None:
        random = Random(self.seed)
        while writers.poll() is None:
            mirror = self._mirror(audience)
            try:
                mirror.wait(random.random() * LONGEST_LIFE)
            except subprocess.TimeoutExpired:
                mirror.send_signal(signal.SIGKILL)
                mirror.wait()
                name = f"mirrors of {audience}"
                self.outcome.killed[name] = self.outcome.killed.get(name, 0) + 1

    def _read_naively(self, seen: Rows, writers: "subprocess.Popen[str]") -> None:
        since = "1900-01-01"
        question = "SELECT id, updated_at FROM cases_prisoner WHERE updated_at > %s ORDER BY updated_at"
        with psycopg.connect(self.urls["desk"], autocommit=True) as desk:
            is_last = False
            while not is_last:
                is_last = writers.poll() is not None
                for one, updated_at in desk.execute(question, [since]).fetchall():
                    seen[one] = since = updated_at
                time.sleep(POLL)

    def _mirror(self, audience: str, *arguments: str) -> "subprocess.Popen[str]":
        key = ["--key-file", str(self.keys[audience])] if audience in self.keys else []
        into = ["--into", str(self.directory / audience)]
        return self._python(
            "-m", "tracker.mirror", self.address, *key, *into, *arguments
        )

    # --- Processes ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _server(self) -> Iterator[None]:
        with ExitStack() as stack:
            port = self.address.rpartition(":")[2]
            server = self._python(
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--port",
                port,
                "config.wsgi:application",
            )
            stack.callback(server.wait)
            stack.callback(server.terminate)
            deadline = time.monotonic() + 60
            while not _answers(int(port)):
                assert server.poll() is None, "the server has ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.1)
            yield

    def _python(
        self,
        *arguments: str,
        stdout: int | None = subprocess.DEVNULL,
        login: str = "desk",
    ) -> "subprocess.Popen[str]":
        with (self.directory / "errors.log").open("a") as errors:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**self.environment, "DATABASE_LOGIN": login},
                stdout=stdout,
                stderr=errors,
                text=True,
            )

    # --- What is compared --------------------------------------------------------------------------------------------

    def _published(self, audience: Audience) -> Rows:
        """Documents, and where merged cases live on."""
        table = audience.document_model._meta.db_table
        with psycopg.connect(self.urls["desk"]) as desk:
            statement = f"SELECT id::text, document, merged_into::text FROM {table} WHERE parent IS NULL"
            rows = desk.execute(statement).fetchall()
        return {one: text or into for one, text, into in rows if text or into}

    def _copied(self, audience: str) -> Rows:
        with sqlite3.connect(self.directory / audience / "mirror.sqlite3") as db:
            return dict(
                db.execute(
                    "SELECT id, document FROM documents UNION ALL SELECT id, merged_into FROM merges"
                )
            )


def url_of(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0
