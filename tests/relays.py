"""A relay and a replica of it, on servers of their own, of a tracker that answers at an
address.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.clusters import Cluster

ROOT = Path(__file__).resolve().parents[1]
# What readers of the replica are told, but for what tells no reader anything: the numbers
# and days of tombstones.
TOLD = """
    SELECT id, kind, parent, document, merged_into, facts::text, search_key, COALESCE(text_words, '{}'),
        CASE WHEN document IS NOT NULL THEN seq END
    FROM tracker_public_document ORDER BY id
"""


class Relays:
    def __init__(self, folder: Path, address: str) -> None:
        folder.mkdir(mode=0o755, exist_ok=True)
        self.folder, self.address = folder, address
        self.clusters = {name: Cluster(folder / name) for name in ("relay", "replica")}
        self.following: subprocess.Popen[str] | None = None

    def run(self, on: str, *arguments: str, **more: str) -> str:
        """What the program says; also where it refuses."""
        ended = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment(on) | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return ended.stdout

    def replica(self, on: str, *arguments: str, **more: str) -> str:
        return self.run(on, "manage.py", "replica", *arguments, **more)

    def fill(self, *arguments: str) -> str:
        return self.run("relay", *self._mirror(*arguments))

    def follow(self) -> None:
        self.following = subprocess.Popen(
            [sys.executable, *self._mirror("--watch")],
            cwd=ROOT,
            env=self._environment("relay"),
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def kill(self) -> None:
        if self.following:
            self.following.kill()
            self.following.wait()
            self.following = None

    def set_up(self) -> None:
        self.replica("relay", "--relay")
        self.fill()
        self.replica("relay", "--relay")
        self.replica("replica", "--name", "one")

    def told(self, on: str = "replica") -> list[tuple[Any, ...]]:
        """To a reader there."""
        return self.clusters[on].ask(TOLD, "tracker_public")

    def stop(self) -> None:
        self.kill()
        for cluster in self.clusters.values():
            cluster.stop()

    def _mirror(self, *arguments: str) -> list[str]:
        return ["-m", "tracker.mirror", self.address, "--into", "postgres", *arguments]

    def _environment(self, on: str) -> dict[str, str]:
        own, relay = self.clusters[on], self.clusters["relay"]
        return {
            "PATH": os.environ["PATH"],
            "DEBUG": "on",
            "VAR_DIR": str(self.folder),
            "SERVE": "public",
            "DATABASE_RELAY_URL": own.url("postgres"),
            "DATABASE_PUBLIC_URL": own.url("tracker_public"),
            "RELAY_URL": relay.url("tracker_replica"),
        }


def soon(is_so: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.05)
    return False
