"""What takes its turn in each round: a name, and a function that gives a rate. The names
are those of rows.py.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import psycopg

from benchmarks.bench import data, load, servers
from tracker.audiences import PUBLIC

ASKERS = 2  # processes that ask
VISITORS, CROWD = 16, 200
FEW = 2  # of those who take a second for an answer: no more are worked on at once
ASKED = 100  # different addresses
PAGE = 100
PAGE_IN_SQL = (
    "SELECT document FROM tracker_public_document WHERE kind = 'prisoner'"
    f" AND document IS NOT NULL ORDER BY sort_name, id LIMIT {PAGE};"
)
COPY = (
    "COPY (SELECT document FROM tracker_public_document"
    " WHERE parent IS NULL AND document IS NOT NULL ORDER BY seq) TO STDOUT"
)

Turn = Callable[[float], float]
Addresses = Sequence[tuple[str, dict[str, str]]]


class Asking:
    """Many readers of some addresses of a server."""

    def __init__(
        self,
        server: servers.Server,
        addresses: Addresses,
        visitors: int = VISITORS,
        status: int = 200,
    ) -> None:
        self.job: dict[str, Any] = {
            "port": server.port,
            "asked": addresses,
            "visitors": visitors // ASKERS,
            "status": status,
            "lengths": None,
        }
        self.log = server.log

    def ask_all(self) -> None:
        """Each visitor all of it once: only then has each worker made each answer."""
        self(0, least=len(self.job["asked"]) * self.job["visitors"])

    def __call__(self, seconds: float, least: int = 1) -> float:
        asked = json.dumps({**self.job, "seconds": seconds, "least": least})
        command = [sys.executable, "-m", "benchmarks.bench.load"]
        askers = []
        for _asker in range(ASKERS):
            asker = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=servers.ROOT,
            )
            assert asker.stdin
            asker.stdin.write(asked)
            asker.stdin.close()
            askers.append(asker)
        rate = 0.0
        for asker in askers:
            assert asker.stdout
            told = asker.stdout.read()
            if asker.wait():
                raise SystemExit(f"Nobody could ask {self.log}")
            told = json.loads(told)
            if told["wrong"]:
                raise SystemExit(f"{told['wrong']} wrong answers: {self.log}")
            self.job["lengths"] = told["lengths"]
            rate += told["answers"] / told["seconds"]
        return rate


def plain(paths: Sequence[str]) -> Addresses:
    return [(path, {}) for path in paths]


def some_cases() -> list[str]:
    ids = PUBLIC.documents("prisoner").order_by("seq").values_list("id", flat=True)
    return [str(row_id) for row_id in ids[:ASKED]]


def of_ours(server: servers.Server, cases: int) -> dict[str, Turn]:
    ids = some_cases()
    documents = [f"/api/v1/prisoners/{row_id}/" for row_id in ids]
    tagged = []
    for path in documents:
        _body, headers = server.get(path)
        tagged.append((path, {"If-None-Match": headers["etag"]}))
    pages = Asking(server, plain([f"/en/cases/{row_id}/" for row_id in ids]))
    pages.ask_all()
    return {
        "one document": Asking(server, plain(documents)),
        "200 visitors": Asking(server, plain(documents), CROWD),
        "304": Asking(server, tagged, status=304),
        "page": Asking(server, plain([f"/api/v1/prisoners/?limit={PAGE}"])),
        "filtered": Asking(server, plain([filtered()])),
        "case page": pages,
        "list": Asking(server, plain(["/en/cases/"])),
        "home": Asking(server, plain(["/en/"])),
        "search": Asking(server, plain(searches(cases))),
        "export": partial(load.bytes_a_second, server.port, "/api/v1/export.ndjson"),
    }


def filtered() -> str:
    return f"/api/v1/prisoners/?limit={PAGE}&occupations=journalist"


def of_ours_cold(server: servers.Server) -> dict[str, Turn]:
    ids = some_cases()
    documents = [f"/api/v1/prisoners/{row_id}/" for row_id in ids]
    pages = [f"/en/cases/{row_id}/" for row_id in ids]
    return {
        "one document, cold": Asking(server, plain(documents)),
        "page, cold": Asking(server, plain([f"/api/v1/prisoners/?limit={PAGE}"])),
        "filtered, cold": Asking(server, plain([filtered()])),
        "case page, cold": Asking(server, plain(pages), FEW),
        "list, cold": Asking(server, plain(["/en/cases/"]), FEW),
        "home, cold": Asking(server, plain(["/en/"]), FEW),
    }


def some_numbers(cases: int) -> list[int]:
    random = Random(7)
    return [random.randrange(cases) for _ in range(ASKED)]


def searches(cases: int) -> list[str]:
    """Surnames in another spelling than the page shows, or with a letter that is wrong."""
    paths = []
    for place, number in enumerate(some_numbers(cases)):
        typed = data.surname(number, data.RUSSIAN)
        if place % 2:
            latin = data.surname(number, data.LATIN)
            typed = latin[:4] + "z" + latin[5:]
        paths.append(f"/api/v1/prisoners/?q={quote(typed)}")
    return paths


def of_nested(server: servers.Server, cases: int) -> dict[str, Turn]:
    ids = some_cases()
    documents = [f"/cases/{row_id}/" for row_id in ids]
    parts = []
    for number in some_numbers(cases):
        parts.append(f"/cases/?search={data.surname(number, data.LATIN)[1:-1]}")
    return {
        "one document, nested": Asking(server, plain(documents), FEW),
        "page, nested": Asking(server, plain(["/cases/"]), FEW),
        "filtered, nested": Asking(
            server, plain(["/cases/?occupation=journalist"]), FEW
        ),
        "search, nested": Asking(server, plain(parts), FEW),
    }


def of_bare(server: servers.Server) -> dict[str, Turn]:
    documents = [f"/{row_id}/" for row_id in some_cases()]
    return {"one document, bare": Asking(server, plain(documents))}


def of_datasette(server: servers.Server) -> dict[str, Turn]:
    place = "/documents/documents"
    documents = [f"{place}/{row_id}.json?_shape=array" for row_id in some_cases()]
    page = f"{place}.json?_shape=array&_col=document&_sort=sort_name&_nofacet=1"
    page += f"&_size={PAGE}&_nocount=1&_nosuggest=1"
    return {
        "one document, Datasette": Asking(server, plain(documents)),
        "page, Datasette": Asking(server, plain([page])),
        "filtered, Datasette": Asking(server, plain([f"{page}&occupation=journalist"])),
    }


def documents_in_sqlite(path: Path) -> None:
    """The same texts, and beside each what a page is ordered and filtered by."""
    path.unlink(missing_ok=True)
    rows = PUBLIC.documents("prisoner").order_by("seq")
    columns = ("id", "document", "sort_name", "facts")
    stored = sqlite3.connect(path)
    stored.execute(
        "CREATE TABLE documents"
        " (id TEXT PRIMARY KEY, document TEXT, sort_name TEXT, occupation TEXT)"
    )
    for row_id, document, sort_name, facts in rows.values_list(*columns).iterator():
        occupation = next(iter(facts.get("occupations", [])), None)
        values = [str(row_id), document, sort_name, occupation]
        stored.execute("INSERT INTO documents VALUES (?, ?, ?, ?)", values)
    stored.execute("CREATE INDEX by_name ON documents (sort_name)")
    stored.execute("CREATE INDEX by_work ON documents (occupation, sort_name)")
    stored.execute("ANALYZE")
    stored.commit()
    stored.close()


def of_the_database(url: str, sockets: str, var_dir: Path) -> dict[str, Turn]:
    turns: dict[str, Turn] = {"COPY": partial(copied, url)}
    if shutil.which("pgbench"):
        script = var_dir / "page.sql"
        script.write_text(PAGE_IN_SQL)
        turns["page, pgbench"] = partial(pages_of_pgbench, script, sockets)
    return turns


def copied(url: str, seconds: float) -> float:
    """Bytes a second, as far as it comes in that time."""
    with psycopg.connect(url, autocommit=True) as database:
        began = time.perf_counter()
        total = 0
        with database.cursor() as cursor, cursor.copy(COPY) as rows:
            for piece in rows:
                total += len(piece)
                if time.perf_counter() > began + seconds:
                    break
            spent = time.perf_counter() - began
            database.cancel_safe()
            for _piece in rows:
                pass
        return total / spent


def pages_of_pgbench(script: Path, sockets: str, seconds: float) -> float:
    whole = str(max(1, round(seconds)))  # it knows no parts of a second
    command = [
        *("pgbench", "--no-vacuum", "--protocol", "prepared", "--file", str(script)),
        *("--client", str(VISITORS), "--jobs", str(ASKERS), "--time", whole),
        *("--host", sockets, "--username", "tracker_public", "tracker"),
    ]
    told = subprocess.run(
        command, capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    rate = re.search(r"^tps = ([\d.]+)", told.stdout, re.MULTILINE)
    assert rate, told.stdout
    return float(rate[1])
