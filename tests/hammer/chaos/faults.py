"""What goes wrong, one thing after the other. Each function takes `seconds`, and when it
returns, the fault is over: what was killed has been started again.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from random import Random

import httpx
import psycopg

from tests.hammer.chaos.place import Place

Fault = Callable[[Place, Random, float], int]
"""Returns how many: kills, refused connections, unanswered requests."""

CROWD = 60  # threads that ask at once
MOST_CONNECTIONS = 120
DAYS = (-400, -30, 30, 400)  # a day more would be believed, and stay
ASKED = (
    "/en/cases/?q=person",
    "/api/v1/prisoners/?q=person&limit=100",
    "/api/v1/changes?limit=1000",
    "/en/",
)


def the_gate_is_killed(place: Place, random: Random, seconds: float) -> int:
    place.kill_publisher()
    time.sleep(seconds * random.random())
    place.start_publisher()
    time.sleep(seconds * random.random())
    place.kill_publisher()  # while it begins, or is at work
    place.start_publisher()
    return 2


def the_web_server_is_killed(place: Place, random: Random, seconds: float) -> int:
    place.kill_web()
    time.sleep(seconds * random.random())
    place.start_web()
    return 1


def a_backend_is_killed(place: Place, random: Random, seconds: float) -> int:
    """PostgreSQL then ends all others, and recovers from its log."""
    with place.superuser() as superuser:
        rows = superuser.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename LIKE 'tracker_%'"
        ).fetchall()
    if not rows:
        return 0
    (victim,) = random.choice(sorted(rows))
    with suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    time.sleep(seconds * random.random())
    place.start_postgres()
    return 1


def sessions_are_ended(place: Place, random: Random, seconds: float) -> int:
    with place.superuser() as superuser:
        row = superuser.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE usename LIKE 'tracker_%'"
        ).fetchone()
    assert row
    return int(row[0])


def postgres_is_stopped_at_once(place: Place, random: Random, seconds: float) -> int:
    place.stop_postgres_at_once()
    time.sleep(seconds * random.random())
    place.start_postgres()
    return 1


def the_disk_is_full(place: Place, random: Random, seconds: float) -> int:
    """Nobody can even connect, once PostgreSQL has dropped what it keeps in memory."""
    place.fill_disk()
    try:
        time.sleep(seconds)
    finally:
        place.empty_disk()
    place.start_postgres()  # if it could not go on
    return 1


def what_is_published_is_locked(place: Place, random: Random, seconds: float) -> int:
    """As REINDEX does, for longer than the gate waits."""
    with place.owner() as owner, owner.transaction():
        owner.execute(
            "LOCK TABLE tracker_public_document, tracker_partners_document IN SHARE MODE"
        )
        time.sleep(seconds)
    return 1


def transactions_last_long(place: Place, random: Random, seconds: float) -> int:
    """One holds rows of the record and is rolled back, one reads all the time."""
    with (
        place.login("desk") as desk,
        place.login("public") as reader,
        desk.transaction(force_rollback=True),
        reader.transaction(),
    ):
        desk.execute("SET LOCAL lock_timeout = '1s'")
        reader.execute("SELECT count(*) FROM tracker_public_document")
        with suppress(psycopg.errors.LockNotAvailable):
            desk.execute(
                "UPDATE cases_prisoner SET affiliation = 'Never' WHERE id IN"
                " (SELECT id FROM cases_prisoner ORDER BY id LIMIT 5 OFFSET %s)",
                [random.randrange(40)],
            )
        time.sleep(seconds)
    return 2


def the_clock_moves(place: Place, random: Random, seconds: float) -> int:
    place.move_clock(random.choice(DAYS))
    time.sleep(seconds)
    place.move_clock(0)
    return 1


def readers_storm_in(place: Place, random: Random, seconds: float) -> int:
    """By their logins of the database, until no more is to be had, and by the web."""
    over = threading.Event()
    failed = [0] * CROWD
    crowd = [
        threading.Thread(target=_ask_again, args=(place.address, over, failed, number))
        for number in range(CROWD)
    ]
    refused = 0
    with ExitStack() as connections:
        for member in crowd:
            member.start()
        for number in range(MOST_CONNECTIONS):
            role = ("public", "partners")[number % 2]
            try:
                connections.enter_context(place.login(role))
            except psycopg.OperationalError:
                refused += 1
        time.sleep(seconds)
    over.set()
    for member in crowd:
        member.join()
    return refused + sum(failed)


def _ask_again(
    address: str, over: threading.Event, failed: list[int], number: int
) -> None:
    """`failed` counts what was refused, or not answered."""
    with httpx.Client(base_url=address, timeout=5) as client:
        while not over.is_set():
            try:
                answer = client.get(ASKED[number % len(ASKED)])
                failed[number] += answer.status_code >= 500
            except httpx.HTTPError:
                failed[number] += 1


FAULTS: tuple[Fault, ...] = (
    the_gate_is_killed,
    the_web_server_is_killed,
    a_backend_is_killed,
    sessions_are_ended,
    postgres_is_stopped_at_once,
    the_disk_is_full,
    what_is_published_is_locked,
    transactions_last_long,
    the_clock_moves,
    readers_storm_in,
)
