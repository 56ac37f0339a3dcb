"""How long an edit, and a withdrawal, takes from the tracker to the outermost server; and
whether relay and replica are equal again after each loss.

    python -m benchmarks.relaying https://tracker.example postgres://owner@…/tracker 20

The tracker answers there, and its database is the second: it is written as a gate writes
it, into the published tables, so it must be one to try things out (`make run`). The
number is for how many seconds. Two embedded servers are made, and removed in the end.
"""

import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import psycopg

ADDRESS, RECORD, SECONDS = sys.argv[1], sys.argv[2], float(sys.argv[3])
os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = RECORD
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection, transaction

from tests import published
from tests.relays import TOLD, Relays, soon
from tracker.audiences import PUBLIC

CANARY = "Canaryhidden"


def publish(content: dict[str, Any]) -> dict[str, Any]:
    with transaction.atomic():
        return published.publish.__wrapped__(PUBLIC, "prisoner", content)  # type: ignore[attr-defined]


def withdraw(row_id: str) -> None:
    with transaction.atomic():
        published.withdraw.__wrapped__(PUBLIC, row_id)  # type: ignore[attr-defined]


def told_here() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(TOLD)
        return documents(cursor.fetchall())


def documents(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Without tombstones. These here have a day of long ago, so a gate deletes them."""
    return [row for row in rows if row[3] is not None]


class Watcher(threading.Thread):
    """Notes when a reader of the replica first sees each number of the feed."""

    def __init__(self, relays: Relays) -> None:
        super().__init__(daemon=True)
        self.url = relays.clusters["replica"].url("tracker_public")
        self.seen: dict[int, float] = {}
        self.over = False

    def run(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as database:
            before = 0
            while not self.over:
                row = database.execute(
                    "SELECT last_seq FROM tracker_public_feed"
                ).fetchone()
                moment = time.monotonic()
                if row and row[0] != before:
                    for number in range(before + 1, row[0] + 1):
                        self.seen[number] = moment
                    before = row[0]
                time.sleep(0.01)


def last_seq() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_seq FROM tracker_public_feed")
        (number,) = cursor.fetchone()
    return int(number)


def under_load(relays: Relays) -> None:
    watcher = Watcher(relays)
    watcher.start()
    written: dict[str, dict[int, float]] = {"edit": {}, "withdrawal": {}}
    end = time.monotonic() + SECONDS
    count = 0
    while time.monotonic() < end:
        count += 1
        row_id = str(uuid.uuid4())
        publish({"id": row_id, "name": f"Ales Example {count}"})
        written["edit"][last_seq()] = time.monotonic()
        if count % 3 == 0:
            withdraw(row_id)
            written["withdrawal"][last_seq()] = time.monotonic()
        time.sleep(0.1)
    assert soon(lambda: max(watcher.seen, default=0) >= last_seq())
    watcher.over = True
    for what, numbers in written.items():
        taken = sorted(watcher.seen[one] - then for one, then in numbers.items())
        p50, p95 = statistics.median(taken), taken[int(len(taken) * 0.95)]
        print(
            f"{what}: {len(taken)}, p50 {p50:.2f} s, p95 {p95:.2f} s, {taken[-1]:.2f} s"
        )


def equal(relays: Relays, what: str) -> None:
    start = time.monotonic()
    is_so = soon(lambda: documents(relays.told()) == told_here(), 240)
    print(
        f"{what}: {'equal' if is_so else 'DIFFERS'} after {time.monotonic() - start:.1f} s"
    )
    assert is_so


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="relays-"))
    folder.chmod(0o755)
    relays = Relays(folder / "r", ADDRESS)
    try:
        relays.set_up()
        equal(relays, "filled for the first time")
        relays.follow()
        publish({"name": "Ihar Example"})
        equal(relays, "followed")
        under_load(relays)
        for _time in range(3):
            relays.kill()
            relays.clusters["relay"].kill()
            publish({"name": "Jana Example"})
            relays.clusters["relay"].start()
            relays.follow()
        equal(relays, "relay and reader killed three times")
        relays.clusters["replica"].kill()
        publish({"name": "Mikola Example"})
        relays.clusters["replica"].start()
        equal(relays, "replica killed")
        relays.kill()
        with relays.clusters["relay"].as_superuser("postgres") as database:
            # A slot of a database that is gone goes with it.
            relays.clusters["replica"].kill()
            time.sleep(1)
            database.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
            )
            database.execute("DROP DATABASE tracker WITH (FORCE)")
            database.execute("CREATE DATABASE tracker")
        relays.clusters["replica"].start()
        relays.replica("relay", "--relay")
        relays.fill()
        relays.replica("relay", "--relay")
        relays.replica("replica", "--name", "one", "--anew")
        equal(relays, "relay lost, and made anew")
        print(relays.fill("--verify") or "the digest is that of the tracker")
        for name, cluster in relays.clusters.items():
            print(name, "doctor:", relays.run(name, "manage.py", "doctor").strip())
            assert cluster.files_with(CANARY) == []
    finally:
        relays.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
