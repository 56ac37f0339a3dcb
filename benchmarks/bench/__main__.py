"""`make bench`, or `python -m benchmarks.bench [CASES [SECONDS OF A TURN]]`.

It makes the cases in an embedded PostgreSQL of its own, once; starts the servers; and in
each of three rounds everything takes its turn. The table is printed, and written into
docs/performance.md.
"""

import json
import os
import platform
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import unquote, urlparse

CASES = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
SECONDS = 1.5 if CASES >= 100_000 else 0.6
if len(sys.argv) > 2:
    SECONDS = float(sys.argv[2])
HOME = Path(os.environ.get("VAR_DIR", "var")).resolve() / "bench"
VAR_DIR = HOME / str(CASES)
for name in [name for name in os.environ if name.startswith("DATABASE_")]:
    del os.environ[name]
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "VAR_DIR": str(VAR_DIR),
    "DEBUG": "on",
    "DATABASE_LOGIN": "owner",
    "REQUIRE_REVIEW": "off",
    "REQUIRE_SECOND_FACTOR": "off",
}

import django

django.setup()

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction

from benchmarks.bench import creating, data, page, rows, servers, table, turns
from config import embedded_postgres

settings.DEBUG = False  # it would keep every query
ROUNDS = 3
WARMING = 0.3  # seconds
Figures = dict[str, list[float]]


def make() -> None:
    """Migrates, and makes the cases if they are not there as this generator makes them."""
    if CASES > data.MADE and CASES % data.MADE:
        raise SystemExit(f"CASES is {data.MADE} at most, or a multiple of it.")
    (VAR_DIR / "static").mkdir(parents=True, exist_ok=True)
    made = VAR_DIR / "made"
    source = Path(data.__file__).read_text()
    if not made.exists() or made.read_text() != source:
        connections.close_all()
        embedded_postgres.remove(VAR_DIR)
        embedded_postgres.start(VAR_DIR)
    call_command("migrate", verbosity=0)
    if not made.exists() or made.read_text() != source:
        data.make(CASES)
        turns.documents_in_sqlite(VAR_DIR / "documents.db")
        made.write_text(source)


def let_everybody_in() -> None:
    """Three servers ask by the public's login at once, each with its own connections."""
    superuser = settings.DATABASE_URLS["owner"].replace("tracker_owner@", "postgres@")
    with psycopg.connect(superuser, autocommit=True) as database:
        database.execute("ALTER ROLE tracker_public CONNECTION LIMIT 80")


def all_turns(running: ExitStack) -> dict[str, turns.Turn]:
    url = settings.DATABASE_URLS["public"]
    first = turns.some_cases()[0]
    document = f"/api/v1/prisoners/{first}/"
    hot = running.enter_context(servers.ours(url, VAR_DIR, "ours.log"))
    cold = running.enter_context(
        servers.ours(url, VAR_DIR, "cold.log", KEPT_ANSWERS_MB="0")
    )
    bare = running.enter_context(servers.bare(url, VAR_DIR))
    nested = running.enter_context(servers.nested(VAR_DIR))
    for server, path in (
        (hot, document),
        (cold, document),
        (bare, f"/{first}/"),
        (nested, f"/cases/{first}/"),
    ):
        server.get(path)
    everything = turns.of_ours(hot, CASES)
    python = servers.environment_beside(HOME / "beside")
    if python:
        documents = VAR_DIR / "documents.db"
        beside = running.enter_context(servers.beside(python, documents, VAR_DIR))
        beside.get(f"/documents/documents/{first}.json")
        everything |= turns.of_datasette(beside)
    everything |= turns.of_bare(bare)
    everything |= turns.of_nested(nested, CASES)
    everything |= turns.of_ours_cold(cold)
    sockets = unquote(urlparse(url).netloc.rpartition("@")[2].rpartition(":")[0])
    everything |= turns.of_the_database(url, sockets, VAR_DIR)
    return everything | creating.turns()


def measure(everything: dict[str, turns.Turn]) -> Figures:
    figures: Figures = {name: [] for name in everything}
    for turn in everything.values():
        turn(WARMING)
    for _round in range(ROUNDS):
        for name, turn in everything.items():
            figures[name].append(turn(SECONDS))
    for name in ("export", "COPY"):
        figures[name] = [rate / 1e6 for rate in figures[name]]
    return figures


def of_both_sizes() -> Figures:
    both: Figures = {}
    for size in rows.SIZES:
        stored = HOME / str(size) / "figures.json"
        if not stored.exists():
            return {}
        for name, rates in json.loads(stored.read_text()).items():
            both[f"{name}, of {size:,}"] = rates
    return both


def circumstances(load_before: float, began: float) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
        cursor.execute("SELECT to_char(current_date, 'FMDD FMMonth YYYY')")
        (day,) = cursor.fetchone()
    minutes = (time.perf_counter() - began) / 60
    return (
        f"{day}, {os.cpu_count()} cores ({platform.machine()}), embedded PostgreSQL"
        f" {version}, Python {platform.python_version()}. Medians of {ROUNDS} rounds,"
        f" turns of {SECONDS:g} s; {minutes:.1f} minutes in all. Load of the machine"
        f" before: {load_before:.1f}."
    )


def main() -> None:
    began, load_before = time.perf_counter(), os.getloadavg()[0]
    # What is created here is rolled back, and nothing of it published.
    transaction.on_commit = lambda *args, **kwargs: None
    make()
    let_everybody_in()
    with ExitStack() as running:
        running.callback(put_away)
        figures = measure(all_turns(running))
        tell(figures, circumstances(load_before, began))


def put_away() -> None:
    connections.close_all()
    embedded_postgres.stop(VAR_DIR)


def tell(figures: Figures, measured_where: str) -> None:
    (VAR_DIR / "figures.json").write_text(json.dumps(figures))
    told = [*rows.ROWS]
    both = of_both_sizes()
    if both:
        told += rows.grown()
    lines = table.lines(told, {**figures, **both})
    text = page.section(measured_where, lines)
    print(text)
    page.write(f"{CASES:,} cases", text)


if __name__ == "__main__":
    main()
