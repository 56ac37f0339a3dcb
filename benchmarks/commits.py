"""What it costs to number commits in their order:

    python -m benchmarks.commits [SECONDS]

It writes to the database that DATABASE_URL names. Use one made for it. Each writer saves
two rows in one transaction, as fast as it can, by the desk's login, in turn without the
numbers and with them. Figures are in docs/decisions/history.md.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import psycopg
from django.conf import settings

ROUNDS = 3
SAVE = (
    "INSERT INTO cases_claimant (id, name, internal_notes, role_as_stated,"
    " protected_pseudonym, visibility, version)"
    " VALUES (gen_random_uuid(), 'A monitor', '', '', FALSE, 'internal', 1)"
)
MANY = SAVE.replace(
    "VALUES (gen_random_uuid(), 'A monitor', '', '', FALSE, 'internal', 1)",
    "SELECT gen_random_uuid(), 'A monitor', '', '', FALSE, 'internal', 1"
    " FROM generate_series(1, %s)",
)
EVENTS = "cases_claimanthistory"


def connect(login: str) -> psycopg.Connection[Any]:
    database = settings.DATABASE_LOGINS[login]
    parameters = {"dbname": database["NAME"], **database.get("OPTIONS", {})}
    for name in ("host", "port", "user", "password"):
        if database[name.upper()]:
            parameters[name] = database[name.upper()]
    return psycopg.connect(autocommit=True, **parameters)


@contextmanager
def without_numbers() -> Iterator[None]:
    trigger = (
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s"
    )
    with connect("owner") as owner:
        row = owner.execute(trigger, [EVENTS, "pgtrigger_note_commit%"]).fetchone()
        assert row
        owner.execute(f"ALTER TABLE {EVENTS} DISABLE TRIGGER {row[0]}")
        try:
            yield
        finally:
            owner.execute(f"ALTER TABLE {EVENTS} ENABLE TRIGGER {row[0]}")


def saves_a_second(writers: int, seconds: float) -> float:
    counts = [0] * writers
    until = time.perf_counter() + seconds

    def write(place: int) -> None:
        with connect("desk") as session:
            while time.perf_counter() < until:
                with session.transaction():
                    session.execute(SAVE)
                    session.execute(SAVE)
                counts[place] += 1

    threads = [Thread(target=write, args=[place]) for place in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def events_a_second(rows: int) -> float:
    """In one statement."""
    with connect("desk") as session:
        start = time.perf_counter()
        session.execute(MANY, [rows])
        return rows / (time.perf_counter() - start)


def main(seconds: float) -> None:
    print(f"{'the best of three rounds':36} {'without':>9} {'with':>9}  of the speed")
    for words, measure in (
        ("saves a second, one writer", lambda: saves_a_second(1, seconds)),
        ("saves a second, 4 writers", lambda: saves_a_second(4, seconds)),
        ("saves a second, 16 writers", lambda: saves_a_second(16, seconds)),
        ("rows a second, in one statement", lambda: events_a_second(20_000)),
    ):
        without, numbered = [], []
        for _ in range(ROUNDS):
            with without_numbers():
                without.append(measure())
            numbered.append(measure())
        ratio = max(numbered) / max(without)
        print(f"{words:36} {max(without):9.0f} {max(numbered):9.0f} {ratio:8.0%}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
