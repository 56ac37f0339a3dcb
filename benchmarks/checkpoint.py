"""What a checkpoint of many events costs: `python -m benchmarks.checkpoint [EVENTS]`.

It writes events into the history of the database that DATABASE_OWNER_URL names. Use one
made for it. It makes a checkpoint, verifies it, and for comparison reads the same rows
plainly. Meanwhile it saves names, which wait for nothing. Figures are in
docs/decisions/checkpoints.md.
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["DATABASE_LOGIN"] = "owner"

import django

django.setup()

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from cases.history import checkpoints, digests
from cases.history.verification import verify
from cases.models import Claimant

CITATIONS = """
    INSERT INTO cases_citationhistory (pgh_created_at, pgh_label, pgh_context,
        pgh_context_id, id, created_at, prisoner_id, root_kind, root_id, field, item,
        source_id, locator, quote, hedge)
    SELECT now(), 'insert',
        '{"user": 7, "username": "documenter", "reason": "The court''s text",
        "page": "/admin/"}',
        gen_random_uuid(), gen_random_uuid(), now(), root, 'prisoner', root, 'born_on',
        '', gen_random_uuid(), 'page ' || number,
        'A few words of the source, as they stand there.', 'stated'
    FROM (
        SELECT number, gen_random_uuid() AS root FROM generate_series(1, %s) AS number
    ) AS event
"""
NAMES = """
    INSERT INTO cases_personnamehistory (pgh_created_at, pgh_label, id, created_at,
        prisoner_id, value, language)
    SELECT now(), 'insert', gen_random_uuid(), now(),
        gen_random_uuid(), 'Імя Прозвішча ' || number, 'be'
    FROM generate_series(1, %s) AS number
"""


def read_plainly() -> int:
    """Python would have to read so to compute digests by itself."""
    read = 0
    with digests.one_snapshot():
        for table in digests.columns():
            with connection.chunked_cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
                while rows := cursor.fetchmany(digests.CHUNK):
                    read += len(rows)
    return read


def save_names(done: threading.Event, waits: list[float]) -> None:
    claimant = Claimant.objects.create(name="A monitor")
    while not done.is_set():
        start = time.perf_counter()
        claimant.name = f"A monitor {len(waits)}"
        claimant.save()
        waits.append(time.perf_counter() - start)
        time.sleep(0.02)
    connection.close()


def timed(what: str, work: Callable[[], object]) -> float:
    """The seconds that the work takes. Beside it, somebody saves names."""
    done, waits = threading.Event(), list[float]()
    writer = threading.Thread(target=save_names, args=(done, waits))
    writer.start()
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    done.set()
    writer.join()
    slowest = max(waits, default=0.0) * 1000
    print(
        f"{what:25} {seconds:6.2f} s; {len(waits):4} saves beside it,"
        f" the slowest {slowest:4.0f} ms"
    )
    return seconds


def main(events: int, folder: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CITATIONS, [events // 2])
        cursor.execute(NAMES, [events - events // 2])
        cursor.execute("VACUUM ANALYZE")
    reading = timed("reading the rows", read_plainly)
    making = timed("making a checkpoint", lambda: make_checkpoint(folder))
    files = checkpoints.in_folder(folder)
    verifying = timed(
        "verifying it", lambda: print(verify(files, set()).findings or "it holds")
    )
    print(
        f"{events} events: making {making / reading:.1f} times,"
        f" verifying {verifying / reading:.1f} times a plain reading;"
    )
    print(f"the file has {files[0].stat().st_size / 1000:.0f} kB")


def make_checkpoint(folder: Path) -> None:
    ends = checkpoints.settled(60)
    with digests.one_snapshot():
        checkpoint = checkpoints.make(None, ends)
    checkpoints.write(checkpoint, folder, Ed25519PrivateKey.generate())


if __name__ == "__main__":
    count = 200_000
    if len(sys.argv) > 1:
        count = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as temporary:
        main(count, Path(temporary))
