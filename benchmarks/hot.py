"""What an answer costs while nothing changes, beside a function that only reads the row:

    python -m benchmarks.hot [ROUNDS] [PART OF A NAME]

It asks the database that DATABASE_URL names, or that of VAR_DIR, and writes nothing. Each
address is asked through the whole of config/wsgi.py, in this process, by one reader; in
each round all take turns. What is printed is the processor's time of this process, which
other work on the machine changes little (the median), and the time until the answer was
there (the least). “304” asks again with the tag of the answer. “changed” is asked as if
something was published just before. Figures are in docs/decisions/caching.md.
"""

import io
import os
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from statistics import median
from typing import Any

os.environ.setdefault("DATABASE_POOL", "on")
os.environ.setdefault("ADDRESS_REQUESTS_A_MINUTE", "0")

import psycopg
from django.db import connections

from config.wsgi import application
from tracker.audiences import PUBLIC
from tracker.kept import forget_all

ASKED = 10  # in one turn
Environ = dict[str, Any]
Answer = tuple[str, dict[str, str], bytes]


def ask(app: Callable[..., Iterable[bytes]], address: str, tag: str = "") -> Answer:
    path, _mark, query = address.partition("?")
    environ: Environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    if tag:
        environ["HTTP_IF_NONE_MATCH"] = tag
    told: list[Any] = []
    pieces: Any = app(environ, lambda *started: told.extend(started))
    body = b"".join(pieces)
    if hasattr(pieces, "close"):
        pieces.close()
    return told[0], dict(told[1]), body


def bare(environ: Environ, start_response: Callable[..., object]) -> list[bytes]:
    """The same row by its key, and nothing else."""
    row_id = environ["PATH_INFO"].split("/")[-2]
    connection = connections[PUBLIC.name]
    connection.ensure_connection()
    statement = "SELECT document FROM tracker_public_document WHERE id = %s"
    # Django’s own class of cursors puts values into the statement.
    with psycopg.Cursor(connection.connection) as cursor:
        row = cursor.execute(statement, [row_id], prepare=True).fetchone()
    start_response("200 OK", [("Content-Type", "application/json")])
    assert row is not None
    return [row[0].encode()]


def seconds(turn: Callable[[], object]) -> tuple[float, float]:
    """Of the processor in this process, and until the answer was there."""
    own, whole = [], []
    for _time in range(ASKED):
        started, began = time.process_time(), time.perf_counter()
        turn()
        own.append(time.process_time() - started)
        whole.append(time.perf_counter() - began)
    return median(own), min(whole)


def ask_anew(address: str) -> Answer:
    """As if something was published: nothing that is kept holds any more."""
    forget_all()
    return ask(application, address)


def turns(part: str) -> dict[str, Callable[[], object]]:
    case, another = PUBLIC.documents("prisoner").values_list("id", flat=True)[:2]
    # What is said around two documents is then said before Django: config/ahead.py.
    for tag in ("", "*"):
        ask(application, f"/api/v1/prisoners/{another}/", tag)
    addresses = {
        "one document": f"/api/v1/prisoners/{case}/",
        "page of 100": "/api/v1/prisoners/?limit=100",
        "filtered page": "/api/v1/prisoners/?limit=100&occupations=journalist",
        "facets": "/api/v1/prisoners/facets/",
        "changes": "/api/v1/changes?limit=100",
        "corrections": f"/api/v1/prisoners/{case}/corrections/",
        "home": "/en/",
        "list": "/en/cases/",
        "case page": f"/en/cases/{case}/",
        "statistics": "/en/statistics/",
    }
    found: dict[str, Callable[[], object]] = {
        "bare: the row": lambda: ask(bare, addresses["one document"]),
        "one document, by Django": lambda: ask(
            application.application, addresses["one document"]
        ),
    }
    for name, address in addresses.items():
        if part and part not in name:
            continue
        status, headers, body = ask(application, address)
        assert status.startswith("200"), (address, status, body[:200])
        found[name] = partial(ask, application, address)
        tag = headers["ETag"]
        status, _headers, _body = ask(application, address, tag)
        assert status.startswith("304"), (address, status)
        found[f"{name}, 304"] = partial(ask, application, address, tag)
        found[f"{name}, changed"] = partial(ask_anew, address)
    return found


def main(rounds: int, part: str) -> None:
    asked = turns(part)
    durations: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
    for _round in range(rounds):
        for name, turn in asked.items():
            durations[name].append(seconds(turn))
    for name, measured in durations.items():
        own = median(own for own, _whole in measured)
        least = min(whole for _own, whole in measured)
        print(f"{name:28}{1000 * own:10.2f} ms{1000 * least:10.2f} ms")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 3,
        sys.argv[2] if len(sys.argv) > 2 else "",
    )
